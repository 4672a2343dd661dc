// What is asked of MariaDB's catalogue, and how one ALTER is said in several ways.
import { partsOf, wordsOf } from '../../engine-words.ts'
import type { Ask, Circumstances, Way } from './engine.ts'

export const { quote, literal } = wordsOf('mariadb')

/** Whoever says no schema means the database that he is connected to. */
const schemaOf = (id: string): string => (partsOf(id).schema === 'public' ? 'database()' : literal(partsOf(id).schema))
export const named = (id: string): string =>
  partsOf(id).schema === 'public' ? quote(partsOf(id).name) : `${quote(partsOf(id).schema)}.${quote(partsOf(id).name)}`
export const at = (id: string): string => `table_schema = ${schemaOf(id)} and table_name = ${literal(partsOf(id).name)}`
const columnAt = (id: string, column: string): string => `${at(id)} and column_name = ${literal(column)}`

export const tableThere = (id: string): string =>
  `select 1 as one from information_schema.tables where ${at(id)} and table_type = 'BASE TABLE'`
export const columnThere = (id: string, column: string): string =>
  `select 1 as one from information_schema.columns where ${columnAt(id, column)}`
export const isNotNull = (id: string, column: string): string => `${columnThere(id, column)} and is_nullable = 'NO'`
export const constraintThere = (id: string, name: string): string =>
  `select 1 as one from information_schema.table_constraints where ${at(id)} and constraint_name = ${literal(name)}`
export const indexThere = (id: string, name: string): string =>
  `select 1 as one from information_schema.statistics where ${at(id)} and index_name = ${literal(name)} limit 1`
export const defaultOf = (id: string, column: string): string =>
  `select column_default as given from information_schema.columns where ${columnAt(id, column)}`

/** In place and at once; without the rows being written again; beside everybody; and where that is said, as a copy that writers wait for. */
export async function ways(
  id: string,
  change: string,
  { ask, copyUpTo }: Circumstances,
  around: readonly [Way, Way] = [[], []],
): Promise<readonly Way[]> {
  const [row] = await ask(`select cast(coalesce(table_rows, 0) as char) as n from information_schema.tables where ${at(id)}`)
  const copies = Number(row?.['n'] ?? 0) <= copyUpTo
  const manners = [
    'algorithm=instant',
    'algorithm=nocopy, lock=none',
    'algorithm=inplace, lock=none',
    ...(copies ? ['algorithm=copy, lock=shared'] : []),
  ]
  return manners.map((manner) => [...around[0], `alter table ${named(id)} ${change}, ${manner}`, ...around[1]])
}

/** A line of SHOW CREATE TABLE: all that is said of a column, or of an index. */
export async function lineOf(ask: Ask, id: string, begins: RegExp): Promise<string | undefined> {
  const [row] = await ask(`show create table ${named(id)}`)
  const lines = (row?.['Create Table'] ?? '').split('\n').map((l) => l.trim().replace(/,$/, ''))
  return lines.find((l) => begins.test(l))
}

/** As the session writes it that asks. */
const escaped = (name: string): string => `"${name.replaceAll('"', '""')}"`.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
export const columnLine = (ask: Ask, id: string, column: string): Promise<string | undefined> =>
  lineOf(ask, id, new RegExp(`^${escaped(column)} `))
export const indexLine = (ask: Ask, id: string, name: string): Promise<string | undefined> =>
  lineOf(ask, id, new RegExp(`^(UNIQUE |FULLTEXT |SPATIAL )?KEY ${escaped(name)} `))

/** Around a line that was read: quotes and backslashes mean in it what they mean where it was read. */
export const asRead: readonly [Way, Way] = [
  ["set session sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,ANSI_QUOTES,NO_ENGINE_SUBSTITUTION'"],
  ['set session sql_mode = @@global.sql_mode'],
]
