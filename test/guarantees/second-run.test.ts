// G3: a second run over the same source writes nothing; over a changed one it brings over what has changed, and no more.
import { describe, expect, test } from 'vitest'
import { bigint, query as from, int, into, mapping, migration, table, text, uuid } from '../../src/index.ts'
import { plans } from '../crash/plans.ts'
import { query } from '../support/postgres.ts'
import { objections, parts, place, versions } from './engine.ts'

const writes = (url: string) =>
  query(
    url,
    `select relid::regclass::text, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables where schemaname <> 'godwit' and n_tup_ins + n_tup_upd + n_tup_del > 0 order by 1`,
  )

describe.each(plans)('$name', ({ setup, migration, change, mend }) => {
  test('G3: a second run over an unchanged source writes no row of anybody’s', async () => {
    await using p = await place(setup)
    await p.run(migration)
    await p.sql('select pg_stat_force_next_flush()')
    const before = [await p.dump(), await versions(p.url)] as const
    await query(p.url, 'select pg_stat_reset()')
    await p.run(migration, { workers: 2 })
    expect(await parts(before[0], await p.dump())).toBeUndefined()
    expect(await versions(p.url)).toEqual(before[1])
    await expect.poll(() => writes(p.url)).toEqual(expect.not.arrayContaining([[expect.stringMatching(/^(src|tgt)\./)]]))
  })

  test('G3: a second run over a changed source comes to what a first run would have made of it', async () => {
    await using p = await place(setup)
    await p.run(migration)
    await p.sql(change)
    await p.run(migration)
    expect(objections(await p.verify(migration))).toEqual([])
    await using other = await place(setup)
    await other.sql(change)
    await other.run(migration)
    expect(await p.quarantine(migration)).toEqual(await other.quarantine(migration))
    expect(await withoutIds(p.url)).toEqual(await withoutIds(other.url))
  })

  test('G3: what is mended goes with the next run, and the books close', async () => {
    await using p = await place(setup)
    await p.run(migration)
    await p.sql(mend)
    await p.run(migration)
    await using other = await place(setup)
    await other.sql(mend)
    await other.run(migration)
    expect(await p.quarantine(migration)).toEqual(await other.quarantine(migration))
    expect(await withoutIds(p.url)).toEqual(await withoutIds(other.url))
  })
})

/** Rows by what they say, with the ids that were handed out left out, also where they are pointed at. */
async function withoutIds(url: string): Promise<unknown> {
  const tables = await query(
    url,
    `select c.oid::regclass::text, coalesce((select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute a where attrelid = c.oid and attnum > 0
      and not (atttypid in ('int4'::regtype, 'int8'::regtype, 'uuid'::regtype) and (attname = 'id' or attname like '%\\_id'))), '1')
    from pg_class c where relkind = 'r' and relnamespace = 'tgt'::regnamespace order by 1`,
  )
  return Promise.all(tables.map(async ([name, columns]) => [name, await query(url, `select ${columns} from ${name} order by ${columns}`)]))
}

const a = table('src.a', { id: bigint().key(), name: text() })
const b = table('tgt.b', { id: bigint().key().default(), name: text() })
const plain = migration(
  'plain',
  mapping(a, (r) => into(b, { name: r.name }), { name: 'm' }),
)
const ab = `create schema src; create schema tgt; create table src.a (id bigint primary key, name text not null); insert into src.a select i, 'n' || i from generate_series(1, 20) i;
  create table tgt.b (id bigserial primary key, name text not null unique)`

test('G3: values that are unique and change places come over', async () => {
  await using p = await place(ab)
  await p.run(plain)
  await p.sql(`update src.a set name = case id when 1 then 'n2' when 2 then 'n1' when 3 then 'n19' when 19 then 'n3' else name end`)
  await p.run(plain)
  expect(await p.quarantine(plain)).toEqual([])
  expect(await p.sql("select string_agg(name, ' ' order by id) from tgt.b where id in (1, 2, 3, 19)")).toEqual([['n2 n1 n19 n3']])
})

test('G7: a row of ours that the application’s rows hang on is not pulled from under them, and the run says so', async () => {
  await using p = await place(`${ab}; create table tgt.comment (id int primary key, b_id bigint not null references tgt.b)`)
  await p.run(plain)
  await p.sql(`insert into tgt.comment values (1, 5); delete from src.a where id in (5, 6)`)
  const refused = await p.run(plain).then(
    () => undefined,
    (e: { code?: string; message: string }) => e,
  )
  if (refused) expect(refused).toMatchObject({ code: expect.stringMatching(/^GW_/), message: expect.stringContaining('tgt.comment') })
  expect(await p.sql('select count(*) from tgt.b where id = 5')).toEqual([['1']])
})

