// G4: a run that is taken back leaves the target as it was found, byte for byte; and it is refused where that would lose what is somebody else's.
import { describe, expect, test } from 'vitest'
import { bigint, ddl, int, into, mapping, migration, table, text } from '../../src/index.ts'
import { plans } from '../crash/plans.ts'
import { targetOf } from '../crash/state.ts'
import { parts, place } from './engine.ts'

describe.each(plans)('$name', ({ setup, migration: m, change, mend }) => {
  test('G4: taken back after one run, and again after a second one and a retry', async () => {
    await using p = await place(setup)
    const before = await p.dump()
    await p.run(m)
    await p.undo(m)
    expect(await parts(before, await p.dump())).toBeUndefined()
    await p.run(m)
    await p.sql(change)
    await p.run(m)
    await p.sql(mend)
    await p.retry(m)
    await p.undo(m)
    expect(await parts(targetOf(before), targetOf(await p.dump()))).toBeUndefined()
    await expect(p.undo(m)).rejects.toMatchObject({ code: 'GW_NO_RUN' })
  })

  test('G4: taken back and run again comes to the same, ids included', async () => {
    await using p = await place(setup)
    await p.run(m)
    const first = await p.dump()
    await p.undo(m)
    await p.run(m, { workers: 2 })
    expect(await parts(first, await p.dump())).toBeUndefined()
  })
})

const a = table('src.a', { id: bigint().key(), name: text() })
const b = table('tgt.b', { id: bigint().key().default(), name: text() })
const plain = migration(
  'plain',
  mapping(a, (r) => into(b, { name: r.name }), { name: 'm' }),
)
const ab = `create schema src; create schema tgt; create table src.a (id bigint primary key, name text not null); insert into src.a select i, 'n' || i from generate_series(1, 20) i;
  create table tgt.b (id bigserial primary key, name text not null unique); insert into tgt.b (name) select 'native ' || i from generate_series(1, 3) i`

const refusedFor = (what: string) => ({ code: 'GW_UNDO_REFUSED', message: expect.stringContaining(what) })

test('G4: refused where the application has changed a row of ours, unless these changes may be lost', async () => {
  await using p = await place(ab)
  const before = await p.dump()
  await p.run(plain)
  await p.sql(`update tgt.b set name = 'theirs now' where name = 'n4'`)
  const changed = await p.dump()
  await expect(p.undo(plain)).rejects.toMatchObject(refusedFor('1 row of tgt.b was changed by others'))
  expect(await parts(changed, await p.dump())).toBeUndefined()
  await p.undo(plain, { loseChanges: true })
  expect(await parts(before, await p.dump())).toBeUndefined()
})

test.each(['no action', 'cascade', 'set null', 'restrict'])(
  'G4: refused where the application’s rows point at ours (on delete %s)',
  async (action) => {
    await using p = await place(`${ab}; create table tgt.comment (id int primary key, b_id bigint references tgt.b on delete ${action})`)
    await p.run(plain)
    await p.sql(`insert into tgt.comment select 1, id from tgt.b where name = 'n4'`)
    const pointed = await p.dump()
    for (const loseChanges of [false, true]) await expect(p.undo(plain, { loseChanges })).rejects.toMatchObject(refusedFor('tgt.comment'))
    expect(await parts(pointed, await p.dump())).toBeUndefined()
  },
)

test('G4: refused where the application’s rows of a table that is written point at ours', async () => {
  await using p = await place(`${ab}; alter table tgt.b add twin bigint references tgt.b`)
  await p.run(plain)
  await p.sql(`insert into tgt.b (name, twin) select 'theirs', id from tgt.b where name = 'n4'`)
  await expect(p.undo(plain)).rejects.toMatchObject(refusedFor('tgt.b'))
})

test('G4, G12: the sequence stays ahead of what the application drew between two runs', async () => {
  await using p = await place(ab)
  await p.run(plain)
  await p.sql(`insert into tgt.b (name) values ('theirs')`)
  await p.sql(`insert into src.a values (30, 'later')`)
  await p.run(plain)
  await p.undo(plain)
  expect(await p.sql(`insert into tgt.b (name) values ('next') returning id > (select max(id) from tgt.b)`)).toEqual([['t']])
})

test('G4, G12: and of what it drew after the last', async () => {
  await using p = await place(ab)
  await p.run(plain)
  await p.sql(`insert into tgt.b (name) values ('theirs')`)
  await p.undo(plain)
  expect(await p.sql(`insert into tgt.b (name) values ('next') returning id > (select max(id) from tgt.b)`)).toEqual([['t']])
})

