// G13, G14: a run goes on with the plan it was begun with, over tables of the shape it was planned for; else it says what has changed.
import { describe, expect, test } from 'vitest'
import { run } from '../../src/api.ts'
import { bigint, int, into, type Migration, mapping, migration, numeric, table, text } from '../../src/index.ts'
import { quickClock } from '../crash/process.ts'
import { parts, place } from './engine.ts'

const a = table('src.a', { id: bigint().key(), name: text(), size: int().null() })
const b = table('tgt.b', { id: bigint().key().default(), name: text(), size: int().null() })
const define = (change: (r: any) => object = () => ({}), options: object = {}): Migration =>
  migration(
    'm',
    mapping(a, (r) => into(b, { name: r.name, size: r.size, ...change(r) } as never), { name: 'm', ...options }),
  )
const m = define()
const setup = `create schema src; create schema tgt; create table src.a (id bigint primary key, name text not null, size integer); insert into src.a select i, 'n' || i, i from generate_series(1, 30) i;
  create table tgt.b (id bigserial primary key, name text not null, size integer); create table tgt.other (id int primary key)`

const drifts: readonly (readonly [string, string, RegExp])[] = [
  ['a source column is added', 'alter table src.a add extra text', /extra/],
  ['a source column is dropped', 'alter table src.a drop size', /size/],
  ['a source column gets another type', 'alter table src.a alter size type numeric', /size/],
  ['a source column is renamed', 'alter table src.a rename size to sise', /sise|size/],
  ['a target column is dropped', 'alter table tgt.b drop size', /size/],
  ['a target column gets another type', 'alter table tgt.b alter size type smallint', /size/],
  [
    'a target column must have a value',
    `alter table tgt.b add must text not null default 'x'; alter table tgt.b alter must drop default`,
    /must/,
  ],
  ['a target column becomes narrower', `alter table tgt.b alter name type varchar(2) using left(name, 2)`, /name/],
  ['the key of the source goes', 'alter table src.a drop constraint a_pkey', /src\.a/],
  ['the key of the target goes', 'alter table tgt.b drop constraint b_pkey', /tgt\.b/],
  [
    'the target is another table of that name',
    'alter table tgt.b rename to c; create table tgt.b (id bigserial primary key, name text not null)',
    /size|tgt\.b/,
  ],
]

describe.each(drifts)('%s', (_, change, naming) => {
  test('G14: between plan and run', async () => {
    await using p = await place(setup)
    const planned = await p.plan(m)
    await p.sql(change)
    const before = await p.dump()
    await expect(run(planned, p.db, { clock: quickClock })).rejects.toMatchObject({
      code: expect.stringMatching(/^GW_(DRIFT|SPEC)$/),
      message: expect.stringMatching(naming),
    })
    expect(await parts(before, await p.dump())).toBeUndefined()
  })

  test('G14: in the middle of a run, between two units', async () => {
    await using p = await place(setup)
    let done = false
    const observe = (e: { type: string }) => {
      if (e.type === 'step.progress' && !done) {
        done = true
        changed = p.sql(change)
      }
    }
    let changed: Promise<unknown> = Promise.resolve()
    const ended = await p.run(m, { chunk: 1, observe }).then(
      () => undefined,
      (e: unknown) => e,
    )
    await changed
    expect(ended).toMatchObject({ code: expect.stringMatching(/^GW_(DRIFT|SPEC)$/), message: expect.stringMatching(naming) })
  })

  test('G14: between two runs of it', async () => {
    await using p = await place(setup)
    await p.run(m, { limit: 10 })
    await p.sql(change)
    const before = await p.dump()
    // the keys are then asked of the rows
    if (change.includes('a_pkey')) return void (await p.run(m))
    await expect(p.run(m)).rejects.toMatchObject({
      code: expect.stringMatching(/^GW_(DRIFT|SPEC|PLAN_CHANGED|CANNOT_PLAN)$/),
      message: expect.stringMatching(naming),
    })
    expect(await parts(before, await p.dump())).toBeUndefined()
  })
})

test('G14: what does not concern the run does not stop it', async () => {
  await using p = await place(setup)
  await p.run(m, { limit: 10 })
  await p.sql(
    `alter table tgt.other add note text; create index on src.a (size); comment on table tgt.b is 'x'; create table tgt.more (id int)`,
  )
  await p.run(m)
  expect(await p.sql('select count(*) from tgt.b')).toEqual([['30']])
})

const n = table('tgt.b', { id: bigint().key().default(), name: text(), size: numeric(10, 2).null() })
const changes: readonly (readonly [string, Migration, RegExp])[] = [
  ['a value', define((r) => ({ name: r.name.upper() })), /name/],
  [
    'a column that is left out',
    migration(
      'm',
      mapping(a, (r) => into(b, { name: r.name }), { name: 'm', ignore: { size: 'no more' } }),
    ),
    /size/,
  ],
  ['a filter', define(undefined, { only: { 'not ten': (r: any) => r.size.isNot(10) } }), /not ten/],
  [
    'an output that has a condition',
    migration(
      'm',
      mapping(a, (r) => into(b, { name: r.name, size: r.size }, { when: r.size.moreThan(3) }), { name: 'm' }),
    ),
    /m\.b/,
  ],
  [
    'the name of a mapping',
    migration(
      'm',
      mapping(a, (r) => into(b, { name: r.name, size: r.size }), { name: 'other' }),
    ),
    /other|m\.b/,
  ],
]
void n

test.each(changes)('G13: with %s changed, a run that is not complete is not gone on with', async (_, changed, naming) => {
  await using p = await place(setup)
  await p.run(m, { limit: 10 })
  const before = await p.dump()
  await expect(p.run(changed)).rejects.toMatchObject({ code: 'GW_PLAN_CHANGED', exit: 2, message: expect.stringMatching(naming) })
  expect(await parts(before, await p.dump())).toBeUndefined()
  await p.run(m, { chunk: 2, workers: 2, budget: { rows: 3, percent: 10 } })
  expect(await p.sql('select count(*) from tgt.b')).toEqual([['30']])
})

test.each([changes[0]!, changes[2]!])('G13: with %s changed, a complete one is, and all rows follow', async (_, changed) => {
  await using p = await place(setup)
  await p.run(m)
  await p.run(changed)
  await using other = await place(setup)
  await other.run(changed)
  expect(await p.sql('select name, size from tgt.b order by id')).toEqual(await other.sql('select name, size from tgt.b order by id'))
})