test.each(['cascade', 'set null'])('G7: ON DELETE %s does not reach the application’s rows when a source row goes', async (action) => {
  await using p = await place(`${ab}; create table tgt.comment (id int primary key, b_id bigint references tgt.b on delete ${action})`)
  await p.run(plain)
  await p.sql(`insert into tgt.comment values (1, 5), (2, 7); delete from src.a where id = 5`)
  await p.run(plain).catch(() => {})
  expect(await p.sql('select id, b_id from tgt.comment order by id')).toEqual([
    ['1', '5'],
    ['2', '7'],
  ])
})

test('G3: source rows that are gone take along what was made of them, parents and children', async () => {
  const line = table('src.line', { id: int().key(), a: bigint() })
  const made = table('tgt.line', { id: int().key().default(), b_id: bigint() })
  const parents = mapping(a, (r) => into(b, { name: r.name }), { name: 'm' })
  const both = migration(
    'both',
    parents,
    mapping(line, (r) => into(made, { b_id: parents.keyOf(r.a) })),
  )
  await using p =
    await place(`${ab}; create table src.line (id int primary key, a bigint not null); insert into src.line select i, 1 + i % 20 from generate_series(1, 40) i;
    create table tgt.line (id serial primary key, b_id bigint not null references tgt.b)`)
  await p.run(both)
  await p.sql('delete from src.line where a = 5; delete from src.a where id = 5')
  await p.run(both)
  expect(await p.sql('select (select count(*) from tgt.b), (select count(*) from tgt.line)')).toEqual([['19', '38']])
  expect(objections(await p.verify(both))).toEqual([])
})

test('G3: a parent that has gone bad takes its children along to quarantine', async () => {
  const checked = mapping(a, (r) => into(b, { name: r.name.blankToNull().required() }), { name: 'm' })
  const line = table('src.line', { id: int().key(), a: bigint() })
  const made = table('tgt.line', { id: int().key().default(), b_id: bigint() })
  const both = migration(
    'both',
    checked,
    mapping(line, (r) => into(made, { b_id: checked.keyOf(r.a) })),
  )
  await using p =
    await place(`${ab}; create table src.line (id int primary key, a bigint not null); insert into src.line select i, 1 + i % 20 from generate_series(1, 40) i;
    create table tgt.line (id serial primary key, b_id bigint not null references tgt.b)`)
  await p.run(both)
  await p.sql(`update src.a set name = ' ' where id = 5`)
  await p.run(both)
  expect(await p.quarantine(both)).toEqual(['line 4 PARENT_QUARANTINED', 'line 24 PARENT_QUARANTINED', 'm 5 NULL_NOT_ALLOWED'])
})

test('G2: the ids of rows that came later do not hang on how the run was cut', async () => {
  const u = table('src.u', { id: uuid().key(), name: text() })
  const drawn = migration(
    'drawn',
    mapping(u, (r) => into(b, { name: r.name }), { name: 'm' }),
  )
  const ids: unknown[] = []
  for (const [chunk, workers] of [
    [100, 1],
    [3, 1],
    [3, 2],
  ] as const) {
    await using p = await place(
      `${ab}; create table src.u (id uuid primary key, name text not null); insert into src.u select md5('a' || i)::uuid, 'a' || i from generate_series(1, 10) i`,
    )
    await p.run(drawn)
    await p.sql(`insert into src.u select md5('b' || i)::uuid, 'b' || i from generate_series(1, 20) i`)
    await p.run(drawn, { chunk, workers })
    ids.push(await p.sql('select id, name from tgt.b order by name'))
  }
  expect(ids[1]).toEqual(ids[0])
  expect(ids[2]).toEqual(ids[0])
})

test('G6: a query whose key stands there twice is refused by name', async () => {
  const twice = from('twice', { id: int().key(), name: text() }, `select 1 as id, name from src.a`)
  const m = migration(
    'twice',
    mapping(twice, (r) => into(b, { name: r.name })),
  )
  await using p = await place(ab)
  await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_KEY_NOT_UNIQUE' })
})
