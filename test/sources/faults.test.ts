// The line to a source, or to the target, breaks, falls silent or is slow, while rows are brought: F4, F6, F7, F8, F19.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plan, run, verify } from '../../src/api.ts'
import type { Database } from '../../src/databases/database.ts'
import { openMariadbSource } from '../../src/databases/mariadb/source.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { openPostgresSource } from '../../src/databases/postgres/source.ts'
import type { Source } from '../../src/databases/source.ts'
import { withSources } from '../../src/databases/sources.ts'
import type { Event } from '../../src/events/event.ts'
import { bigint, database, into, type Migration, mapping, migration, table, text } from '../../src/index.ts'
import { generous } from '../crash/process.ts'
import { objections } from '../guarantees/engine.ts'
import { hasMariadb, mariadbRoot, mariadbUrl } from '../support/mariadb.ts'
import { type FreshDatabase, freshDatabase, query, serverUrl } from '../support/postgres.ts'
import { type Line, proxyTo } from '../support/proxy.ts'

const rows = 20_000
/** Short enough for a test, and long enough for a busy machine. */
const patience = 1_500
const thing = table('public.thing', { id: bigint().key(), name: text() })
const migrationOf = (id: string): Migration =>
  migration(
    'things',
    mapping(database('there').table(id, { id: bigint().key(), name: text() }), (r) => into(thing, { id: r.id, name: r.name })),
  )
const here = 'create table public.thing (id bigint primary key, name text not null)'

/** Where the server of a URL listens, whether at a port or at a socket. */
function placeOf(address: string) {
  const url = new URL(address)
  const host = url.searchParams.get('host') ?? url.hostname
  const port = Number(url.port || url.searchParams.get('port') || 5432)
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
}

function through(proxy: Line, address: string): string {
  const url = new URL(address)
  url.searchParams.delete('host')
  url.searchParams.delete('port')
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  return url.href
}

interface There {
  readonly id: string
  readonly server: { readonly host: string; readonly port: number } | { readonly path: string }
  open(proxy: Line): Promise<Source>
  done(): Promise<void>
}

async function inPostgres(): Promise<There> {
  const db = await freshDatabase()
  await query(
    db.url,
    `create table thing (id bigint primary key, name text not null); insert into thing select i, repeat('name ' || i || ' ', 10) from generate_series(1, ${rows}) i`,
  )
  return {
    id: 'public.thing',
    server: placeOf(db.url),
    open: (proxy) => openPostgresSource({ url: through(proxy, db.url), queryTimeout: patience }),
    done: db.drop,
  }
}

const root = hasMariadb ? await mariadbRoot() : undefined

async function inMariadb(): Promise<There> {
  const name = `godwit_faults_${process.pid}`
  for (const sql of [
    `drop database if exists ${name}`,
    `create database ${name}`,
    `use ${name}`,
    `create table ${name}.thing (id bigint primary key, name varchar(200) not null)`,
    `insert into ${name}.thing select seq, repeat(concat('name ', seq, ' '), 10) from seq_1_to_${rows}`,
  ])
    await root!.query(sql)
  const url = new URL(mariadbUrl())
  return {
    id: `${name}.thing`,
    server: { host: url.hostname, port: Number(url.port || 3306) },
    open: (proxy) => openMariadbSource(`mariadb://${url.username}:${url.password}@127.0.0.1:${proxy.port}/${name}`, 'there', { patience }),
    done: async () => void (await root!.query(`drop database ${name}`)),
  }
}

afterAll(() => root?.end())

