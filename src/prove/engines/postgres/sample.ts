// Rows for tables that have none: NULLs, texts that stand twice, letters of all kinds, numbers at their ends.
import { connect } from '../../../databases/postgres/connect.ts'
import { ident } from '../../../databases/postgres/names.ts'
import type { Manner, Sampled } from '../engine.ts'
import { type Fillable, fillAll, texts as words } from '../filling.ts'

interface Column extends Fillable {
  readonly type: string
  readonly base: string
  readonly kind: string
  readonly limit: string | null
  readonly scale: string | null
  readonly required: string
  readonly unique: string
  readonly label: string | null
  readonly labels: string | null
  readonly key: string | null
}

const columns = `
  select c.oid::regclass::text as table, quote_ident(a.attname) as column, format_type(a.atttypid, a.atttypmod) as type, t.typname as base,
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
    return await fillAll(rows, {
      hasRows: async (table) => (await client.query(`select exists (select from ${table})::text as any`)).rows[0].any === 'true',
      take: (sql) =>
        client.query(sql).then(
          () => true,
          () => false,
        ),
      cell: (column, i) => cell(column, i, manner),
    })
  } finally {
    await client.end()
  }
}
