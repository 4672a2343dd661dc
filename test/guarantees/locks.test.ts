// Others hold locks, statements take too long: the run waits a little, takes less at a time, and stops in good order if neither helps.
import pg from 'pg'
import { expect, test } from 'vitest'
import { bigint, ddl, into, mapping, migration, table, text } from '../../src/index.ts'
import { type Place, place } from './engine.ts'

const a = table('src.a', { id: bigint().key(), name: text() })
const b = table('tgt.b', { id: bigint().key().default(), name: text() })
const m = migration(
  'm',
  mapping(a, (r) => into(b, { name: r.name }), { name: 'm' }),
)
const setup = `create schema src; create schema tgt; create table src.a (id bigint primary key, name text not null); insert into src.a select i, 'n' || i from generate_series(1, 30) i;
  create table tgt.b (id bigserial primary key, name text not null)`

/** A transaction that holds something until it is let go. */
async function holding(p: Place, sql: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: p.url })
  client.on('error', () => {})
  await client.connect()
  await client.query('begin')
  await client.query(sql)
  return async () => {
    await client.query('rollback')
    await client.end()
  }
}

test('G10: a sequence that somebody has locked is waited for, a little at a time', async () => {
  await using p = await place(setup)
  const letGo = await holding(p, 'alter sequence tgt.b_id_seq increment by 1')
  let waited = 0
  await p.run(m, { lockTimeoutMs: 50, retries: 8, observe: (e) => void (e.type === 'step.waiting' && ++waited === 2 && letGo()) })
  expect(waited).toBeGreaterThanOrEqual(2)
  expect(await p.sql('select count(*) from tgt.b')).toEqual([['30']])
})

test('G10: one that is not let go stops the run, to be gone on with', async () => {
  await using p = await place(setup)
  const letGo = await holding(p, 'alter sequence tgt.b_id_seq increment by 1')
  await expect(p.run(m, { lockTimeoutMs: 20, retries: 2 })).rejects.toMatchObject({ code: 'GW_GAVE_UP', exit: 6 })
  await letGo()
  await p.run(m)
  expect(await p.sql('select count(*) from tgt.b')).toEqual([['30']])
})

test('G10: a table that is to be changed and that somebody has locked is waited for, and nobody queues behind us for long', async () => {
  const changing = migration(
    'c',
    mapping(a, (r) => into(b, { name: r.name }), { name: 'm' }),
    { contract: [ddl('a column', { forward: 'alter table tgt.b add note text', back: 'alter table tgt.b drop note' })] },
  )
  await using p = await place(setup)
  const letGo = await holding(p, 'lock tgt.b in share mode')
  await letGo()
  let slow = 0
  let release: (() => Promise<void>) | undefined
  const reads: Promise<void>[] = []
  await p.run(changing, {
    lockTimeoutMs: 100,
    observe: (e) => {
      if (e.type === 'step.done' && e.step === 'verify.0') reads.push(holding(p, 'select from tgt.b').then((r) => void (release = r)))
      if (e.type === 'step.waiting') {
        const began = performance.now()
        reads.push(
          p.sql('select count(*) from tgt.b').then(() => {
            slow = Math.max(slow, performance.now() - began)
          }),
        )
        void release?.()
      }
    },
  })
  await Promise.all(reads)
  expect(slow).toBeLessThan(2000)
})

test('G10: a unit that takes longer than the server lets it is cut smaller', async () => {
  await using p = await place(
    `${setup}; create function tgt.slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.02); return new; end $$; create trigger slow before insert on tgt.b for each row execute function tgt.slow()`,
    { statementTimeout: 250 },
  )
  await p.run(m, { chunk: 30 })
  expect(await p.sql('select count(*), (select max(read) < 20 from godwit.unit where upto is not null) from tgt.b')).toEqual([['30', 't']])
})

test('G10: one row that takes too long stops the run in our words', async () => {
  await using p = await place(
    `${setup}; create function tgt.slow() returns trigger language plpgsql as $$ begin if new.name = 'n9' then perform pg_sleep(2); end if; return new; end $$; create trigger slow before insert on tgt.b for each row execute function tgt.slow()`,
    { statementTimeout: 200 },
  )
  await expect(p.run(m, { chunk: 30 })).rejects.toMatchObject({ code: expect.stringMatching(/^GW_/), exit: 6 })
})

test('G10: two that wait for each other: one is told to let go, and tries again', async () => {
  await using p = await place(`${setup}; create table tgt.gate (id int primary key); insert into tgt.gate values (1), (2);
    create function tgt.gates() returns trigger language plpgsql as $$ begin if new.name = 'n5' then update tgt.gate set id = id where id = 1; perform pg_sleep(0.3); update tgt.gate set id = id where id = 2; end if; return new; end $$;
    create trigger gates before insert on tgt.b for each row execute function tgt.gates()`)
  const other = new pg.Client({ connectionString: p.url })
  other.on('error', () => {})
  await other.connect()
  await other.query(`set deadlock_timeout = '10s'; begin; update tgt.gate set id = id where id = 2`)
  const run = p.run(m)
  await expect.poll(() => p.sql(`select count(*) from pg_locks where not granted`), { timeout: 10_000 }).toEqual([['1']])
  const mine = other.query('update tgt.gate set id = id where id = 1').then(() => other.query('commit'))
  await Promise.all([run, mine])
  await other.end()
  expect(await p.sql('select count(*) from tgt.b')).toEqual([['30']])
})
