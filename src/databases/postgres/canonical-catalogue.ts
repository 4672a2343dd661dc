// The catalogue in a form that two equal databases share: no oids, no physical order, no attribute numbers, privileges spelled out.
// Each question answers with `id` and, as jsonb text, `facts`. Left out, because no migration of ours reaches them: operators, casts,
// text search, foreign servers and user mappings, subscriptions, large objects, and whatever belongs to an extension.

/** A null list of privileges means the defaults: the two are written alike. */
const grants = (acl: string, kind: string, owner: string): string => grantsIn(`coalesce(${acl}, acldefault('${kind}', ${owner}))`)
const grantsIn = (acl: string): string => `(
  select coalesce(jsonb_agg(line order by line collate "C"), '[]') from (
    select format('%s %s%s by %s', coalesce(quote_ident(r.rolname), 'PUBLIC'), x.privilege_type,
      case when x.is_grantable then ' with grant option' else '' end, quote_ident(pg_get_userbyid(x.grantor))) as line
    from aclexplode(${acl}) x left join pg_roles r on r.oid = x.grantee) privileges)`

const sorted = (texts: string): string => `(select jsonb_agg(item order by item collate "C") from unnest(${texts}) item)`
const owner = (column: string): string => `pg_get_userbyid(${column})`
const ofNoExtension = (catalogue: string, oid: string): string =>
  `not exists (select from pg_depend m where m.classid = '${catalogue}'::regclass and m.objid = ${oid} and m.deptype = 'e')`
const inSchemas = 'n.nspname = any ($1::text[])'

export interface Question {
  readonly kind: string
  /** $1: the names of the schemas. */
  readonly sql: string
}

const schema = `
select format('%I', n.nspname) as id, jsonb_build_object('owner', ${owner('n.nspowner')}, 'grants', ${grants('n.nspacl', 'n', 'n.nspowner')},
  'comment', obj_description(n.oid, 'pg_namespace'))::text as facts
from pg_namespace n where ${inSchemas}`

const relation = `
select format('%I.%I', n.nspname, c.relname) as id, jsonb_build_object('kind', c.relkind, 'owner', ${owner('c.relowner')}, 'persistence', c.relpersistence,
  'options', ${sorted('c.reloptions')}, 'row_security', c.relrowsecurity, 'forced', c.relforcerowsecurity, 'replica_identity', c.relreplident,
  'access_method', am.amname, 'tablespace', ts.spcname, 'partition_key', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
  'partition_bound', pg_get_expr(c.relpartbound, c.oid),
  'parents', (select jsonb_agg(inhparent::regclass::text order by inhseqno) from pg_inherits where inhrelid = c.oid),
  'of_type', nullif(c.reloftype, 0)::regtype::text, 'definition', case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
  'populated', c.relispopulated, 'foreign', (select jsonb_build_object('server', s.srvname, 'options', ${sorted('f.ftoptions')})
    from pg_foreign_table f join pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = c.oid),
  'grants', ${grants('c.relacl', 'r', 'c.relowner')}, 'comment', obj_description(c.oid, 'pg_class'))::text as facts
from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_am am on am.oid = c.relam left join pg_tablespace ts on ts.oid = c.reltablespace
where ${inSchemas} and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${ofNoExtension('pg_class', 'c.oid')}`

/**
 * n_distinct is the only option of a column that Postgres documents. Some builds keep numbers of their own there (`pg_attver` in the
 * Postgres 15 that this was written beside: another for each table that is made), which say nothing of what the table is.
 */
const statedByPeople = `array(select o from unnest(a.attoptions) o where o like 'n\\_distinct%')`

const column = `
select format('%I.%I.%I', n.nspname, c.relname, a.attname) as id, jsonb_build_object(
  'place', row_number() over (partition by c.oid order by a.attnum), 'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
  'default', pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity, 'generated', a.attgenerated,
  'collation', nullif(a.attcollation, 0)::regcollation::text, 'storage', a.attstorage, 'compression', a.attcompression,
  'statistics', coalesce(a.attstattarget, -1), 'options', ${sorted(statedByPeople)}, 'local', a.attislocal, 'inherited', a.attinhcount,
  'grants', ${grantsIn('a.attacl')}, 'comment', col_description(c.oid, a.attnum))::text as facts
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where ${inSchemas} and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped and ${ofNoExtension('pg_class', 'c.oid')}`

// The not-null constraints of 18 stay out: the column says it. What enforces a foreign key can be switched off without a trace in its definition.
const constraint = `
select format('%I.%I.%I', n.nspname, c.relname, k.conname) as id, jsonb_build_object('definition', pg_get_constraintdef(k.oid),
  'valid', k.convalidated, 'local', k.conislocal, 'inherited', k.coninhcount, 'comment', obj_description(k.oid, 'pg_constraint'),
  'switched_off', (select count(*) from pg_trigger t where t.tgconstraint = k.oid and t.tgisinternal and t.tgenabled <> 'O'))::text as facts
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where ${inSchemas} and k.contype in ('p', 'u', 'f', 'c', 'x') and ${ofNoExtension('pg_class', 'c.oid')}`

