// Rows for MariaDB's tables: by the type of each column.
import type { Connection } from 'mysql2'
import { asked, askedByName, quote } from '../../../databases/mariadb/connection.ts'
import type { Manner, Sampled } from '../engine.ts'
import { type Fillable, fillAll, texts } from '../filling.ts'

interface Column extends Fillable {
  readonly type: string
  readonly declared: string
  readonly limit: string | null
  readonly scale: string | null
  readonly required: string
  readonly unique: string
  readonly key: string | null
}

/** Without what counts by itself, and without what is computed. */
const columns = `
  select c.table_name as tab, c.column_name as col, c.data_type as type, c.column_type as declared,
         coalesce(c.character_maximum_length, c.numeric_precision) as \`limit\`, c.numeric_scale as scale, c.is_nullable = 'NO' as required,
         exists (select 1 from information_schema.statistics s where s.table_schema = c.table_schema and s.table_name = c.table_name
           and s.non_unique = 0 group by s.index_name having group_concat(s.column_name) = c.column_name) as \`unique\`,
         k.referenced_table_name as parent, k.referenced_column_name as \`key\`
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type <> 'VIEW'
    left join information_schema.key_column_usage k on k.table_schema = c.table_schema and k.table_name = c.table_name
      and k.column_name = c.column_name and k.referenced_table_name is not null
   where c.table_schema = database() and c.extra not like '%auto_increment%' and coalesce(c.generation_expression, '') = ''
   order by c.table_name, c.ordinal_position`

export async function sampleRows(connection: Connection, manner: Manner): Promise<Sampled> {
  const told = await askedByName(connection, columns)
  const all = told.map(
    (c): Column => ({
      ...(c as unknown as Column),
      table: quote(c['tab']!),
      column: quote(c['col']!),
      parent: c['parent'] ? quote(c['parent']) : null,
      key: c['key'] ? quote(c['key']) : null,
    }),
  )
  return fillAll(all, {
    hasRows: async (table) => (await asked(connection, `select 1 from ${table} limit 1`)).length > 0,
    take: (sql) =>
      asked(connection, sql).then(
        () => true,
        () => false,
      ),
    cell: (column, i) => cell(column, i, manner),
  })
}

const ends: Readonly<Record<string, string>> = {
  tinyint: '127',
  smallint: '32767',
  mediumint: '8388607',
  int: '2147483647',
  bigint: '9223372036854775807',
}

const byType: Readonly<Record<string, readonly string[]>> = {
  date: [`'2024-02-29'`, `'1970-01-01'`, `'9999-12-31'`],
  datetime: [`'2024-02-29 12:00:00'`, `'1970-01-02 00:00:00'`, `'2025-03-30 03:30:00'`],
  timestamp: [`'2024-02-29 12:00:00'`, `'1970-01-02 00:00:00'`, `'2025-03-30 03:30:00'`],
  time: [`'00:00:00'`, `'23:59:59'`, `'-10:00:00'`],
  year: ['2024', '1970'],
  json: [`'{}'`, `'{"a": [1, null, "ü"]}'`],
  float: ['0', '0.1', '-1'],
  double: ['0', '0.1', '-1e300'],
  bit: [`b'0'`, `b'1'`],
}

/** A value of row `i`, as SQL; undefined where nobody knows what the type takes. */
function made({ type, declared, limit, scale, unique }: Column, i: number, manner: Manner): string | undefined {
  const among = (values: readonly string[]) => values[i % values.length]!
  const own = unique === '1' || manner === 'mild'
  if (type === 'enum') return String((i % declared.split(`','`).length) + 1)
  if (type === 'set') return '1'
  if (type === 'uuid') return `'00000000-0000-4000-8000-${String(i).padStart(12, '0')}'`
  if (/char|text/.test(type)) return `left(${own ? `'v${i}'` : among(texts)}, ${limit ?? 40})`
  if (/blob|binary/.test(type)) return own ? `'${i}'` : among([`x''`, `x'00ff'`])
  if (ends[type]) return own ? String(i) : among(['0', '1', declared.includes('unsigned') ? '3' : '-1', '2', '2', ends[type]])
  if (type === 'decimal') return own ? String(i) : among(['0', '1.5', '2', '2', `${'9'.repeat(Number(limit) - Number(scale)) || '0'}`])
  return byType[type] && among(byType[type])
}

function cell(column: Column, i: number, manner: Manner): string {
  const { required, parent, key, unique } = column
  if (required === '0' && manner === 'full' && (i === 1 || (i === 4 && parent))) return 'null'
  if (parent && key) {
    const at = unique === '1' ? i - 1 : (i - 1) % 7
    // an offset is a number here, and no expression
    return `(select k from (select p.${key} as k, row_number() over (order by p.${key}) as n, count(*) over () as many from ${parent} p) numbered where n = 1 + ${at} % many)`
  }
  return made(column, i, manner) ?? 'null'
}
