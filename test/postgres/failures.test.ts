import net from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/databases/database.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { probe } from '../../src/databases/postgres/probe.ts'
import { reactionTo } from '../../src/databases/postgres/sqlstate.ts'
import { freshDatabase, query, serverUrl } from '../support/postgres.ts'
import { opened, refusal } from './open.ts'
import { startProxy, startTransactionPooler } from './proxy.ts'

const password = 'c4nary-p4ssword'

describe('no connection', () => {
  const cases: [what: string, url: () => string | Promise<string>, said: RegExp, hint: RegExp][] = [
    [
      'nobody listens',
      () => `postgres://u:${password}@127.0.0.1:1/d`,
      /No connection to u@127\.0\.0\.1:1\/d: connect ECONNREFUSED/,
      /Is the server running/,
    ],
    ['no such host', () => `postgres://u:${password}@no-such-host.invalid/d`, /u@no-such-host\.invalid:5432\/d/, /name of the host/],
    ['no socket', () => `postgres://u:${password}@/d?host=/nowhere/at/all`, /ENOENT/, /no server socket/],
    ['no such database', () => at(serverUrl(), 'no_such_database'), /database "no_such_database" does not exist/, /CREATE DATABASE/],
    ['TLS that the server has not', async () => `${(await tcp()).url}?sslmode=require`, /does not support SSL/, /sslmode/],
    ['something else listens there', () => stranger('close'), /Connection terminated/, /Is it really Postgres/],
  ]

  test.each(cases)('%s', async (_, url, said, hint) => {
    const failure = await refusal(openPostgres({ url: await url() }))
    expect(failure).toMatchObject({
      code: 'GW_CONNECT_FAILED',
      exit: 6,
      message: expect.stringMatching(said),
      hint: expect.stringMatching(hint),
    })
    expect(inspect(failure, { depth: 10 })).not.toContain(password)
  })

  test('nobody answers', async () => {
    const failure = await refusal(openPostgres({ url: await stranger('say nothing'), connectTimeout: 300 }))
    expect(failure).toMatchObject({
      code: 'GW_CONNECT_FAILED',
      message: expect.stringMatching(/no answer/),
      hint: expect.stringMatching(/firewall/),
    })
  })

  test('an address that is no URL does not show itself', async () => {
    const failure = await refusal(openPostgres({ url: `postgres://u:${password}@host:port:port/d` }))
    expect(failure.code).toBe('GW_URL_INVALID')
    expect(inspect(failure, { depth: 10 })).not.toContain(password)
  })

  test.each([
    ['a server that asks for a password, and none given', undefined, /asks for a password/, /has none/],
    ['a wrong password', password, /password authentication failed/, /does not accept this user/],
  ])('%s', async (_, given, said, hint) => {
    const url = await asking()
    const failure = await refusal(openPostgres({ url: given === undefined ? url : url.replace('@', `:${given}@`) }))
    expect(failure).toMatchObject({ code: 'GW_CONNECT_FAILED', message: expect.stringMatching(said), hint: expect.stringMatching(hint) })
    expect(inspect(failure, { depth: 10 })).not.toContain(password)
  })

  test('sslmode=prefer goes without TLS where there is none', async () => {
    const db = await openPostgres({ url: `${(await tcp()).url}?sslmode=prefer` })
    await db.close()
  })

  test('a database is named without its password and parameters', async () => {
    const { url } = await tcp()
    const db = await openPostgres({ url: `${url.replace('@', `:${password}@`)}?application_name=x` })
    expect(db.name).toMatch(/^\w+@127\.0\.0\.1:\d+\/\w+$/)
    await db.close()
  })

  test('a server older than 14 is refused', async () => {
    const failure = await refusal(openPostgres({ url: await oldServer() }))
    expect(failure).toMatchObject({ code: 'GW_SERVER_TOO_OLD', message: expect.stringContaining('PostgreSQL 13.5') })
  })
})

