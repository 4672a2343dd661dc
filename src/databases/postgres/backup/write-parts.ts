// What hangs on tables that have their rows: constraints, indexes, triggers, rules, policies.
import type { Writing } from './statement.ts'

const id = 'c.oid::regclass'
const alone = `c.relkind = 'r' and not exists (select from pg_inherits i where i.inhparent = c.oid)`
const mine = `'pg_class ' || c.oid as part, ${id}::text as of, json_build_array('pg_class ' || c.oid`
const part = `${mine})::text as hangs`
const only = `case c.relkind when 'p' then '' else 'only ' end`

/** A key's options and an index that the table is sorted by stand on the index. */
const indexSettings = (index: string): string => `(select json_agg(x.sql) from (
  select format('alter index %s set (%s)', i.oid::regclass, array_to_string(i.reloptions, ', ')) as sql where i.reloptions is not null
  union all select format('alter index %s alter column %s set statistics %s', i.oid::regclass, s.attnum, s.attstattarget) from pg_attribute s where s.attrelid = i.oid and s.attstattarget >= 0
  union all select format('alter table only %s cluster on %I', ${id}, i.relname) where n.indisclustered) x) from pg_class i join pg_index n on n.indexrelid = i.oid where i.oid = ${index}`

const check: Writing = {
  kind: 'check',
  class: 'pg_class',
  sql: `select 'pg_constraint ' || k.oid as key, ${part}, format('constraint %I of %s', k.conname, ${id}) as what, case when ${alone} then 'table' else 'after' end as section,
    json_build_array(format('alter table %s add constraint %I %s', ${id}, k.conname, pg_get_constraintdef(k.oid)))::text as sql
    from pg_constraint k join pg_class c on c.oid = k.conrelid where c.oid = any ($1::oid[]) and k.contype = 'c' and k.conislocal`,
}

const key: Writing = {
  kind: 'key',
  class: 'pg_class',
  sql: `select 'pg_constraint ' || k.oid as key, json_build_array('pg_class ' || k.conindid)::text as also, ${part}, format('constraint %I of %s', k.conname, ${id}) as what, case when ${alone} then 'table' else 'after' end as section,
    (jsonb_build_array(format('alter table only %s add constraint %I %s', ${id}, k.conname, pg_get_constraintdef(k.oid))) || coalesce((select ${indexSettings('k.conindid')})::jsonb, '[]'))::text as sql
    from pg_constraint k join pg_class c on c.oid = k.conrelid where c.oid = any ($1::oid[]) and k.contype in ('p', 'u', 'x')`,
}

/** One that was broken off while it was made is listed as left. */
const index: Writing = {
  kind: 'index',
  class: 'pg_class',
  sql: `select 'pg_class ' || x.indexrelid as key, ${part}, format('index %s', x.indexrelid::regclass) as what, case when ${alone} then 'table' else 'after' end as section,
    (jsonb_build_array(pg_get_indexdef(x.indexrelid)) || coalesce((select ${indexSettings('x.indexrelid')})::jsonb, '[]'))::text as sql
    from pg_index x join pg_class c on c.oid = x.indrelid where c.oid = any ($1::oid[]) and c.relkind in ('r', 'p', 'm') and (x.indisvalid or c.relkind = 'p')
      and not exists (select from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))`,
}

const indexPartition: Writing = {
  kind: 'index of a partition',
  class: 'pg_class',
  section: 'after',
  sql: `select 'attached ' || i.inhrelid as key, 'pg_class ' || c.oid as part, ${id}::text as of, json_build_array('pg_class ' || i.inhrelid, 'pg_class ' || i.inhparent)::text as hangs,
    format('index %s of %s', i.inhrelid::regclass, i.inhparent::regclass) as what, json_build_array(format('alter index %s attach partition %s', i.inhparent::regclass, i.inhrelid::regclass))::text as sql
    from pg_inherits i join pg_index x on x.indexrelid = i.inhrelid join pg_class c on c.oid = x.indrelid where c.oid = any ($1::oid[])`,
}

const statistics: Writing = {
  kind: 'statistics',
  class: 'pg_class',
  section: 'after',
  sql: `select 'pg_statistic_ext ' || s.oid as key, ${part}, format('statistics %I.%I', n.nspname, s.stxname) as what,
    json_build_array(pg_get_statisticsobjdef(s.oid))::text as sql
    from pg_statistic_ext s join pg_class c on c.oid = s.stxrelid join pg_namespace n on n.oid = s.stxnamespace where c.oid = any ($1::oid[])`,
}

