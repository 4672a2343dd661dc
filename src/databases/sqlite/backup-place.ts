// A file that a backup is brought back to: as a whole where there is none, table by table where there is one.
import { constants, existsSync } from 'node:fs'
import { copyFile, rename, rm } from 'node:fs/promises'
import type { DatabaseSync } from 'node:sqlite'
import { restoreFailed, restoreRefused } from '../../errors/backup.ts'
import { count } from '../../text.ts'
import type { Kept, Place, Restored, Restoring, Survey } from '../backup.ts'
import { digestOf, schemaOf, tablesIn } from './backup-digest.ts'
import { ident } from './target/tables.ts'

export const databaseFile = 'database.sqlite'

export class SqlitePlace implements Place {
  readonly name: string

  constructor(file: string) {
    this.name = file
  }

  async survey(kept: Kept, { tables }: Pick<Restoring, 'tables'>): Promise<Survey> {
    if (!existsSync(this.name)) return { makes: true, empty: [], full: [], resumes: false }
    return this.with(async (db) => {
      const there = tablesIn(db).filter((t) => namesOf(kept, tables).includes(t))
      const full = there.filter((t) => db.prepare(`select 1 from ${ident(t)} limit 1`).get())
      // a whole file does not go over another one
      const barred = tables ? full : tablesIn(db)
      return { makes: false, empty: there.filter((t) => !barred.includes(t)), full: barred.map((t) => `main.${t}`), resumes: false }
    })
  }

  async restore(kept: Kept, restoring: Restoring): Promise<Restored> {
    const names = namesOf(kept, restoring.tables)
    restoring.tell(restoring.tables ? 'copying the tables' : 'copying the file')
    const there = restoring.tables ? await this.someTables(kept, names) : await this.whole(kept, restoring.tell)
    const rows = kept.tables.filter((t) => names.includes(nameOf(t.id))).reduce((sum, t) => sum + t.rows, 0)
    return { tables: names.length, rows, there, left: [] }
  }

  /** Under another name until all of it is there. */
  private async whole(kept: Kept, tell: Restoring['tell']): Promise<string[]> {
    const making = `${this.name}.making`
    if (existsSync(making)) tell('a restore was broken off here, and nothing of it is used: it begins anew')
    try {
      await copyFile(kept.path(databaseFile), making, constants.COPYFILE_FICLONE)
      if (existsSync(this.name)) throw restoreRefused({ tables: [this.name] })
      await rename(making, this.name)
    } finally {
      await rm(making, { force: true })
    }
    return []
  }

  private someTables(kept: Kept, names: readonly string[]): Promise<string[]> {
    return this.with(async (db) => {
      db.prepare('attach ? as kept').run(kept.path(databaseFile))
      db.exec('begin immediate')
      try {
        const there = names.filter((name) => tablesIn(db).includes(name))
        for (const name of names) copyTable(db, name, there.includes(name))
        db.exec('commit')
        return there.map((name) => `table ${name}`)
      } catch (cause) {
        if (db.isTransaction) db.exec('rollback')
        throw restoreFailed({ what: this.name, said: (cause as Error).message, sqlstate: '', cause })
      }
    })
  }

  async difference(kept: Kept, { tables }: Pick<Restoring, 'tables'>): Promise<string | undefined> {
    return this.with(async (db) => {
      const [sound] = db.prepare('pragma integrity_check(1)').all() as { integrity_check: string }[]
      if (sound?.integrity_check !== 'ok') return `the file is not sound: ${sound?.integrity_check}`
      for (const t of kept.tables.filter((k) => namesOf(kept, tables).includes(nameOf(k.id)))) {
        if (!tablesIn(db).includes(nameOf(t.id))) return `${t.id} is missing`
        const is = digestOf(db, nameOf(t.id))
        if (is.rows !== t.rows) return `${t.id} has ${count(is.rows)} rows, and had ${count(t.rows)}`
        if (is.digest !== t.digest) return `${t.id}: of its ${count(is.rows)} rows some are not what they were`
      }
      return tables ? undefined : await this.otherSchema(kept, db)
    })
  }

  private async otherSchema(kept: Kept, db: DatabaseSync): Promise<string | undefined> {
    const had = await new SqlitePlace(kept.path(databaseFile)).with(async (copy) => new Set(schemaOf(copy)), true)
    const is = schemaOf(db)
    return is.length === had.size && is.every((line) => had.has(line)) ? undefined : 'its tables, indexes, views or triggers are others'
  }

  async close(): Promise<void> {}

  /** References are as they were; nobody looks at them while tables come one after another. */
  private async with<T>(work: (db: DatabaseSync) => Promise<T>, readOnly = false): Promise<T> {
    const { DatabaseSync } = await import('node:sqlite')
    const db = new DatabaseSync(this.name, { enableForeignKeyConstraints: false, timeout: 10_000, readOnly })
    try {
      return await work(db)
    } finally {
      db.close()
    }
  }
}

const nameOf = (id: string): string => id.slice(id.indexOf('.') + 1)
const namesOf = (kept: Kept, tables: readonly string[] | undefined): string[] =>
  kept.tables.map((t) => nameOf(t.id)).filter((name) => !tables || tables.some((t) => t === `main.${name}` || t === `public.${name}`))

function copyTable(db: DatabaseSync, name: string, there: boolean): void {
  const parts = db
    .prepare(
      `select type, sql from kept.sqlite_schema where tbl_name = ? and sql is not null and type <> 'view' order by type = 'table' desc, type = 'index' desc`,
    )
    .all(name) as {
    type: string
    sql: string
  }[]
  const of = (...types: string[]) => parts.filter((p) => types.includes(p.type) && !there)
  if (there && db.prepare(`select 1 from main.${ident(name)} limit 1`).get()) throw restoreRefused({ tables: [name] })
  for (const p of of('table')) db.exec(p.sql)
  const stored = db.prepare('select name from pragma_table_xinfo(?) where hidden = 0 order by cid').all(name) as { name: string }[]
  const columns = stored.map((c) => ident(c.name)).join(', ')
  const triggers = there
    ? (db.prepare(`select name, sql from main.sqlite_schema where type = 'trigger' and tbl_name = ?`).all(name) as {
        name: string
        sql: string
      }[])
    : []
  // no trigger fires for rows that were there before
  for (const t of triggers) db.exec(`drop trigger main.${ident(t.name)}`)
  db.exec(`insert into main.${ident(name)} (${columns}) select ${columns} from kept.${ident(name)} not indexed`)
  for (const t of triggers) db.exec(t.sql)
  for (const p of of('index', 'trigger')) db.exec(p.sql)
}