describe('a connection that breaks', () => {
  test('a backend that is terminated in the middle of a statement', async () => {
    await using on = await opened()
    await on.db.session(async (session) => {
      const running = refusal(session.query('select pg_sleep(30)'))
      await terminate(on, session)
      const failure = await running
      expect(['57P01', '08006']).toContain(failure.sqlstate)
      expect(reactionTo(String(failure.sqlstate))).toBe('retry')
      expect((await refusal(session.query('select 1'))).sqlstate).toBe('08006')
    })
    expect((await on.db.session((s) => s.query('select 1 as one'))).rows).toEqual([{ one: '1' }])
  })

  test('a line that is cut in the middle of a statement is 08006', async () => {
    await using fresh = await freshDatabase()
    await using proxy = await startProxy(fresh.url)
    const db = await openPostgres({ url: proxy.url })
    proxy.breakAt('cut here', 'after answer')
    expect(await db.session((s) => refusal(s.query(`select 'cut here'`)))).toMatchObject({ sqlstate: '08006', name: 'PostgresFailure' })
    await db.close()
  })

  test('an idle one that the server ends does not end the process', async () => {
    await using on = await opened()
    const kept = await on.db.open()
    // the others that wait in the pool are not looked at: whether each of them has heard of its end yet is another question
    await on.sql(`select pg_terminate_backend(${kept.pid})`)
    await until(() => kept.closed)
    expect((await refusal(kept.query('select 1'))).sqlstate).toBe('08006')
    expect((await on.db.session((s) => s.query('select 1 as one'))).rows).toEqual([{ one: '1' }])
    await kept.close()
  })

  test('one that the server ended a moment ago is given to nobody', async () => {
    await using on = await opened('create table seen (n int)')
    for (let n = 0; n < 20; n++) {
      await on.sql(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
      await on.db.session((s) => s.query('insert into public.seen values (1)'))
    }
    expect(await on.sql('select count(*) from seen')).toEqual([['20']])
  })

  test('COPY in either direction says 08006 or 57P01', async () => {
    await using on = await opened('create table t (a text)')
    await on.db.session(async (session) => {
      const endless = (async function* () {
        for (;;) {
          yield `${'x'.repeat(1000)}\n`
          await new Promise(setImmediate)
        }
      })()
      const running = refusal(session.copyIn('copy public.t from stdin', endless))
      await terminate(on, session)
      expect(['57P01', '08006']).toContain((await running).sqlstate)
    })
    await on.db.session(async (session) => {
      const reading = refusal(
        (async () => {
          for await (const block of session.copyOut('copy (select repeat($$x$$, 1000) from generate_series(1, 100000000)) to stdout'))
            if (!block) break
        })(),
      )
      await terminate(on, session)
      expect(['57P01', '08006']).toContain((await reading).sqlstate)
    })
  })

  test('a half-open line is given up; a long statement on a good line is not', async () => {
    await using fresh = await freshDatabase()
    await using proxy = await startProxy(fresh.url)
    const db = await openPostgres({ url: proxy.url, queryTimeout: 300 })
    await db.session(async (session) => {
      expect((await session.query('select pg_sleep(3), 1 as one')).rows[0]!.one).toBe('1')
      const start = performance.now()
      proxy.goSilent()
      expect((await refusal(session.query('select 2'))).sqlstate).toBe('08006')
      expect(performance.now() - start).toBeLessThan(10_000)
    })
  })

  test('a half-open line whose server has answered is given up as well', async () => {
    await using fresh = await freshDatabase()
    await using deaf = await startProxy(fresh.url)
    const db = await openPostgres({ url: deaf.url, queryTimeout: 300 })
    const session = await db.open()
    deaf.goSilent()
    expect((await refusal(session.query('select 1'))).sqlstate).toBe('08006')
    expect(session.closed).toBe(true)
  })
})

describe('COMMIT', () => {
  const insert = (session: Session) => session.transaction((tx) => tx.query('insert into public.t values (1)'))

  test.each([
    ['before', 'the server has it', [['0']]],
    ['after answer', 'its answer is here', [['1']]],
  ] as const)('where the line breaks %s (%s), nobody knows what became of it', async (when, _, rows) => {
    await using fresh = await freshDatabase()
    await query(fresh.url, 'create table t (a int)')
    await using proxy = await startProxy(fresh.url)
    const db = await openPostgres({ url: proxy.url })
    // with what ends it in the protocol: `isolation level read committed` is not meant
    proxy.breakAt('commit\0', when)
    const failure = await db.session((session) => refusal(insert(session)))
    expect(failure).toMatchObject({ outcomeUnknown: true, sqlstate: '08006', message: expect.stringContaining('not known') })
    // and indeed: it may have happened, or not
    expect(await query(fresh.url, 'select count(*) from t')).toEqual(rows)
    await db.close()
  })

  test('a line that broke before COMMIT was sent leaves no doubt', async () => {
    await using fresh = await freshDatabase()
    await query(fresh.url, 'create table t (a int)')
    await using proxy = await startProxy(fresh.url)
    const db = await openPostgres({ url: proxy.url })
    proxy.breakAt('insert into', 'after answer')
    const failure = await db.session((session) => refusal(insert(session)))
    expect(failure.sqlstate).toBe('08006')
    expect(failure.outcomeUnknown).toBeUndefined()
    expect(await query(fresh.url, 'select count(*) from t')).toEqual([['0']])
    await db.close()
  })
})

describe('a pooler', () => {
  test('in transaction mode is refused', async () => {
    await using fresh = await freshDatabase()
    await using pooler = await startTransactionPooler(fresh.url)
    const db = await openPostgres({ url: pooler.url })
    const failure = await refusal(probe(db))
    expect(failure).toMatchObject({ code: 'GW_POOLER', exit: 2, hint: expect.stringContaining('session mode') })
    await db.close()
  })

  test('that is none is not', async () => {
    await using on = await opened()
    await expect(probe(on.db)).resolves.toBeUndefined()
    await using proxy = await startProxy(on.url)
    const through = await openPostgres({ url: proxy.url })
    await expect(probe(through)).resolves.toBeUndefined()
    await through.close()
  })
})

// ── servers that are none ────────────────────────────────────────────────────────────────────

const strangers: net.Server[] = []

async function listening(answer: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    answer(socket)
  })
  server.unref()
  strangers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as net.AddressInfo).port
}

