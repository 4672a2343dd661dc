// What the tables of a graph have besides rows, line by line: the same after the change as before it, but for the types of the keys and for
// what has been put beside them. It is compared within the transaction of the change, which fails where a line is missing or has come to it.
import { literal, relation } from '../words.ts'
import type { Graph } from './graph.ts'
import { mostOf } from './numbers.ts'

const kept = 'pg_temp.godwit_catalogue'

export const catalogueNoted = (graph: Graph): string => `create temp table godwit_catalogue on commit drop as ${catalogue(graph)}`

export const catalogueCompared = (graph: Graph): string => `do $$ declare missing text; begin
    select string_agg(case was when true then 'gone: ' else 'new: ' end || line, E'\\n' order by line) into missing
      from (select coalesce(a.line, b.line) as line, a.line is not null as was from ${kept} a full join (${catalogue(graph)}) b on b.line = a.line where a.line is null or b.line is null limit 20) x;
    if missing is not null then raise exception using errcode = '42000', message = 'what hangs on the tables would not be as it was:' || E'\\n' || missing; end if;
  end $$`

/** Types of keys within definitions, and brackets that come with them, say nothing else than the type. */
const plain = (definition: string): string => `regexp_replace(${definition}, '::(bigint|integer|smallint|uuid)|[()'']', '', 'g')`
const ours = (name: string): string => `${name} ~ '^(zzz_)?godwit'`
const who = `case grantee when 0 then 'public' else pg_get_userbyid(grantee)::text end`
const rights = (acl: string): string =>
  `(select string_agg(${who} || '=' || privilege_type || is_grantable, ',' order by grantee, privilege_type) from aclexplode(${acl}))`

/** Rows of one column, `line`. */
export function catalogue({ members, tables }: Pick<Graph, 'members' | 'tables'>): string {
  const own = `(select oid from unnest(array[${tables.map(relation).join(', ')}]) t(oid))`
  const names = (of: 'column' | 'away') => `(values ${members.map((m) => `(${relation(m.id)}, ${literal(m[of])})`).join(', ')})`
  const isMember = `exists (select from ${names('column')} m(oid, name) where m.oid = a.attrelid and m.name = a.attname)`
  const isAway = (table: string, numbers: string) =>
    `exists (select from ${names('away')} m(oid, name) join pg_attribute g on g.attrelid = m.oid and g.attname = m.name where m.oid = ${table} and g.attnum = any (${numbers}))`
  return [
    `select concat_ws(' ', 'table', c.oid::regclass, pg_get_userbyid(c.relowner), ${rights('c.relacl')}, c.reloptions::text, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.reltablespace, obj_description(c.oid, 'pg_class')) as line from pg_class c where c.oid in ${own}`,
    `select concat_ws(' ', 'column', a.attrelid::regclass, a.attname, a.attnotnull, ${rights('a.attacl')}, nullif(to_jsonb(a) ->> 'attstattarget', '-1'), a.attoptions::text, col_description(a.attrelid, a.attnum),
        case when not ${isMember} then concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attidentity, a.attgenerated, (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = a.attrelid and adnum = a.attnum)) end)
      from pg_attribute a where a.attrelid in ${own} and a.attnum > 0 and not a.attisdropped and not ${ours('a.attname')} and not ${isAway('a.attrelid', 'array[a.attnum]')}`,
    `select concat_ws(' ', 'constraint', conrelid::regclass, conname, ${plain('pg_get_constraintdef(oid)')}, convalidated, condeferrable, condeferred, obj_description(oid, 'pg_constraint')) from pg_constraint
      where (conrelid in ${own} or confrelid in ${own}) and contype <> 'n' and not ${ours('conname')} and not ${isAway('conrelid', 'conkey')}`,
    `select concat_ws(' ', 'index', i.indrelid::regclass, x.relname, ${plain(`substring(pg_get_indexdef(i.indexrelid) from ' USING .*$')`)}, i.indisunique, i.indisprimary, i.indisvalid, i.indisreplident, i.indisclustered, x.reltablespace, obj_description(x.oid, 'pg_class'))
      from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid in ${own} and not ${ours('x.relname')} and not ${isAway('i.indrelid', 'i.indkey')}`,
    `select concat_ws(' ', 'trigger', tgrelid::regclass, pg_get_triggerdef(oid), tgenabled, obj_description(oid, 'pg_trigger')) from pg_trigger where tgrelid in ${own} and not tgisinternal and not ${ours('tgname')}`,
    `select concat_ws(' ', 'policy', polrelid::regclass, polname, polcmd, polpermissive, polroles::text, ${plain('pg_get_expr(polqual, polrelid)')}, ${plain('pg_get_expr(polwithcheck, polrelid)')}, obj_description(oid, 'pg_policy')) from pg_policy where polrelid in ${own}`,
    `select concat_ws(' ', 'statistics', stxrelid::regclass, stxname, stxowner, pg_get_statisticsobjdef(oid), obj_description(oid, 'pg_statistic_ext')) from pg_statistic_ext where stxrelid in ${own} and not ${isAway('stxrelid', 'stxkeys')}`,
    `select concat_ws(' ', 'rule', ev_class::regclass, rulename, ev_enabled, ${plain('pg_get_ruledef(oid)')}, obj_description(oid, 'pg_rewrite')) from pg_rewrite where ev_class in ${own} and rulename <> '_RETURN'`,
    `select concat_ws(' ', 'publication', pubname, prrelid::regclass, to_jsonb(r) ->> 'prattrs') from pg_publication_rel r join pg_publication p on p.oid = r.prpubid where prrelid in ${own}`,
    `select concat_ws(' ', 'view', v.oid::regclass, pg_get_userbyid(v.relowner), ${rights('v.relacl')}, v.reloptions::text, ${plain('pg_get_viewdef(v.oid)')}, obj_description(v.oid, 'pg_class')) from pg_class v
      where v.relkind = 'v' and v.oid in (select r.ev_class from pg_depend d join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid where d.refclassid = 'pg_class'::regclass and d.refobjid in ${own})`,
    `select concat_ws(' ', 'sequence', s.oid::regclass, pg_get_userbyid(s.relowner), ${rights('s.relacl')}, q.seqstart, q.seqincrement, nullif(q.seqmax, ${mostOf('q.seqtypid')}), q.seqmin, q.seqcache, q.seqcycle, obj_description(s.oid, 'pg_class')) from pg_sequence q join pg_class s on s.oid = q.seqrelid
      where exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i') and d.refobjid in ${own})`,
  ].join('\nunion all ')
}
