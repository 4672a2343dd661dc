// Schemas, extensions, types, collations, functions and sequences, as the statements that make them.
import type { Writing } from './statement.ts'

const schema: Writing = {
  kind: 'schema',
  class: 'pg_namespace',
  section: 'before',
  sql: `select 'pg_namespace ' || n.oid as key, format('schema %I', n.nspname) as what, json_build_array(format('create schema %I', n.nspname))::text as sql,
    format('to_regnamespace(%L) is not null', quote_ident(n.nspname)) as there from pg_namespace n where n.oid = any ($1::oid[])`,
}

const extension: Writing = {
  kind: 'extension',
  class: 'pg_extension',
  section: 'before',
  sql: `select 'pg_extension ' || e.oid as key, format('extension %I', e.extname) as what, format('extension %I', e.extname) as line,
    json_build_array(format('create extension %I with schema %I version %L', e.extname, n.nspname, e.extversion))::text as sql,
    format('exists (select from pg_extension where extname = %L)', e.extname) as there
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.oid = any ($1::oid[])`,
}

const collated = (collation: string, type: string): string =>
  `case when ${collation} <> 0 and ${collation} <> (select y.typcollation from pg_type y where y.oid = ${type}) then ' collate ' || ${collation}::regcollation else '' end`

const collation: Writing = {
  kind: 'collation',
  class: 'pg_collation',
  section: 'before',
  sql: `select 'pg_collation ' || l.oid as key, format('collation %s', l.oid::regcollation) as what,
    json_build_array(format('create collation %s (provider = %s, %s, deterministic = %s%s)', l.oid::regcollation, case l.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
      case when l.collprovider = 'c' then format('lc_collate = %L, lc_ctype = %L', l.collcollate, l.collctype)
        else format('locale = %L', coalesce(to_jsonb(l)->>'colllocale', to_jsonb(l)->>'colliculocale', l.collcollate)) end,
      l.collisdeterministic::text, coalesce(', rules = ' || quote_literal(to_jsonb(l)->>'collicurules'), '')))::text as sql,
    format('to_regcollation(%L) is not null', l.oid::regcollation) as there from pg_collation l where l.oid = any ($1::oid[])`,
}

const named = `format_type(t.oid, null)`

/** Base types are written in C, and a range with a function that makes it canonical needs its type before it is there: these are listed as left. */
const type: Writing = {
  kind: 'type',
  class: 'pg_type',
  section: 'before',
  sql: `select 'pg_type ' || t.oid as key, format('type %s', ${named}) as what, format('to_regtype(%L) is not null', ${named}) as there,
    json_build_array('pg_class ' || nullif(t.typrelid, 0), 'pg_type ' || nullif(t.typarray, 0))::text as also,
    json_build_array(case t.typtype
      when 'e' then format('create type %s as enum (%s)', ${named}, coalesce((select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), ''))
      when 'c' then format('create type %s as (%s)', ${named}, coalesce((select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) || ${collated('a.attcollation', 'a.atttypid')}, ', ' order by a.attnum)
        from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), ''))
      when 'd' then format('create domain %s as %s', ${named}, format_type(t.typbasetype, t.typtypmod)) || ${collated('t.typcollation', 't.typbasetype')}
        || coalesce(' default ' || pg_get_expr(t.typdefaultbin, 'pg_type'::regclass), ' default ' || quote_literal(t.typdefault), '') || case when t.typnotnull then ' not null' else '' end
      else (select format('create type %s as range (subtype = %s, subtype_opclass = %I.%I%s%s, multirange_type_name = %s)', ${named}, format_type(r.rngsubtype, null), on_.nspname, o.opcname,
          case when r.rngcollation <> 0 then ', collation = ' || r.rngcollation::regcollation else '' end,
          case when r.rngsubdiff <> 0 then ', subtype_diff = ' || r.rngsubdiff::regproc else '' end, format_type(r.rngmultitypid, null))
        from pg_range r join pg_opclass o on o.oid = r.rngsubopc join pg_namespace on_ on on_.oid = o.opcnamespace where r.rngtypid = t.oid) end)::text as sql
    from pg_type t where t.oid = any ($1::oid[]) and not exists (select from pg_range r where r.rngtypid = t.oid and r.rngcanonical <> 0)
      and (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c')))`,
}

const domainCheck: Writing = {
  kind: 'domain check',
  class: 'pg_type',
  section: 'before',
  sql: `select 'pg_constraint ' || k.oid as key, 'pg_type ' || t.oid as part, json_build_array('pg_type ' || t.oid)::text as hangs, format('constraint %I of %s', k.conname, ${named}) as what,
    json_build_array(format('alter domain %s add constraint %I %s', ${named}, k.conname, pg_get_constraintdef(k.oid)))::text as sql
    from pg_constraint k join pg_type t on t.oid = k.contypid where t.oid = any ($1::oid[]) and k.contype = 'c'`,
}

/** What makes values of a range comes with the range. */
const routine: Writing = {
  kind: 'function',
  class: 'pg_proc',
  section: 'before',
  sql: `select 'pg_proc ' || p.oid as key, format('function %s', p.oid::regprocedure) as what, json_build_array(pg_get_functiondef(p.oid))::text as sql,
    format('to_regprocedure(%L) is not null', p.oid::regprocedure) as there from pg_proc p where p.oid = any ($1::oid[]) and p.prokind <> 'a'
      and not exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')`,
}

/** What an identity draws from is made with its column. */
const plainSequence = `not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i' and d.refobjsubid > 0)`

const sequence: Writing = {
  kind: 'sequence',
  class: 'pg_class',
  section: 'before',
  sql: `select 'pg_class ' || c.oid as key, format('sequence %s', c.oid::regclass) as what, format('to_regclass(%L) is not null', c.oid::regclass) as there,
    json_build_array(format('create %ssequence %s as %s increment by %s minvalue %s maxvalue %s start with %s cache %s%s', case c.relpersistence when 'u' then 'unlogged ' else '' end,
      c.oid::regclass, format_type(s.seqtypid, null), s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, case when s.seqcycle then ' cycle' else '' end))::text as sql
    from pg_sequence s join pg_class c on c.oid = s.seqrelid where c.oid = any ($1::oid[]) and ${plainSequence}`,
}

const sequenceOwner: Writing = {
  kind: 'sequence of a column',
  class: 'pg_class',
  section: 'before',
  sql: `select 'owned ' || c.oid as key, 'pg_class ' || c.oid as part, json_build_array('pg_class ' || c.oid, 'pg_class ' || d.refobjid)::text as hangs, format('sequence %s of %s', c.oid::regclass, d.refobjid::regclass) as what,
    format('to_regclass(%L) is not null', d.refobjid::regclass) as given,
    json_build_array(format('alter sequence %s owned by %s.%I', c.oid::regclass, d.refobjid::regclass, a.attname))::text as sql
    from pg_class c join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.refobjsubid > 0
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where c.relkind = 'S' and c.oid = any ($1::oid[])`,
}

export const typeWritings: readonly Writing[] = [schema, extension, collation, type, domainCheck, routine, sequence, sequenceOwner]
