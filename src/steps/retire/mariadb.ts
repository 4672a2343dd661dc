// MariaDB: another name in the same database. Tables that go together are renamed in one statement, which is done whole or not at all.
import { partsOf, wordsOf } from '../engine-words.ts'
import type { TargetHands } from '../hands.ts'
import type { LookedFor, Retired, Shelf } from './engine.ts'
import { foundBy } from './found.ts'
import { awayColumn, awayTable } from './names.ts'

const { quote, literal, table: named } = wordsOf('mariadb')
const awayId = (table: string): string => `${partsOf(table).schema}.${awayTable(partsOf(table).name)}`
const at = (table: string): string => `table_schema = ${literal(partsOf(table).schema)} and table_name = ${literal(partsOf(table).name)}`

const tableThere = (table: string): string =>
  `select 1 as one from information_schema.tables where ${at(table)} and table_type = 'BASE TABLE'`
const columnThere = (table: string, column: string): string =>
  `select 1 as one from information_schema.columns where ${at(table)} and column_name = ${literal(column)}`

const word = (text: string, name: string): boolean => new RegExp(`(^|[^\\w$])${name.replace(/[^\w]/g, '\\$&')}($|[^\\w$])`, 'i').test(text)

/** Views, triggers and routines are only known by their text. */
async function saying(target: TargetHands, { table, column }: LookedFor): Promise<string[]> {
  const schema = literal(partsOf(table).schema)
  const rows = await target.ask(
    `select 'view' as kind, table_name as name, '' as on_table, view_definition as said from information_schema.views where table_schema = ${schema}
     union all select 'trigger', trigger_name, event_object_table, action_statement from information_schema.triggers where trigger_schema = ${schema}
     union all select 'routine', routine_name, '', routine_definition from information_schema.routines where routine_schema = ${schema}`,
  )
  const name = partsOf(table).name
  const names = (r: (typeof rows)[number]) => {
    const own = r['on_table'] === name
    const said = r['said'] ?? ''
    return column === undefined ? !own && word(said, name) : word(said, column) && (own || word(said, name))
  }
  return rows.filter(names).map((r) => `${r['kind']} ${r['name']} names it`)
}

async function pointing(target: TargetHands, { table, column }: LookedFor, together: readonly LookedFor[]): Promise<string[]> {
  const rows = await target.ask(
    `select distinct constraint_name as name, concat(table_schema, '.', table_name) as child, referenced_column_name as of_column from information_schema.key_column_usage where referenced_table_schema = ${literal(partsOf(table).schema)} and referenced_table_name = ${literal(partsOf(table).name)}`,
  )
  const others = new Set(together.filter((t) => t.column === undefined).map((t) => t.table))
  return rows
    .filter((r) => (column === undefined ? !others.has(r['child']!) : r['of_column'] === column))
    .map((r) => `foreign key ${r['name']} of ${r['child']} points at it`)
}

async function inTheWay(target: TargetHands, { table, column }: LookedFor): Promise<string[]> {
  const [r] = await target.ask(
    `select is_nullable as nullable, column_default as given, column_key as its_key, extra from information_schema.columns where ${at(table)} and column_name = ${literal(column!)}`,
  )
  if (r?.['its_key'] === 'PRI') return ['it is part of the primary key']
  return r?.['nullable'] === 'NO' && r['given'] === null && !/auto_increment|generated/i.test(r['extra'] ?? '')
    ? ['it must have a value: rows could not be added any more. Let it be null first (a step of ddl)']
    : []
}

export const mariadb: Shelf = {
  find: (what, target) => foundBy({ table: tableThere, awayTable: (t) => tableThere(awayId(t)), column: columnThere }, target, what),

  async needing(what, together, target) {
    const own = what.column === undefined ? [] : await inTheWay(target, what)
    return [...own, ...(await pointing(target, what, together)), ...(await saying(target, what))]
  },

  async measure({ table, column }, target) {
    const [row] = await target.ask(`select cast(count(*) as char) as n from ${named(table)}`)
    const [size] = await target.ask(
      `select cast(data_length + index_length as char) as n from information_schema.tables where ${at(table)}`,
    )
    return { table, ...(column === undefined ? {} : { column }), rows: row!['n']!, bytes: column === undefined ? size!['n']! : null }
  },

  putAway(all) {
    const tables = all.filter((r) => r.column === undefined).map((r) => `${named(r.table)} to ${named(awayId(r.table))}`)
    return [...(tables.length ? [`rename table ${tables.join(', ')}`] : []), ...columns(all, (c) => [c, awayColumn(c)])]
  },

  hindering: async () => undefined,

  bringBack(all) {
    const tables = all.filter((r) => r.column === undefined).map((r) => `${named(awayId(r.table))} to ${named(r.table)}`)
    return [...columns(all, (c) => [awayColumn(c), c]), ...(tables.length ? [`rename table ${tables.join(', ')}`] : [])]
  },

  tidy: async () => [],

  drop(all) {
    const tables = all.filter((r) => r.column === undefined).map((r) => named(awayId(r.table)))
    const gone = all.flatMap(({ table, column }) =>
      column === undefined ? [] : [`alter table ${named(table)} drop column if exists ${quote(awayColumn(column))}`],
    )
    // they may point at one another
    const drops = tables.length
      ? ['set session foreign_key_checks = 0', `drop table if exists ${tables.join(', ')}`, 'set session foreign_key_checks = 1']
      : []
    return [...gone, ...drops]
  },
}

/** One statement a table, so that it is done whole or not at all. */
function columns(all: readonly Retired[], names: (column: string) => readonly [from: string, to: string]): string[] {
  const by = Map.groupBy(
    all.filter((r) => r.column !== undefined),
    (r) => r.table,
  )
  return [...by].map(([table, of]) => {
    const changes = of.map((r) => names(r.column!)).map(([from, to]) => `rename column ${quote(from)} to ${quote(to)}`)
    return `alter table ${named(table)} ${changes.join(', ')}`
  })
}
