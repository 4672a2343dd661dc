// DuckDB, for Parquet alone: in memory, without network, and with no file in reach but those of the folders that it is given.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'
import { duckdbMissing } from '../../errors/files.ts'

export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

export class Duckdb {
  /** Its own: what does not fit into memory, and what is only passing through. */
  readonly scratch: string
  private readonly instance: DuckDBInstance
  private readonly connection: DuckDBConnection

  constructor(scratch: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.scratch = scratch
    this.instance = instance
    this.connection = connection
  }

  /** Rows as they come, in blocks. */
  async *blocks(sql: string): AsyncGenerator<DuckDBValue[][]> {
    const result = await this.connection.stream(sql)
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) yield chunk.getRows()
  }

  /** Into a table of texts, until there are no more or it holds `most` characters. Gives how many rows. */
  async append(table: string, rows: AsyncIterator<readonly (readonly (string | null)[])[]>, most: number): Promise<number> {
    const appender = await this.connection.createAppender(table)
    let sent = 0
    for (let characters = 0; characters < most; ) {
      const block = await rows.next()
      if (block.done) break
      for (const row of block.value) {
        for (const text of row) {
          characters += text?.length ?? 0
          if (text === null) appender.appendNull()
          else appender.appendVarchar(text)
        }
        appender.endRow()
      }
      sent += block.value.length
      appender.flushSync()
    }
    appender.closeSync()
    return sent
  }

  async all(sql: string): Promise<string[][]> {
    return (await (await this.connection.run(sql)).getRows()).map((row) => row.map(String))
  }

  close(): void {
    this.connection.closeSync()
    this.instance.closeSync()
    rmSync(this.scratch, { recursive: true, force: true })
  }
}

export async function openDuckdb(folders: readonly string[]): Promise<Duckdb> {
  const { DuckDBInstance } = await import('@duckdb/node-api').catch((cause: unknown) => {
    throw duckdbMissing({ cause })
  })
  const scratch = mkdtempSync(path.join(tmpdir(), 'godwit-duckdb-'))
  try {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '2',
      memory_limit: '512MB',
      temp_directory: scratch,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const connection = await instance.connect()
    for (const sql of confining([...folders, scratch])) await connection.run(sql)
    return new Duckdb(scratch, instance, connection)
  } catch (problem) {
    rmSync(scratch, { recursive: true, force: true })
    throw problem
  }
}

/** From here on it reaches no other files, and nobody can tell it otherwise. */
const confining = (folders: readonly string[]): string[] => [
  "set timezone = 'UTC'",
  `set allowed_directories = [${folders.map(literal).join(', ')}]`,
  'set enable_external_access = false',
  'set lock_configuration = true',
]
