// The ledger's own tables, in schema `godwit` of the target: what has happened, kept where it happened.
import type { Session } from '../databases/database.ts'
import { ledgerNewer } from '../errors/run.ts'

/** Raised when these tables change; an older ledger is brought up, a newer one refused. */
export const layout = 2

const counters = `read bigint not null default 0, migrated bigint not null default 0, quarantined bigint not null default 0, filtered bigint not null default 0, warned bigint not null default 0,
  constraint books_close check (read = migrated + quarantined + filtered)`

const tables = [
  `create schema if not exists godwit`,
  `create table if not exists godwit.release (one boolean primary key default true check (one), layout integer not null)`,
  `insert into godwit.release (layout) values (${layout}) on conflict (one) do update set layout = excluded.layout`,
  // the fence: every writing transaction reads it for share, a new holder changes it
  `create table if not exists godwit.epoch (one boolean primary key default true check (one), epoch bigint not null, host text, pid integer, backend integer, run integer, since timestamptz)`,
  `insert into godwit.epoch (epoch) values (0) on conflict (one) do nothing`,
  // says, by being empty, that the server has crashed and come back, and that other unlogged tables are empty too
  `create unlogged table if not exists godwit.unlogged (epoch bigint primary key)`,
  `create table if not exists godwit.heartbeat (one boolean primary key default true check (one), at timestamptz)`,
  `insert into godwit.heartbeat (at) values (null) on conflict (one) do nothing`,
  `create table if not exists godwit.run (id integer generated always as identity primary key, migration text not null, plan text not null, state text not null, pass integer not null default 1,
    environment text, started_at timestamptz not null default now(), finished_at timestamptz, plan_data jsonb not null, settings jsonb not null)`,
  // one life of a migration at a time
  `create unique index if not exists run_alive on godwit.run (migration) where state <> 'undone'`,
  `create table if not exists godwit.mark (run integer not null references godwit.run, step text not null, pass integer not null, at timestamptz not null default now(), detail jsonb, primary key (run, step, pass))`,
  `create table if not exists godwit.rule (migration text not null, mapping text not null, n smallint not null, kind text not null, code text not null, columns text[] not null, at text, says text not null, blocked_by text, primary key (migration, mapping, n))`,
  `create table if not exists godwit.books (run integer not null references godwit.run, mapping text not null, pass integer not null, ${counters}, primary key (run, mapping, pass))`,
  `create table if not exists godwit.unit (run integer not null references godwit.run, mapping text not null, pass integer not null, seq bigint generated always as identity, after text[], upto text[],
    first bigint, epoch bigint not null, xid bigint not null, what text not null, made bigint[] not null default '{}', at timestamptz not null default now(), ${counters.replace('books_close', 'unit_closes')}, primary key (run, mapping, pass, seq))`,
  `create table if not exists godwit.pool (run integer not null references godwit.run, mapping text not null, output smallint not null, pass integer not null, base bigint not null, size bigint not null, primary key (run, mapping, output, pass))`,
  `create table if not exists godwit.quarantine (migration text not null, mapping text not null, key text not null, run integer not null, rule smallint not null, code text not null, columns text[] not null, at text, says text not null,
    blocked_by text, detail text, raw jsonb, since timestamptz not null default now(), waived_by text, waived_why text, waived_at timestamptz, primary key (migration, mapping, key))`,
  `create table if not exists godwit.warning (migration text not null, mapping text not null, key text not null, rule smallint not null, primary key (migration, mapping, key, rule))`,
  `create table if not exists godwit.native (run integer not null references godwit.run, relation text not null, key text not null, hash bigint not null, primary key (run, relation, key))`,
  // and their keys once more when the cutover begins: what comes later came through the new shape
  `create table if not exists godwit.before_cutover (run integer not null references godwit.run, relation text not null, key text not null, primary key (run, relation, key))`,
  `create table if not exists godwit.reading (run integer not null references godwit.run, relation text not null, rows bigint not null, hash numeric not null, primary key (run, relation))`,
  `create table if not exists godwit.sequence (run integer not null references godwit.run, sequence text not null, last_value bigint not null, is_called boolean not null, left_at bigint not null, primary key (run, sequence))`,
  // who did what: appended only, each entry sealed with the one before it
  `create table if not exists godwit.audit (seq bigint primary key, at text not null, who text not null, host text not null, run integer, what text not null, plan text, detail text not null, before text not null, seal text not null)`,
  // what a step keeps of itself between two processes
  `create table if not exists godwit.memory (run integer not null references godwit.run, step text not null, body jsonb not null, primary key (run, step))`,
  // what people have said to a question, each answer once
  `create table if not exists godwit.approval (nonce text primary key, seq bigint generated always as identity, run integer not null references godwit.run, step text not null, request text, plan text not null, question text not null,
    verdict text not null, person text not null, roles text[] not null, proof text not null, at timestamptz not null, note text, rows bigint, signature text, recorded timestamptz not null default clock_timestamp())`,
  // what people are to be told, until they have been: one line for each channel
  `create table if not exists godwit.notice (run integer not null references godwit.run, key text not null, channel text not null, seq bigint generated always as identity, id text not null, body jsonb, state text not null, attempts integer not null default 0,
    since timestamptz not null default clock_timestamp(), due timestamptz not null, sent timestamptz, error text, primary key (run, key, channel))`,
  `create table if not exists godwit.shadow (run integer not null references godwit.run, step text not null, n integer not null, at timestamptz not null, body jsonb not null, primary key (run, step, n))`,
  `create table if not exists godwit.event (run integer not null references godwit.run, seq bigint generated always as identity, at timestamptz not null default clock_timestamp(), body jsonb not null, primary key (run, seq))`,
  `create or replace function godwit.uuid_of(variadic parts text[]) returns uuid language sql immutable parallel safe as $$
    select case when pg_catalog.array_position(parts, null) is null then (select pg_catalog.encode(pg_catalog.set_byte(pg_catalog.set_byte(h, 6, (pg_catalog.get_byte(h, 6) & 15) | 128), 8, greatest(pg_catalog.get_byte(h, 8) & 63, 1) | 128), 'hex')::uuid
      from (select pg_catalog.substr(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.string_agg(pg_catalog.octet_length(p)::text || ':' || p, '' order by n), 'UTF8')), 1, 16) as h from pg_catalog.unnest(parts) with ordinality as x(p, n)) y) end $$`,
]