test('G4: a row that the application put at a number set aside is not taken along unseen', async () => {
  await using p = await place(`${ab}; delete from src.a where id between 6 and 15`)
  await p.run(plain)
  const [[base]] = (await p.sql(`select id from tgt.b where name = 'n1'`)) as [[string]]
  await p.sql(`insert into tgt.b (id, name) values (${Number(base) + 8}, 'theirs')`)
  await expect(p.undo(plain)).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED', message: expect.stringContaining(`${Number(base) + 8}`) })
  expect(await p.sql(`select name from tgt.b where name = 'theirs'`)).toEqual([['theirs']])
})

test('G4: a run that is half taken back is taken back to its end, not gone on with', async () => {
  await using p = await place(ab)
  const before = await p.dump()
  await p.run(plain)
  await p.sql(
    `create function tgt.stop() returns trigger language plpgsql as $$ begin raise 'stop'; end $$; create trigger stop before delete on tgt.b for each statement execute function tgt.stop()`,
  )
  await expect(p.undo(plain)).rejects.toThrow(/stop/)
  await p.sql('drop function tgt.stop() cascade')
  await expect(p.run(plain)).rejects.toMatchObject({
    code: expect.stringMatching(/^GW_(?!VERIFY_NO|INTERNAL)/),
    message: expect.stringMatching(/undo|taken back/i),
  })
  await p.undo(plain)
  expect(await parts(before, await p.dump())).toBeUndefined()
})

test('G4: steps that changed the schema are taken back with it', async () => {
  const changing = migration(
    'changing',
    mapping(a, (r) => into(b, { name: r.name }), { name: 'm' }),
    {
      expand: [ddl('an index', { forward: 'create unique index once on tgt.b (lower(name))', back: 'drop index tgt.once' })],
      contract: [ddl('a column', { forward: 'alter table tgt.b add note text', back: 'alter table tgt.b drop note' })],
    },
  )
  await using p = await place(ab)
  const before = await p.dump()
  await p.run(changing)
  await p.undo(changing)
  expect(await parts(before, await p.dump())).toBeUndefined()
})

test('G2: a step that gives a table it writes to a constraint does not keep the run from being resumed, or run again', async () => {
  const checking = migration(
    'checking',
    mapping(a, (r) => into(b, { name: r.name }), { name: 'm' }),
    {
      expand: [
        ddl('a check', {
          forward: `alter table tgt.b add constraint short check (length(name) < 100), add unique (name, id)`,
          back: 'alter table tgt.b drop constraint short, drop constraint b_name_id_key',
        }),
      ],
    },
  )
  await using p = await place(ab)
  await p.run(checking, { limit: 5 })
  await p.run(checking)
  await p.run(checking)
  expect(await p.sql('select count(*) from tgt.b')).toEqual([['23']])
})

test('G4: a run that was refused before its first row leaves nothing to take back', async () => {
  await using p = await place(ab)
  await expect(p.undo(plain)).rejects.toMatchObject({ code: 'GW_NO_RUN' })
})

test('G4: triggers of the application that refuse to let a row of ours go are told of, and nothing is half gone for good', async () => {
  const line = table('src.line', { id: int().key(), a: bigint() })
  const made = table('tgt.line', { id: int().key().default(), b_id: bigint() })
  const parents = mapping(a, (r) => into(b, { name: r.name }), { name: 'm' })
  const both = migration(
    'both',
    parents,
    mapping(line, (r) => into(made, { b_id: parents.keyOf(r.a) })),
  )
  await using p =
    await place(`${ab}; create table src.line (id int primary key, a bigint not null); insert into src.line select i, i from generate_series(1, 20) i;
    create table tgt.line (id serial primary key, b_id bigint not null references tgt.b)`)
  const before = await p.dump()
  await p.run(both)
  await p.sql(
    `create function tgt.stop() returns trigger language plpgsql as $$ begin raise 'not %', old.name; end $$; create trigger stop before delete on tgt.b for each row execute function tgt.stop()`,
  )
  await expect(p.undo(both)).rejects.toMatchObject({ code: expect.stringMatching(/^GW_/), message: expect.stringContaining('not n') })
  await p.sql('drop function tgt.stop() cascade')
  await p.undo(both)
  expect(await parts(before, await p.dump())).toBeUndefined()
})
