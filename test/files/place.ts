// A folder of files, a target beside it, and a migration between them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect, type Database, type Plan, plan, quarantineList, type RunOptions, run, undo, verify } from '../../src/api.ts'
import type { FileTables } from '../../src/databases/files/declared.ts'
import { openFilesSource } from '../../src/databases/files/source.ts'
import { postgres } from '../../src/dialects/postgres.ts'
import type { Migration } from '../../src/index.ts'
import { typeLabel } from '../../src/schema/type.ts'
import { generous, quickClock } from '../crash/process.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import type { TextRow } from '../support/query.ts'

export type Files = Readonly<Record<string, string | Uint8Array>>

export interface Folder extends Disposable {
  readonly dir: string
  put(name: string, content: string | Uint8Array): void
}

export function folderOf(files: Files = {}): Folder {
  const dir = mkdtempSync(path.join(tmpdir(), 'godwit-files-'))
  const put = (name: string, content: string | Uint8Array) => writeFileSync(path.join(dir, name), content)
  for (const [name, content] of Object.entries(files)) put(name, content)
  return { dir, put, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

export interface Place extends AsyncDisposable {
  readonly db: Database
  readonly url: string
  readonly folder: Folder
  plan(migration: Migration): Promise<Plan>
  run(migration: Migration, options?: RunOptions): ReturnType<typeof run>
  undo(migration: Migration): ReturnType<typeof undo>
  verify(migration: Migration): ReturnType<typeof verify>
  sql(text: string): Promise<TextRow[]>
  quarantine(migration: Migration): ReturnType<typeof quarantineList>
}

export async function place(files: Files, tables: FileTables | undefined, target: string): Promise<Place> {
  const folder = folderOf(files)
  const fresh = await freshDatabase()
  await query(fresh.url, target)
  const db = await connect(fresh.url, { sources: { exports: { files: folder.dir, tables } } })
  const planned = (migration: Migration) => plan(migration, db, { budget: generous, chunk: 50, workers: 2 })
  return {
    db,
    url: fresh.url,
    folder,
    plan: planned,
    run: async (migration, options = {}) => run(await planned(migration), db, { clock: quickClock, ...options }),
    undo: async (migration) => undo(await planned(migration), db, { clock: quickClock }),
    verify: async (migration) => verify(await planned(migration), db),
    sql: (text) => query(fresh.url, text),
    quarantine: async (migration) => quarantineList(await planned(migration), db),
    [Symbol.asyncDispose]: async () => {
      await db.close()
      await fresh.drop()
      folder[Symbol.dispose]()
    },
  }
}

export interface Arrived {
  readonly columns: readonly string[]
  readonly types: readonly string[]
  readonly rows: (string | null)[][]
  readonly kept: (Record<string, string> | null)[]
}

/** All of a table as its copy has it, in the order of its key. */
export async function arrived(files: Files, tables?: FileTables, table = Object.keys(tables ?? {})[0]!): Promise<Arrived> {
  using folder = folderOf(files)
  const source = await openFilesSource(folder.dir, 'exports', tables)
  await using fresh = await freshDatabase()
  try {
    const id = `files.${table}`
    const live = (await source.schema([id])).tables.get(id)!
    const db = await connect(fresh.url)
    const columns = live.columns.map((c) => `${postgres.quote(c.name)} ${postgres.typeName(c.type)}`)
    await query(fresh.url, `create schema godwit; create table godwit.copy (${columns.join(', ')}, "godwit unheld" text)`)
    const what = { table: id, columns: live.columns, key: live.primaryKey, copy: 'godwit.copy', contents: await source.contents!(id) }
    const sent = await source.send(what, (body) => db.session(body), 1)
    const [told] = await query(fresh.url, sent.asked)
    await db.close()
    if (told!.join(' ') !== `${sent.rows} ${sent.digest}`)
      throw new Error(`sent ${sent.rows} ${sent.digest}, and there are ${told!.join(' ')}`)
    const rows = await query(fresh.url, `select * from godwit.copy order by ${live.primaryKey.map(postgres.quote).join(', ')}`)
    return {
      columns: live.columns.map((c) => c.name),
      types: live.columns.map((c) => typeLabel(c.type)),
      rows: rows.map((r) => r.slice(0, -1)),
      kept: rows.map((r) => (r.at(-1) === null ? null : (JSON.parse(r.at(-1)!) as Record<string, string>))),
    }
  } finally {
    await source.close()
  }
}
