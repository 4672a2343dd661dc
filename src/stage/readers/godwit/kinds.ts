// Kinds of steps that say what they do in words: the SQL that it comes to, and those that do nothing to tables.
import { awayColumn, awayTable } from '../../../steps/retire/names.ts'
import type { Operation } from '../../types.ts'
import { anything } from '../holes.ts'
import { quoted } from '../quoting.ts'
import { beside, named } from './words.ts'

type Params = Readonly<Record<string, unknown>>
export type Told = Pick<Operation, 'sql' | 'holes' | 'repeated'>

const sql = (...statements: readonly string[]): Told[] => statements.map((s) => ({ sql: s }))
/** With names that Godwit gives when it looks at the tables. */
const inPart = (...statements: readonly string[]): Told[] => statements.map((s) => ({ sql: s, holes: true }))

/** An update of all rows, of which each statement does a few. */
export function inSweeps(update: string): Told[] {
  const where = / where (?!.* where )/i.exec(update)
  const rows = 'ctid = any ($1)'
  const sql = where
    ? `${update.slice(0, where.index)} where ${rows} and (${update.slice(where.index + where[0].length)})`
    : `${update} where ${rows}`
  return [{ sql, holes: true, repeated: true }]
}

interface Renaming {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly rows: string
}
interface Swapping {
  readonly id: string
  readonly column: string
  readonly fresh: string
  readonly away: string
}
interface Retired {
  readonly table: string
  readonly column?: string
}

const nameOf = (id: string): string => id.slice(id.lastIndexOf('.') + 1)
const renameColumn = (id: string, from: string, to: string): string =>
  `alter table ${named(id)} rename column ${quoted(from)} to ${quoted(to)}`
const renameTable = (id: string, to: string): string => `alter table ${named(id)} rename to ${quoted(to)}`

export const inSql: Readonly<Record<string, (params: Params) => readonly Told[]>> = {
  'online rename column'(params) {
    const { id, from, to, rows } = params as unknown as Renaming
    return sql(renameTable(id, nameOf(rows)), `create view ${named(id)} as select *, ${quoted(from)} as ${quoted(to)} from ${named(rows)}`)
  },
  'online rename column for good'(params) {
    const { id, from, to, rows } = params as unknown as Renaming
    return sql(`drop view ${named(id)}`, renameTable(rows, nameOf(id)), renameColumn(id, from, to))
  },
  'online rename table'(params) {
    const { table, to } = params as { table: string; to: string }
    return sql(renameTable(table, to), `create view ${named(table)} as select * from ${beside(table, to)}`)
  },
  'online swap'(params) {
    const { id, column, fresh, away } = params as unknown as Swapping
    return sql(renameColumn(id, column, away), renameColumn(id, fresh, column))
  },
  'online recut for good'(params) {
    const { id, old } = params as unknown as { id: string; old: readonly { readonly name: string; readonly away: string }[] }
    return sql(...old.map((o) => renameColumn(id, o.name, o.away)))
  },
  retire({ retired }) {
    const away = ({ table, column }: Retired) =>
      column === undefined ? renameTable(table, awayTable(nameOf(table))) : renameColumn(table, column, awayColumn(column))
    return sql(...(retired as readonly Retired[]).map(away))
  },
  rekey(params) {
    const { id } = params as { id: string }
    return [
      ...inPart(`alter table ${named(id)} add column ${anything} uuid`),
      ...inSweeps(`update ${named(id)} set ${anything} = gen_random_uuid()`),
    ]
  },
  'rekey swap'(params) {
    const { id } = params as { id: string }
    return inPart(`alter table ${named(id)} rename column ${anything} to ${anything}`)
  },
}

/** They wait, look, tell or copy, or set what the application reads. */
export const quiet: ReadonlySet<string> = new Set([
  'approve',
  'baseline',
  'budget',
  'consolidate',
  'flag',
  'hold',
  'none',
  'snapshot',
  'wait',
  'window',
  'window-end',
])
