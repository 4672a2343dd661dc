// SQLite as a source. A column there promises no type, so all arrives as text, exactly as written; only a rowid key is a number.
import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { sourceFileMissing } from '../../errors/database.ts'
import type { Source } from '../source.ts'
import { lookingAt } from './looking.ts'
import { readSchema } from './schema.ts'
import { send } from './send.ts'
import { bare, quote, type Raw } from './text.ts'

export async function openSqliteSource(file: string, shown: string): Promise<Source> {
  if (!existsSync(file)) throw sourceFileMissing({ file: shown })
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(file, { readOnly: true })
  return {
    name: shown,
    schema: async (only) => readSchema(db, shown, only),
    extent: async (table, key) => extent(db, table, key),
    send: (what, here) => send(db, what, here),
    looking: async () => lookingAt(db, shown),
    close: async () => db.close(),
  }
}

function extent(db: DatabaseSync, table: string, key: string | undefined) {
  const ends = key === undefined ? 'null as lo, null as hi' : `min(${quote(key)}) as lo, max(${quote(key)}) as hi`
  const statement = db.prepare(`select count(*) as n, ${ends} from ${bare(table)}`)
  statement.setReadBigInts(true)
  const row = statement.get() as { n: bigint; lo: Raw; hi: Raw }
  const text = (v: Raw) => (v === null ? null : String(v))
  return { rows: String(row.n), lo: text(row.lo), hi: text(row.hi) }
}
