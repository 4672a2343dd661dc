// A pipeline of two engines over the same loans, in logical time: what a pair is made of, and hands to change it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { plan, run } from '../../src/api.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { int, into, type Migration, mapping, migration, numeric, type Shadow, shadow, table } from '../../src/index.ts'
import type { Pair } from '../../src/shadow/pair.ts'
import type { Step } from '../../src/steps/step.ts'
import { freshDatabase, query } from '../support/postgres.ts'

export const hour = 3_600_000
export const begin = Date.UTC(2026, 0, 1)

/** Time goes by when somebody says so; who waits in between waits for real. */
export function logicalClock(at = begin) {
  return {
    at,
    now() {
      return this.at
    },
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((done) => {
        const timer = setTimeout(done, Math.min(ms, 50))
        signal?.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true })
      }),
  }
}

const tables = `create schema v1; create schema v2;
  create table v1.loan (id int primary key, principal numeric not null); insert into v1.loan select n, n * 100 from generate_series(1, 20) n;
  create table v2.loan (id int primary key, principal numeric not null);
  create table feed (id int primary key, amount numeric not null); insert into feed select n, n from generate_series(1, 10) n;
  create table kpi (engine text, name text, value text, primary key (engine, name));
  create view v1_kpi as select 'total' as name, sum(amount)::text as value from feed;
  create view v2_kpi as select 'total' as name, sum(amount)::text as value from feed;`

const old = table('v1.loan', { id: int().key(), principal: numeric() })
const fresh = table('v2.loan', { id: int().key(), principal: numeric() })
const loans = mapping(old, (r) => ({ one: into(fresh, { id: r.id, principal: r.principal }) }), { name: 'loans' })

export const usual: Shadow = {
  title: 'totals of both engines',
  input: { sql: 'select id, amount from public.feed order by id' },
  old: { sql: 'select name, value from public.v1_kpi' },
  new: { sql: 'select name, value from public.v2_kpi' },
  compare: { total: { within: '1 %', floor: '0.01' } },
  pairs: 3,
  every: '1 hour',
}

export const gated = (...cutover: readonly Step[]): Migration => migration('pipeline', loans, { cutover })
export const gate = (more: Partial<Shadow> = {}): Migration => gated(shadow({ ...usual, ...more }))

export async function place(setup = '') {
  const fresh = await freshDatabase()
  await query(fresh.url, tables + setup)
  const db = await openPostgres({ url: fresh.url })
  const clock = logicalClock()
  const root = mkdtempSync(path.join(tmpdir(), 'shadow-'))
  return {
    clock,
    root,
    db,
    sql: (text: string) => query(fresh.url, text),
    /** Another hour, with another amount in the feed. */
    async nextHour() {
      clock.at += hour
      await query(fresh.url, `update feed set amount = amount + 1 where id = 1`)
    },
    /** As one process after the other would: the plan is made anew each time. */
    async go(m: Migration, variable?: (name: string) => string | undefined) {
      const options = { clock, root, ...(variable ? { variable } : {}) }
      try {
        const view = await run(await plan(m, db), db, options)
        return { state: view.state as string, gate: view.gate, said: view.gate?.why ?? '' }
      } catch (error) {
        const { code, message } = error as { code?: string; message: string }
        return { state: code ?? 'thrown', gate: undefined, said: message }
      }
    },
    async pairs() {
      const rows = await query(fresh.url, 'select body::text from godwit.shadow order by step, n')
      return rows.map(([body]) => JSON.parse(body!) as Pair)
    },
    async [Symbol.asyncDispose]() {
      await db.close()
      await fresh.drop()
      rmSync(root, { recursive: true })
    },
  }
}
