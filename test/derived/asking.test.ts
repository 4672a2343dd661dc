// Checks that name tables of another database: which are brought along for them alone, and what they may not name.
import { expect, test } from 'vitest'
import { plan, run } from '../../src/api.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { openPostgresSource } from '../../src/databases/postgres/source.ts'
import { withSources } from '../../src/databases/sources.ts'
import { database, int, into, mapping, migration, none, query as relation, same, table, text } from '../../src/index.ts'
import { generous } from '../crash/process.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const legacy = database('legacy')
const old = legacy.table('old.person', { id: int().key(), name: text() })
const counted = legacy.table('old.counted', { id: int().key(), people: int() })
const person = table('new.person', { id: int().key(), name: text() })
const people = mapping(old, (r) => ({ one: into(person, { id: r.id, name: r.name }) }), { name: 'people' })

const checks = [
  none('everybody has kept the name', {
    of: (t) => `select count(*) from ${t(old)}`,
    rows: (t) => `select o.id from ${t(old)} o left join new.person n using (id) where n.name is distinct from o.name`,
  }),
  same('as many as they counted', (t) => `select max(people) from ${t(counted)}`, 'select count(*) from new.person'),
]

test('a check may look at both sides, also at what no mapping reads', async () => {
  await using source = await freshDatabase()
  await using target = await freshDatabase()
  await query(
    source.url,
    `create schema old; create table old.person (id int primary key, name text not null); insert into old.person values (1, 'a'), (2, 'b');
      create table old.counted (id int primary key, people int not null); insert into old.counted values (1, 2)`,
  )
  await query(target.url, 'create schema new; create table new.person (id int primary key, name text not null)')
  const db = withSources(await openPostgres({ url: target.url }), new Map([['legacy', await openPostgresSource({ url: source.url })]]))
  try {
    const asked = await plan(migration('people', people, { verify: checks }), db, { budget: generous })
    expect(asked.brought.map((b) => b.id).toSorted()).toEqual(['@legacy:old.counted', '@legacy:old.person'])
    expect(asked.reads).toEqual(expect.arrayContaining(['@legacy:old.counted']))
    expect((await run(asked, db)).state).toBe('finished')
    await query(source.url, 'update old.counted set people = 3')
    await expect(run(asked, db)).rejects.toMatchObject({
      code: 'GW_VERIFY_NO',
      message: expect.stringContaining('as many as they counted'),
    })
  } finally {
    await db.close()
  }
})

test('a query of the migration is nothing to check it by', () => {
  const own = relation('own', { id: int().key() }, (t) => `select id from ${t(old)}`)
  expect(() => none('nobody', { of: person, rows: (t) => `select id from ${t(own)}` })).toThrowError(
    /"nobody".*a query of the migration's own/s,
  )
})
