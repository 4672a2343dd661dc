// G16: a row in quarantine is there without loss; mended and tried again it is as if it had never failed.
import { describe, expect, test } from 'vitest'
import { quarantineList, quarantineRetry, quarantineWaive } from '../../src/api.ts'
import { bigint, compute, int, into, mapping, migration, table, text } from '../../src/index.ts'
import { plans } from '../crash/plans.ts'
import { broken } from '../crash/state.ts'
import { objections, parts, place } from './engine.ts'

describe.each(plans)('$name', ({ setup, migration: m, mend }) => {
  test('G16: mended and tried again, it verifies, and trying once more moves nothing', async () => {
    await using p = await place(setup)
    await p.run(m)
    const waiting = await p.quarantine(m)
    await p.sql(mend)
    const tried = await p.retry(m)
    const still = await p.quarantine(m)
    expect(tried).toMatchObject({ tried: waiting.length, still: still.length, migrated: waiting.length - still.length })
    expect(objections(await p.verify(m))).toEqual([])
    expect(await broken(p.url)).toEqual([])
    await using clean = await place(setup)
    await clean.sql(mend)
    await clean.run(m)
    expect(await clean.quarantine(m)).toEqual(still)
    const before = await p.dump()
    await p.retry(m)
    expect(await parts(before, await p.dump())).toBeUndefined()
  })
})

const a = table('src.a', { id: bigint().key(), name: text(), note: text().null() })
const c = table('src.c', { id: int().key(), a: bigint() })
const b = table('tgt.b', { id: bigint().key().default(), name: text(), note: text().null() })
const d = table('tgt.d', { id: int().key().default(), b_id: bigint() })
const parents = mapping(a, (r) => into(b, { name: r.name.match({ x: 'ex', y: 'why', z: 'zed' }), note: r.note }), { name: 'parents' })
const children = mapping(c, (r) => into(d, { b_id: parents.keyOf(r.a) }), { name: 'children' })
const family = migration('family', parents, children)
const setup = `create schema src; create schema tgt; create table src.a (id bigint primary key, name text not null, note text); insert into src.a select i, (array['x', 'y', 'z'])[1 + i % 3], null from generate_series(1, 30) i;
  update src.a set name = 'bad' where id in (4, 17); create table src.c (id int primary key, a bigint not null); insert into src.c select i, 1 + i % 30 from generate_series(1, 60) i;
  create table tgt.b (id bigserial primary key, name text not null, note text); create table tgt.d (id serial primary key, b_id bigint not null references tgt.b)`

test('G16: a parent’s children go with it when it is mended and tried alone', async () => {
  await using p = await place(setup)
  await p.run(family)
  await p.sql(`update src.a set name = 'x' where id = 4`)
  const tried = await p.retry(family, { mapping: 'parents', keys: ['4'] })
  expect(tried.migrated).toBe(3)
  expect(await p.quarantine(family)).toEqual([
    'children 16 PARENT_QUARANTINED',
    'children 46 PARENT_QUARANTINED',
    'parents 17 ENUM_UNKNOWN',
  ])
  await using clean = await place(`${setup}; update src.a set name = 'x' where id = 4`)
  await clean.run(family)
  expect(await parts((await clean.dump()).slice(0), await p.dump())).toBeUndefined()
})

test.each([
  ['a row that came since', `insert into src.a values (99, 'x', null)`],
  ['a row that is gone', `delete from src.c where a = 9; delete from src.a where id = 9`],
  ['a row in quarantine that is gone', `delete from src.c where a = 17; delete from src.a where id = 17`],
  ['a row that has gone bad since', `update src.a set name = 'worse' where id = 9`],
])('G16: trying again is not put off by %s', async (_, since) => {
  await using p = await place(setup)
  await p.run(family)
  await p.sql(`update src.a set name = 'x' where id = 4; ${since}`)
  await p.retry(family)
  expect((await p.quarantine(family)).filter((q) => q.startsWith('parents 4 '))).toEqual([])
  await p.run(family)
  expect(objections(await p.verify(family))).toEqual([])
})

