// The questions to the catalogue, each for all tables at once. All text comes from the server's own functions, under the pinned search_path:
// it names every object with its schema. to_jsonb(row)->>'column' reads a column that only newer servers have.

/** $1: LIKE patterns of `schema.name`, or null for all. */
export const relations = `
select c.oid::text as oid, n.nspname as schema, c.relname as name, c.relkind::text as kind, c.relispartition::text as is_partition,
  pg_get_userbyid(c.relowner) as owner, c.reltuples::text as estimate, pg_total_relation_size(c.oid)::text as bytes,
  c.relrowsecurity::text as row_security, obj_description(c.oid, 'pg_class') as comment,
  i.inhparent::text as parent, pg_get_expr(c.relpartbound, c.oid) as bound
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_inherits i on i.inhrelid = c.oid and c.relispartition
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'godwit') and n.nspname !~ '^pg_(toast|temp)'
  and ($1::text[] is null or n.nspname || '.' || c.relname like any ($1::text[]))
order by n.nspname collate "C", c.relname collate "C"`

// In all that follow, $1 is the tables' oids.

export const columns = `
select a.attrelid::text as relation, a.attname as name, (not a.attnotnull)::text as nullable,
  t.typname as type, t.typtype::text as type_kind, (tn.nspname = 'pg_catalog')::text as builtin, t.oid::text as type_oid,
  a.atttypmod::text as modifier, format_type(a.atttypid, a.atttypmod) as type_sql,
  e.typname as item, e.typtype::text as item_kind, (en.nspname = 'pg_catalog')::text as item_builtin, e.oid::text as item_oid,
  format_type(e.oid, a.atttypmod) as item_sql,
  a.attidentity::text as identity, a.attgenerated::text as generated, pg_get_expr(d.adbin, d.adrelid) as default,
  case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
  coalesce(draws.sequence, owns.sequence) as sequence, col_description(a.attrelid, a.attnum) as comment
from pg_attribute a
join pg_type t on t.oid = a.atttypid
join pg_namespace tn on tn.oid = t.typnamespace
left join pg_type e on e.oid = t.typelem and e.typarray = t.oid
left join pg_namespace en on en.oid = e.typnamespace
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
-- what its default calls nextval of, whoever owns that sequence
left join lateral (
  select min(p.refobjid::regclass::text) as sequence from pg_depend p join pg_class s on s.oid = p.refobjid and s.relkind = 'S'
  where p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
) draws on true
-- what belongs to it: identity, serial, or a sequence that only the application asks
left join lateral (
  select min(p.objid::regclass::text) as sequence from pg_depend p join pg_class s on s.oid = p.objid and s.relkind = 'S'
  where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum
    and p.deptype in ('a', 'i')
) owns on true
where a.attrelid = any ($1::oid[]) and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum`

export const enumLabels = `
select enumtypid::text as type_oid, json_agg(enumlabel order by enumsortorder)::text as labels from pg_enum group by enumtypid`

// Kinds are named, so that the not-null constraints of 18 stay out. A foreign key to a partitioned table has a copy of itself for
// every partition of that: those are left out, what a partition has from its parent is not.
export const constraints = `
select c.conrelid::text as relation, c.conname as name, c.contype::text as kind, c.condeferrable::text as deferrable,
  (c.convalidated and coalesce((to_jsonb(c)->>'conenforced')::bool, true))::text as validated,
  coalesce((to_jsonb(c)->>'conperiod')::bool, false)::text as over_time,
  (select json_agg(a.attname order by k.place) from unnest(c.conkey) with ordinality k(num, place)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.num)::text as columns,
  fn.nspname || '.' || f.relname as to,
  (select json_agg(a.attname order by k.place) from unnest(c.confkey) with ordinality k(num, place)
    join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.num)::text as to_columns,
  c.confdeltype::text as on_delete, c.confupdtype::text as on_update, c.confmatchtype::text as match,
  pg_get_expr(c.conbin, c.conrelid) as condition, pg_get_constraintdef(c.oid) as definition
from pg_constraint c
left join pg_class f on f.oid = c.confrelid and c.contype = 'f'
left join pg_namespace fn on fn.oid = f.relnamespace
left join pg_constraint above on above.oid = c.conparentid
where c.conrelid = any ($1::oid[]) and c.contype in ('p', 'f', 'c', 'x', 'u') and above.conrelid is distinct from c.conrelid
order by c.conrelid, c.conname collate "C"`

export const indexes = `
select i.indrelid::text as relation, c.relname as name, i.indisprimary::text as primary, i.indisunique::text as unique,
  (i.indisvalid and i.indisready)::text as valid, i.indisexclusion::text as exclusion, (not i.indimmediate)::text as deferrable,
  coalesce((to_jsonb(i)->>'indnullsnotdistinct')::bool, false)::text as nulls_not_distinct,
  pg_get_expr(i.indpred, i.indrelid) as where, (i.indexprs is not null)::text as has_expressions, pg_get_indexdef(i.indexrelid) as definition,
  (select json_agg(a.attname order by k.place) from unnest(i.indkey) with ordinality k(num, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num where k.place <= i.indnkeyatts)::text as columns,
  (select json_agg(pg_get_indexdef(i.indexrelid, k, false) order by k) from generate_series(1, i.indnkeyatts) k where i.indexprs is not null)::text as parts,
  (select json_agg(distinct a.attname) from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refclassid = 'pg_class'::regclass and d.refobjid = i.indrelid and d.refobjsubid > 0)::text as uses
from pg_index i
join pg_class c on c.oid = i.indexrelid
where i.indrelid = any ($1::oid[])
order by i.indrelid, c.relname collate "C"`

export const triggers = `
select tgrelid::text as relation, tgname as name, tgenabled::text as enabled, tgtype::text as type, pg_get_triggerdef(oid) as sql
from pg_trigger
where tgrelid = any ($1::oid[]) and not tgisinternal
order by tgrelid, tgname collate "C"`

export const server = `
select current_setting('server_version_num') as version, current_database() as database, current_user as "user"`
