// Columns filled in the row itself: nothing else of it changes, what stood there is kept, and an undo gives it back.
import { expect, test } from 'vitest'
import { bigint, fill, int, into, lookup, mapping, migration, table, text, timestamp } from '../../src/index.ts'
import { coverageOf } from '../../src/report/coverage.ts'
import { objections, parts, place, versions } from '../guarantees/engine.ts'

const milestone = table('app.milestone', { id: int().key(), type: int(), name: text() })
const task = table('app.task', {
  id: int().key(),
  milestone: int().null(),
  name: text(),
  type: int().null(),
  section: bigint().null(),
  seen: timestamp().default(),
})
const section = table('app.section', { id: bigint().key().default(), type: int(), name: text() })

const sections = mapping(milestone, (r) => into(section, { type: r.type, name: r.name.trim() }), { name: 'sections' })
const tasks = mapping(
  task,
  (r) => fill(task, { type: lookup(milestone, { id: r.milestone.required() }).type, section: sections.keyOf(r.milestone.required()) }),
  { name: 'tasks', only: { 'not a draft': (r) => r.name.isNot('draft') }, ignore: { type: 'filled', section: 'filled', seen: 'stays' } },
)
const whole = migration('sections', sections, tasks)

const setup = `create schema app;
  create table app.milestone (id int primary key, type int not null, name text not null);
  create table app.section (id bigserial primary key, type int not null, name text not null unique);
  create table app.task (id int primary key, milestone int, name text not null, type int, section bigint references app.section, seen timestamp not null default '2020-01-01', check (type is null or type < 9));
  insert into app.milestone values (1, 1, 'one '), (2, 2, 'two'), (3, 9, 'nine');
  insert into app.task select i, case when i % 10 = 0 then null when i % 11 = 0 then 99 when i = 13 then 3 else 1 + i % 2 end, case i % 7 when 0 then 'draft' else 'task ' || i end, case when i = 5 then 7 end from generate_series(1, 40) i`

test('rows that go are filled, the others stay as they are, and back it goes', async () => {
  await using p = await place(setup)
  const before = await p.dump()
  const plain = await p.sql('select id, milestone, name, seen from app.task order by id')
  const view = await p.run(whole)
  expect(view.steps.flatMap((s) => s.books ?? []).find((b) => b.mapping === 'tasks')?.totals).toMatchObject({
    read: 40,
    migrated: 27,
    quarantined: 8,
    filtered: 5,
  })
  expect(
    await p.sql(
      `select t.id::text, t.type::text, s.name from app.task t left join app.section s on s.id = t.section where t.id in (1, 2, 5, 7, 10, 11, 13) order by t.id`,
    ),
  ).toEqual([
    ['1', '2', 'two'],
    ['2', '1', 'one'],
    ['5', '2', 'two'],
    ['7', null, null],
    ['10', null, null],
    ['11', null, null],
    ['13', null, null],
  ])
  expect(await p.sql('select id, milestone, name, seen from app.task order by id')).toEqual(plain)
  expect(await p.quarantine(whole)).toContain('tasks 13 CHECK_FAILED')
  expect(await p.quarantine(whole)).toContain('tasks 11 LOOKUP_MISS')
  expect(objections(await p.verify(whole))).toEqual([])
  const still = await versions(p.url)
  await p.run(whole)
  expect(await versions(p.url)).toEqual(still)
  const undone = await p.undo(whole)
  expect(undone.restored).toEqual({ 'app.task': 27 })
  expect(await parts(before, await p.dump())).toBeUndefined()
})

test('a second run fills anew what changed, and empties what does not go any more', async () => {
  await using p = await place(setup)
  const before = await p.dump()
  await p.run(whole)
  await p.sql(
    `update app.task set milestone = 2 where id = 2; update app.task set name = 'draft' where id in (3, 5); delete from app.task where id = 4; insert into app.task values (41, 1, 'new')`,
  )
  await p.run(whole)
  expect(
    await p.sql('select id::text, type::text, (section is null)::text from app.task where id in (2, 3, 5, 41) order by task.id'),
  ).toEqual([
    ['2', '2', 'false'],
    ['3', null, 'true'],
    ['5', '7', 'true'],
    ['41', '1', 'false'],
  ])
  expect(objections(await p.verify(whole))).toEqual([])
  await p.undo(whole)
  await p.sql(
    `update app.task set milestone = 1 where id = 2; update app.task set name = 'task ' || id where id in (3, 5); insert into app.task values (4, 1, 'task 4'); delete from app.task where id = 41`,
  )
  expect(await parts(before, await p.dump())).toBeUndefined()
})

