// Whose things are, who may use them, and what is said of them. They belong to roles that may not be everywhere: so they may be refused, and are told then.
import type { Writing } from './statement.ts'

/** Postgres' own name of an object, in the words of its statements. $1: the oids of a class. */
const objects = (from: string, catalogue: string, oid: string): string =>
  `${from} cross join lateral pg_identify_object('${catalogue}'::regclass, ${oid}, 0) as o`

const named = (kind: string): string =>
  `case ${kind} when 'statistics object' then 'statistics' when 'aggregate' then 'function' else ${kind} end`

interface Owned {
  readonly class: string
  readonly from: string
  readonly oid: string
  readonly owner: string
  /** Its privileges, the letter for their defaults, and the word in GRANT. */
  readonly acl?: { readonly list: string; readonly word: string }
  readonly where?: string
}

const owned: readonly Owned[] = [
  {
    class: 'pg_namespace',
    from: 'pg_namespace n',
    oid: 'n.oid',
    owner: 'n.nspowner',
    acl: { list: 'n.nspacl', word: `'schema'` },
  },
  {
    class: 'pg_type',
    from: 'pg_type t',
    oid: 't.oid',
    owner: 't.typowner',
    acl: { list: 't.typacl', word: `'type'` },
    where: `(t.typtype in ('e', 'd') or (t.typtype = 'r' and not exists (select from pg_range r where r.rngtypid = t.oid and r.rngcanonical <> 0)) or exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))`,
  },
  {
    class: 'pg_proc',
    from: 'pg_proc p',
    oid: 'p.oid',
    owner: 'p.proowner',
    acl: { list: 'p.proacl', word: `case p.prokind when 'p' then 'procedure' else 'function' end` },
    where: `p.prokind <> 'a'`,
  },
  {
    class: 'pg_class',
    from: 'pg_class r',
    oid: 'r.oid',
    owner: 'r.relowner',
    acl: { list: 'r.relacl', word: `case r.relkind when 'S' then 'sequence' else 'table' end` },
    where: `r.relkind in ('r', 'p', 'v', 'm', 'S')`,
  },
  { class: 'pg_collation', from: 'pg_collation l', oid: 'l.oid', owner: 'l.collowner' },
]

/** A sequence of a column is whose the table is. */
const ownersOwn = `not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = %s and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and d.refobjsubid > 0 and exists (select from pg_class s where s.oid = %s and s.relkind = 'S'))`

const tableOf = (o: Owned): string =>
  o.class === 'pg_class' ? `case when r.relkind in ('r', 'p') then r.oid::regclass::text end` : 'null::text'

const ownerOf = (o: Owned): Writing => ({
  kind: 'owner',
  class: o.class,
  section: 'last',
  optional: true,
  sql: `select 'owner ${o.class} ' || ${o.oid} as key, '${o.class} ' || ${o.oid} as part, ${tableOf(o)} as of, format('owner of %s %s', o.type, o.identity) as what,
    json_build_array(format('alter %s %s owner to %I', ${named('o.type')}, o.identity, pg_get_userbyid(${o.owner})))::text as sql
    from ${objects(o.from, o.class, o.oid)} where ${o.oid} = any ($1::oid[]) and ${o.where ?? 'true'}${o.class === 'pg_class' ? ` and ${ownersOwn.replaceAll('%s', o.oid)}` : ''}`,
})

const to = `case x.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end`
/** Who has granted it may be another than the owner, and can then only be so again as that role. */
const granted = (what: string, owner: string): string =>
  `case when x.grantor <> ${owner} then json_build_array(format('set local role %I', pg_get_userbyid(x.grantor)), ${what}, 'reset role') else json_build_array(${what}) end`
const flat = (lists: string): string =>
  `(select jsonb_agg(s order by n, m) from (${lists}) l(list, n), jsonb_array_elements(l.list::jsonb) with ordinality e(s, m))`

/** The whole list, with nothing that a default would add. */
const grantsOf = (o: Owned): Writing => ({
  kind: 'grants',
  class: o.class,
  section: 'last',
  optional: true,
  sql: `select 'grants ${o.class} ' || ${o.oid} as key, '${o.class} ' || ${o.oid} as part, ${tableOf(o)} as of, json_build_array('owner ${o.class} ' || ${o.oid})::text as hangs, format('grants on %s %s', o.type, o.identity) as what,
    (jsonb_build_array(format('revoke all on %s %s from public', ${o.acl!.word}, o.identity), format('revoke all on %s %s from %I', ${o.acl!.word}, o.identity, pg_get_userbyid(${o.owner}))) || coalesce(
      ${flat(`select ${granted(`format('grant %s on %s %s to %s%s', x.privilege_type, ${o.acl!.word}, o.identity, ${to}, case when x.is_grantable then ' with grant option' else '' end)`, o.owner)}, (x.grantor <> ${o.owner})::int * 1000 + x.n
        from aclexplode(${o.acl!.list}) with ordinality x(grantor, grantee, privilege_type, is_grantable, n)`)}, '[]'))::text as sql
    from ${objects(o.from, o.class, o.oid)} where ${o.oid} = any ($1::oid[]) and ${o.acl!.list} is not null and ${o.where ?? 'true'}`,
})

