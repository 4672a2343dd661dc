// What names a column by its number beside views, and would go with the old one where the new one takes the place: triggers that fire for
// a column. They are taken down and put up again in the transaction of the change, as they were.
import { literal, relation } from '../words.ts'
import type { Graph } from './graph.ts'

/** Table and columns, as a row source: `oid`, `num`. */
export const memberNumbers = ({ members }: Pick<Graph, 'members'>): string =>
  `(select a.attrelid as oid, a.attnum as num from pg_attribute a join (values ${members.map((m) => `(${relation(m.id)}, ${literal(m.column)})`).join(', ')}) m(oid, name) on a.attrelid = m.oid and a.attname = m.name)`

/** Triggers `of` one of the columns, or `when` something is about it. */
const triggersOver = (columns: string): string =>
  `pg_trigger t where not t.tgisinternal and exists (select from pg_depend d join ${columns} c on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = c.num where d.classid = 'pg_trigger'::regclass and d.objid = t.oid)`

export const triggerNames = (columns: string): string => `select t.tgname::text as name from ${triggersOver(columns)} order by 1`

/** With what is said about them, and whether they fire. */
export const triggersAway = (columns: string): string[] => [
  `create temp table godwit_triggers on commit drop as
    select t.tgname, format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass) as away,
      array[pg_get_triggerdef(t.oid),
        format('alter table %s %s trigger %I', t.tgrelid::regclass, case t.tgenabled when 'D' then 'disable' when 'A' then 'enable always' when 'R' then 'enable replica' else 'enable' end, t.tgname),
        format('comment on trigger %I on %s is %L', t.tgname, t.tgrelid::regclass, obj_description(t.oid, 'pg_trigger'))] as made
    from ${triggersOver(columns)}`,
  `do $$ declare t record; begin for t in select away from pg_temp.godwit_triggers loop execute t.away; end loop; end $$`,
]

export const triggersAgain = `do $$ declare t record; s text; begin
    for t in select made from pg_temp.godwit_triggers order by tgname loop foreach s in array t.made loop execute s; end loop; end loop;
  end $$`

/** Policies that name one of the columns. */
const policiesOver = (columns: string): string =>
  `pg_policy p where exists (select from pg_depend d join ${columns} c on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = c.num where d.classid = 'pg_policy'::regclass and d.objid = p.oid)`

export const policyNames = (columns: string): string => `select p.polname::text as name from ${policiesOver(columns)} order by 1`

/** With what is said about them. */
export const policiesAway = (columns: string): string[] => [
  `create temp table godwit_policies on commit drop as
    select p.polname, format('drop policy %I on %s', p.polname, p.polrelid::regclass) as away,
      array[format('create policy %I on %s as %s for %s to %s%s%s', p.polname, p.polrelid::regclass, case when p.polpermissive then 'permissive' else 'restrictive' end,
          case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
          (select string_agg(case o when 0 then 'public' else quote_ident(pg_get_userbyid(o)) end, ', ') from unnest(p.polroles) o),
          ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
        format('comment on policy %I on %s is %L', p.polname, p.polrelid::regclass, obj_description(p.oid, 'pg_policy'))] as made
    from ${policiesOver(columns)}`,
  `do $$ declare p record; begin for p in select away from pg_temp.godwit_policies loop execute p.away; end loop; end $$`,
]

export const policiesAgain = `do $$ declare p record; s text; begin
    for p in select made from pg_temp.godwit_policies order by polname loop foreach s in array p.made loop execute s; end loop; end loop;
  end $$`
