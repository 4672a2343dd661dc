// Some rows for tables that have none, so that a statement has something to read, to write and to stumble over.
import type pg from 'pg'

/** As many as make no difference to the time that it takes. */
const many = 20

interface Column {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly base: string
  readonly kind: string
  readonly limit: number | null
  readonly label: string | null
}

const columns = `
  with recursive base as (
    select oid as type, oid as at from pg_type
    union all
    select b.type, t.typbasetype from base b join pg_type t on t.oid = b.at where t.typtype = 'd'
  )
  select c.oid::regclass::text as table, quote_ident(a.attname) as column, format_type(a.atttypid, a.atttypmod) as type,
         t.typname as base, case when t.typcategory in ('A', 'R') then t.typcategory else t.typtype end::text as kind,
         case when a.atttypmod > 4 and t.typname in ('varchar', 'bpchar') then a.atttypmod - 4 end as limit,
         (select quote_literal(enumlabel) from pg_enum where enumtypid = t.oid order by enumsortorder limit 1) as label
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join base b on b.type = a.atttypid
    join pg_type t on t.oid = b.at and t.typtype <> 'd'
   where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
     and a.attgenerated = '' and a.attidentity <> 'a'
   order by c.oid, a.attnum`

const byName: Readonly<Record<string, string>> = {
  bool: 'true',
  bytea: `'\\x00'::bytea`,
  date: `date '2025-01-01' + i`,
  timestamp: `timestamp '2025-01-01' + i * interval '1 hour'`,
  timestamptz: `timestamptz '2025-01-01 00:00Z' + i * interval '1 hour'`,
  time: `time '08:00'`,
  timetz: `timetz '08:00Z'`,
  interval: `i * interval '1 second'`,
  uuid: `lpad(to_hex(i), 32, '0')::uuid`,
  json: `'{}'::json`,
  jsonb: `'{}'::jsonb`,
  inet: `'10.0.0.0'::inet + i`,
  cidr: `'10.0.0.0/8'::cidr`,
  xml: `'<a/>'::xml`,
}
const numbers = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'money', 'oid']
const texts = ['text', 'varchar', 'bpchar', 'name', 'citext']

function madeUp({ base, kind, label, limit, type }: Column): string {
  if (kind === 'e') return `${label}::${type}`
  if (kind === 'A') return `'{}'::${type}`
  if (kind === 'R') return `'empty'::${type}`
  if (numbers.includes(base)) return `i::${type}`
  if (texts.includes(base)) return limit ? `left(i::text, ${limit})::${type}` : `i::text::${type}`
  return byName[base] ? `(${byName[base]})::${type}` : 'null'
}

/** What cannot be filled stays empty: a check may hold for nothing that is made up. */
export async function fillTables(client: pg.Client): Promise<void> {
  const { rows } = await client.query<Column>(columns)
  await client.query('set session_replication_role = replica')
  for (const [table, its] of Map.groupBy(rows, (c) => c.table)) {
    const values = `select ${its.map(madeUp).join(', ')} from generate_series(1, ${many}) i where not exists (select from ${table})`
    const names = its.map((c) => c.column).join(', ')
    await client.query(`insert into ${table} (${names}) overriding system value ${values}`).catch(() => undefined)
  }
  await client.query('reset session_replication_role')
}
