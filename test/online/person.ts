// Whose name is cut another way.
import { online } from '../../src/index.ts'

export const setup = `
  create table person (id int primary key, name text not null default 'No Body', note text, size json, weight numeric);
  insert into person select i, 'First' || i || ' Last' || i, 'n', '{"n": 1}', 1.0 from generate_series(1, 60) i`

export const names = () =>
  online.split('person', 'name', {
    into: {
      first: { type: 'text', up: `split_part(name, ' ', 1)`, notNull: true },
      last: { type: 'text', up: `nullif(split_part(name, ' ', 2), '')` },
    },
    back: `concat_ws(' ', first, last)`,
  })
