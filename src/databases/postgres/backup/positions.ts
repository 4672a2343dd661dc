// Where sequences stand. They are not transactional: what is read after the snapshot is at least what its rows were given.
import type { Row, Session } from '../../database.ts'
import { oneLine } from '../canonical.ts'
import { literal, qualifiedIdent, textArray } from '../names.ts'
import type { Belonging } from './scope.ts'
import type { Written } from './statement.ts'

const atOnce = 200

const asked = `
select c.oid::text as oid, n.nspname as schema, c.relname as name, c.oid::regclass::text as shown, format('%I.%I', n.nspname, c.relname) as id, s.seqincrement::text as increment,
  (select d.refobjid::regclass::text from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and d.refobjsubid > 0
    and d.refobjid = any ($1::oid[])) as of
from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace where c.oid = any ($1::oid[]) order by c.oid`

export interface Positions {
  readonly written: readonly Written[]
  /** As the canonical form has them: what would be drawn next. */
  readonly lines: readonly string[]
}

export async function positionsOf(session: Session, found: Belonging): Promise<Positions> {
  const { rows: sequences } = await session.query(asked, [textArray(found.get('pg_class') ?? [])])
  const written: Written[] = []
  const lines: string[] = []
  for (let at = 0; at < sequences.length; at += atOnce) {
    const some = sequences.slice(at, at + atOnce)
    const parts = some.map(
      (s) => `select last_value::text as last, is_called::text as called from ${qualifiedIdent(s['schema']!, s['name']!)}`,
    )
    const { rows } = await session.query(parts.join('\nunion all\n'))
    for (const [n, r] of rows.entries()) {
      written.push(positionOf(some[n]!, r['last']!, r['called']!))
      lines.push(nextLine(some[n]!, r['last']!, r['called']!))
    }
  }
  return { written, lines }
}

const nextLine = (s: Row, last: string, called: string): string =>
  `next value ${oneLine(s['id']!)} ${BigInt(last) + (called === 'true' ? BigInt(s['increment']!) : 0n)}`

function positionOf(s: Row, last: string, called: string): Written {
  const name = literal(s['shown']!)
  const beyond = s['increment']!.startsWith('-') ? `last_value > ${last}` : `last_value < ${last}`
  return {
    key: `position ${s['oid']}`,
    also: [],
    hangs: [`pg_class ${s['oid']}`],
    partOf: `pg_class ${s['oid']}`,
    statement: {
      kind: 'position',
      what: `position of ${s['shown']}`,
      section: 'after',
      sql: [`select setval(${name}, ${last}, ${called})`],
      // one that was there is never set back to numbers that it has given
      again: `select setval(${name}, ${last}, ${called}) from ${s['shown']} where ${beyond}`,
      ...(s['of'] === null ? {} : { of: s['of']! }),
    },
  }
}
