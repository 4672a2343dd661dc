// Every kind of dirt in a Postgres is found, counted to the row, and by a query that can be run; the same tables without it are found clean.
import { describe, expect, test } from 'vitest'
import { inPostgres } from '../../src/assess/spelling/postgres.ts'
import {
  bigint,
  date,
  enumeration,
  int,
  into,
  lookup,
  mapping,
  migration,
  numeric,
  type Table,
  table,
  text,
  timestamptz,
  varchar,
} from '../../src/index.ts'
import { freshDatabase, query, serverUrl } from '../support/postgres.ts'
import { assessed, ofRows, told } from './asking.ts'

const schema = `
create table city (id int primary key, name text not null);
create table customer (id bigint primary key, name text not null, email text, status text, city_id int, region_id int, amount text, starts_on date, ends_on date,
  created_at timestamptz, updated_at timestamptz, seen_date text, kind text, code text, unique (kind, code), check (true));
create table region (id int primary key, name text not null);
create table client (id bigint primary key, name varchar(10) not null, email text unique, status text not null, city_id int not null, amount numeric(10,2));
alter table customer add constraint in_city foreign key (city_id) references city not valid;
alter table customer add constraint short_name check (length(name) < 40) not valid;
`
const clean = `
insert into city select g, 'city ' || g from generate_series(1, 5) g;
insert into region select g, 'region ' || g from generate_series(1, 5) g;
insert into customer select g, 'name ' || g, 'm' || g || '@x.test', case g % 2 when 0 then 'open' else 'shut' end, g % 5 + 1, g % 5 + 1, g || '.50',
  date '2020-01-01' + g, date '2021-01-01' + g, '2020-01-01'::timestamptz + g * interval '1 hour', '2021-01-01', '2024-05-' || lpad((g % 28 + 1)::text, 2, '0'), 'k', 'c' || g
  from generate_series(1, 300) g;
`
const city = table('city', { id: int().key(), name: text() })
const customer = table('customer', {
  id: bigint().key(),
  name: text(),
  email: text().null(),
  status: text().null(),
  city_id: int().null(),
  region_id: int().null(),
  amount: text().null(),
  starts_on: date().null(),
  ends_on: date().null(),
  created_at: timestamptz().null(),
  updated_at: timestamptz().null(),
  seen_date: text().null(),
  kind: text().null(),
  code: text().null(),
})
const client = table('client', {
  id: bigint().key(),
  name: varchar(10),
  email: text().null(),
  status: text(),
  city_id: int(),
  amount: numeric(10, 2).null(),
})

const clients = migration(
  'clients',
  mapping(
    customer,
    (r) =>
      into(client, {
        id: r.id,
        name: r.name,
        email: r.email,
        status: r.status.match({ open: 'o', shut: 's' }).required(),
        city_id: lookup(city, { id: r.city_id }).id.required(),
        amount: r.amount.asDecimal(),
      }),
    { ignore: { region_id: 'x', starts_on: 'x', ends_on: 'x', created_at: 'x', updated_at: 'x', seen_date: 'x', kind: 'x', code: 'x' } },
  ),
)

async function found(dirt: string) {
  await using fresh = await freshDatabase()
  await query(fresh.url, schema + clean + dirt)
  const a = await assessed(clients, fresh.url)
  // whatever is said to find rows finds just as many
  for (const f of a.findings)
    if (f.query && f.found !== undefined && f.kind !== 'duplicates' && f.kind !== 'collation')
      expect([f.title, (await query(fresh.url, `select count(*) from (${f.query}) q`))[0]![0]]).toEqual([f.title, String(f.found)])
  return a
}

test('clean tables: only what their declarations say', async () => {
  const a = await found('')
  expect(told(ofRows(a))).toEqual([
    'note orphans: customer.region_id looks like a foreign key to region that nobody has declared: all 300 rows fit.',
  ])
  expect(a.verdict.outcome).toBe('ready with warnings')
  expect(a.tables.map((t) => [t.table, t.rows, t.roles.join(' ')])).toEqual([
    ['public.customer', 300, 'source'],
    ['public.client', 0, 'written'],
    ['public.city', 5, 'read'],
  ])
  expect(a.notLookedAt.map((u) => u.what)).toEqual(['free room on the disk'])
})

