// What names a column by its number, and would go with the old one where the new one takes the place: views, and triggers that fire for
// a column. They are taken down and put up again in the transaction of the change, as they were.
import type { Hands } from '../../hands.ts'
import { literal, relation } from '../words.ts'
import type { Graph } from './graph.ts'

export interface Carried {
  readonly away: readonly string[]
  readonly back: readonly string[]
}

/** Table and columns, as a row source: `oid`, `num`. */
export const memberNumbers = ({ members }: Pick<Graph, 'members'>): string =>
  `(select a.attrelid as oid, a.attnum as num from pg_attribute a join (values ${members.map((m) => `(${relation(m.id)}, ${literal(m.column)})`).join(', ')}) m(oid, name) on a.attrelid = m.oid and a.attname = m.name)`

/** Triggers `of` one of the columns, with what is said about them and whether they fire. */
const triggers = (graph: Graph): string => `
  select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass) as away,
    to_json(array[pg_get_triggerdef(t.oid),
      format('alter table %s %s trigger %I', t.tgrelid::regclass, case t.tgenabled when 'D' then 'disable' when 'A' then 'enable always' when 'R' then 'enable replica' else 'enable' end, t.tgname),
      format('comment on trigger %I on %s is %L', t.tgname, t.tgrelid::regclass, obj_description(t.oid, 'pg_trigger'))])::text as back
  from pg_trigger t where not t.tgisinternal and exists (select from ${memberNumbers(graph)} c where c.oid = t.tgrelid and c.num = any (t.tgattr))
  order by t.tgname`

/** Every view over the columns, and over those views: the outermost last. */
export const viewsOver = (graph: Pick<Graph, 'members'>): string => `
  with recursive over(view, depth) as (
    select r.ev_class, 1 from pg_depend d join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass join ${memberNumbers(graph)} c on c.oid = d.refobjid and c.num = d.refobjsubid where d.refclassid = 'pg_class'::regclass and r.ev_class <> d.refobjid
    union select r.ev_class, o.depth + 1 from over o join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = o.view join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass where r.ev_class <> o.view)
  select view, max(depth) as depth from over group by view`

const views = (graph: Graph): string => `
  select format('drop view %s', v.oid::regclass) as away, to_json(array[
      format('create view %s%s as %s', v.oid::regclass, case when v.reloptions is null then '' else ' with (' || array_to_string(v.reloptions, ', ') || ')' end, rtrim(pg_get_viewdef(v.oid), ';')),
      format('alter view %s owner to %I', v.oid::regclass, pg_get_userbyid(v.relowner)),
      format('comment on view %s is %L', v.oid::regclass, obj_description(v.oid, 'pg_class')),
      ${nobodyElse}]
    || array(select format('comment on column %s.%I is %L', v.oid::regclass, a.attname, col_description(v.oid, a.attnum)) from pg_attribute a where a.attrelid = v.oid and col_description(v.oid, a.attnum) is not null)
    || array(select format('grant %s on %s to %s%s', g.privilege_type, v.oid::regclass, case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end, case when g.is_grantable then ' with grant option' else '' end)
        from aclexplode(v.relacl) g where g.grantee <> v.relowner)
    || array(select format('grant %s (%I) on %s to %s%s', g.privilege_type, a.attname, v.oid::regclass, case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end, case when g.is_grantable then ' with grant option' else '' end)
        from pg_attribute a, aclexplode(a.attacl) g where a.attrelid = v.oid))::text as back
  from (${viewsOver(graph)}) o join pg_class v on v.oid = o.view order by o.depth`

/** A new view may come with rights that somebody gives to all new ones. */
const nobodyElse = `format('do $do$ declare g record; begin for g in select distinct case grantee when 0 then ''public'' else quote_ident(pg_get_userbyid(grantee)) end as who from pg_class, aclexplode(relacl) where oid = %L::regclass and grantee <> relowner loop execute format(''revoke all on %%s from %%s'', %L, g.who); end loop; end $do$', v.oid::regclass, v.oid::regclass)`

export async function carriedBy(hands: Hands, graph: Graph): Promise<Carried> {
  const [shown, fired] = [await hands.target.ask(views(graph)), await hands.target.ask(triggers(graph))]
  return {
    away: [...shown.toReversed(), ...fired].map((row) => row['away']!),
    back: [...shown, ...fired].flatMap((row) => JSON.parse(row['back']!) as string[]),
  }
}
