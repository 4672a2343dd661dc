// What keeps a column from being cut another way, and who is named before the old one gives up its place.
import { expect, test } from 'vitest'
import { migration, online } from '../../src/index.ts'
import { within } from '../rekey/within.ts'
import { names, setup } from './person.ts'

const into = (more: object = {}) => ({ first: { type: 'text', up: 'name', ...more } })
const refused = {
  'a column that is not there': [
    '',
    () => online.split('person', 'nick', { into: into(), back: 'first' }),
    /there is no column person\.nick/,
  ],
  'a name that is taken': [
    '',
    () => online.split('person', 'name', { into: { note: into().first }, back: 'note' }),
    /person has a column note already/,
  ],
  'words that mean nothing': [
    '',
    () => online.split('person', 'name', { into: { first: { type: 'text', up: 'nam' } }, back: 'first' }),
    /first cannot be had: column "nam" does not exist/,
  ],
  'a way back that needs what goes': [
    '',
    () => online.split('person', 'name', { into: into(), back: 'coalesce(first, name)' }),
    /name cannot be had back: column "name" does not exist/,
  ],
  'a row that has no value of the type': [
    '',
    () => online.split('person', 'name', { into: { first: { type: 'int', up: 'name::int' } }, back: 'first::text' }),
    /a row has no first: invalid input syntax/,
  ],
  'a row that cannot be brought back': [
    '',
    () => online.split('person', 'id', { into: into(), back: 'first' }),
    /id: it is part of the primary key/,
  ],
  'new values that the old column does not take': [
    '',
    () => online.split('person', 'weight', { into: into(), back: 'first::numeric' }),
    /a row's first cannot be brought back: invalid input syntax/,
  ],
  'rows without a value that must be there': [
    `update person set note = null where id < 4`,
    () => online.split('person', 'note', { into: { text: { type: 'text', up: 'note', notNull: true } }, back: 'text' }),
    /3 rows have no text/,
  ],
  'values in more than one row': [
    '',
    () => online.split('person', 'note', { into: { text: { type: 'text', up: 'note', unique: true } }, back: 'text' }),
    /1 value of text would stand in more than one row/,
  ],
  'a sequence': [
    'alter table person add n serial',
    () => online.split('person', 'n', { into: { m: { type: 'int', up: 'n' } }, back: 'm' }),
    /n: its numbers come from a sequence/,
  ],
  'a trigger that names it': [
    `create function f() returns trigger language plpgsql as 'begin new.note := new.name; return new; end'; create trigger t before insert on person for each row execute function f()`,
    () => online.split('person', 'name', { into: into(), back: 'first' }),
    /name: trigger t names it/,
  ],
  'a trigger that fires for it': [
    `create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger t before update of name on person for each row execute function f()`,
    () => online.split('person', 'name', { into: into(), back: 'first' }),
    /name: trigger t names it/,
  ],
  'a rule that sees what is written': [
    'create table told (name text); create rule r as on update to person where old.name <> new.name do also insert into told values (new.name)',
    () => online.split('person', 'name', { into: into(), back: 'first' }),
    /name: rule r of \S*person names it/,
  ],
  'a rule instead of updates': [
    'create rule r as on update to person do instead nothing',
    () => online.split('person', 'name', { into: into(), back: 'first' }),
    /rule r does something else instead of updates/,
  ],
  'an identity of replicas': [
    'alter table person alter name set not null; create unique index by_name on person (name, id); alter table person replica identity using index by_name',
    () => online.split('person', 'name', { into: into(), back: 'first' }),
    /name: replicas know rows by \S*by_name, which is over it: give the table another identity before/,
  ],
  'a change that is not through': [
    '',
    () => ({ expand: [...names().expand, ...online.split('person', 'name', { into: { other: into().first }, back: 'other' }).expand] }),
    /another change of name is not through yet/,
  ],
} as const

test.each(Object.entries(refused))('not past %s', (_, [more, parts, says]) =>
  within(`${setup};${more}`, async (p) => {
    await expect(p.run(migration('m', parts()))).rejects.toMatchObject({
      code: 'GW_ONLINE_REFUSED',
      exit: 4,
      message: expect.stringMatching(says),
    })
    expect(
      await p.sql(
        `select count(*) from pg_attribute where attrelid = 'person'::regclass and attname in ('godwit_nick_left', 'other', 'text', 'm') and not attisdropped`,
      ),
    ).toEqual([['0']])
  }),
)

const needing = {
  'a view': ['create view v as select name from person', /name: view \S*v reads it/, 'drop view v'],
  'a policy': ['create policy p on person using (name is not null)', /name: policy p names it/, 'drop policy p on person'],
  'a function': [
    'create function f() returns bigint language sql begin atomic select count(name) from person; end',
    /name: function \S*f\(\) names it/,
    'drop function f()',
  ],
  'a publication': ['create publication pub for table person (id, name)', /name: publication pub names it/, 'drop publication pub'],
} as const

test.each(Object.entries(needing))(
  'nobody loses %s by it: who needs the old column is named before it gives up its place',
  (_, [made, says, gone]) =>
    within(`${setup}; create statistics s on name, id from person; ${made}`, async (p) => {
      const m = migration('m', names())
      await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_ONLINE_REFUSED', message: expect.stringMatching(says) })
      expect(await p.sql(`select count(*) from pg_attribute where attrelid = 'person'::regclass and attname = 'first'`)).toEqual([['1']])
      await p.sql(gone)
      await p.run(m)
      await p.undo(m)
      expect(await p.sql(`select pg_get_statisticsobjdef(oid) ~ 'ON id, name|ON name, id' from pg_statistic_ext`)).toEqual([['t']])
    }),
)
