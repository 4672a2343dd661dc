// Rows for tables that have none: NULLs, texts that stand twice, letters of all kinds, numbers at their ends.
import type pg from 'pg'
import { connect } from '../databases/postgres/connect.ts'
import { ident } from '../databases/postgres/names.ts'

/** `full`: everything that a column takes. `mild`: values that differ, without NULLs and without the ends. */
export type Manner = 'full' | 'mild'

export interface Sampled {
  readonly tables: number
  readonly rows: number
  /** Tables that took none of them: a check holds for nothing that is made up. */
  readonly empty: readonly string[]
}

const many = 10

interface Column {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly base: string
  readonly kind: string
  readonly limit: string | null
  readonly scale: string | null
  readonly required: string
  readonly unique: string
  readonly label: string | null
  readonly labels: string | null
  readonly parent: string | null
  readonly key: string | null
}

const columns = `
  select c.oid::regclass::text as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, t.typname as base,
         case when t.typcategory in ('A', 'R') then t.typcategory::text else t.typtype::text end as kind,
         (case when t.typname in ('varchar', 'bpchar') and a.atttypmod > 4 then a.atttypmod - 4
               when t.typname = 'numeric' and a.atttypmod > 4 then ((a.atttypmod - 4) >> 16) & 65535 end)::text as limit,
         (case when t.typname = 'numeric' and a.atttypmod > 4 then (a.atttypmod - 4) & 2047 end)::text as scale,
         a.attnotnull::text as required,
         exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and i.indnkeyatts = 1 and i.indkey[0] = a.attnum)::text as unique,
         (select count(*) from pg_enum where enumtypid = t.oid)::text as labels,
         f.confrelid::regclass::text as parent, (select attname from pg_attribute where attrelid = f.confrelid and attnum = f.confkey[1]) as key
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
    join pg_type t0 on t0.oid = a.atttypid
    join pg_type t on t.oid = case when t0.typtype = 'd' then t0.typbasetype else t0.oid end
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    left join pg_constraint f on f.conrelid = c.oid and f.contype = 'f' and f.conkey = array[a.attnum]
   where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
     and coalesce(pg_get_expr(d.adbin, d.adrelid) not like 'nextval(%', true)
   order by c.oid, a.attnum`

const texts = ['text', 'varchar', 'bpchar', 'citext', 'name']
const ends: Readonly<Record<string, string>> = { int2: '32767', int4: '2147483647', int8: '9223372036854775807' }
const wholes = [...Object.keys(ends), 'oid', 'float4', 'float8']

type Values = readonly string[]

const byBase: Readonly<Record<string, Values>> = {
  bool: ['true', 'false'],
  date: [`'2024-02-29'`, `'1970-01-01'`, `'2025-12-31'`, `'9999-12-31'`],
  timestamp: [`'2024-02-29 12:00'`, `'1970-01-01 00:00'`, `'2025-03-30 02:30:00.123456'`],
  timestamptz: [`'2024-02-29 12:00Z'`, `'1970-01-01 00:00Z'`, `'2025-03-30 01:30:00.123456Z'`],
  time: [`'00:00'`, `'23:59:59.999999'`],
  interval: [`'1 month'`, `'-3 days'`],
  json: [`'{}'`, `'{"a": [1, null, "ü"]}'`],
  jsonb: [`'{}'`, `'{"a": [1, null, "ü"]}'`],
  bytea: [`'\\x'`, `'\\x00ff'`],
  inet: [`'10.0.0.1'`, `'::1'`],
}

const words = [`'a'`, `'Zürich – 東京 🚢'`, `'a'`, `'O''Brien'`, `' two  blanks '`, `''`, `'A'`]

