// The demo's own server, with the example's database in it and more clean rows than the example has.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { type EmbeddedPostgres, startPostgres } from '../../src/databases/embedded/index.ts'
import { canonicalDigest } from '../../src/databases/postgres/canonical.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'

const example = path.resolve(import.meta.dirname, '../../examples/pad')
const source = 'pad.personal_account_dealing'

export interface Standing {
  readonly read: number
  readonly migrated: number
  readonly quarantined: number
  readonly filtered: number
  /** Requests of ours that are in the target. */
  readonly requests: number
}

export class DemoDatabase implements AsyncDisposable {
  readonly url: string
  private readonly server: EmbeddedPostgres
  private readonly client: pg.Client
  private ended: Promise<void> | undefined

  private constructor(server: EmbeddedPostgres, url: string, client: pg.Client) {
    this.server = server
    this.url = url
    this.client = client
  }

  static async start(copies: number): Promise<DemoDatabase> {
    const server = await startPostgres()
    const url = await createdIn(server.url, 'pad')
    const client = await connected(url)
    for (const file of ['source.sql', 'target.sql']) await client.query(readFileSync(path.join(example, file), 'utf8'))
    await addCopies(client, copies)
    return new DemoDatabase(server, url, client)
  }

  async facts(): Promise<{ requests: number; native: number }> {
    const { rows } = await this.client.query(
      `select (select count(*)::int from ${source}) as requests, (select count(*)::int from pad.pad_request) as native`,
    )
    return rows[0]
  }

  /** The whole of it, sequences too; Godwit's own schema left out. */
  async digest(): Promise<string> {
    const db = await openPostgres({ url: this.url })
    try {
      return (await db.session((s) => canonicalDigest(s, { exclude: ['godwit'] }))).digest
    } finally {
      await db.close()
    }
  }

  /** Is about half of the source read? */
  async half(): Promise<boolean> {
    const { rows } = await this.client.query(`select to_regclass('godwit.books') is not null as there`)
    if (!rows[0].there) return false
    const { rows: books } = await this.client.query(
      `select coalesce(sum(read), 0) * 100 / (select count(*) from ${source}) as percent from godwit.books`,
    )
    return Number(books[0].percent) >= 45
  }

  async standing(): Promise<Standing> {
    // what a killed runner had sent may still be under way on the server for a moment
    await this.client.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name like 'godwit run %'`)
    const { rows } = await this.client.query(
      `select read::int, migrated::int, quarantined::int, filtered::int, (select count(*)::int from pad.pad_request where reference_id like 'LEG-%') as requests from godwit.books`,
    )
    return rows[0]
  }

  async anApprovalOf(id: number): Promise<string> {
    const { rows } = await this.client.query(
      `select a.id::text from pad.pad_approval a join pad.pad_request q on q.id = a.request_id where q.reference_id = $1 order by a.id desc limit 1`,
      [`LEG-${String(id).padStart(6, '0')}`],
    )
    return rows[0].id
  }

  async change(sql: string): Promise<void> {
    process.stdout.write(`  sql> ${sql}\n`)
    await this.client.query(sql)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.ended ??= this.client.end().then(() => this.server.stop())
    return this.ended
  }
}

async function createdIn(url: string, name: string): Promise<string> {
  const client = await connected(url)
  await client.query(`create database ${name}`)
  await client.end()
  const created = new URL(url)
  created.pathname = `/${name}`
  return created.href
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  // a server that is stopped says so to everyone; it is we who stop it
  client.on('error', () => {})
  await client.connect()
  return client
}

/** The thousand clean rows again and again, under ids of their own. */
async function addCopies(client: pg.Client, copies: number): Promise<void> {
  const { rows } = await client.query(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute where attrelid = '${source}'::regclass and attnum > 1 and not attisdropped`,
  )
  const { columns } = rows[0]
  await client.query(
    `insert into ${source} (id, ${columns}) select 2000 + n * 1000 + id, ${columns} from ${source} cross join generate_series(1, ${copies}) n where id <= 1000`,
  )
  await client.query('analyze')
}
