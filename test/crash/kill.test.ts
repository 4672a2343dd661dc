// Real processes, really killed, stopped and started at once; and a server that goes down under a run.
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { startPostgres } from '../../src/databases/embedded/index.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { breakLock } from '../../src/ledger/lock.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { killedUntilDone } from './killing.ts'
import { planNamed, plans, type SmallPlan } from './plans.ts'
import { carryOut, once } from './process.ts'
import { startRunner } from './runner.ts'
import { broken, type Dump, difference, leftovers, stateOf } from './state.ts'

async function prepared(small: SmallPlan) {
  const db = await freshDatabase()
  await query(db.url, small.setup)
  return db
}

async function undisturbed(small: SmallPlan): Promise<Dump> {
  await using db = await prepared(small)
  const ended = await once('run', small, db.url, {})
  if (ended.error) throw ended.error
  return await stateOf(db.url)
}

test('G2: killed with SIGKILL at random moments and started again until it is done', { timeout: 240_000 }, async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(performance.timeOrigin) % 1_000_000)
  console.log(`kill.test.ts: SEED=${seed}`)
  let kills = 0
  for (const [i, small] of plans.entries()) {
    await using db = await prepared(small)
    const outcome = await killedUntilDone(small, db.url, { seed: seed + i, most: 4, workers: 1 + (i % 2) })
    kills += outcome.kills
    expect([small.name, outcome.wrong, await broken(db.url)]).toEqual([small.name, [], []])
    expect([small.name, await difference(await undisturbed(small), await stateOf(db.url))]).toEqual([small.name, undefined])
  }
  expect(kills).toBeGreaterThanOrEqual(10)
})

/** While the lock 42 is held, a row of the target waits for it: a run can be held in the middle of a unit. */
const gate = (
  table: string,
) => `create function gate() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock_shared(42); return new; end $$;
  create trigger gate before insert on ${table} for each row execute function gate()`

async function gated(small: SmallPlan, table: string) {
  const db = await prepared(small)
  await query(db.url, gate(table))
  const holder = new pg.Client({ connectionString: db.url, application_name: 'gate' })
  holder.on('error', () => {})
  await holder.connect()
  await holder.query('select pg_advisory_lock(42)')
  const open = async () => {
    await holder.query('select pg_advisory_unlock(42)')
    await holder.end()
  }
  const reached = () =>
    expect
      .poll(() => query(db.url, `select count(*) > 0 from pg_locks where locktype = 'advisory' and not granted and objid = 42`), {
        timeout: 120_000,
      })
      .toEqual([['t']])
  return { db, open, reached }
}

async function takeOver(url: string, small: SmallPlan): Promise<void> {
  const db = await openPostgres({ url, applicationName: 'successor' })
  await db.session(breakLock)
  await carryOut('run', small, db)
  await db.close()
}

const within = <T>(ms: number, what: string, promise: Promise<T>): Promise<T> =>
  Promise.race([
    promise,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms).unref()),
  ])

describe('a runner that was stopped, and given up for dead', () => {
  const small = planNamed('customers')
  const given = ['GW_FENCED', 'GW_GAVE_UP', 'GW_STOPPED', 'GW_DATABASE_AWAY']

  async function wakesTooLate(
    stop: (url: string) => Promise<{ runner: ReturnType<typeof startRunner>; letGo?: () => Promise<void> }>,
    url: string,
  ) {
    const { runner, letGo } = await stop(url)
    try {
      await letGo?.()
      await within(20_000, 'taking over', takeOver(url, small))
      const [finished] = await query(url, `select state, finished_at from godwit.run`)
      const before = await stateOf(url)
      runner.signal('SIGCONT')
      const end = await within(60_000, 'the end of the one that was stopped', runner.gone)
      expect([end.signal, given.includes(end.ended ?? ''), end]).toEqual([null, true, end])
      expect(await difference(before, await stateOf(url))).toBeUndefined()
      expect(await query(url, `select state, finished_at from godwit.run`)).toEqual([finished])
      expect(await broken(url)).toEqual([])
    } finally {
      runner.signal('SIGKILL')
      await runner.gone
    }
  }

  test('G5: in the middle of a unit, with its transaction open, it changes nothing more', { timeout: 120_000 }, async () => {
    const { db, open, reached } = await gated(small, 'tgt.customer')
    await using _ = db
    await wakesTooLate(async (url) => {
      const runner = startRunner(url, small.name)
      await reached()
      runner.signal('SIGSTOP')
      // its transaction stays open: what it had asked for is done, and nobody commits it
      return { runner, letGo: open }
    }, db.url)
  })

  test('G5: between two units it changes nothing more', { timeout: 120_000 }, async () => {
    await using db = await prepared(small)
    await wakesTooLate(async (url) => {
      const runner = startRunner(url, small.name)
      await runner.says((l) => (l.unit ?? 0) >= 7)
      runner.signal('SIGSTOP')
      return { runner }
    }, db.url)
  })

  test('G5: with two workers, each in a unit of its own', { timeout: 120_000 }, async () => {
    const { db, open, reached } = await gated(small, 'tgt.customer')
    await using _ = db
    await wakesTooLate(async (url) => {
      const runner = startRunner(url, small.name, 2)
      await reached()
      runner.signal('SIGSTOP')
      return { runner, letGo: open }
    }, db.url)
    expect(
      await difference(
        (await undisturbed(small)).filter((l) => !/gate/.test(l)),
        (await stateOf(db.url)).filter((l) => !/gate/.test(l)),
      ),
    ).toBeUndefined()
  })
})

