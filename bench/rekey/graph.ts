// A table that points at itself, and five that point at it, by seven foreign keys; and what of it must be the same whoever has changed the keys.
import type pg from 'pg'

export interface Pointing {
  readonly table: string
  readonly column: string
}

export const pointing: readonly Pointing[] = [
  { table: 'person', column: 'boss_id' },
  { table: 'purchase', column: 'person_id' },
  { table: 'remark', column: 'person_id' },
  { table: 'member', column: 'person_id' },
  { table: 'visit', column: 'person_id' },
  { table: 'message', column: 'sender_id' },
  { table: 'message', column: 'reader_id' },
]
export const tables = ['person', 'purchase', 'remark', 'member', 'visit', 'message'] as const

/** Ten rows that point for each that is pointed at. */
export const parentsOf = (rows: number): number => Math.ceil(rows / 10)

export async function makeGraph(client: pg.Client, rows: number): Promise<void> {
  const [parents, each] = [parentsOf(rows), Math.ceil(rows / 5)]
  const some = (n: number) => `1 + (i * ${n}::bigint) % ${parents}`
  for (const sql of [
    'drop schema if exists godwit cascade',
    `drop table if exists ${tables.join(', ')} cascade`,
    'create table person (id serial primary key, email text not null unique, boss_id int, created_at timestamptz not null)',
    `insert into person (email, boss_id, created_at) select 'p' || i || '@x.test', case when i > 10 then 1 + i % 10 end, timestamptz '2026-01-01+00' + i * interval '1 minute' from generate_series(1, ${parents}) i`,
    'create table purchase (id serial primary key, person_id int not null, amount numeric(12, 2) not null, note text)',
    `insert into purchase (person_id, amount, note) select ${some(7919)}, i % 1000, 'note ' || i from generate_series(1, ${each}) i`,
    'create table remark (id bigserial primary key, person_id int, body text not null)',
    `insert into remark (person_id, body) select case when i % 5 <> 0 then ${some(104729)} end, 'remark ' || i from generate_series(1, ${each}) i`,
    'create table member (person_id int not null, group_id int not null, since date not null, primary key (person_id, group_id))',
    `insert into member select 1 + (i - 1) % ${parents}, (i - 1) / ${parents}, date '2026-01-01' + (i % 300) from generate_series(1, ${each}) i`,
    'create table visit (id serial primary key, person_id int not null, at timestamptz not null, page text)',
    `insert into visit (person_id, at, page) select ${some(1299709)}, timestamptz '2026-01-01+00' + i * interval '1 second', '/page/' || i % 100 from generate_series(1, ${each}) i`,
    'create table message (id serial primary key, sender_id int not null, reader_id int not null, body text)',
    `insert into message (sender_id, reader_id, body) select ${some(31)}, ${some(37)}, 'message ' || i from generate_series(1, ${each}) i`,
    ...pointing
      .filter(({ table }) => table !== 'member' && table !== 'person')
      .map(({ table, column }) => `create index on ${table} (${column})`),
    ...pointing.map(
      ({ table, column }) => `alter table ${table} add constraint ${table}_${column} foreign key (${column}) references person (id)`,
    ),
    'vacuum analyze',
    'checkpoint',
  ])
    await client.query(sql)
}

/** Who points at whom, by what has not changed, and what stands on it. */
export async function digestOf(client: pg.Client): Promise<string> {
  const found: string[] = []
  for (const { table, column } of pointing)
    found.push(
      await text(
        client,
        `select count(*) || ' ' || count(x.${column}) || ' ' || sum(hashtextextended(x.${own[table] ?? 'id::text'} || ' ' || coalesce(p.email, ''), 0)::numeric) from ${table} x left join person p on p.id = x.${column}`,
      ),
    )
  const catalogue = `select string_agg(line, '; ' order by line) from (
    select conrelid::regclass || ' ' || contype::text || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated as line from pg_constraint where connamespace = 'public'::regnamespace and contype in ('p', 'f', 'u') and pg_get_constraintdef(oid) !~ '_retired_'
    union all select tablename || ' ' || regexp_replace(indexdef, '.* USING ', '') from pg_indexes where schemaname = 'public' and indexdef !~ '_retired_'
    union all select attrelid::regclass || ' ' || attname || ' ' || atttypid::regtype || ' ' || attnotnull from pg_attribute join pg_class on pg_class.oid = attrelid where relkind = 'r' and relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped and attname !~ '^_retired_') x`
  return [...found, await text(client, catalogue)].join('\n')
}

/** What tells a row from the others, and is no key that changes. */
const own: Readonly<Record<string, string>> = { person: 'email', member: `group_id::text` }

const text = async (client: pg.Client, sql: string): Promise<string> => (await client.query({ text: sql, rowMode: 'array' })).rows[0]![0]

export const sizeOf = async (client: pg.Client): Promise<number> =>
  Number(
    await text(client, `select sum(pg_total_relation_size(c)) from unnest(array[${tables.map((t) => `'${t}'::regclass`).join(', ')}]) c`),
  ) / 1e6
