// A database of Postgres that a backup is brought back to: one that is there, or one that is made for it.
import { text } from 'node:stream/consumers'
import pg from 'pg'
import type { ExportForm, Kept, Place, Restored, Restoring, Survey } from '../../backup.ts'
import type { Database, Session } from '../../database.ts'
import { writeParquet } from '../../files/parquet-write.ts'
import { pack } from '../../files/sink.ts'
import { exporting } from '../export.ts'
import { ident } from '../names.ts'
import { difference } from './compare.ts'
import { begunOf, forget } from './progress.ts'
import { variables } from './reach.ts'
import { restore } from './restore.ts'
import { catalogueFile, type KeptCatalogue, tablesNamed } from './take.ts'

export interface Where {
  readonly name: string
  readonly url: string
  /** Another database of that server, from which this one can be made. */
  readonly beside: string
  open(url: string): Promise<Database>
}

export class PostgresPlace implements Place {
  readonly name: string
  private readonly where: Where
  private db: Database | undefined
  private read: Promise<KeptCatalogue> | undefined

  constructor(where: Where, db?: Database) {
    this.name = where.name
    this.where = where
    this.db = db
  }

  async survey(kept: Kept, { tables, sha256 }: Pick<Restoring, 'tables' | 'sha256'>): Promise<Survey> {
    const db = await this.opened()
    if (!db) return { makes: true, empty: [], full: [], resumes: false }
    const wanted = tablesNamed(await this.catalogue(kept), tables)
    return db.session(async (s) => {
      const resumes = (await begunOf(s)) === sha256
      const [empty, full]: [string[], string[]] = [[], []]
      for (const t of wanted) {
        const has = await hasRows(s, t.name)
        if (has !== undefined) (has ? full : empty).push(t.id)
      }
      return { makes: false, empty, full, resumes }
    })
  }

  async restore(kept: Kept, restoring: Restoring): Promise<Restored> {
    const catalogue = await this.catalogue(kept)
    return restore((await this.opened()) ?? (await this.made(catalogue)), kept, catalogue, restoring)
  }

  async difference(kept: Kept, restoring: Pick<Restoring, 'tables' | 'signal'>, restored: Restored): Promise<string | undefined> {
    const db = (await this.opened())!
    const what = await difference(db, kept, await this.catalogue(kept), restoring, restored)
    // not before it was compared: killed until here, a restore goes on, and is compared after all
    if (what === undefined) await db.session(forget)
    return what
  }

  async exported(table: string, as: ExportForm, path: string): Promise<void> {
    const dot = table.indexOf('.')
    await exporting((await this.opened())!, { schema: table.slice(0, dot), name: table.slice(dot + 1) }, async (from) => {
      if (as === 'parquet') await writeParquet(path, from.columns, from.rows(), undefined)
      else await from[as]((bytes) => pack(bytes, path, undefined))
    })
  }

  /** Made where it is not there yet. */
  async reach(kept: Kept): Promise<Readonly<Record<string, string>>> {
    if (!(await this.opened())) await this.made(await this.catalogue(kept))
    return variables(new URL(this.where.url))
  }

  async close(): Promise<void> {
    await this.db?.close()
  }

  private catalogue(kept: Kept): Promise<KeptCatalogue> {
    return (this.read ??= text(kept.open(catalogueFile)).then((json) => JSON.parse(json) as KeptCatalogue))
  }

  private async opened(): Promise<Database | undefined> {
    if (this.db) return this.db
    const { url, beside, open } = this.where
    const name = decodeURIComponent(new URL(url).pathname.slice(1))
    const there = await withClient(beside, (c) => c.query('select from pg_database where datname = $1', [name]))
    if (there.rowCount) this.db = await open(url)
    return this.db
  }

  private async made({ locale }: KeptCatalogue): Promise<Database> {
    const { url, beside, open } = this.where
    const name = decodeURIComponent(new URL(url).pathname.slice(1))
    await withClient(beside, (c) => c.query(`create database ${ident(name)} template template0 ${locale}`)).catch(madeMeanwhile)
    this.db = await open(url)
    return this.db
  }
}

/** By the restore that was killed: the server goes on with what it was asked last. Whatever stands in it is looked at before it is used. */
function madeMeanwhile(problem: unknown): void {
  if (!['42P04', '23505'].includes((problem as { code?: string }).code ?? '')) throw problem
}

async function hasRows(s: Session, table: string): Promise<boolean | undefined> {
  if ((await s.query('select to_regclass($1)::text as there', [table])).rows[0]!['there'] === null) return undefined
  return (await s.query(`select exists (select from only ${table})::text as full`)).rows[0]!['full'] === 'true'
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'godwit restore' })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