/** A value of row `i`, as SQL; undefined where nobody knows what the type takes. */
function made({ base, kind, limit, scale, type, labels, unique }: Column, i: number, manner: Manner): string | undefined {
  const among = (values: Values) => values[i % values.length]!
  const own = unique === 'true' || manner === 'mild'
  if (kind === 'e') return `(enum_range(null::${type}))[${(i % Number(labels)) + 1}]`
  if (kind === 'A') return i % 2 ? `'{}'` : `array[null]`
  if (kind === 'R') return `'empty'`
  if (base === 'uuid') return `lpad(to_hex(${i}), 32, '0')::uuid`
  if (texts.includes(base)) return `left(${own ? `'v' || ${i}` : among(words)}, ${limit ?? 40})`
  if (wholes.includes(base)) return own ? String(i) : among(['0', '1', '-1', '2', '2', ends[base] ?? '0.1'])
  if (base === 'numeric') return own ? String(i) : among(['0', '1.5', '-1', '2', '2', endOf(limit, scale)])
  return byBase[base] && among(byBase[base])
}

const endOf = (digits: string | null, scale: string | null): string =>
  digits === null
    ? '12345678901234567890.123456'
    : `${'9'.repeat(Number(digits) - Number(scale ?? 0)) || '0'}.${'9'.repeat(Number(scale ?? 0)) || '0'}`

function cell(column: Column, i: number, manner: Manner): string {
  const { required, parent, key } = column
  const free = required === 'false' && manner === 'full'
  if (free && (i === 1 || (i === 4 && parent))) return 'null'
  if (parent && key) {
    const at = column.unique === 'true' ? i - 1 : (i - 1) % 7
    return `(select p.${ident(key)} from ${parent} p order by p.${ident(key)} limit 1 offset ${at} % greatest((select count(*)::int from ${parent}), 1))`
  }
  const value = made(column, i, manner)
  return value === undefined ? 'null' : `${value}::${column.type}`
}

export async function sampleRows(url: string, manner: Manner): Promise<Sampled> {
  const { client } = await connect({ url, applicationName: 'godwit stage prove' })
  try {
    const { rows } = await client.query<Column>(columns)
    const tables = Map.groupBy(rows, (c) => c.table)
    const filled: [string, number][] = []
    for (const table of parentsFirst(tables)) filled.push([table, await fill(client, table, tables.get(table)!, manner)])
    const taken = filled.filter(([, n]) => n > 0)
    return {
      tables: taken.length,
      rows: taken.reduce((sum, [, n]) => sum + n, 0),
      empty: filled.flatMap(([table, n]) => (n === 0 ? [table] : [])),
    }
  } finally {
    await client.end()
  }
}

function parentsFirst(tables: ReadonlyMap<string, readonly Column[]>): string[] {
  const done = new Set<string>()
  const visit = (table: string, seen: ReadonlySet<string>): void => {
    if (done.has(table) || seen.has(table)) return
    for (const { parent } of tables.get(table) ?? []) if (parent && parent !== table) visit(parent, new Set([...seen, table]))
    done.add(table)
  }
  for (const table of tables.keys()) visit(table, new Set())
  return [...done].filter((t) => tables.has(t))
}

/** Row by row: where one is refused, the others may go. What has rows already keeps them as they are. */
async function fill(client: pg.Client, table: string, its: readonly Column[], manner: Manner): Promise<number> {
  const { rows } = await client.query(`select exists (select from ${table})::text as any`)
  if (rows[0].any === 'true' || isVersions(table)) return rows[0].any === 'true' ? 1 : 0
  let taken = 0
  const byColumn = [...new Map(its.map((c) => [c.column, c])).values()]
  for (let i = 1; i <= many; i++) {
    const sql = `insert into ${table} (${byColumn.map((c) => ident(c.column)).join(', ')}) values (${byColumn.map((c) => cell(c, i, manner)).join(', ')})`
    taken += await client.query(sql).then(
      () => 1,
      () => 0,
    )
  }
  return taken
}

/** Where tools write down what they have run. */
export const versionTables = [
  'alembic_version',
  'flyway_schema_history',
  '_prisma_migrations',
  'django_migrations',
  'schema_migrations',
] as const

const isVersions = (table: string): boolean => versionTables.some((v) => table.replaceAll('"', '').split('.').at(-1) === v)
