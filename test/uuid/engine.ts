// The example as these tests run it, and what there is to object to in what came of it.
import pg from 'pg'
import leaves from '../../examples/uuid/migrations/1-leaves.ts'
import people from '../../examples/uuid/migrations/2-people.ts'
import workflow from '../../examples/uuid/migrations/3-workflow.ts'
import last from '../../examples/uuid/migrations/4-what-no-foreign-key-tells.ts'
import { connect, plan, type RunOptions, run, undo, type View } from '../../src/api.ts'
import type { Migration } from '../../src/index.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { Oracle, type Row, shapes, type Tables } from './oracle.ts'

export { last, leaves, people, workflow }
export const all = [leaves, people, workflow, last]

const source = new URL('../../examples/uuid/source.sql', import.meta.url).pathname
export const uuidDatabase = () => freshDatabase({ load: [source] })

/** As another command each time. */
async function planned<T>(url: string, work: (db: Awaited<ReturnType<typeof connect>>) => Promise<T>): Promise<T> {
  const db = await connect(url)
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}
export const migrate = (url: string, m: Migration, options: RunOptions = {}): Promise<View> =>
  planned(url, async (db) => run(await plan(m, db), db, options))
export const takeBack = (url: string, m: Migration) => planned(url, async (db) => undo(await plan(m, db, { recorded: true }), db))

export async function rowsOf(url: string): Promise<Tables> {
  const tables: Record<string, Row[]> = {}
  for (const table of Object.keys(shapes))
    tables[table] = (await query(url, `select to_jsonb(x)::text from t.${table} x`)).map(([row]) => JSON.parse(row!) as Row)
  return tables
}

/** All that a database is made of, but for what is Godwit's and what waits; of what a key is made is left out, for that is to change. */
const things = `
  select 'constraint', conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) || ' ' || convalidated from pg_constraint where connamespace = 't'::regnamespace and contype <> 'n' and pg_get_constraintdef(oid) !~ '_retired_|legacy_' and conname !~ '^godwit_'
  union all select 'index', indexname, indexdef from pg_indexes where schemaname = 't' and indexdef !~ '_retired_|legacy_' and indexname !~ '^godwit_'
  union all select 'view', viewname, definition from pg_views where schemaname = 't'
  union all select 'trigger', tgname, pg_get_triggerdef(oid) || tgenabled::text from pg_trigger where not tgisinternal and tgname !~ '^zzz_godwit'
  union all select 'function', proname, prosrc from pg_proc where pronamespace = 't'::regnamespace
  union all select 'grant', c.relname, c.relacl::text from pg_class c where relnamespace = 't'::regnamespace and c.relacl is not null
  union all select 'column', c.relname || '.' || attname, attnotnull::text || case when a.atthasdef then ' with a default' else '' end from pg_attribute a join pg_class c on c.oid = a.attrelid where relnamespace = 't'::regnamespace and c.relkind = 'r' and attnum > 0 and not attisdropped and attname !~ '^(_retired_|godwit_|legacy_)'
  order by 1, 2, 3`
export const catalogueOf = async (url: string): Promise<readonly string[]> => (await query(url, things)).map((line) => line.join(' '))

/** What the target asks for besides, and what cannot be over UUIDs. */
const meant = {
  gone: [
    /^constraint t\.cycle_reports cycle_reports_pkey PRIMARY KEY \(cycle_id, report_id\)/,
    /^index ix_rep_expr /,
    /^index cycle_reports_pkey .*\(cycle_id, report_id\)/,
  ],
  come: [
    /^column cycle_reports\.id true with a default$/,
    /^constraint t\.cycle_reports cycle_reports_(pkey PRIMARY KEY \(id\)|once UNIQUE \(cycle_id, report_id\))/,
    /^index cycle_reports_(pkey .*\(id\)|once .*\(cycle_id, report_id\))$/,
  ],
}

export interface Before {
  readonly rows: Tables
  readonly catalogue: readonly string[]
}
export const before = async (url: string): Promise<Before> => ({ rows: await rowsOf(url), catalogue: await catalogueOf(url) })

const sorted = (rows: readonly Row[]): string[] =>
  rows.map((r) => JSON.stringify(Object.entries(r).toSorted(([a], [b]) => (a < b ? -1 : 1)))).toSorted()

/** Of rows and catalogue, by the oracle. `whole`: with what no foreign key tells of. */
export async function objections(url: string, was: Before, whole: boolean): Promise<string[]> {
  const said: string[] = []
  const oracle = new Oracle(was.rows)
  const now = await rowsOf(url)
  for (const table of Object.keys(shapes)) {
    const plain = (r: Row): Row =>
      Object.fromEntries(Object.entries(r).filter(([c]) => !/^(_retired_|godwit_)/.test(c) && !(table === 'cycle_reports' && c === 'id')))
    const [wanted, there] = [sorted(oracle.rows(table, whole)), sorted(now[table]!.map(plain))]
    const wrong = there.filter((row, i) => row !== wanted[i]).length + Math.abs(wanted.length - there.length)
    if (wrong) said.push(`${table}: ${wrong} of ${wanted.length} rows`)
  }
  const catalogue = await catalogueOf(url)
  const lost = was.catalogue.filter((line) => !catalogue.includes(line) && !meant.gone.some((m) => m.test(line)))
  const come = catalogue.filter((line) => !was.catalogue.includes(line) && !meant.come.some((m) => m.test(line)))
  // a trigger and a function that work with either key are there between the first and the last
  const between = /^function (touch|phase_owner) /
  const counted = (lines: readonly string[]) => (whole ? lines : lines.filter((l) => !between.test(l)))
  said.push(...counted(lost).map((l) => `gone: ${l}`), ...counted(come).map((l) => `come: ${l}`))
  return said
}

/** What only shows when somebody writes: the trigger, keys of new rows, rules of deleting. All of it is taken back. */
export async function writing(url: string): Promise<Readonly<Record<string, string>>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`begin;
      create temp table seen (what text, n bigint);
      update t.users set lob_id = (select lob_id from t.lobs where lob_name = 'LOB 3') where email = 'u50@x.test';
      insert into seen select 'logged', count(*) from t.audit_logs a join t.users u on u.user_id = a.user_id where a.table_name = 'users' and a.created_at = '2026-01-01' and u.email = 'u50@x.test';
      insert into t.users (email, hashed_password) values ('next@x.test', 'x'), ('after@x.test', 'x');
      insert into seen select 'keys of their own', count(distinct user_id) from t.users where email in ('next@x.test', 'after@x.test');
      insert into t.user_roles (user_id, role) select user_id, 'viewer' from t.users where email = 'next@x.test';
      insert into t.reports (report_name, owner_id, lob_id, created_by_id) select 'n', a.user_id, l.lob_id, n.user_id from t.users n, t.users a, t.lobs l where n.email = 'next@x.test' and a.email = 'after@x.test' and lob_name = 'LOB 1';
      delete from t.users where email = 'next@x.test';
      insert into seen select 'set null', count(*) from t.reports where report_name = 'n' and created_by_id is null;
      insert into seen select 'roles of nobody', count(*) from t.user_roles r where not exists (select from t.users u where u.user_id = r.user_id)`)
    const { rows } = await client.query<{ what: string; n: string }>('select what, n::text from seen')
    return Object.fromEntries(rows.map((r) => [r.what, r.n]))
  } finally {
    await client.query('rollback')
    await client.end()
  }
}
export const asWritten = { logged: '1', 'keys of their own': '2', 'set null': '1', 'roles of nobody': '0' }
