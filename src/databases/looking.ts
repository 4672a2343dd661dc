// Questions asked of a database where it stands, in its own words. To look changes nothing, and takes no more than the right to read.
import type { LiveTable, Unique } from '../schema/schema.ts'
import { bareTable } from './bare.ts'
import type { Row } from './database.ts'
import type { TargetTable, TargetUnique } from './workshop/engine.ts'

export type LookedAt = 'postgres' | 'sqlite' | 'mariadb'

export interface Looking {
  /** Whose words it takes. */
  readonly engine: LookedAt
  /** What is asked is a copy of the rows: the place itself takes no questions. */
  readonly copied?: true
  /** All that is there, with its constraints. Of engines other than Postgres a column's comment is its type as it was declared. */
  tables(): Promise<readonly LiveTable[]>
  /** Rows as text. After so many milliseconds TookTooLong is thrown, where the engine can be told to give up. */
  look(sql: string, patienceMs: number): Promise<readonly Row[]>
}

export class TookTooLong extends Error {
  override readonly name = 'TookTooLong'
}

/** A table of an engine other than Postgres, as tables are known elsewhere. */
export const liveTable = (t: TargetTable, shown: string): LiveTable => ({
  ...bareTable({
    id: t.id,
    schema: t.schema,
    name: t.name,
    kind: t.kind,
    owner: shown,
    columns: t.columns.map(({ name, type, nullable, declared, generated }) => ({
      name,
      type,
      nullable,
      comment: declared,
      ...(generated === undefined ? {} : { generated }),
    })),
    primaryKey: t.key,
  }),
  uniques: [
    ...(t.key.length ? [{ ...plain, name: 'the key', columns: t.key, primary: true }] : []),
    ...t.uniques.map((u) => ({ ...plain, name: u.name, primary: false, ...comparedBy(u) })),
  ],
  checks: t.checks.map((sql, i) => ({ name: `check ${i + 1}`, sql, columns: [], validated: false })),
  foreignKeys: t.foreignKeys.map((f) => ({
    ...f,
    name: `${t.name} ${f.columns.join(' ')}`,
    table: t.id,
    match: 'simple' as const,
    deferrable: false,
    validated: false,
  })),
  triggers: t.triggers,
})

const plain = { deferrable: false, nullsNotDistinct: false } as const

/** A part that is more than a column folds one: which, its SQL names. */
function comparedBy({ parts, where }: TargetUnique): Pick<Unique, 'columns' | 'parts' | 'where'> {
  const columns = parts.flatMap((p) => ('column' in p ? p.column : (/"((?:[^"]|"")+)"/.exec(p.sql)?.[1]?.replaceAll('""', '"') ?? [])))
  const folded = parts.some((p) => 'sql' in p) ? { parts: parts.map((p) => ('column' in p ? p.column : p.sql)) } : {}
  return { columns: columns.length === parts.length ? columns : [], ...folded, ...(where === undefined ? {} : { where }) }
}