describe.each([
  ['postgres', inPostgres, true],
  ['mariadb', inMariadb, hasMariadb],
] as const)('%s', (_, make, there) => {
  let source: There
  beforeAll(async () => {
    if (there) source = await make()
  })
  afterAll(async () => source?.done())

  async function scene(harm: (proxy: Line) => void) {
    await using target: FreshDatabase = await freshDatabase()
    await query(target.url, here)
    await using proxy = await proxyTo(source.server)
    const db = withSources(await openPostgres({ url: target.url }), new Map([['there', await source.open(proxy)]]))
    try {
      const waits: string[] = []
      const observe = (e: Event) => {
        if (e.type === 'step.waiting') waits.push(e.why)
      }
      const planned = await plan(migrationOf(source.id), db, { budget: generous, workers: 2 })
      harm(proxy)
      await run(planned, db, { observe })
      proxy.heal()
      expect(objections(await verify(planned, db))).toEqual([])
      expect(await query(target.url, 'select count(*)::text from thing')).toEqual([[String(rows)]])
      return { waits, connections: proxy.connections }
    } finally {
      await db.close()
    }
  }

  test.runIf(there)(
    'F4: a connection that breaks in the middle of the rows: they are brought anew, none twice, none left out',
    async () => {
      const { waits } = await scene((proxy) => proxy.after(300_000, 'cut'))
      expect(waits.filter((w) => w.includes('trying again')).length).toBeGreaterThan(0)
    },
  )

  test.runIf(there)('F6: a line that falls silent is given up, and the rows are brought over another', async () => {
    const { waits } = await scene((proxy) => {
      proxy.after(300_000, 'silence')
      setTimeout(() => proxy.heal(), 1_500)
    })
    expect(waits.filter((w) => w.includes('trying again')).length).toBeGreaterThan(0)
  })

  test.runIf(there)('F7: a server that is away for a while is waited for', async () => {
    await scene((proxy) => {
      proxy.after(100_000, 'cut')
      proxy.closeFor(800)
    })
  })

  test.runIf(there)('F19: a slow line is waited for, and nothing piles up', async () => {
    const before = process.memoryUsage().rss
    await scene((proxy) => proxy.slow(2_000_000, 20))
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6)
  })
})

test('F4, F19: a target that is slow, and breaks while it takes the rows: the run goes on, or says that it can be resumed', async () => {
  const source = await inPostgres()
  await using target = await freshDatabase()
  await query(target.url, here)
  await using proxy = await proxyTo(placeOf(serverUrl()))
  await using direct = await proxyTo(source.server)
  const outcomes: string[] = []
  const once = async (harm: () => void) => {
    const db: Database = withSources(
      await openPostgres({ url: through(proxy, target.url) }),
      new Map([['there', await source.open(direct)]]),
    )
    try {
      const planned = await plan(migrationOf(source.id), db, { budget: generous, workers: 2, chunk: 1000 })
      harm()
      await run(planned, db)
      outcomes.push('done')
    } catch (error) {
      outcomes.push(`${(error as Error).message} exit ${(error as { exit?: number }).exit}`)
    } finally {
      proxy.heal()
      await db.close()
    }
  }
  for (const bytes of [2_000, 6_000, 12_000, 25_000]) await once(() => proxy.after(bytes, 'cut'))
  await once(() => proxy.slow(1_000_000, 5))
  expect(outcomes.filter((o) => o !== 'done' && !o.endsWith('exit 6'))).toEqual([])
  expect(outcomes.at(-1), outcomes.join('\n')).toBe('done')
  expect(await query(target.url, 'select count(*)::text, count(distinct id)::text from thing')).toEqual([[String(rows), String(rows)]])
  await source.done()
})

test('F8: a target that comes back as it was before: rows and ledger went back together, and the run goes on from there', async () => {
  const source = await inPostgres()
  await using target = await freshDatabase()
  await query(target.url, here)
  await using proxy = await proxyTo(source.server)
  const once = async (url: string, limit?: number) => {
    const db = withSources(await openPostgres({ url }), new Map([['there', await source.open(proxy)]]))
    try {
      const planned = await plan(migrationOf(source.id), db, { budget: generous, workers: 1, chunk: 1000 })
      await run(planned, db, limit === undefined ? {} : { limit })
      return objections(await verify(planned, db))
    } finally {
      await db.close()
    }
  }
  await once(target.url, 5_000)
  const older = `${target.name}_older`
  await query(serverUrl(), `create database "${older}" template "${target.name}"`)
  expect(await once(target.url)).toEqual([])
  const url = new URL(target.url)
  url.pathname = `/${older}`
  expect(await once(url.href)).toEqual([])
  const all = 'select md5(string_agg(t::text, chr(10) order by id)) from thing t'
  expect(await query(url.href, all)).toEqual(await query(target.url, all))
  await query(serverUrl(), `drop database "${older}" with (force)`)
  await source.done()
})
