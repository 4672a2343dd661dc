// What a database holds: its catalogue by names, and all rows of tables. The order of columns is nobody's promise, nor when a materialized view was refreshed.
import type pg from 'pg'

const catalogue = `
select 'table' as kind, c.relname as name, c.relkind::text || coalesce(': ' || pg_get_viewdef(c.oid), '') as what
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'S')
union all
select 'column', c.relname || '.' || a.attname,
    format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '')
  from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm') and a.attnum > 0 and not a.attisdropped
union all
select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
union all
select 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index join pg_class c on c.oid = indexrelid where c.relnamespace = 'public'::regnamespace
union all
select 'type', typname, (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid)
  from pg_type t where t.typnamespace = 'public'::regnamespace and typtype = 'e'
union all
select 'function', proname, pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
union all
select 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal`

export async function stateOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ kind: string; name: string; what: string }>(`select * from (${catalogue}) c order by 1, 2, 3`)
  const lines = rows.map((r) => `${r.kind} ${r.name}: ${r.what}`)
  const kept = rows.filter((r) => r.kind === 'table' && r.what === 'r').map((r) => r.name)
  for (const table of kept) {
    const found = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from "${table}" t order by 1`)
    lines.push(...found.rows.map((r) => `row of ${table}: ${r.row}`))
  }
  return lines
}