/** Does a text pass for a type? Postgres says so itself from 16 on; before, one has to try. */
const isValid = (serverVersion: number): string =>
  serverVersion >= 160000
    ? `create or replace function godwit.is_valid(value text, type text) returns boolean language sql immutable parallel safe as $$ select pg_catalog.pg_input_is_valid(value, type) $$`
    : `create or replace function godwit.is_valid(value text, type text) returns boolean language plpgsql immutable as $$ begin
        if value is null then return null; end if;
        execute pg_catalog.format('select %L::%s', value, type); return true;
        exception when data_exception or check_violation or invalid_text_representation or datetime_field_overflow then return false; end $$`

export async function installLedger(session: Session): Promise<void> {
  const { rows } = await session.query(
    `select current_setting('server_version_num') as version, to_regclass('godwit.release')::text as there`,
  )
  if (rows[0]!['there']) {
    const found = Number((await session.query('select layout from godwit.release')).rows[0]!['layout'])
    if (found > layout) throw ledgerNewer({ found, known: layout })
    if (found === layout) return
  }
  await session.transaction(async (tx) => {
    // two that arrive at once would both create
    await tx.query(`select pg_advisory_xact_lock(1735353463, 1)`)
    for (const sql of [...tables, isValid(Number(rows[0]!['version']))]) await tx.query(sql)
  })
}

export const ledgerThere = async (session: Session): Promise<boolean> =>
  (await session.query(`select to_regclass('godwit.release')::text as there`)).rows[0]!['there'] !== null