test('G16: the values of the row are kept without loss, whatever they are', async () => {
  const odd = [
    `quote ' and "`,
    'back\\slash',
    'new\nline',
    'tab\t',
    '\u00a0',
    '',
    ' ',
    '🐦',
    '\u202e',
    'null',
    '{"a":1}',
    '$$x$$',
    '\u2028',
    'e\u0301',
  ]
  await using p = await place(setup)
  await p.sql(`truncate src.a, src.c; insert into src.a values (100, 'x', null); insert into src.c values (1, 100)`)
  for (const [i, text] of odd.entries()) await p.sql('insert into src.a values ($1, $2, $3)', [i, text, `${text}${text}`])
  await p.run(family)
  const rows = await quarantineList(await p.plan(family), p.db)
  expect(rows.map((r) => [r.raw['name'], r.raw['note']])).toEqual(odd.map((t) => [t, `${t}${t}`]))
})

test('G16: waived rows stay where they are and count for no budget, whatever their key', async () => {
  const t = table('src.t', { key: text().key(), name: text() })
  const odd = ['plain', `it's`, 'a"b', 'a\\b', 'a\nb', 'a,b', '{a}', '🐦', ' ', 'null', 'tab\there']
  const m = migration(
    'odd',
    mapping(t, (r) => into(b, { name: r.name.match({ x: 'ex' }) }), { name: 'm' }),
  )
  await using p = await place(
    `${setup}; create table src.t (key text primary key, name text not null); insert into src.t values ('good', 'x')`,
  )
  for (const key of odd) await p.sql(`insert into src.t values ($1, 'bad')`, [key])
  await expect(p.run(m, { budget: { rows: 3, percent: 100 }, chunk: 4 })).rejects.toMatchObject({ code: 'GW_BUDGET' })
  await p.run(m)
  for (const key of odd)
    expect([key, await quarantineWaive(await p.plan(m), p.db, { mapping: 'm', keys: [key] }, 'me', `because of ${key}`)]).toEqual([key, 1])
  await p.run(m, { budget: { rows: 0, percent: 100 } })
  const rows = await quarantineList(await p.plan(m), p.db)
  expect(rows.map((r) => r.waived?.why).toSorted()).toEqual(odd.map((k) => `because of ${k}`).toSorted())
  for (const key of odd) {
    await p.sql(`update src.t set name = 'x' where key = $1`, [key])
    expect([key, await quarantineRetry(await p.plan(m), p.db, { keys: [key] })]).toEqual([
      key,
      expect.objectContaining({ tried: 1, migrated: 1 }),
    ])
  }
  expect(objections(await p.verify(m))).toEqual([])
})

test('G16: what a function gives that no text can hold sends that row to quarantine, and only that', async () => {
  const m = migration(
    'gives',
    mapping(
      a,
      (r) =>
        into(b, { name: compute([r.id], text(), (id) => (id === 3n ? 'half \ud800' : id === 5n ? 'nul \0' : `ok ${id}`)), note: r.note }),
      { name: 'm', ignore: { name: 'not wanted' } },
    ),
  )
  await using p = await place(setup)
  await p.run(m)
  expect((await p.quarantine(m)).map((q) => q.split(' ')[1])).toEqual(['3', '5'])
})

test('G1: rows that come and go while the run is under way leave books that close', async () => {
  await using p = await place(setup)
  let n = 100
  const writes: Promise<unknown>[] = []
  await p
    .run(family, {
      chunk: 3,
      workers: 2,
      observe: (e) =>
        void (
          e.type === 'step.progress' &&
          writes.push(
            p.sql(
              `insert into src.a values (${++n}, 'x', null); delete from src.c where id = ${n - 60}; update src.a set name = 'bad' where id = ${n - 90}`,
            ),
          )
        ),
    })
    .catch((e: { code?: string }) => {
      expect(e.code).toBe('GW_VERIFY_NO')
    })
  await Promise.all(writes)
  await p.run(family)
  expect(objections(await p.verify(family))).toEqual([])
})