describe('dirt', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'orphans of a key that is NOT VALID',
      'alter table customer disable trigger all; update customer set city_id = 99 where id <= 2',
      'warning orphans: 2 of 300 rows of customer point by city_id at a row of city that is not there.',
    ],
    [
      'the same, by the lookup',
      'alter table customer disable trigger all; update customer set city_id = 99 where id <= 2',
      'warning orphans: 2 of 300 rows of customer do not go: city_id is in no row of city (LOOKUP_MISS).',
    ],
    [
      'a key that is called valid and is not',
      'alter table customer validate constraint in_city; alter table customer disable trigger all; update customer set city_id = 99 where id = 1',
      'error orphans: 1 of 300 rows of customer point by city_id at a row of city that is not there, although the foreign key is called valid.',
    ],
    [
      'orphans of a key that nobody declared',
      'update customer set region_id = 77 where id = 3',
      'warning orphans: customer.region_id looks like a foreign key to region that nobody has declared: 99.7 % of 300 rows fit, 1 do not.',
    ],
    [
      'a value that is missing',
      'update customer set status = null where id = 3',
      'warning missing values: 1 of 300 rows of customer does not go: status is missing (NULL_NOT_ALLOWED).',
    ],
    [
      'a name that is blank',
      "update customer set name = ' ' where id = 3",
      'warning missing values: 1 of 300 rows of customer have a name that must be there and is blank.',
    ],
    [
      'a code without an arm',
      "update customer set status = 'lost' where id in (3, 4)",
      'warning unknown codes: 2 of 300 rows of customer do not go: status is not in the value map (open, shut) (ENUM_UNKNOWN).',
    ],
    [
      'a check that was never asked',
      "alter table customer drop constraint short_name; update customer set name = repeat('x', 9) where id = 3; alter table customer add constraint short_name check (length(name) <> 9) not valid",
      'warning unknown codes: 1 of 300 rows of customer are not as short_name (length(name) <> 9) wants them: it is NOT VALID and was never asked of them.',
    ],
    [
      'an end before its start',
      "update customer set ends_on = '2019-01-01' where id = 3",
      'warning dates: 1 of 300 rows of customer have a ends_on that lies before their starts_on.',
    ],
    [
      'changed before it was made',
      "update customer set updated_at = '2019-01-01' where id = 3",
      'warning dates: 1 of 300 rows of customer have a updated_at that lies before their created_at.',
    ],
    [
      'dates that mean none',
      "update customer set starts_on = '1970-01-01' where id = 3; update customer set starts_on = '-infinity' where id = 4",
      'warning dates: 2 of 300 dates in customer.starts_on are what a program writes that has none: 1900, 1970-01-01, 9999, infinity, zeros.',
    ],
    [
      'things that have happened tomorrow',
      "update customer set created_at = now() + interval '3 days', updated_at = null where id = 3",
      'warning dates: 1 of 300 dates in customer.created_at lie in the future, of something that has happened.',
    ],
    [
      'texts of several forms',
      "update customer set seen_date = '03/04/2024' where id in (3, 5)",
      'warning dates: customer.seen_date holds dates as texts of several forms: 2 of 300 are not of the commonest.',
    ],
    [
      'a key twice',
      "update customer set email = 'm1@x.test' where id = 2",
      'warning duplicates: 2 rows of customer would share 1 key of client (email): none of them goes.',
    ],
    [
      'texts that fold into one',
      "update customer set email = 'M1@X.tést ' where id = 2; update customer set email = 'm1@x.test' where id = 1",
      'warning collation: 2 rows of customer become 1 in client (email) where case, accents or blanks at their ends do not count.',
    ],
    [
      'texts that fold where they are',
      "update customer set code = 'C1' where id = 2",
      'warning collation: 2 rows of customer are 1 where case, accents or blanks at their ends do not count in kind and code.',
    ],
    [
      'numbers but for one',
      "update customer set amount = 'lots' where id = 3",
      'warning types as stored: customer.amount is text that is a number in all but 1 of 300 rows.',
    ],
    [
      'a text that is no number',
      "update customer set amount = 'lots' where id = 3",
      'warning values: 1 of 300 rows of customer does not go: amount is not a number in the declared form (CAST_NUMERIC).',
    ],
    [
      'a text that is too long',
      "update customer set name = 'far too long for it' where id = 3",
      'warning values: 1 of 300 rows of customer does not go: name is longer than',
    ],
    [
      'nulls in what is unique',
      'update customer set code = null where id <= 3',
      'warning keys: 3 of 300 rows of customer have a null in kind and code: what is unique there does not tell them apart.',
    ],
    [
      'a table without a key',
      'alter table client drop constraint client_pkey cascade; alter table client add unique (id)',
      'warning keys: client has no primary key; what tells its rows apart is a unique index.',
    ],
    [
      'an index twice',
      'create index a on customer (name); create index b on customer (name)',
      'note indexes: a and b on customer are the same index: every row that is written pays for each.',
    ],
    [
      'a trigger that may swallow',
      'create function t() returns trigger language plpgsql as $$ begin return null; end $$; create trigger eats before insert on client for each row execute function t()',
      'warning triggers: eats on client can change a row before it is written, or make nothing of it.',
    ],
    [
      'a rule',
      'create rule away as on insert to client do instead nothing',
      'error triggers: away is a rule on client: what is written there becomes another statement, or none.',
    ],
    [
      'a sequence behind',
      "alter table client alter id add generated by default as identity; insert into client values (7, 'n', null, 'o', 1)",
      'error sequences: Sequences: public.client.id goes to 7',
    ],
    [
      'an index that is invalid',
      "create index bad on customer (name); update pg_index set indisvalid = false where indexrelid = 'bad'::regclass",
      'warning indexes: Invalid indexes: public.bad on public.customer',
    ],
    [
      'a budget that will not do',
      "update customer set status = 'lost' where id <= 30",
      'error quarantine: 30 of 300 rows of customer will not go, and a run stops at 3 rows.',
    ],
  ]
  test.each(cases)('%s', async (_, dirt, says) => {
    const a = await found(dirt)
    expect(told(a.findings).filter((t) => t.startsWith(says))).toHaveLength(1)
  })
})

