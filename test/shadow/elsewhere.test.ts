// Pairs where the target is no Postgres: asked in its own words, kept in its own ledger. And a pair that is broken off.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { connect, plan, run } from '../../src/api.ts'
import { int, into, mapping, migration, shadow, table } from '../../src/index.ts'
import { freshDatabase } from '../support/postgres.ts'
import { gate, hour, logicalClock, place } from './place.ts'

test('a SQLite file keeps its pairs in itself', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'shadow-sqlite-'))
  const file = path.join(folder, 'app.db')
  const app = new DatabaseSync(file)
  app.exec(`create table old (id integer primary key, n integer not null); create table fresh (id integer primary key, n integer not null);
    insert into old values (1, 10), (2, 20); create table feed (id integer primary key, amount integer not null); insert into feed values (1, 5)`)
  await using workshop = await freshDatabase()
  const old = table('main.old', { id: int().key(), n: int() })
  const fresh = table('main.fresh', { id: int().key(), n: int() })
  const rows = mapping(old, (r) => ({ one: into(fresh, { id: r.id, n: r.n }) }), { name: 'rows' })
  const pairs = shadow({
    title: 'sums',
    input: { sql: 'select id, amount from feed' },
    old: { sql: `select 'sum' as name, typeof(1) || sum(amount) as value from feed` },
    new: { sql: `select 'sum' as name, 'integer' || total as value from (select sum(amount) as total from feed)` },
    compare: { sum: 'exact' },
    pairs: 2,
    every: '1 hour',
  })
  const m = migration('sqlite', rows, { cutover: [pairs] })
  const clock = logicalClock()
  const go = async () => {
    const db = await connect(`sqlite:${file}`, { workshop: workshop.url })
    try {
      return (await run(await plan(m, db), db, { clock, root: folder })).state
    } finally {
      await db.close()
    }
  }
  try {
    expect(await go()).toBe('waiting')
    clock.at += hour
    app.exec('update feed set amount = 6')
    expect(await go()).toBe('finished')
    const kept = app.prepare(`select name from sqlite_master where name like '%godwit%shadow%'`).all()
    expect(kept).toHaveLength(1)
  } finally {
    app.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a pair that is broken off is none: the next run makes it', async () => {
  await using p = await place()
  const slow = gate({ new: { command: [process.execPath, '-e', 'setTimeout(() => {}, 30000)'], timeout: '1 min' } })
  const stop = new AbortController()
  const planned = await plan(slow, p.db)
  const broken = run(planned, p.db, {
    clock: p.clock,
    root: p.root,
    signal: stop.signal,
    observe: (e) => {
      if (e.type === 'step.started' && e.step === 'cutover.1') setTimeout(() => stop.abort(), 500)
    },
  })
  await expect(broken).rejects.toMatchObject({ code: 'GW_INTERRUPTED' })
  expect(await p.pairs()).toHaveLength(0)
})
