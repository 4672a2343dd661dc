// Tables and views, as the statements that make them: bare first, so that what hangs on one another can be made at all.
import type { Writing } from './statement.ts'

const id = 'c.oid::regclass'
const column = `format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
  || case when a.attcollation <> 0 and a.attcollation <> y.typcollation then ' collate ' || a.attcollation::regcollation else '' end
  || case a.attgenerated when 's' then format(' generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid)) when 'v' then format(' generated always as (%s) virtual', pg_get_expr(d.adbin, d.adrelid)) else '' end
  || coalesce((select format(' generated %s as identity (sequence name %s start with %s increment by %s minvalue %s maxvalue %s cache %s%s)', case a.attidentity when 'a' then 'always' else 'by default' end,
      s.seqrelid::regclass, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, case when s.seqcycle then ' cycle' else '' end)
    from pg_depend o join pg_sequence s on s.seqrelid = o.objid where o.classid = 'pg_class'::regclass and o.refclassid = 'pg_class'::regclass and o.refobjid = c.oid and o.refobjsubid = a.attnum and o.deptype = 'i'), '')
  || case when a.attnotnull then ' not null' else '' end`

/** What a row of it, a list of such rows, and what it computes are called in the catalogue: all of it comes with the table. */
const along = `(select json_agg(k) from (select 'pg_type ' || c.reltype as k union all select 'pg_type ' || w.typarray from pg_type w where w.oid = c.reltype
  union all select 'pg_attrdef ' || g.oid from pg_attrdef g join pg_attribute b on b.attrelid = g.adrelid and b.attnum = g.adnum and b.attgenerated <> '' where g.adrelid = c.oid
  union all select 'pg_rewrite ' || w.oid from pg_rewrite w where w.ev_class = c.oid and w.rulename = '_RETURN'
  union all select 'pg_class ' || o.objid from pg_depend o where o.classid = 'pg_class'::regclass and o.refclassid = 'pg_class'::regclass and o.refobjid = c.oid and o.refobjsubid > 0 and o.deptype = 'i') x)::text`

const table: Writing = {
  kind: 'table',
  class: 'pg_class',
  section: 'before',
  sql: `select 'pg_class ' || c.oid as key, ${along} as also, format('table %s', ${id}) as what, ${id}::text as of, format('to_regclass(%L) is not null', ${id}) as there,
    (select json_agg('pg_class ' || i.inhparent) from pg_inherits i where i.inhrelid = c.oid and not c.relispartition)::text as hangs,
    json_build_array(format('create %stable %s (%s)', case c.relpersistence when 'u' then 'unlogged ' else '' end, ${id},
      (select string_agg(${column}, ', ' order by a.attnum) from pg_attribute a join pg_type y on y.oid = a.atttypid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum and a.attgenerated <> ''
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and (a.attislocal or c.relispartition)))
      || coalesce((select format(' inherits (%s)', string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno)) from pg_inherits i where i.inhrelid = c.oid and not c.relispartition having count(*) > 0), '')
      || case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(c.oid) else '' end
      || coalesce((select ' using ' || quote_ident(am.amname) from pg_am am where am.oid = c.relam and am.amname <> 'heap'), '')
      || coalesce((select format(' with (%s)', string_agg(option, ', ')) from (select unnest(c.reloptions) as option
        union all select 'toast.' || unnest(t.reloptions) from pg_class t where t.oid = c.reltoastrelid) o having count(*) > 0), ''))::text as sql
    from pg_class c where c.oid = any ($1::oid[]) and c.relkind in ('r', 'p')`,
}

/** What a child adds to columns that it has from its parents. */
const inheritedNotNull: Writing = {
  kind: 'column that must be filled',
  class: 'pg_class',
  section: 'before',
  sql: `select 'not null ' || c.oid || ' ' || a.attnum as key, 'pg_class ' || c.oid as part, ${id}::text as of, json_build_array('pg_class ' || c.oid)::text as hangs, format('column %I of %s', a.attname, ${id}) as what,
    json_build_array(format('alter table only %s alter column %I set not null', ${id}, a.attname))::text as sql
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.attislocal
    where c.oid = any ($1::oid[]) and c.relkind = 'r' and not c.relispartition`,
}

