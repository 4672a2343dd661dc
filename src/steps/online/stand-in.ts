// A view by the name that a table had: whoever says that name reads and writes the same rows, with the rights that he had.
import { literal, named, reason, relation, short } from './words.ts'

export const isTable = (id: string): string => `exists (select from pg_class where oid = ${relation(id)} and relkind in ('r', 'p'))`
export const isView = (id: string): string => `exists (select from pg_class where oid = ${relation(id)} and relkind = 'v')`

/** For each column of the table the names that it has in the view, as SQL over the catalogue. */
const itsOwn = 'array[attname::text]'
export const alsoCalled = (column: string, as: string): string =>
  `case attname when ${literal(column)} then array[attname::text, ${literal(as)}] else ${itsOwn} end`

/** A second name of a column comes after all of the first ones. */
export const standIn = (view: string, table: string, names: string = itsOwn): string[] => [
  `do $$ begin execute (select format('create view %s as select %s from %s', ${literal(named(view))}, string_agg(quote_ident(attname) || ' as ' || quote_ident(n), ', ' order by nth, attnum), ${literal(named(table))})
    from pg_attribute, unnest(${names}) with ordinality as called(n, nth) where attrelid = ${relation(table)} and attnum > 0 and not attisdropped); end $$`,
  asItsOwner(view, table),
  asItsColumns(view, table, names),
]

const who = `case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end`
const passedOn = `case when g.is_grantable then ' with grant option' else '' end`

/** The view asks with the rights of whoever asks, as the table did; whoever may use the table may use the view, and nobody else (a new one
 * may come with rights that somebody gives to all new ones). */
const asItsOwner = (view: string, table: string): string =>
  `do $$ declare g record; begin
    if current_setting('server_version_num')::int >= 150000 then execute 'alter view ${named(view).replaceAll("'", "''")} set (security_invoker = true)'; end if;
    execute format('alter view %s owner to %I', ${literal(named(view))}, (select pg_get_userbyid(relowner) from pg_class where oid = ${relation(table)}));
    for g in select distinct ${who} as who from pg_class, aclexplode(relacl) where oid = ${relation(view)} and grantee <> relowner
    loop execute format('revoke all on %s from %s', ${literal(named(view))}, g.who); end loop;
    for g in select privilege_type as what, is_grantable, ${who} as who
      from pg_class, aclexplode(relacl) where oid = ${relation(table)} and grantee <> relowner and privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    loop execute format('grant %s on %s to %s%s', g.what, ${literal(named(view))}, g.who, ${passedOn}); end loop;
  end $$`

const asItsColumns = (view: string, table: string, names: string): string => `do $$ declare g record; begin
    for g in select n, privilege_type as what, is_grantable, ${who} as who
      from pg_attribute, aclexplode(attacl), unnest(${names}) n where attrelid = ${relation(table)} and attnum > 0 and not attisdropped and privilege_type in ('SELECT', 'INSERT', 'UPDATE')
    loop execute format('grant %s (%I) on %s to %s%s', g.what, g.n, ${literal(named(view))}, g.who, ${passedOn}); end loop;
  end $$`

/** What a view over a table cannot pass on. */
export const viewReasons = (id: string): string[] => [
  reason(`not ${isTable(id)}`, `there is no table ${short(id)}`),
  // who reads a view reads all that it is made of
  `select distinct case grantee when 0 then 'public' else pg_get_userbyid(grantee)::text end || ' may read single columns of it' from pg_attribute, aclexplode(attacl) where attrelid = ${relation(id)} and privilege_type = 'SELECT'`,
  reason(
    `exists (select from pg_class where oid = ${relation(id)} and relrowsecurity) and current_setting('server_version_num')::int < 150000`,
    'its policies are about who asks, which a view before Postgres 15 does not pass on',
  ),
]

/** What knows a table by more than what a view can be. */
export const standInReasons = (id: string, renamed: string): string[] => [
  ...viewReasons(id),
  reason(`${relation(renamed)} is not null`, `there is something called ${short(renamed)} already`),
  `select 'a publication names it: ' || pubname as reason from pg_publication_tables where format('%I.%I', schemaname, tablename)::regclass = ${relation(id)}`,
  `select distinct 'function ' || d.objid::regprocedure || ' takes or gives its rows' from pg_depend d join pg_type t on d.refclassid = 'pg_type'::regclass and t.typrelid = ${relation(id)} and d.refobjid in (t.oid, t.typarray) where d.classid = 'pg_proc'::regclass`,
]
