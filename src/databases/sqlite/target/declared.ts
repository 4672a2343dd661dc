// What stands in a CREATE statement and in no pragma: CHECKs, a partial index's condition, the expressions of an index.
import type { SqlType } from '../../../schema/type.ts'

/** Words, names, texts and signs, in order; comments and blanks are passed over. */
const token =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|('(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}_$][\p{L}\p{N}_$]*|[\d.]+|[^\s])/gu

interface Piece {
  readonly text: string
  readonly at: number
}

const pieces = (sql: string): Piece[] => [...sql.matchAll(token)].flatMap((m) => (m[1] === undefined ? [] : [{ text: m[1], at: m.index }]))

const is = (p: Piece | undefined, word: string): boolean => p?.text.toUpperCase() === word

/** The index of the bracket that closes the one at `open`. */
function closing(list: readonly Piece[], open: number): number {
  let depth = 0
  for (let i = open; i < list.length; i++) {
    if (list[i]!.text === '(') depth++
    if (list[i]!.text === ')' && --depth === 0) return i
  }
  return list.length - 1
}

/** Every CHECK (…) of a table, without its brackets. */
export function checksOf(sql: string): string[] {
  const list = pieces(sql)
  return list.flatMap((p, i) => {
    if (!is(p, 'CHECK') || list[i + 1]?.text !== '(') return []
    const end = closing(list, i + 1)
    return [sql.slice(list[i + 1]!.at + 1, list[end]!.at).trim()]
  })
}

export const isAutoincrement = (sql: string): boolean => pieces(sql).some((p) => is(p, 'AUTOINCREMENT'))

const ofTransactions = new Set(['BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'RELEASE', 'ATTACH', 'DETACH', 'VACUUM'])

/** A word at the head of a statement that would end, or leave, the transaction it is carried out in. */
export const leavesTransaction = (sql: string): string | undefined => {
  const list = pieces(sql)
  return list.find((p, i) => (i === 0 || list[i - 1]!.text === ';') && ofTransactions.has(p.text.toUpperCase()))?.text
}

/** The parts of an index, each as it is written, and its condition. */
export function indexParts(sql: string): { parts: string[]; where: string | undefined } {
  const list = pieces(sql)
  const on = list.findIndex((p) => is(p, 'ON'))
  const open = list.findIndex((p, i) => i > on && p.text === '(')
  const end = closing(list, open)
  const parts: string[] = []
  let from = list[open]!.at + 1
  for (let i = open + 1, depth = 0; i <= end; i++) {
    const text = list[i]!.text
    if (text === '(') depth++
    if (text === ')' && i < end) depth--
    if (i < end && !(text === ',' && depth === 0)) continue
    parts.push(sql.slice(from, list[i]!.at).trim())
    from = list[i]!.at + 1
  }
  const where = list.findIndex((p, i) => i > end && is(p, 'WHERE'))
  return { parts: parts.map(withoutOrder), where: where < 0 ? undefined : sql.slice(list[where]!.at + 'where'.length).trim() }
}

const withoutOrder = (part: string): string => part.replace(/\s+(asc|desc)\s*$/i, '').replace(/\s+collate\s+\w+\s*$/i, '')

/** A default that Postgres can have as well: a literal, or the time. */
export function defaultOf(given: string | null): string | undefined {
  if (given === null) return undefined
  const text = given.trim()
  if (/^(null|'(?:[^'\\]|'')*')$/i.test(text)) return text
  // in quotes it is of whatever type the column is
  if (/^[-+]?\d+(\.\d+)?$/.test(text)) return `'${text}'`
  if (/^(true|false)$/i.test(text)) return text.toLowerCase()
  const now = `(clock_timestamp() at time zone 'utc')`
  if (/^current_timestamp$|^\(?\s*datetime\(\s*'now'\s*\)\s*\)?$/i.test(text)) return `to_char(${now}, 'YYYY-MM-DD HH24:MI:SS')`
  return /^current_date$/i.test(text) ? `to_char(${now}, 'YYYY-MM-DD')` : undefined
}

/** By the declaration alone. What SQLite lets any value into, and no word of the declaration speaks of, is text as it is written. */
export function typeOf(declared: string): SqlType {
  const type = declared.toUpperCase()
  if (/^BOOL(EAN)?$/.test(type)) return { name: 'bool' }
  if (type.includes('INT')) return { name: 'int8' }
  if (/CHAR|CLOB|TEXT/.test(type)) return { name: 'text' }
  if (type.includes('BLOB')) return { name: 'bytea' }
  if (/REAL|FLOA|DOUB/.test(type)) return { name: 'float8' }
  return /^(DECIMAL|NUMERIC|NUMBER)\b/.test(type) ? { name: 'numeric' } : { name: 'text' }
}