test('examples are rows with their keys, or values with their numbers, masked unless asked otherwise', async () => {
  await using fresh = await freshDatabase()
  await query(
    fresh.url,
    `${schema}${clean} update customer set status = 'Lost 7' where id <= 2; update customer set name = '' where id = 9`,
  )
  const examplesOf = async (showValues: boolean) => {
    const { findings } = await assessed(clients, fresh.url, { showValues })
    return ['unknown codes', 'missing values'].map((kind) => findings.find((f) => f.kind === kind && f.grade === 'warning')!.examples)
  }
  expect(await examplesOf(true)).toEqual([
    [{ key: undefined, values: { status: 'Lost 7' }, rows: 2 }],
    [{ key: '9', values: { name: '' }, rows: undefined }],
  ])
  expect((await examplesOf(false))[0]).toEqual([{ key: undefined, values: { status: 'Xxxx 9' }, rows: 2 }])
})

test('what is foreseen is what a run then does', async () => {
  await using fresh = await freshDatabase()
  await query(
    fresh.url,
    `${schema}${clean} update customer set status = 'lost' where id <= 2; update customer set amount = 'x' where id = 2 or id = 5; update customer set city_id = null where id = 7`,
  )
  const a = await assessed(clients, fresh.url)
  const foreseen = a.findings.find((f) => f.kind === 'quarantine')!
  const { connect, plan, quarantineList, run } = await import('../../src/api.ts')
  const db = await connect(fresh.url)
  try {
    const planned = await plan(clients, db)
    await run(planned, db, { budget: { rows: 100, percent: 100 } })
    const rows = await quarantineList(planned, db)
    expect(foreseen.found).toBe(rows.length)
    expect(foreseen.examples.map((e) => e.key)).toEqual(rows.map((r) => r.key))
  } finally {
    await db.close()
  }
})

test('a table that is not there, and a query whose tables nobody named, are not looked at by name', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, schema + clean)
  const gone = table('gone', { id: bigint().key(), kind: enumeration('kind', ['a']).null() }) as Table
  const m = migration(
    'gone',
    mapping(gone, (r) => into(client as Table, { id: r['id']!, name: 'x', status: 'o', city_id: 1 } as never)),
  )
  const a = await assessed(m, fresh.url)
  expect(a.notLookedAt.map((u) => `${u.what}: ${u.why}`)).toContain(`public.gone: there is no such table in ${a.database}`)
})

test('texts fold alike whether they have accents or not, and where nothing needs to be taken off', async () => {
  const folded = (text: string) => `(${inPostgres((id) => id, 180_000).fold(text)})`
  const alike = [
    ['Aeon ', 'AEON', ' aeon'],
    ['Ärger', `a\u0308RGER `, 'arger'],
    ['ñandú', 'NANDU'],
    ['ﬁn', 'FIN'],
    ['', '   '],
  ]
  const values = alike.flatMap((texts, group) => texts.map((t) => `(${group}, '${t}')`)).join(', ')
  const groups = await query(
    serverUrl(),
    `select count(distinct ${folded('t.v')}), min(n) from (values ${values}) t(n, v) group by n order by n`,
  )
  expect(groups.map(([n]) => n)).toEqual(alike.map(() => '1'))
  expect(await query(serverUrl(), `select count(distinct ${folded('t.v')}) from (values ${values}) t(n, v)`)).toEqual([[`${alike.length}`]])
})
