// The life of a column of another type between two versions of an application.
import { expect } from 'vitest'
import { online } from '../../src/index.ts'
import { life } from '../support/life.ts'

const setup = `
  create table person (id int primary key, name text not null, born text not null default '1.2.1990', code int);
  create index person_born on person (born); create unique index person_code on person (code);
  create view report as select id, born from person;
  insert into person select i, 'p' || i, (1 + i % 28) || '.' || (1 + i % 12) || '.' || (1950 + i % 50), i from generate_series(1, 200) i`

const why = 'its schema is not changed beside others'

life('two shapes, and a column of another type in each', {
  setup: () => setup,
  not: { SQLite: why, MariaDB: why },
  steps: () =>
    online.shapes(
      { old: 'v1', new: 'v2', tables: { person: { called: { name: 'full_name' } } } },
      online.retype('person', 'born', { to: 'date', using: `to_date(born, 'DD.MM.YYYY')`, back: `to_char(born, 'FMDD.FMMM.YYYY')` }),
    ),
  once: async (_, p) => {
    expect(await p.sql(`select full_name, born, _retired_born from person where id = 7`)).toEqual([['p7', '1957-08-08', '8.8.1957']])
    await p.sql(`insert into person (id, full_name, born, code) values (900, 'x', '2020-02-03', 900)`)
    expect(await p.sql('select _retired_born from person where id = 900')).toEqual([['3.2.2020']])
    await p.sql('delete from person where id = 900')
  },
  timeoutMs: 1_200_000,
})
