// The two ways that are written by hand: tables made anew from a query and put in the place of the old ones, and every row updated where it
// stands. Both as somebody writes them who knows: keys and indexes afterwards, foreign keys last.
import type pg from 'pg'
import { pointing, tables } from './graph.ts'

const all = async (client: pg.Client, statements: readonly string[]): Promise<void> => {
  await client.query('begin')
  for (const sql of statements) await client.query(sql)
  await client.query('commit')
}

const mapping = [
  'create table person_map as select id as old_id, gen_random_uuid() as new_id from person',
  'alter table person_map add primary key (old_id)',
  'analyze person_map',
]

const foreignKeys = pointing.map(
  ({ table, column }) => `alter table ${table} add constraint ${table}_${column} foreign key (${column}) references person (id)`,
)
const indexes = pointing
  .filter(({ table }) => table !== 'member' && table !== 'person')
  .map(({ table, column }) => `create index on ${table} (${column})`)

const made: Readonly<Record<(typeof tables)[number], string>> = {
  person:
    'select k.new_id as id, t.email, b.new_id as boss_id, t.created_at from person t join person_map k on k.old_id = t.id left join person_map b on b.old_id = t.boss_id',
  purchase: 'select t.id, k.new_id as person_id, t.amount, t.note from purchase t join person_map k on k.old_id = t.person_id',
  remark: 'select t.id, k.new_id as person_id, t.body from remark t left join person_map k on k.old_id = t.person_id',
  member: 'select k.new_id as person_id, t.group_id, t.since from member t join person_map k on k.old_id = t.person_id',
  visit: 'select t.id, k.new_id as person_id, t.at, t.page from visit t join person_map k on k.old_id = t.person_id',
  message:
    'select t.id, k.new_id as sender_id, l.new_id as reader_id, t.body from message t join person_map k on k.old_id = t.sender_id join person_map l on l.old_id = t.reader_id',
}

const needed: Readonly<Record<(typeof tables)[number], readonly string[]>> = {
  person: ['email', 'created_at'],
  purchase: ['person_id', 'amount'],
  remark: ['body'],
  member: ['since'],
  visit: ['person_id', 'at'],
  message: ['sender_id', 'reader_id'],
}

const keyOf = (table: string): string => (table === 'member' ? 'person_id, group_id' : 'id')

export const anew = (client: pg.Client): Promise<void> =>
  all(client, [
    ...mapping,
    ...tables.map((t) => `create table ${t}_new as ${made[t]}`),
    // numbers of the others' own keys come from where they came from
    ...['purchase', 'remark', 'visit', 'message'].flatMap((t) => [
      `alter table ${t}_new alter column id set default nextval('${t}_id_seq')`,
      `alter sequence ${t}_id_seq owned by ${t}_new.id`,
    ]),
    ...pointing.map(({ table, column }) => `alter table ${table} drop constraint ${table}_${column}`),
    ...tables.flatMap((t) => [`drop table ${t}`, `alter table ${t}_new rename to ${t}`]),
    ...tables.map(
      (t) => `alter table ${t} add primary key (${keyOf(t)})${needed[t].map((c) => `, alter column ${c} set not null`).join('')}`,
    ),
    'alter table person alter column id set default gen_random_uuid(), add unique (email)',
    ...indexes,
    ...foreignKeys,
    'drop table person_map',
  ])

/** As the plan has it: a column beside each, an UPDATE for each table, and then names. */
export const inPlace = (client: pg.Client): Promise<void> =>
  all(client, [
    ...mapping,
    'alter table person add column new_id uuid',
    'update person t set new_id = k.new_id from person_map k where k.old_id = t.id',
    ...pointing.flatMap(({ table, column }) => [
      `alter table ${table} add column new_${column} uuid`,
      `update ${table} t set new_${column} = k.new_id from person_map k where k.old_id = t.${column}`,
    ]),
    ...pointing.map(({ table, column }) => `alter table ${table} drop constraint ${table}_${column}`),
    'alter table person drop column id',
    'alter table person rename column new_id to id',
    'alter table person add primary key (id), alter column id set default gen_random_uuid()',
    ...pointing.flatMap(({ table, column }) => [
      `alter table ${table} drop column ${column}`,
      `alter table ${table} rename column new_${column} to ${column}`,
      ...(column === 'boss_id' || table === 'remark' ? [] : [`alter table ${table} alter column ${column} set not null`]),
    ]),
    'alter table member add primary key (person_id, group_id)',
    ...indexes,
    ...foreignKeys,
    'drop table person_map',
  ])
