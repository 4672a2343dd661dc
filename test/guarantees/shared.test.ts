// Rows that several source rows share, and what hangs on them; words that look at other rows over what was looked up.
import { expect, test } from 'vitest'
import { trace, verify } from '../../src/api.ts'
import { bigint, ddl, int, into, lookup, mapping, migration, nth, table, text } from '../../src/index.ts'
import { objections, place } from './engine.ts'

const order = table('src.o', { id: int().key(), c: int(), name: text() })
const group = table('tgt.g', { id: bigint().key().default(), c: int() })
const user = table('tgt.u', { id: bigint().key().default(), g: bigint() })
const setup = `create schema src; create schema tgt; create table src.o (id int primary key, c int not null, name text not null); insert into src.o values (10, 1, 'a'), (11, 1, 'b'), (12, 2, 'c'), (13, 3, 'd');
  create table tgt.g (id bigserial primary key, c int not null unique)`

test('G2: rows that would meet in a unique key by the row that they share are all held back, however the run is cut', async () => {
  const m = migration(
    'm',
    mapping(
      order,
      (r) => {
        const g = into(group, { c: r.c }, { per: ['c'] })
        return { g, u: into(user, { g: g.key() }) }
      },
      { name: 'm', ignore: { name: 'not wanted' } },
    ),
  )
  for (const [chunk, workers] of [
    [100, 1],
    [1, 2],
  ] as const) {
    await using p = await place(`${setup}; create table tgt.u (id bigserial primary key, g bigint not null unique references tgt.g)`)
    await p.run(m, { chunk, workers })
    expect(await p.quarantine(m)).toEqual(['m 10 UNIQUE_CONFLICT', 'm 11 UNIQUE_CONFLICT'])
    expect(await p.sql('select c from tgt.g order by 1')).toEqual([['2'], ['3']])
    expect(objections(await p.verify(m))).toEqual([])
  }
})

test('I14: a mapping of several outputs that compared nothing is not verified', async () => {
  const a = table('tgt.a', { id: bigint().key().default(), name: text() })
  const b = table('tgt.b', { id: bigint().key().default(), name: text() })
  const m = migration(
    'm',
    mapping(order, (r) => ({ a: into(a, { name: r.name }), b: into(b, { name: r.name }) }), {
      ignore: { c: 'not wanted' },
      only: { none: (r) => r.id.lessThan(0) },
    }),
  )
  await using p = await place(
    `${setup}; create table tgt.a (id bigserial primary key, name text not null); create table tgt.b (id bigserial primary key, name text not null)`,
  )
  await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_VERIFY_NO', exit: 4 })
  expect((await verify(await p.plan(m), p.db)).verdict).toBe('not verified')
})

test('a row that several mappings read is traced through all of them', async () => {
  const a = table('tgt.a', { id: bigint().key().default(), name: text() })
  const m = migration(
    'm',
    mapping(order, (r) => into(group, { c: r.c }, { per: ['c'] }), { name: 'groups', ignore: { name: 'not wanted' } }),
    mapping(order, (r) => into(a, { name: r.name }), { name: 'rows', ignore: { c: 'not wanted' } }),
  )
  await using p = await place(`${setup}; create table tgt.a (id bigserial primary key, name text not null)`)
  await p.run(m)
  const told = await trace(await p.plan(m), p.db, 'o:10')
  expect([told.fate, told.made.map((x) => x.table).toSorted()]).toEqual(['migrated', ['tgt.a', 'tgt.g']])
})

test('a word that looks at other rows may go by what was looked up, and not by another such word', async () => {
  const country = table('src.c', { id: int().key(), region: text() })
  const a = table('tgt.a', { id: bigint().key().default(), name: text(), n: bigint() })
  const by = (inner: boolean) =>
    migration(
      'm',
      mapping(
        order,
        (r) => {
          const region = lookup(country, { id: r.c }).region
          const n = nth({ by: [region], order: [r.name] })
          return into(a, { name: r.name, n: inner ? nth({ by: [n], order: [r.name] }) : n })
        },
        { name: 'm' },
      ),
    )
  await using p =
    await place(`${setup}; create table src.c (id int primary key, region text not null); insert into src.c values (1, 'x'), (2, 'x'), (3, 'y');
    create table tgt.a (id bigserial primary key, name text not null, n bigint not null)`)
  await p.run(by(false))
  expect(await p.sql('select name, n from tgt.a order by name')).toEqual([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
    ['d', '1'],
  ])
  await expect(p.plan(by(true))).rejects.toMatchObject({ code: expect.stringMatching(/^GW_/) })
})

test('I13: a step that changes rows of what is only read is refused, and nothing of it stays', async () => {
  const a = table('tgt.a', { id: bigint().key().default(), name: text() })
  const m = migration(
    'm',
    mapping(order, (r) => into(a, { name: r.name }), { ignore: { c: 'not wanted' } }),
    { expand: [ddl('mend', { forward: 'update src.o set c = 2 where id = 10', back: 'update src.o set c = 1 where id = 10' })] },
  )
  await using p = await place(`${setup}; create table tgt.a (id bigserial primary key, name text not null)`)
  await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_STEP_WROTE_ROWS', message: expect.stringContaining('1 row of src.o') })
  expect(await p.sql('select c from src.o where id = 10')).toEqual([['1']])
})

test('a shared row that hangs on another one of its own mapping is refused before anything happens', async () => {
  const part = table('tgt.part', { id: bigint().key().default(), g: bigint(), name: text() })
  const m = migration(
    'm',
    mapping(order, (r) => {
      const g = into(group, { c: r.c }, { per: ['c'] })
      return { g, part: into(part, { g: g.key(), name: r.name }, { per: ['g', 'name'] }) }
    }),
  )
  await using p = await place(`${setup}; create table tgt.part (id bigserial primary key, g bigint not null, name text not null)`)
  await expect(p.plan(m)).rejects.toMatchObject({ code: expect.stringMatching(/^GW_/), message: expect.stringContaining('tgt.part.g') })
})

test.each(['', 'on delete cascade', 'on delete set null'])(
  'G3: a shared row does not go from under rows that are not ours %s',
  async (action) => {
    const m = migration(
      'm',
      mapping(order, (r) => into(group, { c: r.c }, { per: ['c'] }), { name: 'm', ignore: { name: 'not wanted' } }),
    )
    await using p = await place(`${setup}; create table tgt.theirs (id int primary key, g bigint references tgt.g ${action})`)
    await p.run(m)
    await p.sql('insert into tgt.theirs select 1, id from tgt.g where c = 3; delete from src.o where id in (12, 13)')
    await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_ROWS_HANG_ON', message: expect.stringContaining('1 row of tgt.theirs') })
    expect(await p.sql('select c from tgt.theirs join tgt.g on g.id = theirs.g')).toEqual([['3']])
    await p.sql('delete from tgt.theirs')
    await p.run(m)
    expect(await p.sql('select c from tgt.g order by 1')).toEqual([['1']])
  },
)