const index = `
select format('%I.%I', n.nspname, x.relname) as id, jsonb_build_object('definition', pg_get_indexdef(i.indexrelid), 'valid', i.indisvalid,
  'clustered', i.indisclustered, 'replica_identity', i.indisreplident, 'comment', obj_description(x.oid, 'pg_class'))::text as facts
from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = x.relnamespace
where ${inSchemas} and ${ofNoExtension('pg_class', 'c.oid')}`

const sequence = `
select format('%I.%I', n.nspname, c.relname) as id, jsonb_build_object('type', format_type(s.seqtypid, null), 'start', s.seqstart, 'increment', s.seqincrement,
  'min', s.seqmin, 'max', s.seqmax, 'cache', s.seqcache, 'cycle', s.seqcycle, 'persistence', c.relpersistence, 'owner', ${owner('c.relowner')},
  'owned_by', (select format('%s.%I %s', d.refobjid::regclass, a.attname, d.deptype) from pg_depend d
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')),
  'grants', ${grants('c.relacl', 's', 'c.relowner')}, 'comment', obj_description(c.oid, 'pg_class'))::text as facts
from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
where ${inSchemas} and ${ofNoExtension('pg_class', 'c.oid')}`

const rule = `
select format('%I.%I.%I', n.nspname, c.relname, r.rulename) as id, jsonb_build_object('definition', pg_get_ruledef(r.oid), 'enabled', r.ev_enabled,
  'comment', obj_description(r.oid, 'pg_rewrite'))::text as facts
from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
where ${inSchemas} and r.rulename <> '_RETURN' and ${ofNoExtension('pg_class', 'c.oid')}`

const trigger = `
select format('%I.%I.%I', n.nspname, c.relname, t.tgname) as id, jsonb_build_object('definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled,
  'comment', obj_description(t.oid, 'pg_trigger'))::text as facts
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
where ${inSchemas} and not t.tgisinternal and ${ofNoExtension('pg_class', 'c.oid')}`

const policy = `
select format('%I.%I.%I', n.nspname, c.relname, p.polname) as id, jsonb_build_object('command', p.polcmd, 'permissive', p.polpermissive,
  'roles', ${sorted(`(select array_agg(case r when 0 then 'PUBLIC' else pg_get_userbyid(r)::text end) from unnest(p.polroles) r)`)},
  'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid), 'comment', obj_description(p.oid, 'pg_policy'))::text as facts
from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where ${inSchemas}`

const routine = `
select p.oid::regprocedure::text as id, jsonb_build_object('definition', case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end,
  'aggregate', (select to_jsonb(g) - 'aggfnoid' from pg_aggregate g where g.aggfnoid = p.oid), 'owner', ${owner('p.proowner')},
  'grants', ${grants('p.proacl', 'f', 'p.proowner')}, 'comment', obj_description(p.oid, 'pg_proc'))::text as facts
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${inSchemas} and ${ofNoExtension('pg_proc', 'p.oid')}`

// A table's own row type and the arrays come with what they are of.
const type = `
select format('%I.%I', n.nspname, t.typname) as id, jsonb_build_object('kind', t.typtype, 'owner', ${owner('t.typowner')},
  'labels', (select jsonb_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = t.oid),
  'attributes', (select jsonb_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) order by a.attnum) from pg_attribute a
    where a.attrelid = t.typrelid and t.typrelid <> 0 and a.attnum > 0 and not a.attisdropped),
  'base', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end, 'not_null', t.typnotnull, 'default', t.typdefault,
  'constraints', (select jsonb_agg(format('%I %s', k.conname, pg_get_constraintdef(k.oid)) order by k.conname collate "C")
    from pg_constraint k where k.contypid = t.oid and k.contype = 'c'),
  'range_of', (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid),
  'grants', ${grants('t.typacl', 'T', 't.typowner')}, 'comment', obj_description(t.oid, 'pg_type'))::text as facts
from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
where ${inSchemas} and t.typtype in ('b', 'd', 'e', 'c', 'r') and (c.oid is null or c.relkind = 'c') and ${ofNoExtension('pg_type', 't.oid')}
  and not exists (select from pg_type item where item.typarray = t.oid)`

const statistics = `
select format('%I.%I', n.nspname, s.stxname) as id, jsonb_build_object('definition', pg_get_statisticsobjdef(s.oid), 'owner', ${owner('s.stxowner')},
  'comment', obj_description(s.oid, 'pg_statistic_ext'))::text as facts
from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where ${inSchemas}`

