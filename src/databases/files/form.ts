// A form that rows can be written in. A new one is a file beside this, and its line in `forms.ts`.
import type { SqlType } from '../../schema/type.ts'
import type { Reading } from './bytes.ts'
import type { FileTable } from './declared.ts'
import type { Duckdb } from './duckdb.ts'
import type { Located } from './folder.ts'
import type { FileRow } from './row.ts'

export interface FileColumn {
  readonly name: string
  readonly type: SqlType
  readonly nullable: boolean
}

export interface Asked {
  readonly file: Located
  readonly as: FileTable
  /** All columns of the table. */
  readonly columns: readonly FileColumn[]
  /** Those that are asked for, in this order. */
  readonly wanted: readonly string[]
  /** Is told what was read. */
  readonly reading: Reading
  readonly duckdb: () => Promise<Duckdb>
}

export interface Form {
  /** Of files that are one table. */
  columns(files: readonly Located[], as: FileTable, duckdb: () => Promise<Duckdb>): Promise<readonly FileColumn[]>
  /** All rows of one file. What is wrong with the file as a whole is thrown. */
  rows(asked: Asked): AsyncIterable<readonly FileRow[]>
  /** How many there are; the file is read to its end. */
  count(asked: Asked): Promise<number>
}

export async function countRows(rows: AsyncIterable<readonly FileRow[]>): Promise<number> {
  let n = 0
  for await (const some of rows) n += some.length
  return n
}
