// Views over columns that change places or their type: dropped and made again within the same transaction, each as it was, in the order in
// which they read each other. Nobody sees them gone, and nothing is dropped that was not written down a statement before.
import type { Hands } from '../hands.ts'
import { reasonsOf } from './move.ts'
import { literal } from './words.ts'

/** Views that read one of the columns (a row source of `oid`, `num`), and views that read those: `oid`, `depth`, the outermost last. */
const reading = (columns: string): string => `
  with recursive uses as (
    select r.ev_class as by, d.refobjid as of, d.refobjsubid as num from pg_depend d join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
      where d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
  ), found as (
    select u.by, 1 as depth from uses u join ${columns} c on u.of = c.oid and u.num = c.num
    union select u.by, f.depth + 1 from uses u join found f on u.of = f.by
  )
  select by as oid, max(depth) as depth from found group by by`

/** Their names, as Postgres writes them. */
export const viewNames = (columns: string): string =>
  `select v.oid::regclass::text as name from (${reading(columns)}) v order by v.depth, 1`

/** What a view may have that is not written down here. `what`: the columns, in a word. */
export const viewsAgainst = (hands: Hands, columns: string, what: string): Promise<readonly string[]> => {
  const reads = literal(` reads ${what}`)
  const view = `'view ' || v.oid::regclass || ${reads}`
  return reasonsOf(
    hands,
    `with views as (${reading(columns)})
      select 'materialized view ' || oid::regclass || ${reads} as reason from views join pg_class using (oid) where relkind = 'm'
      union all select 'table ' || oid::regclass || ' has a rule that' || ${reads} from views join pg_class using (oid) where relkind not in ('v', 'm')
      union all select ${view} || ', and has a rule of its own' from views v join pg_rewrite r on r.ev_class = v.oid and r.rulename <> '_RETURN'
      union all select ${view} || ', and has trigger ' || tgname from views v join pg_trigger t on t.tgrelid = v.oid
      union all select ${view} || ', and has defaults of its own' from views v where exists (select from pg_attrdef where adrelid = v.oid)
      union all select ${view} || ', and extension ' || extname || ' has made that' from views v join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = v.oid and d.deptype = 'e' join pg_extension e on e.oid = d.refobjid
      union all select distinct ${view} || ', and function ' || d.objid::regprocedure || ' takes or gives its rows'
        from views v join pg_type t on t.typrelid = v.oid join pg_depend d on d.classid = 'pg_proc'::regclass and d.refclassid = 'pg_type'::regclass and d.refobjid in (t.oid, t.typarray)
      union all select distinct ${view} || ', and function ' || d.objid::regprocedure || ' names that'
        from views v join pg_depend d on d.classid = 'pg_proc'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = v.oid
      union all select distinct ${view} || ', and column ' || a.attname || ' of ' || a.attrelid::regclass || ' has its rows in it'
        from views v join pg_type t on t.typrelid = v.oid join pg_attribute a on a.atttypid in (t.oid, t.typarray) and not a.attisdropped
      union all select ${view} || ', and policy ' || polname || ' reads that'
        from views v join pg_depend d on d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = v.oid join pg_policy p on p.oid = d.objid
      union all select ${view} || ', and has a label' from views v join pg_seclabel l on l.classoid = 'pg_class'::regclass and l.objoid = v.oid`,
  )
}

const kept = 'pg_temp.godwit_views'
const who = (grantee: string) => `case ${grantee} when 0 then 'public' else quote_ident(pg_get_userbyid(${grantee})) end`
const passedOn = (g: string) => `case when ${g}.is_grantable then ' with grant option' else '' end`

/** Written down as the statements that make them, and dropped: those that read others first. */
export const viewsAway = (columns: string): string[] => [
  `create temp table godwit_views on commit drop as select v.depth, format('%I.%I', n.nspname, c.relname) as name,
      array[format('create view %I.%I%s as %s', n.nspname, c.relname, ' with (' || array_to_string(c.reloptions, ', ') || ')', pg_get_viewdef(c.oid)),
        format('alter view %I.%I owner to %I', n.nspname, c.relname, pg_get_userbyid(c.relowner)),
        format('comment on view %I.%I is %L', n.nspname, c.relname, obj_description(c.oid, 'pg_class'))]
      || array(select format('comment on column %I.%I.%I is %L', n.nspname, c.relname, attname, col_description(c.oid, attnum)) from pg_attribute where attrelid = c.oid and col_description(c.oid, attnum) is not null)
      || array(select distinct format('revoke all on %I.%I from %s', n.nspname, c.relname, ${who('g.grantee')}) from pg_default_acl, aclexplode(defaclacl) g where defaclobjtype = 'r' and g.grantee <> c.relowner)
      || array(select format('revoke all on %I.%I from %I', n.nspname, c.relname, pg_get_userbyid(c.relowner)) where c.relacl is not null)
      || array(select format('grant %s on %I.%I to %s%s', g.privilege_type, n.nspname, c.relname, ${who('g.grantee')}, ${passedOn('g')}) from aclexplode(c.relacl) g)
      || array(select format('grant %s (%I) on %I.%I to %s%s', g.privilege_type, attname, n.nspname, c.relname, ${who('g.grantee')}, ${passedOn('g')}) from pg_attribute a, aclexplode(a.attacl) g where a.attrelid = c.oid) as made
    from (${reading(columns)}) v join pg_class c using (oid) join pg_namespace n on n.oid = c.relnamespace`,
  `do $$ declare v record; begin for v in select name from ${kept} order by depth desc, name loop execute 'drop view ' || v.name || ' restrict'; end loop; end $$`,
]

export const viewsAgain = `do $$ declare v record; s text; begin
    for v in select made from ${kept} order by depth, name loop foreach s in array v.made loop execute s; end loop; end loop;
  end $$`
