// Rows of a SQLite table as canonical text; one that does not fit what its column is said to be is named.
import { isUtf8 } from 'node:buffer'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { valueDoesNotFit } from '../../../errors/target.ts'
import { rowName, type TargetColumn, type TargetTable, type Texts } from '../../workshop/engine.ts'
import type { Raw } from '../text.ts'
import { ident } from './tables.ts'
import { canonical, kindOf } from './values.ts'

/** Numbers in full, rows as lists. */
export function prepared(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return statement
}

export function* rowsOf(db: DatabaseSync, table: TargetTable): Generator<Texts> {
  const statement = prepared(db, `select ${table.columns.map((c) => ident(c.name)).join(', ')} from ${ident(table.name)}`)
  for (const row of statement.iterate() as Iterable<unknown> as Iterable<Raw[]>) yield textsOf(db, table, table.columns, row)
}

export function textsOf(db: DatabaseSync, table: TargetTable, columns: readonly TargetColumn[], row: readonly Raw[]): Texts {
  return row.map((value, i) => {
    const text = canonical(value, columns[i]!)
    if (text === undefined || isNoText(db, table, columns, row, i)) throw misfit(table, columns, row, i)
    return text
  })
}

function misfit(table: TargetTable, columns: readonly TargetColumn[], row: readonly Raw[], i: number) {
  const { name, declared } = columns[i]!
  const key = table.key.map((k) => String(row[columns.findIndex((c) => c.name === k)] ?? 'null'))
  const value = row[i]!
  const kind = typeof value === 'string' && value.includes('\ufffd') ? 'text that is not UTF-8' : kindOf(value)
  return valueDoesNotFit({ table: table.id, row: rowName(table.key, key), column: name, declared, kind })
}

/** What is no UTF-8 comes as U+FFFD: whether that stands there really, only the bytes tell. */
function isNoText(db: DatabaseSync, table: TargetTable, columns: readonly TargetColumn[], row: readonly Raw[], i: number): boolean {
  const value = row[i]
  if (typeof value !== 'string' || !value.includes('\ufffd')) return false
  const keys = table.key.map((k) => columns.findIndex((c) => c.name === k))
  const by = keys.length ? keys : columns.flatMap((_, at) => (at === i || String(row[at]).includes('\ufffd') ? [] : [at]))
  const where = by.map((at, n) => `${ident(columns[at]!.name)} is ?${n + 1}`).join(' and ') || 'true'
  const bytes = prepared(db, `select cast(${ident(columns[i]!.name)} as blob) from ${ident(table.name)} where ${where}`)
  const found = bytes.all(...by.map((at) => row[at]!)) as unknown as Uint8Array[][]
  return found.some(([b]) => b && !isUtf8(b) && Buffer.from(b).toString() === value)
}
