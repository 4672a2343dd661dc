// A table behind a view of its own name, so that whoever reads it is noted: also in a transaction that is rolled back, or that only reads.
import { postgres } from '../dialects/postgres.ts'
import { tripwireRefused } from '../errors/cutover.ts'
import type { Hands, Row, TargetHands } from './hands.ts'
import { asideIn } from './retire/aside.ts'
import { cut } from './retire/names.ts'
import { shelfOf } from './retire/shelf.ts'

const { quote, literal, table: named } = postgres
const schema = 'godwit_tripwire'
const aside = asideIn(schema)
const ours = (what: string, table: string): string => `${quote(schema)}.${quote(cut(`${what} ${table}`, 63))}`
const oid = (name: string): string => `to_regclass(${literal(name)})`

/** Where no view can do it, and why. */
const cannot: Readonly<Record<string, string>> = {
  sqlite: 'SQLite cannot note a read: a query there calls nothing that writes',
  mariadb:
    'MariaDB makes no two changes of the schema at once: between taking the table away and putting the view there, readers would find nothing',
}

export interface Tripped {
  readonly tables: readonly string[]
  readonly at: string | undefined
}

/** What stands under the name: the table itself, or the view with the table behind it. */
async function isUp(table: string, target: TargetHands): Promise<boolean> {
  const [row] = await target.ask(`select (${oid(aside.named(table))} is not null)::text as up`)
  return row!['up'] === 'true'
}

/** All of them in one transaction: nobody finds a name with nothing behind it. */
export async function putUp({ tables, at }: Tripped, hands: Hands): Promise<void> {
  const why = cannot[hands.target.engine]
  if (why) throw tripwireRefused({ what: tables.join(', '), reasons: [why], at })
  const waiting: string[] = []
  for (const t of tables) if (!(await isUp(t, hands.target))) waiting.push(t)
  for (const t of waiting) {
    const reasons = await hindering(t, hands.target)
    if (reasons.length) throw tripwireRefused({ what: t, reasons, at })
  }
  const columns = await Promise.all(waiting.map((t) => columnsOf(t, hands.target)))
  const statements = waiting.flatMap((t, i) => [...aside.put(t), ...noting(t), ...standing(t, columns[i]!)])
  if (statements.length) await hands.target.change([aside.made, ...statements])
}

export async function takeDown({ tables, at }: Tripped, hands: Hands): Promise<void> {
  if (cannot[hands.target.engine]) return
  const up: string[] = []
  for (const t of tables) if (await isUp(t, hands.target)) up.push(t)
  for (const t of up) {
    const reasons = await shelfOf('postgres').needing({ table: t }, [], hands.target)
    if (reasons.length) throw tripwireRefused({ what: t, reasons, at })
  }
  const statements = up.flatMap((t) => [
    `drop view if exists ${named(t)}`,
    ...aside.back(t),
    `drop function if exists ${ours('note', t)}()`,
    `drop sequence if exists ${ours('reads', t)}`,
    `drop table if exists ${ours('readers', t)}, ${ours('scans', t)}`,
  ])
  if (statements.length) await hands.target.change(statements)
  if ((await hands.target.ask(aside.empty)).length) await hands.target.change([aside.gone])
}

/** Who needs the table itself, and would go past the view or be broken by it. */
async function hindering(table: string, target: TargetHands): Promise<readonly string[]> {
  const it = oid(named(table))
  const [kind] = await target.ask(
    `select relkind, relrowsecurity::text as policies, (select bool_and(has_table_privilege(c.relowner, c.oid, p)) from unnest(array['select', 'insert', 'update', 'delete']) p)::text as own from pg_class c where c.oid = ${it}`,
  )
  if (!kind) return ['it is not there']
  const rows = await target.ask(
    [
      `select 'it has parts, or is a part of another table' as who from pg_inherits where inhrelid = ${it} or inhparent = ${it} having count(*) > 0`,
      `select distinct 'publication ' || pubname || ' sends it' from pg_publication_tables where format('%I.%I', schemaname, tablename)::regclass = ${it}`,
      `select distinct pg_describe_object(d.classid, d.objid, d.objsubid) || ' is made of its rows' from pg_depend d join pg_type t on d.refclassid = 'pg_type'::regclass and d.refobjid = t.oid where (t.typrelid = ${it} or t.typelem = (select reltype from pg_class where oid = ${it})) and d.deptype = 'n'`,
    ].join(' union all '),
  )
  return [
    ...(kind['relkind'] === 'r' ? [] : ['it is no plain table']),
    ...(kind['policies'] === 'true' ? ['it has row-level security, which does not hold through a view'] : []),
    ...(kind['own'] === 'true' ? [] : ['its owner may not read and write it, and a view acts for its owner']),
    ...rows.map((r) => r['who']!),
    ...(await shelfOf('postgres').needing({ table }, [], target)),
  ]
}