test('the application writes on beside what is filled, and a key that was filled in goes with its row', async () => {
  await using p = await place(setup)
  const before = await p.dump()
  await p.run(whole)
  await p.sql(`update app.task set name = name || '!', seen = '2021-01-01' where id in (1, 2); delete from app.milestone where id = 1`)
  await p.run(whole)
  expect(
    await p.sql(
      `select t.id::text, t.section::text, t.name, s.name from app.task t left join app.section s on s.id = t.section where t.id in (1, 2) order by t.id`,
    ),
  ).toEqual([
    ['1', expect.stringMatching(/\d/), 'task 1!', 'two'],
    ['2', null, 'task 2!', null],
  ])
  expect(await p.quarantine(whole)).toContain('tasks 2 LOOKUP_MISS')
  expect(objections(await p.verify(whole))).toEqual([])
  await p.undo(whole)
  await p.sql(
    `update app.task set name = 'task ' || id, seen = '2020-01-01' where id in (1, 2); insert into app.milestone values (1, 1, 'one ')`,
  )
  expect(await parts(before, await p.dump())).toBeUndefined()
})

test('verify finds what is filled wrongly, what is not filled, and what was changed beside it', async () => {
  await using p = await place(setup)
  await p.run(whole)
  for (const harm of ['update app.task set type = 8 where id = 1', 'update app.task set section = null where id = 2']) {
    const [row] = await p.sql(`select type, section, milestone from app.task where id = ${/\d+$/.exec(harm)![0]}`)
    await p.sql(harm)
    expect(objections(await p.verify(whole)), harm).toHaveLength(1)
    await p.sql(`update app.task set type = $1, section = $2, milestone = $3 where id = ${/\d+$/.exec(harm)![0]}`, row!)
  }
  expect(objections(await p.verify(whole))).toEqual([])
})

test('a trigger that changes more than what is filled is found', async () => {
  await using p =
    await place(`${setup}; create function app.touch() returns trigger language plpgsql as 'begin if new.id % 2 = 0 then new.seen = ''2024-01-01''; end if; return new; end';
    create trigger touch before update on app.task for each row execute function app.touch()`)
  await expect(p.run(whole)).rejects.toThrow(/other columns of app\.task, where tasks fills it, 1\d wrong of 27/)
})

test('what others have put there since is not taken back without a word', async () => {
  await using p = await place(setup)
  await p.run(whole)
  await p.sql('update app.task set type = 5 where id = 1')
  await expect(p.undo(whole)).rejects.toThrow(/filled into 1 row of app\.task was changed by others since \(for instance 1\)/)
  await p.undo(whole, { loseChanges: true })
  expect(await p.sql('select type from app.task where id = 1')).toEqual([[null]])
})

test('a column that is read and filled is always read as it was', async () => {
  const tidy = migration(
    'tidy',
    mapping(task, (r) => fill(task, { name: r.name.replace('task', 'a task') }, { when: r.name.matches('^task') }), {
      name: 'tidy',
      ignore: { milestone: 'stays', type: 'stays', section: 'stays', seen: 'stays' },
    }),
  )
  await using p = await place(setup)
  const before = await p.dump()
  await p.run(tidy)
  await p.run(tidy)
  expect(await p.sql(`select name from app.task where id in (1, 7) order by id`)).toEqual([['a task 1'], ['draft']])
  expect(objections(await p.verify(tidy))).toEqual([])
  await p.sql(`update app.task set name = 'task one' where id = 1`)
  await p.run(tidy)
  expect(await p.sql(`select name from app.task where id in (1, 2) order by id`)).toEqual([['a task one'], ['a task 2']])
  await p.undo(tidy)
  await p.sql(`update app.task set name = 'task 1' where id = 1`)
  expect(await parts(before, await p.dump())).toBeUndefined()
})

test('what is filled in may be the key of a shared row, named by what its rows have in common', async () => {
  const old = table('app.old', { id: int().key(), town: text().null() })
  const town = table('app.town', { id: bigint().key().default(), name: text() })
  const shop = table('app.shop', { id: int().key(), at: text().null(), town: bigint().null() })
  const towns = mapping(old, (r) => into(town, { name: r.town.required() }, { per: ['name'] }), { name: 'towns' })
  const shops = migration(
    'shops',
    towns,
    mapping(shop, (r) => fill(shop, { town: towns.keyOf(r.at) }), { name: 'shops' }),
  )
  await using p =
    await place(`create schema app; create table app.old (id int primary key, town text); create table app.town (id bigserial primary key, name text not null); create table app.shop (id int primary key, at text, town bigint references app.town);
    insert into app.old values (1, 'Bern'), (2, 'Bern'), (3, null); insert into app.shop values (1, 'Bern'), (2, 'Rome'), (3, null)`)
  await p.run(shops)
  expect(await p.sql('select s.id::text, t.name from app.shop s left join app.town t on t.id = s.town order by s.id')).toEqual([
    ['1', 'Bern'],
    ['2', null],
    ['3', null],
  ])
  expect(await p.quarantine(shops)).toEqual(['shops 2 PARENT_MISSING', 'towns 3 NULL_NOT_ALLOWED'])
  expect(objections(await p.verify(shops))).toEqual([])
})

test('of each column of the row the report says what becomes of it', async () => {
  await using p = await place(setup)
  const [, columns] = coverageOf(await p.plan(whole)).map((c) => c.columns.map((x) => `${x.column}: ${x.usedFor.join(', ')}`))
  expect(columns).toEqual([
    'id: stays in its row',
    'milestone: task.type (in place), task.section (in place)',
    'name: rule "not a draft"',
    'type: filled in place',
    'section: filled in place',
    'seen: stays in its row',
  ])
})
