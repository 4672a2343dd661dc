// Changes of the schema of a SQLite file: made once, marked, taken back, and stopped where they take rows with them.
import { expect, test } from 'vitest'
import { ddl, migration, text } from '../../src/index.ts'
import { at, copying, own } from './sqlite.ts'

test('a table is not rebuilt over the rows that hang on it: they are counted, and it is rolled back', async () => {
  await using p = await at(
    `create table task (id integer primary key, title text);
    create table step (id integer primary key, task_id integer not null references task (id) on delete cascade)
    ${numbers('task', 50)} ${numbers('step', 300, 'i, i % 50 + 1')}`,
  )
  const rebuild = (title: string) =>
    migration(title, {
      expand: [
        ddl(title, {
          forward: [
            'create table task_new (id integer primary key, title text not null)',
            'insert into task_new select id, title from task',
            'drop table task',
            'alter table task_new rename to task',
          ],
          back: { irreversible: 'the table is another one' },
        }),
      ],
    })
  // as SQLite's own procedure wants it, with the pragma set before: nothing goes
  await p.run(rebuild('rebuilt')).catch((e: unknown) => void expect(e).toMatchObject({ code: 'GW_VERIFY_NO' }))
  expect(await own(p, 'select count(*), (select count(*) from task) from step')).toEqual([['300', '50']])
  expect(await own(p, `select "notnull" from pragma_table_info('task') where name = 'title'`)).toEqual([['1']])
  // and what takes rows with it is stopped, though no reference is looked after
  const losing = migration('losing', {
    expand: [ddl('losing', { forward: 'delete from step where id > 290', back: { irreversible: 'gone' } })],
  })
  await expect(p.run(losing)).rejects.toMatchObject({ code: 'GW_ROWS_LOST', message: expect.stringContaining('10 rows of step') })
  const dangling = migration('dangling', {
    expand: [
      ddl('dangling', {
        forward: [
          'create table new (id integer primary key, title text)',
          'insert into new select id, title from task where id < 50',
          'drop table task',
          'alter table new rename to task',
        ],
        back: { irreversible: 'gone' },
      }),
    ],
  })
  await expect(p.run(dangling)).rejects.toMatchObject({
    code: 'GW_ROWS_LOST',
    message: expect.stringMatching(/1 row of task.*6 rows of step would point at nothing in task/),
  })
  expect(await own(p, 'select count(*), (select count(*) from task) from step')).toEqual([['300', '50']])
})

/** As SQL: so many rows. */
function numbers(name: string, n: number, row = `i, 'T' || i`): string {
  return `; with recursive n (i) as (select 1 union all select i + 1 from n where i < ${n}) insert into ${name} select ${row} from n;`
}

test('a change of the schema is made there, marked, and not made twice; its undo takes it back', async () => {
  await using p = await at(
    `create table old (id integer primary key, word text); create table new (id integer primary key, word text); insert into old values (1, 'a')`,
  )
  const m = migration('changed', copying('old', 'new', { word: text().null() }).mappings[0]!, {
    expand: [ddl('index', { forward: 'create index new_word on new (word)', back: 'drop index new_word' })],
  })
  const indexes = () => own(p, `select name from sqlite_schema where type = 'index' and name = 'new_word'`)
  await p.run(m)
  expect(await indexes()).toHaveLength(1)
  await p.again()
  await p.run(m)
  await p.again()
  await p.undo(m)
  expect(await indexes()).toHaveLength(0)
  expect(await p.rows('new')).toEqual([])
  await expect(p.run(m, { dryRun: true })).rejects.toMatchObject({ code: 'GW_TARGET_UNSUPPORTED' })
})

test('a step has no transaction of its own', async () => {
  await using p = await at('create table t (id integer primary key)')
  const m = migration('own', { expand: [ddl('own', { forward: 'drop table t; commit; begin', back: { irreversible: 'gone' } })] })
  await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_TARGET_REFUSED', message: expect.stringContaining('commit') })
  expect(await p.rows('t')).toEqual([])
})

test('a step that fails leaves no mark: the next run makes it', async () => {
  await using p = await at(
    `create table old (id integer primary key, word text); create table new (id integer primary key, word text); insert into old values (1, 'a')`,
  )
  const failing = (sql: string) =>
    migration('failing', copying('old', 'new', { word: text().null() }).mappings[0]!, {
      expand: [ddl('step', { forward: sql, back: 'drop index w' })],
    })
  await own(p, 'create index w on old (word)')
  await expect(p.run(failing('create index w on new (word)'))).rejects.toMatchObject({ code: 'GW_TARGET_REFUSED' })
  await own(p, 'drop index w')
  await p.again()
  await p.run(failing('create index w on new (word)'))
  expect(await own(p, `select tbl_name from sqlite_schema where name = 'w'`)).toEqual([['new']])
})