const collation = `
select format('%I.%I', n.nspname, l.collname) as id, (to_jsonb(l) - array['oid', 'collnamespace', 'collowner', 'collversion']
  || jsonb_build_object('owner', ${owner('l.collowner')}))::text as facts
from pg_collation l join pg_namespace n on n.oid = l.collnamespace where ${inSchemas} and ${ofNoExtension('pg_collation', 'l.oid')}`

const defaultGrants = `
select format('%s in %s for %s', d.defaclobjtype, coalesce(quote_ident(n.nspname), 'all schemas'), quote_ident(${owner('d.defaclrole')})) as id,
  jsonb_build_object('grants', ${grantsIn('d.defaclacl')})::text as facts
from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace where n.oid is null or ${inSchemas}`

/** What lies in a schema. */
export const inSchemasOnly: readonly Question[] = Object.entries({
  schema,
  relation,
  column,
  constraint,
  index,
  sequence,
  rule,
  trigger,
  policy,
  routine,
  type,
  statistics,
  collation,
  'default grants': defaultGrants,
}).map(([kind, sql]) => ({ kind, sql }))

const extension = `
select format('%I', e.extname) as id, jsonb_build_object('version', e.extversion, 'schema', e.extnamespace::regnamespace::text)::text as facts
from pg_extension e`

const eventTrigger = `
select format('%I', e.evtname) as id, jsonb_build_object('event', e.evtevent, 'enabled', e.evtenabled, 'tags', ${sorted('e.evttags')},
  'calls', e.evtfoid::regprocedure::text, 'owner', ${owner('e.evtowner')})::text as facts
from pg_event_trigger e where ${ofNoExtension('pg_event_trigger', 'e.oid')}`

const publication = `
select format('%I', p.pubname) as id, (to_jsonb(p) - array['oid', 'pubowner'] || jsonb_build_object('owner', ${owner('p.pubowner')},
  'tables', (select jsonb_agg(r.prrelid::regclass::text order by r.prrelid::regclass::text collate "C") from pg_publication_rel r where r.prpubid = p.oid)))::text as facts
from pg_publication p`

const settings = `
select coalesce(quote_ident(r.rolname), 'all roles') as id, jsonb_build_object('settings', ${sorted('s.setconfig')})::text as facts
from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase and d.datname = current_database() left join pg_roles r on r.oid = s.setrole`

const database = `
select 'this one' as id, jsonb_build_object('owner', ${owner('d.datdba')}, 'grants', ${grants('d.datacl', 'd', 'd.datdba')},
  'comment', shobj_description(d.oid, 'pg_database'))::text as facts
from pg_database d where d.datname = current_database()`

/** What belongs to the database as a whole: asked for only where all its schemas are. */
export const ofTheDatabase: readonly Question[] = Object.entries({
  database,
  extension,
  'event trigger': eventTrigger,
  publication,
  settings,
}).map(([kind, sql]) => ({ kind, sql }))

export const schemaNames = `
select nspname as name from pg_namespace
where nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_(toast|temp)'
  and ($1::text[] is null or nspname = any ($1::text[])) and nspname <> all ($2::text[])
order by nspname collate "C"`

export const sequenceNames = `
select n.nspname as schema, c.relname as name, format('%I.%I', n.nspname, c.relname) as id, s.seqincrement::text as increment
from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
where ${inSchemas} and ${ofNoExtension('pg_class', 'c.oid')} order by format('%I.%I', n.nspname, c.relname) collate "C"`

/** Tables that hold rows of their own, with their columns in order, and what their rows can be ordered by: the key, else a unique index without gaps. */
export const tablesWithRows = `
select c.oid::text as oid, n.nspname as schema, c.relname as name, format('%I.%I', n.nspname, c.relname) as id,
  (select coalesce(json_agg(a.attname order by a.attnum), '[]') from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)::text as columns,
  (select json_agg(json_build_object('name', a.attname, 'type', t.typname, 'kind', t.typtype, 'builtin', t.typnamespace = 'pg_catalog'::regnamespace) order by k.place)
    from unnest(u.indkey) with ordinality k(num, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.num join pg_type t on t.oid = a.atttypid
    where k.place <= u.indnkeyatts)::text as key
from pg_class c join pg_namespace n on n.oid = c.relnamespace
left join lateral (
  select i.indkey, i.indnkeyatts from pg_index i join pg_class x on x.oid = i.indexrelid
  where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indimmediate and not i.indisexclusion and i.indpred is null and i.indexprs is null
    and not exists (select from unnest(i.indkey) num join pg_attribute a on a.attrelid = c.oid and a.attnum = num where not a.attnotnull)
  order by i.indisprimary desc, x.relname collate "C" limit 1
) u on true
where ${inSchemas} and (c.relkind = 'r' or (c.relkind = 'm' and c.relispopulated)) and ${ofNoExtension('pg_class', 'c.oid')}
order by format('%I.%I', n.nspname, c.relname) collate "C"`
