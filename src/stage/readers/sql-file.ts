// A file of SQL as operations, one a statement.
import { places } from '../../lint/place.ts'
import { withoutPsql } from '../../lint/read.ts'
import { split } from '../../lint/split.ts'
import type { Migration, Operation } from '../types.ts'
import { anything } from './holes.ts'

export type Dialect = Migration['dialect']

export function statementsIn(given: string, dialect: Dialect = 'postgres', firstLine = 1): Operation[] {
  const text = withoutPsql(given)
  const place = places(text)
  const manner = { mysql: dialect === 'mysql' }
  return split(text, manner).map(({ from, to }) => {
    const sql = text.slice(from, to)
    return { kind: firstWords(sql), sql, line: place(from).line + firstLine - 1, ...(sql.includes(anything) ? { holes: true } : {}) }
  })
}

const firstWords = (sql: string): string => /^\s*([a-z]+(?:\s+[a-z]+)?)/i.exec(sql)?.[1]?.toLowerCase().replace(/\s+/g, ' ') ?? 'sql'

const mysqlWords =
  /`\w+`|\bENGINE\s*=|\bAUTO_INCREMENT\b|\bUNSIGNED\b|\bON DUPLICATE KEY\b|\bTINYINT\s*\(|\/\*!|\b(?:MODIFY|CHANGE)\s+(?:COLUMN\s+)?\w+\s+\w/i
const sqliteWords = /\bAUTOINCREMENT\b|\bPRAGMA\s+\w+|\bWITHOUT ROWID\b/i
const postgresWords =
  /\bJSONB\b|\bSERIAL\b|\bTIMESTAMPTZ\b|\bTEXT\[\]|\$\$|::\w|\bCREATE EXTENSION\b|\bUSING gin\b|\bALTER TYPE\b|\bAS ENUM\b/i

/** By the words of most files. */
export function dialectOf(texts: readonly string[]): Dialect {
  const count = (words: RegExp) => texts.filter((t) => words.test(t)).length
  const [mysql, sqlite, postgres] = [count(mysqlWords), count(sqliteWords), count(postgresWords)]
  if (mysql > postgres && mysql >= sqlite) return 'mysql'
  return sqlite > postgres ? 'sqlite' : 'postgres'
}

/** Each after the one before it: what has a number has an order, and no other. */
export const inLine = (migrations: readonly Omit<Migration, 'parents'>[]): Migration[] =>
  migrations.map((m, i) => ({ ...m, parents: i === 0 ? [] : [migrations[i - 1]!.id] }))

/** Numbers by their size, other words by their letters. */
export const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

export const twice = (ids: readonly string[]): string[] =>
  [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))].map((id) => `${id} is the id of more than one file`)