test('G5: of twenty that start at once one works, and nineteen are told who it is', { timeout: 180_000 }, async () => {
  const small = planNamed('customers')
  const { db, open, reached } = await gated(small, 'tgt.customer')
  await using _ = db
  const runners = Array.from({ length: 20 }, () => startRunner(db.url, small.name))
  await reached()
  const told: { ended: string | undefined; message: string | undefined }[] = []
  const all = runners.map(async (r) => {
    const end = await r.gone
    told.push({ ended: end.ended, message: end.message })
    return { pid: r.pid, ...end }
  })
  await expect.poll(() => told.length, { timeout: 120_000 }).toBe(19)
  await open()
  const ends = await Promise.all(all)
  const winner = ends.find((e) => e.ended === 'done')!
  expect(ends.filter((e) => e.ended === 'done')).toHaveLength(1)
  for (const e of ends.filter((x) => x !== winner))
    expect(e).toMatchObject({ ended: 'GW_LOCKED', exit: 5, message: expect.stringContaining(`pid ${winner.pid}`) })
  expect(await leftovers(db.url)).toEqual([])
})

test('G2, F7: the server is killed in the middle, comes back, and the run goes on', { timeout: 240_000 }, async () => {
  await using server = await startPostgres({ durable: true })
  const urlOf = (name: string) => {
    const url = new URL(server.url)
    url.pathname = `/${name}`
    return url.href
  }
  const ends = new Set<string | undefined>()
  for (const [i, small] of plans.entries()) {
    for (const name of [`calm${i}`, `storm${i}`]) {
      await query(server.url, `create database ${name}`)
      // without a checkpoint a sequence comes back from a crash some numbers further on, as Postgres says it may
      await query(urlOf(name), `${small.setup}; checkpoint`)
    }
    const calm = await openPostgres({ url: urlOf(`calm${i}`) })
    await carryOut('run', small, calm)
    await calm.close()
    for (const unit of [1, 4]) {
      const runner = startRunner(urlOf(`storm${i}`), small.name, 2)
      await Promise.race([runner.says((l) => (l.unit ?? -1) >= unit), runner.gone])
      await server.kill('SIGKILL')
      // backends that were at work take a moment to see that the server is gone
      await expect.poll(() => server.restart().then(() => 'up'), { timeout: 20_000 }).toBe('up')
      ends.add((await runner.gone).ended)
    }
    // by a process of its own too: the plan holds the text of its functions, which the test runner writes anew
    expect(await startRunner(urlOf(`storm${i}`), small.name, 2).gone).toMatchObject({ ended: 'done' })
    expect([small.name, await difference(await stateOf(urlOf(`calm${i}`)), await stateOf(urlOf(`storm${i}`)))]).toEqual([
      small.name,
      undefined,
    ])
  }
  // who connected again has seen that what is not logged is gone
  expect([...ends]).toContain('GW_SERVER_RECOVERED')
  expect(['done', 'GW_SERVER_RECOVERED', 'GW_DATABASE_AWAY', 'GW_GAVE_UP']).toEqual(expect.arrayContaining([...ends]))
})
