// SQLite: another name in the same file. A rename there rewrites what others say of the table, so nobody else may say anything of it.
import { partsOf, wordsOf } from '../engine-words.ts'
import type { TargetHands } from '../hands.ts'
import type { LookedFor, Retired, Shelf } from './engine.ts'
import { foundBy } from './found.ts'
import { awayColumn, awayTable } from './names.ts'

const { quote, literal, table: named } = wordsOf('sqlite')
const nameOf = (table: string): string => partsOf(table).name

const tableThere = (name: string): string =>
  `select 1 as one from sqlite_schema where type = 'table' and name = ${literal(name)} collate nocase`
const columnThere = (table: string, column: string): string =>
  `select 1 as one from pragma_table_info(${literal(nameOf(table))}) where name = ${literal(column)} collate nocase`

const word = (text: string, name: string): boolean => new RegExp(`(^|[^\\w$])${name.replace(/[^\w]/g, '\\$&')}($|[^\\w$])`, 'i').test(text)

/** Views and triggers are only known by their text. */
async function saying(target: TargetHands, { table, column }: LookedFor): Promise<string[]> {
  const rows = await target.ask(`select type, name, tbl_name as on_table, sql from sqlite_schema where type in ('view', 'trigger')`)
  const own = (r: (typeof rows)[number]) => r['type'] === 'trigger' && r['on_table']!.toLowerCase() === nameOf(table).toLowerCase()
  return rows
    .filter((r) =>
      column === undefined
        ? !own(r) && word(r['sql']!, nameOf(table))
        : word(r['sql']!, column) && (own(r) || word(r['sql']!, nameOf(table))),
    )
    .map((r) => `${r['type']} ${r['name']} names it`)
}

async function pointing(target: TargetHands, { table, column }: LookedFor, together: readonly LookedFor[]): Promise<string[]> {
  const rows = await target.ask(
    `select m.name as child, f."to" as of_column from sqlite_schema m, pragma_foreign_key_list(m.name) f where m.type = 'table' and f."table" = ${literal(nameOf(table))} collate nocase`,
  )
  const with_ = new Set(together.filter((t) => t.column === undefined).map((t) => nameOf(t.table).toLowerCase()))
  return rows
    .filter((r) => (column === undefined ? !with_.has(r['child']!.toLowerCase()) : r['of_column']?.toLowerCase() === column.toLowerCase()))
    .map((r) => `a foreign key of ${r['child']} points at it`)
}

async function inTheWay(target: TargetHands, { table, column }: LookedFor): Promise<string[]> {
  const rows = await target.ask(
    `select "notnull" as needed, dflt_value as "default", pk from pragma_table_info(${literal(nameOf(table))}) where name = ${literal(column!)} collate nocase`,
  )
  const r = rows[0]
  if (r?.['pk'] !== undefined && r['pk'] !== '0') return ['it is part of the primary key']
  return r?.['needed'] === '1' && r['default'] === null
    ? ['it must have a value, which SQLite cannot waive: rows could not be added any more']
    : []
}

export const sqlite: Shelf = {
  find: (what, target) =>
    foundBy({ table: (t) => tableThere(nameOf(t)), awayTable: (t) => tableThere(awayTable(nameOf(t))), column: columnThere }, target, what),

  async needing(what, together, target) {
    const own = what.column === undefined ? [] : await inTheWay(target, what)
    return [...own, ...(await pointing(target, what, together)), ...(await saying(target, what))]
  },

  async measure({ table, column }, target) {
    const [row] = await target.ask(`select cast(count(*) as text) as n from ${named(table)}`)
    return { table, ...(column === undefined ? {} : { column }), rows: row!['n']!, bytes: null }
  },

  putAway: (all) =>
    all.map(({ table, column }) =>
      column === undefined
        ? `alter table ${named(table)} rename to ${quote(awayTable(nameOf(table)))}`
        : `alter table ${named(table)} rename column ${quote(column)} to ${quote(awayColumn(column))}`,
    ),

  hindering: async () => undefined,

  bringBack: (all) =>
    all
      .toReversed()
      .map(({ table, column }) =>
        column === undefined
          ? `alter table ${awayOf(table)} rename to ${quote(nameOf(table))}`
          : `alter table ${named(table)} rename column ${quote(awayColumn(column))} to ${quote(column)}`,
      ),

  tidy: async () => [],

  drop: (all) =>
    all.map(({ table, column }: Retired) =>
      column === undefined
        ? `drop table if exists ${awayOf(table)}`
        : `alter table ${named(table)} drop column ${quote(awayColumn(column))}`,
    ),
}

const awayOf = (table: string): string => named(`${partsOf(table).schema}.${awayTable(nameOf(table))}`)