/** Copies that a partition has of its parent's come with that; where they have names of their own, they are there first, and are taken for it. */
const foreignKey: Writing = {
  kind: 'foreign key',
  class: 'pg_class',
  section: 'after',
  sql: `select 'pg_constraint ' || k.oid as key, ${mine}, 'pg_class ' || k.confrelid, case when above.oid is null then (select 'pg_constraint ' || min(b.oid) from pg_constraint b where b.conparentid = k.oid and b.conrelid <> k.conrelid) end)::text as hangs,
    format('constraint %I of %s', k.conname, ${id}) as what, format('constraint %s.%I.%I', (select quote_ident(nspname) from pg_namespace where oid = c.relnamespace), c.relname, k.conname) as line,
    format('to_regclass(%L) is not null', k.confrelid::regclass) as given,
    json_build_array(format('alter table %s%s add constraint %I %s', ${only}, ${id}, k.conname, pg_get_constraintdef(k.oid)))::text as sql
    from pg_constraint k join pg_class c on c.oid = k.conrelid left join pg_constraint above on above.oid = k.conparentid
    where c.oid = any ($1::oid[]) and k.contype = 'f' and (above.oid is null or (above.conrelid <> k.conrelid and above.conname <> k.conname))`,
}

const fires = `case %s when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end`

const trigger: Writing = {
  kind: 'trigger',
  class: 'pg_class',
  section: 'last',
  sql: `select 'pg_trigger ' || t.oid as key, ${part}, format('trigger %I of %s', t.tgname, ${id}) as what,
    (jsonb_build_array(pg_get_triggerdef(t.oid)) || case when t.tgenabled = 'O' then '[]' else jsonb_build_array(format('alter table only %s %s trigger %I', ${id}, ${fires.replace('%s', 't.tgenabled')}, t.tgname)) end)::text as sql
    from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.oid = any ($1::oid[]) and not t.tgisinternal and t.tgparentid = 0`,
}

const rule: Writing = {
  kind: 'rule',
  class: 'pg_class',
  section: 'last',
  sql: `select 'pg_rewrite ' || r.oid as key, ${part}, format('rule %I of %s', r.rulename, ${id}) as what,
    (jsonb_build_array(pg_get_ruledef(r.oid)) || case when r.ev_enabled = 'O' then '[]' else jsonb_build_array(format('alter table only %s %s rule %I', ${id}, ${fires.replace('%s', 'r.ev_enabled')}, r.rulename)) end)::text as sql
    from pg_rewrite r join pg_class c on c.oid = r.ev_class where c.oid = any ($1::oid[]) and r.rulename <> '_RETURN'`,
}

const command = `case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end`

const policy: Writing = {
  kind: 'policy',
  class: 'pg_class',
  section: 'last',
  optional: true,
  sql: `select 'pg_policy ' || p.oid as key, ${part}, format('policy %I of %s', p.polname, ${id}) as what,
    json_build_array(format('create policy %I on %s as %s for %s to %s%s%s', p.polname, ${id}, case when p.polpermissive then 'permissive' else 'restrictive' end, ${command},
      (select string_agg(case r when 0 then 'public' else quote_ident(pg_get_userbyid(r)) end, ', ') from unnest(p.polroles) r),
      coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', ''), coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')))::text as sql
    from pg_policy p join pg_class c on c.oid = p.polrelid where c.oid = any ($1::oid[])`,
}

const rowSettings: Writing = {
  kind: 'settings of a table',
  class: 'pg_class',
  section: 'last',
  sql: `select 'last ' || c.oid as key, ${part}, format('settings of %s', ${id}) as what, (select json_agg(format('alter table only %s ', ${id}) || x.set) from (
      select 'enable row level security' as set where c.relrowsecurity union all select 'force row level security' where c.relforcerowsecurity
      union all select 'replica identity ' || case c.relreplident when 'f' then 'full' when 'n' then 'nothing' else 'using index ' || (select quote_ident(i.relname) from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid and x.indisreplident) end
        where c.relreplident <> 'd') x)::text as sql
    from pg_class c where c.oid = any ($1::oid[]) and c.relkind in ('r', 'p') and (c.relrowsecurity or c.relforcerowsecurity or c.relreplident in ('f', 'n') or (c.relreplident = 'i' and exists (select from pg_index x where x.indrelid = c.oid and x.indisreplident)))`,
}

export const partWritings: readonly Writing[] = [
  check,
  key,
  index,
  indexPartition,
  statistics,
  foreignKey,
  trigger,
  rule,
  policy,
  rowSettings,
]