const columnGrants: Writing = {
  kind: 'grants',
  class: 'pg_class',
  section: 'last',
  optional: true,
  sql: `select 'grants column ' || c.oid || ' ' || a.attnum as key, 'pg_class ' || c.oid as part, case when c.relkind in ('r', 'p') then c.oid::regclass::text end as of, json_build_array('grants pg_class ' || c.oid, 'owner pg_class ' || c.oid)::text as hangs,
    format('grants on column %I of %s', a.attname, c.oid::regclass) as what,
    ${flat(`select ${granted(`format('grant %s (%I) on table %s to %s%s', x.privilege_type, a.attname, c.oid::regclass, ${to}, case when x.is_grantable then ' with grant option' else '' end)`, 'c.relowner')}, (x.grantor <> c.relowner)::int * 1000 + x.n
      from aclexplode(a.attacl) with ordinality x(grantor, grantee, privilege_type, is_grantable, n)`)}::text as sql
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped where c.oid = any ($1::oid[]) and c.relkind in ('r', 'p', 'v', 'm') and cardinality(a.attacl) > 0`,
}

const tablespace: Writing = {
  kind: 'tablespace',
  class: 'pg_class',
  section: 'before',
  optional: true,
  sql: `select 'tablespace ' || c.oid as key, 'pg_class ' || c.oid as part, c.oid::regclass::text as of, json_build_array('pg_class ' || c.oid)::text as hangs, format('tablespace of %s', c.oid::regclass) as what,
    json_build_array(format('alter table only %s set tablespace %I', c.oid::regclass, s.spcname))::text as sql
    from pg_class c join pg_tablespace s on s.oid = c.reltablespace where c.oid = any ($1::oid[]) and c.relkind in ('r', 'p')`,
}

const defaultGrants: Writing = {
  kind: 'default grants',
  class: 'pg_default_acl',
  section: 'last',
  optional: true,
  sql: `select 'pg_default_acl ' || d.oid as key, format('default grants of %I%s', pg_get_userbyid(d.defaclrole), coalesce(' in ' || quote_ident(n.nspname), '')) as what,
    (case when n.oid is null then jsonb_build_array(format('alter default privileges for role %I revoke all on %s from public, %I', pg_get_userbyid(d.defaclrole), t.word, pg_get_userbyid(d.defaclrole))) else '[]' end || coalesce(
      ${flat(`select json_build_array(format('alter default privileges for role %I%s grant %s on %s to %s%s', pg_get_userbyid(d.defaclrole), coalesce(' in schema ' || quote_ident(n.nspname), ''), x.privilege_type, t.word, ${to}, case when x.is_grantable then ' with grant option' else '' end)), x.n
        from aclexplode(d.defaclacl) with ordinality x(grantor, grantee, privilege_type, is_grantable, n)`)}, '[]'))::text as sql
    from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
    cross join lateral (select case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end as word) t where d.oid = any ($1::oid[])`,
}

interface Commented {
  /** $1 are oids of this class. */
  readonly class: string
  /** What the comment is on: its class, its oid, and what it is a part of. */
  readonly on: string
  readonly from: string
  readonly part: string
}

const inItself = (catalogue: string): Commented => ({
  class: catalogue,
  on: catalogue,
  from: `select x.oid, x.oid as whole from ${catalogue} x`,
  part: catalogue,
})
/** What hangs on tables and domains is found by these. */
const inWhole = (catalogue: string, whole: string, of = 'pg_class'): Commented => ({
  class: of,
  on: catalogue,
  from: `select x.oid, x.${whole} as whole from ${catalogue} x`,
  part: of,
})

const commented: readonly Commented[] = [
  ...['pg_namespace', 'pg_extension', 'pg_type', 'pg_proc', 'pg_class', 'pg_collation'].map(inItself),
  inWhole('pg_constraint', 'contypid', 'pg_type'),
  inWhole('pg_constraint', 'conrelid'),
  inWhole('pg_trigger', 'tgrelid'),
  inWhole('pg_rewrite', 'ev_class'),
  inWhole('pg_policy', 'polrelid'),
  inWhole('pg_statistic_ext', 'stxrelid'),
]

const indexes = `union all select x.indexrelid, x.indrelid from pg_index x`

const commentOn = (c: Commented): Writing => ({
  kind: 'comment',
  class: c.class,
  section: 'last',
  optional: true,
  sql: `select 'comment ${c.on} ' || d.objoid || ' ' || d.objsubid as key, '${c.part} ' || w.whole as part, json_build_array('${c.on} ' || d.objoid, 'owner ${c.part} ' || w.whole)::text as hangs,
    ${c.part === 'pg_class' ? `(select t.oid::regclass::text from pg_class t where t.oid = w.whole and t.relkind in ('r', 'p'))` : 'null::text'} as of, format('comment on %s %s', o.type, o.identity) as what,
    json_build_array(format('comment on %s %s is %L', case when o.type like '% column' then 'column' when o.type like '%constraint' then 'constraint' when o.type = 'statistics object' then 'statistics' else o.type end,
      case when o.type = 'domain constraint' then regexp_replace(o.identity, '^(("[^"]*")+|[^ "]+) on ', '\\1 on domain ') else o.identity end, d.description))::text as sql
    from (${c.from}${c.on === 'pg_class' ? ` ${indexes}` : ''}) w join pg_description d on d.objoid = w.oid and d.classoid = '${c.on}'::regclass cross join lateral pg_identify_object(d.classoid, d.objoid, d.objsubid) as o
    where w.whole = any ($1::oid[]) and o.type not like 'foreign%' and o.type not in ('toast table', 'index column')`,
})

export const rightWritings: readonly Writing[] = [
  tablespace,
  ...owned.map(ownerOf),
  ...owned.filter((o) => o.acl).map(grantsOf),
  columnGrants,
  defaultGrants,
  ...commented.map(commentOn),
]
