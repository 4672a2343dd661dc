// The life of columns that are cut another way, and of two shapes at once.
import { expect } from 'vitest'
import { online, retireColumns } from '../../src/index.ts'
import { type LivePlace, life } from '../support/life.ts'

const setup = `
  create table person (id int primary key, name text not null default 'No Body', mail text, born text, note json);
  insert into person select i, 'First' || i || ' Last ' || i, 'M' || i || '@x.test', case when i % 3 = 0 then null else '2001-02-03' end, '{"n": 1}' from generate_series(1, 1500) i;
  create table place (id int primary key, street text not null, number text, town text);
  insert into place select i, 'Street ' || i, i::text, 'Town' from generate_series(1, 1500) i`

const elsewhere = { SQLite: 'its schema is not changed beside others', MariaDB: 'its schema is not changed beside others' }

const names = () =>
  online.split('person', 'name', {
    into: {
      first: { type: 'text', up: `split_part(name, ' ', 1)`, notNull: true },
      last: { type: 'varchar(80)', up: `nullif(substr(name, strpos(name || ' ', ' ') + 1), '')` },
    },
    back: `concat_ws(' ', first, last)`,
  })

const address = () =>
  online.merge('place', ['street', 'number'], {
    into: { name: 'line', type: 'text', up: `concat_ws(', ', street, number)`, notNull: true, unique: true },
    back: { street: `split_part(line, ', ', 1)`, number: `nullif(split_part(line, ', ', 2), '')` },
  })

const asked = (p: LivePlace, id: number) => p.sql(`select first, last, _retired_name from person where id = ${id}`)

life('one column as two', {
  setup: () => setup,
  not: elsewhere,
  steps: () => names(),
  once: async (_, p) => {
    expect(await asked(p, 7)).toEqual([['First7', 'Last 7', 'First7 Last 7']])
    await p.sql(`insert into person (id, first) values (9001, 'Ada')`)
    await p.sql(`update person set last = 'Lovelace' where id = 9001`)
    expect(await asked(p, 9001)).toEqual([['Ada', 'Lovelace', 'Ada Lovelace']])
    await expect(p.sql(`insert into person (id, last) values (9002, 'Nobody')`)).rejects.toThrow(/first/)
    await p.sql(`delete from person where id = 9001`)
  },
})

life('two columns as one', {
  setup: () => setup,
  not: elsewhere,
  steps: () => address(),
  once: async (_, p) => {
    await p.sql(`insert into place (id, line) values (9001, 'Elm, 7')`)
    expect(await p.sql('select _retired_street, _retired_number from place where id = 9001')).toEqual([['Elm', '7']])
    await expect(p.sql(`insert into place (id, line) values (9002, 'Elm, 7')`)).rejects.toThrow(/place_line_key/)
    await p.sql(`delete from place where id = 9001`)
  },
})

life('two shapes at once', {
  setup: () => setup,
  not: elsewhere,
  steps: () =>
    online.shapes(
      { old: 'shop_1', new: 'shop_2', tables: { person: { gone: ['name'], called: { mail: 'email' } }, place: { gone: ['town'] } } },
      names(),
      {
        expand: [online.addColumn('person', 'channel', { type: 'text', default: `'web'`, notNull: true })],
        contract: [retireColumns('public.place', ['town'])],
      },
    ),
  once: async (_, p) => {
    expect(await p.sql(`select count(*) from pg_namespace where nspname like 'shop%'`)).toEqual([['0']])
    expect(
      await p.sql(
        `select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = 'person'::regclass and attnum > 0 and not attisdropped`,
      ),
    ).toEqual([['id _retired_name email born note first last channel']])
  },
  timeoutMs: 600_000,
})
