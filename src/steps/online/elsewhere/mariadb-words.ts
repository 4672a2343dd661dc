// What is asked of MariaDB's catalogue, and how one ALTER is said in several ways.
import { partsOf, wordsOf } from '../../engine-words.ts'
import { short } from '../words.ts'
import type { Ask, Circumstances, Way } from './engine.ts'
import { isText } from './mariadb-fits.ts'

export const { quote, literal } = wordsOf('mariadb')

/** Whoever says no schema means the database that he is connected to. */
export const schemaOf = (id: string): string => (partsOf(id).schema === 'public' ? 'database()' : literal(partsOf(id).schema))
export const named = (id: string): string =>
  partsOf(id).schema === 'public' ? quote(partsOf(id).name) : `${quote(partsOf(id).schema)}.${quote(partsOf(id).name)}`
export const at = (id: string): string => `table_schema = ${schemaOf(id)} and table_name = ${literal(partsOf(id).name)}`
const columnAt = (id: string, column: string): string => `${at(id)} and column_name = ${literal(column)}`

export const tableThere = (id: string): string =>
  `select 1 as one from information_schema.tables where ${at(id)} and table_type = 'BASE TABLE'`
export interface ColumnThere {
  /** `int(11) unsigned` */
  readonly type: string
  readonly collation: string | null
  readonly mayLack: boolean
  /** As SQL. */
  readonly given: string | null
  readonly comment: string
  readonly extra: string
  /** The one before it. */
  readonly behind: string | null
}
export async function columnOf(ask: Ask, id: string, column: string): Promise<ColumnThere | undefined> {
  const [row] = await ask(
    `select column_type as type, collation_name as collation, is_nullable as lacks, column_default as given, column_comment as said, extra,
      (select b.column_name from information_schema.columns b where b.table_schema = c.table_schema and b.table_name = c.table_name and b.ordinal_position = c.ordinal_position - 1) as behind
      from information_schema.columns c where c.${at(id).replace(' and ', ' and c.')} and c.column_name = ${literal(column)}`,
  )
  if (!row) return undefined
  const { type, collation, lacks, given, said: comment, extra, behind } = row
  return { type: type!, collation: collation!, mayLack: lacks === 'YES', given: given!, comment: comment!, extra: extra!, behind: behind! }
}

/** Letters keep the order that they have, unless another is said. */
export const withOrder = (to: string, collation: string | null): string =>
  isText(to) && collation !== null && !/\b(collate|character set)\b/i.test(to) ? `${to} collate ${collation}` : to

export const isPartitioned = (id: string): string =>
  `select 1 as one from information_schema.partitions where ${at(id)} and partition_name is not null limit 1`
export const columnThere = (id: string, column: string): string =>
  `select 1 as one from information_schema.columns where ${columnAt(id, column)}`
export const isNotNull = (id: string, column: string): string => `${columnThere(id, column)} and is_nullable = 'NO'`
export const constraintThere = (id: string, name: string): string =>
  `select 1 as one from information_schema.table_constraints where ${at(id)} and constraint_name = ${literal(name)}`
export const indexThere = (id: string, name: string): string =>
  `select 1 as one from information_schema.statistics where ${at(id)} and index_name = ${literal(name)} limit 1`
export const defaultOf = (id: string, column: string): string =>
  `select column_default as given from information_schema.columns where ${columnAt(id, column)}`

export const noTable = (id: string) => [tableThere(id), `there is no table ${short(id)}`] as const
export const noColumn = (id: string, c: string) => [columnThere(id, c), `there is no column ${short(id)}.${c}`] as const
export const names = (columns: readonly string[]): string => columns.map(quote).join(', ')
export const said = (id: string) => ({ table: named(id), quote })

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

/** Of a constraint that is said by itself: a check, or a foreign key. */
export const constraintLine = (ask: Ask, id: string, name: string): Promise<string | undefined> =>
  lineOf(ask, id, new RegExp(`^CONSTRAINT ${escaped(name)} `))

/** What stands outside of quotes changed, the first of it that is found. */
function outside(line: string, what: RegExp, to: string): string {
  let found = false
  return line.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[^'"]+/g, (piece) => {
    if (found || piece.startsWith("'") || piece.startsWith('"') || !what.test(piece)) return piece
    found = true
    return piece.replace(what, to)
  })
}

/** As SHOW CREATE TABLE writes a column, and with a value that must be there: before what it is checked by. */
export function mustHave(line: string): string {
  const bare = outside(outside(line, / (NULL )?DEFAULT NULL\b/, ''), / NULL\b(?! ?DEFAULT)/, '')
  const check = bare.search(/ CHECK \(/)
  const comment = bare.search(/ COMMENT '/)
  const before = [check, comment].filter((n) => n >= 0)
  const place = before.length ? Math.min(...before) : bare.length
  return `${bare.slice(0, place)} NOT NULL${bare.slice(place)}`
}

/** And where it may be left out: a moment that may be is said to be so. */
export const mayLack = (line: string): string => outside(line, / NOT NULL\b/, /^"(?:[^"]|"")*" timestamp\b/.test(line) ? ' NULL' : '')

/** Around a line that was read: quotes and backslashes mean in it what they mean where it was read. */
export const asRead: readonly [Way, Way] = [
  ["set session sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,ANSI_QUOTES,NO_ENGINE_SUBSTITUTION'"],
  ['set session sql_mode = @@global.sql_mode'],
]
