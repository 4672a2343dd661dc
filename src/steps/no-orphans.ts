// Every foreign key of these tables points at a row that is there, whatever the constraint was told to overlook.
import { origin } from '../expr/origin.ts'
import type { ForeignKey } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { Step, Target } from './step.ts'

export function noOrphans(...tables: readonly Table[]): Step {
  const at = origin()
  const ids = tables.map((t) => t.id)
  const title = `no orphans in ${ids.map((i) => i.replace(/^public\./, '')).join(', ')}`
  return {
    kind: 'no-orphans',
    title,
    at,
    params: { tables: ids },
    ask: (to) => {
      const keys = ids.flatMap((id) => to.schema.tables.get(id)?.foreignKeys ?? [])
      const questions = keys.map((f) => orphans(f, to))
      return {
        title,
        at,
        wrong: questions.map((q) => q.wrong).join(' union all ') || 'select null where false',
        examined: `select ${questions.map((q) => `(${q.examined})`).join(' + ') || '0'}`,
      }
    },
  }
}

function orphans(f: ForeignKey, { sql }: Target) {
  const child = (c: string) => `c.${sql.quote(c)}`
  const agrees = f.columns.map((c, i) => `p.${sql.quote(f.toColumns[i]!)} = ${child(c)}`).join(' and ')
  const set = f.columns.map((c) => `${child(c)} is not null`)
  // MATCH SIMPLE lets a partly null key pass, so that is no orphan; MATCH FULL does not
  const asked = set.join(f.match === 'full' ? ' or ' : ' and ')
  const from = `from ${sql.table(f.table)} c where (${asked})`
  return {
    wrong: `select ${sql.literal(f.table)} as "table", ${sql.literal(f.columns.join(', '))} as "column", ${sql.concat(f.columns.map((c, i) => `${i ? `', ' || ` : ''}coalesce(${child(c)}::text, 'null')`))} as value ${from} and not exists (select 1 from ${sql.table(f.to)} p where ${agrees})`,
    examined: `select count(*) ${from}`,
  }
}
