// Files take no questions. Their rows are brought into a SQLite that has no file of its own, and asked there.
import type { DatabaseSync } from 'node:sqlite'
import { type LiveTable, unheld } from '../../schema/schema.ts'
import type { Session } from '../database.ts'
import type { Looking } from '../looking.ts'
import type { Source } from '../source.ts'
import { rowsOf } from '../sqlite/looking.ts'

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

export async function lookingAtCopies(source: Source, ids: readonly string[]): Promise<Looking & { close(): void }> {
  const { DatabaseSync } = await import('node:sqlite')
  // without a name it is kept in memory as far as that goes, then on disk, and is gone when it is closed
  const db = new DatabaseSync('')
  const tables = [...(await source.schema(ids)).tables.values()]
  for (const t of tables) await bring(db, source, t)
  return {
    engine: 'sqlite',
    copied: true,
    tables: async () => tables,
    look: async (sql) => rowsOf(db, sql),
    close: () => db.close(),
  }
}

/** Its name there is its whole id: a SQLite has no schemas. */
async function bring(db: DatabaseSync, source: Source, t: LiveTable): Promise<void> {
  const columns = [...t.columns.map((c) => c.name), unheld]
  db.exec(`create table ${quote(t.name)} (${columns.map((c) => `${quote(c)} text`).join(', ')})`)
  const insert = db.prepare(`insert into ${quote(t.name)} values (${columns.map(() => '?').join(', ')})`)
  const session = {
    async copyIn(_sql: string, lines: AsyncIterable<string> | Iterable<string>) {
      let rows = 0
      db.exec('begin')
      for await (const line of wholeLines(lines)) {
        insert.run(...line.split('\t').map(fieldOf))
        rows++
      }
      db.exec('commit')
      return rows
    },
  }
  const what = { table: t.id, columns: t.columns.map(({ name, type }) => ({ name, type })), key: t.primaryKey, copy: quote(t.name) }
  await source.send(what, (body) => body(session as unknown as Session), 1)
}

async function* wholeLines(blocks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  for await (const block of blocks) {
    for (let at = 0; at < block.length; ) {
      const end = block.indexOf('\n', at)
      yield block.slice(at, end)
      at = end + 1
    }
  }
}

const nothing = '\u0001'
const signs: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', x01: nothing, '\\': '\\' }
const fieldOf = (field: string): string | null =>
  field === nothing ? null : field.includes('\\') ? field.replace(/\\(x01|[tnr\\])/g, (_, sign: string) => signs[sign]!) : field
