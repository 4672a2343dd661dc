// One row through mappings of every kind: keys of several columns, numbers drawn for it, other rows looked at, functions in Node, parents.
import { expect, test } from 'vitest'
import { freshDatabase, query } from '../support/postgres.ts'
import { folder, godwit, jsonOf } from './godwit.ts'

const migration = `import { bigint, compute, int, into, mapping, migration, table, text, nth } from 'godwit'
const place = table('old_place', { code: text().key(), nr: int().key(), name: text().null() })
const event = table('old_event', { id: bigint().key(), place_code: text().null(), place_nr: int().null(), title: text().null() })
const newPlace = table('new_place', { id: bigint().key().default(), name: text() })
const newEvent = table('new_event', { id: bigint().key().default(), place_id: bigint().references('new_place.id'), title: text(), loud: text(), nth: bigint() })
const places = mapping(place, (r) => into(newPlace, { name: r.name.required() }), { ignore: { code: 'the key', nr: 'the key' } })
const events = mapping(event, (r) => into(newEvent, {
  place_id: places.keyOf(r.place_code.required(), r.place_nr.required()),
  title: r.title.required(),
  loud: compute([r.title.required()], text(), (t: string) => { if (t === 'bad') throw new Error('no bad titles'); return t.toUpperCase() }),
  nth: nth({ by: [r.place_code], order: [r.id] }),
}))
export default migration('places', places, events)
`

test('rows of every kind of mapping', async () => {
  await using db = await freshDatabase()
  await query(
    db.url,
    `create table old_place (code text, nr int, name text, primary key (code, nr)); create table old_event (id bigint primary key, place_code text, place_nr int, title text);
    create table new_place (id bigserial primary key, name text not null); create table new_event (id bigserial primary key, place_id bigint not null references new_place, title text not null, loud text not null, nth bigint not null);
    insert into new_place values (0, 'there before'); insert into old_place values ('a', 1, 'Aarhus'), ('a', 2, null);
    insert into old_event values (1, 'a', 1, 'first'), (999999999, 'a', 1, 'second'), (3, 'a', 1, 'bad'), (4, 'b', 9, 'nowhere'), (5, 'a', 2, 'waits')`,
  )
  const where = { cwd: folder({ 'migration.ts': migration }), env: { DATABASE_URL: db.url } }
  const plan = await godwit(['plan'], where)
  if (plan.code !== 0) throw new Error(plan.all)
  const go = async (...args: string[]) => jsonOf(await godwit(['try', ...args, '--json'], where))

  expect((await godwit(['try', '1'], where)).stderr).toMatch(
    /Which mapping\? There are old_place and old_event\.[\s\S]*--mapping old_place/,
  )
  expect(await go('["a","1"]', '--mapping', 'old_place')).toMatchObject({
    ok: true,
    tried: { fate: 'migrated', outputs: [{ goes: true, columns: [{ column: 'name', value: 'Aarhus', from: ['name'] }] }] },
  })
  expect(await go('["a","2"]', '--mapping', 'old_place')).toMatchObject({
    tried: { fate: 'quarantined', reason: { code: 'NULL_NOT_ALLOWED', columns: ['name'] } },
  })
  // its parent has not gone yet
  expect(await go('1', '--mapping', 'old_event')).toMatchObject({ tried: { fate: 'quarantined', reason: { code: 'PARENT_MISSING' } } })
  expect(await query(db.url, `select to_regnamespace('godwit')`)).toEqual([[null]])
  expect(await query(db.url, 'select last_value, is_called from new_event_id_seq')).toEqual([['1', 'f']])

  const run = await godwit(['run', '--budget', '100%'], where)
  if (run.code !== 0) throw new Error(run.all)
  expect(await go('999999999', '--mapping', 'old_event')).toMatchObject({
    tried: {
      fate: 'migrated',
      outputs: [
        {
          key: expect.any(String),
          columns: expect.arrayContaining([expect.objectContaining({ column: 'loud', value: 'SECOND', now: 'SECOND' })]),
        },
      ],
    },
  })
  await query(db.url, `update old_event set title = 'changed' where id = 1`)
  expect((await godwit(['try', '1', '--mapping', 'old_event'], where)).stdout).toMatch(/title +'changed' +\(now 'first'\)/)
  expect(await go('3', '--mapping', 'old_event')).toMatchObject({ tried: { fate: 'quarantined', reason: { code: 'COMPUTE_ERROR' } } })
  expect(await go('5', '--mapping', 'old_event')).toMatchObject({ tried: { reason: { code: 'PARENT_QUARANTINED' } } })
  const trace = await godwit(['trace', 'old_place:["a", "1"]'], where)
  expect((await godwit(['quarantine', 'show', '["a","2"]'], where)).stdout).toMatch(/NULL_NOT_ALLOWED/)
  expect(trace.stdout).toMatch(/→ new_place \d+/)
  const list = await godwit(['quarantine'], where)
  expect(list.stdout).toMatch(/of old_place did not go[\s\S]*of old_event did not go/)
}, 60_000)