const partition: Writing = {
  kind: 'partition',
  class: 'pg_class',
  section: 'before',
  sql: `select 'attached ' || c.oid as key, 'pg_class ' || c.oid as part, ${id}::text as of, json_build_array('pg_class ' || c.oid, 'pg_class ' || i.inhparent)::text as hangs,
    format('partition %s of %s', ${id}, i.inhparent::regclass) as what, format('to_regclass(%L) is not null', i.inhparent::regclass) as given,
    json_build_array(format('alter table only %s attach partition %s %s', i.inhparent::regclass, ${id}, pg_get_expr(c.relpartbound, c.oid)))::text as sql
    from pg_class c join pg_inherits i on i.inhrelid = c.oid where c.oid = any ($1::oid[]) and c.relispartition and c.relkind in ('r', 'p')`,
}

const ofType: Writing = {
  kind: 'type of a table',
  class: 'pg_class',
  section: 'before',
  sql: `select 'typed ' || c.oid as key, 'pg_class ' || c.oid as part, ${id}::text as of, json_build_array('pg_class ' || c.oid, 'pg_type ' || c.reloftype)::text as hangs, format('type of %s', ${id}) as what,
    json_build_array(format('alter table only %s of %s', ${id}, format_type(c.reloftype, null)))::text as sql from pg_class c where c.oid = any ($1::oid[]) and c.reloftype <> 0`,
}

const columnSettings: Writing = {
  kind: 'settings of a column',
  class: 'pg_class',
  section: 'before',
  sql: `select 'settings ' || c.oid || ' ' || a.attnum as key, 'pg_class ' || c.oid as part, ${id}::text as of, json_build_array('pg_class ' || c.oid)::text as hangs, format('column %I of %s', a.attname, ${id}) as what,
    (select json_agg(format('alter table only %s alter column %I ', ${id}, a.attname) || x.set) from (
      select 'set storage ' || case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end as set where a.attstorage <> y.typstorage and c.relkind in ('r', 'p', 'm')
      union all select 'set compression ' || case a.attcompression when 'p' then 'pglz' else 'lz4' end where a.attcompression <> ''
      union all select 'set statistics ' || a.attstattarget where a.attstattarget >= 0
      union all select format('set (%s)', o) from unnest(a.attoptions) o where o like 'n\\_distinct%') x)::text as sql
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped join pg_type y on y.oid = a.atttypid
    where c.oid = any ($1::oid[]) and c.relkind in ('r', 'p', 'm')
      and ((a.attstorage <> y.typstorage) or a.attcompression <> '' or a.attstattarget >= 0 or exists (select from unnest(a.attoptions) o where o like 'n\\_distinct%'))`,
}

const view: Writing = {
  kind: 'view',
  class: 'pg_class',
  section: 'before',
  sql: `select 'pg_class ' || c.oid as key, ${along} as also, format('%s %s', case c.relkind when 'v' then 'view' else 'materialized view' end, ${id}) as what, format('to_regclass(%L) is not null', ${id}) as there,
    json_build_array(format('create %s %s%s%s as %s%s', case c.relkind when 'v' then 'view' else 'materialized view' end, ${id},
      coalesce((select ' using ' || quote_ident(am.amname) from pg_am am where am.oid = c.relam and am.amname <> 'heap'), ''),
      coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''), rtrim(pg_get_viewdef(c.oid), '; '), case c.relkind when 'm' then ' with no data' else '' end))::text as sql
    from pg_class c where c.oid = any ($1::oid[]) and c.relkind in ('v', 'm')`,
}

const refresh: Writing = {
  kind: 'rows of a materialized view',
  class: 'pg_class',
  section: 'after',
  sql: `select 'filled ' || c.oid as key, 'pg_class ' || c.oid as part, json_build_array('pg_class ' || c.oid)::text as hangs, format('rows of the materialized view %s', ${id}) as what,
    json_build_array(format('refresh materialized view %s', ${id}))::text as sql from pg_class c where c.oid = any ($1::oid[]) and c.relkind = 'm' and c.relispopulated`,
}

const defaultValue: Writing = {
  kind: 'default',
  class: 'pg_class',
  section: 'before',
  sql: `select 'pg_attrdef ' || d.oid as key, 'pg_class ' || c.oid as part, case when c.relkind <> 'v' then ${id}::text end as of, json_build_array('pg_class ' || c.oid)::text as hangs, format('default of %I in %s', a.attname, ${id}) as what,
    json_build_array(format('alter table %s%s alter column %I set default %s', case c.relkind when 'v' then '' else 'only ' end, ${id}, a.attname, pg_get_expr(d.adbin, d.adrelid)))::text as sql
    from pg_attrdef d join pg_class c on c.oid = d.adrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum where c.oid = any ($1::oid[]) and a.attgenerated = '' and c.relkind in ('r', 'p', 'v')`,
}

export const tableWritings: readonly Writing[] = [table, inheritedNotNull, partition, ofType, columnSettings, view, defaultValue, refresh]