const columnsOf = async (table: string, target: TargetHands): Promise<readonly string[]> =>
  (
    await target.ask(
      `select attname from pg_attribute where attrelid = ${oid(named(table))} and attnum > 0 and not attisdropped order by attnum`,
    )
  ).map((r) => r['attname']!)

/** A sequence moves on whatever becomes of the transaction; where nothing may be written, the use of an index is counted by the server. */
function noting(table: string): readonly string[] {
  const readers = ours('readers', table)
  const one = `select session_user::text as who, current_setting('application_name') as application, host(inet_client_addr()) as address`
  const known = `select from ${readers} r where (r.who, r.application) = (n.who, n.application) and r.address is not distinct from n.address`
  const body = `begin
  begin
    perform nextval(${literal(ours('reads', table))});
    insert into ${readers} (who, application, address) select n.* from (${one}) n where not exists (${known});
  exception when read_only_sql_transaction then
    perform from ${ours('scans', table)} where id = 0;
  end;
  return true;
end`
  return [
    `create sequence ${ours('reads', table)}`,
    `create table ${readers} (who text, application text, address text, since timestamptz not null default now())`,
    `create table ${ours('scans', table)} (id int primary key)`,
    `create function ${ours('note', table)}() returns boolean language plpgsql volatile security definer set search_path = pg_catalog set enable_seqscan = off as ${literal(body)}`,
    `grant execute on function ${ours('note', table)}() to public`,
  ]
}

/** Whoever may do something with the table may do it with the view: it can be written through as well. */
function standing(table: string, columns: readonly string[]): readonly string[] {
  const [view, behind] = [named(table), aside.named(table)]
  const grants = `declare
  g record;
begin
  for g in select distinct a.grantee from pg_class c, aclexplode(c.relacl) a where c.oid = ${oid(view)} and a.grantee <> c.relowner loop
    execute format('revoke all on %s from %s', ${literal(view)}, case g.grantee when 0 then 'public' else g.grantee::regrole::text end);
  end loop;
  for g in
    select a.grantee, a.privilege_type, a.is_grantable, '' as part from pg_class c, aclexplode(c.relacl) a where c.oid = ${oid(behind)} and a.grantee <> c.relowner
    union all
    select a.grantee, a.privilege_type, a.is_grantable, format('(%I)', t.attname) from pg_attribute t, aclexplode(t.attacl) a where t.attrelid = ${oid(behind)} and t.attnum > 0 and not t.attisdropped
  loop
    execute format('grant %s %s on %s to %s %s', g.privilege_type, g.part, ${literal(view)}, case g.grantee when 0 then 'public' else g.grantee::regrole::text end, case when g.is_grantable then 'with grant option' else '' end);
  end loop;
end`
  const owner = `declare
  r text := (select relowner::regrole::text from pg_class where oid = ${oid(behind)});
begin
  if (select relowner from pg_class where oid = ${oid(view)}) <> (select relowner from pg_class where oid = ${oid(behind)}) then
    execute format('alter view %s owner to %s', ${literal(view)}, r);
  end if;
end`
  return [
    `create view ${view} as select ${columns.map(quote).join(', ')} from ${behind} where (select ${ours('note', table)}())`,
    `do ${literal(owner)}`,
    `do ${literal(grants)}`,
  ]
}

/** How often each was read, and since when nothing of that has been forgotten. */
export const timesRead = (table: string): string =>
  `select (coalesce(pg_sequence_last_value(${oid(ours('reads', table))}), 0) + coalesce((select sum(idx_scan) from pg_stat_all_indexes where relid = ${oid(ours('scans', table))}), 0))::text as n where current_setting('track_counts')::boolean and ${oid(ours('reads', table))} is not null`

/** Who it was, as far as their transactions were kept; from then on they are noted anew. */
export async function whoRead(tables: readonly string[], hands: Hands): Promise<readonly string[]> {
  const all: Row[] = []
  for (const t of tables)
    all.push(...(await hands.target.ask(`select distinct who, application, address from ${ours('readers', t)} order by 1, 2, 3 limit 8`)))
  await hands.target.change(tables.map((t) => `delete from ${ours('readers', t)}`))
  return all.map((r) =>
    [r['who'], r['application'] ? `as ${r['application']}` : '', r['address'] ? `from ${r['address']}` : ''].filter(Boolean).join(' '),
  )
}