const stranger = async (does: 'close' | 'say nothing'): Promise<string> =>
  `postgres://u:${password}@127.0.0.1:${await listening((socket) => does === 'close' && socket.end())}/d`

const message = (type: string, body: Buffer | string): Buffer => {
  const bytes = Buffer.from(body)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length + 4)
  return Buffer.concat([Buffer.from(type), length, bytes])
}
const int32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(n)
  return bytes
}

/** Asks for a password (SCRAM), and likes none. */
const asking = async (): Promise<string> => {
  const port = await listening((socket) => {
    socket.once('data', () => {
      socket.write(message('R', Buffer.concat([int32(10), Buffer.from('SCRAM-SHA-256\0\0')])))
      socket.once('data', (first) => {
        const nonce = /r=([^,\0]+)/.exec(first.toString())![1]!
        socket.write(message('R', Buffer.concat([int32(11), Buffer.from(`r=${nonce}more,s=c2FsdA==,i=4096`)])))
        socket.once('data', () => socket.write(message('E', 'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "u"\0\0')))
      })
    })
  })
  return `postgres://u@127.0.0.1:${port}/d`
}

/** Says that it is 13.5 to whatever it is asked. */
const oldServer = async (): Promise<string> => {
  const ready = message('Z', 'I')
  const columns = ['pid', 'version', 'server_version']
  const fields = columns.map((name) =>
    Buffer.concat([Buffer.from(`${name}\0`), Buffer.alloc(6), int32(25), Buffer.from([0xff, 0xff]), int32(-1), Buffer.alloc(2)]),
  )
  const values = ['1', '130005', '13.5'].map((text) => Buffer.concat([int32(text.length), Buffer.from(text)]))
  const count = Buffer.from([0, columns.length])
  const answer = Buffer.concat([
    message('1', ''),
    message('2', ''),
    message('T', Buffer.concat([count, ...fields])),
    message('D', Buffer.concat([count, ...values])),
    message('C', 'SELECT 1\0'),
    ready,
  ])
  const port = await listening((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', int32(0)), ready]))
      socket.on('data', (asked) => {
        if (asked[0] !== 0x58) socket.write(answer)
      })
    })
  })
  return `postgres://u@127.0.0.1:${port}/d`
}

const at = (url: string, database: string): string => {
  const there = new URL(url)
  there.pathname = `/${database}`
  return there.href
}

/** The test server over TCP: by itself it may have a socket file only. */
const tcp = async () => startProxy(serverUrl())

async function terminate(on: { sql(text: string): Promise<unknown> }, session: Session): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 200))
  await on.sql(`select pg_terminate_backend(${session.pid})`)
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 20))
}
