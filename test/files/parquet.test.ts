// Parquet: typed where Postgres has the type with every digit, text elsewhere; what cannot be read is said.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bigint, database, into, mapping, migration, numeric, table, text, timestamp } from '../../src/index.ts'
import { difference, dumpOf } from '../crash/state.ts'
import { objections } from '../guarantees/engine.ts'
import { query } from '../support/postgres.ts'
import { arrived, folderOf, place } from './place.ts'

const dir = mkdtempSync(path.join(tmpdir(), 'godwit-parquet-'))
let duckdb: DuckDBInstance
beforeAll(async () => {
  duckdb = await DuckDBInstance.create(':memory:', { threads: '2' })
})
afterAll(() => {
  duckdb.closeSync()
  rmSync(dir, { recursive: true })
})

let files = 0
/** What DuckDB makes of a query, as the bytes of a Parquet file. */
async function parquetOf(select: string, options = ''): Promise<Buffer> {
  const file = path.join(dir, `${++files}.parquet`)
  const connection = await duckdb.connect()
  await connection.run("set timezone = 'UTC'")
  await connection.run(`copy (${select}) to '${file}' (format parquet${options})`)
  connection.closeSync()
  return readFileSync(file)
}

const read = async (select: string) => arrived({ 't.parquet': await parquetOf(select) }, { t: 't.parquet' })

/** Value by value: as DuckDB is given it, the type that it arrives as, and its text there. */
const values: readonly (readonly [string, string, string | null])[] = [
  ['true', 'bool', 't'],
  ['(-128)::tinyint', 'int2', '-128'],
  ['255::utinyint', 'int2', '255'],
  ['65535::usmallint', 'int4', '65535'],
  ['4294967295::uinteger', 'int8', '4294967295'],
  ['18446744073709551615::ubigint', 'numeric(20,0)', '18446744073709551615'],
  ['9223372036854775807::bigint', 'int8', '9223372036854775807'],
  ['1.10::decimal(10,2)', 'numeric(10,2)', '1.10'],
  ['12345678901234567890123456789.123456789::decimal(38,9)', 'numeric(38,9)', '12345678901234567890123456789.123456789'],
  ['null::decimal(10,2)', 'numeric(10,2)', null],
  ["date '0044-03-15 (BC)'", 'date', '0044-03-15 BC'],
  ["date '12345-01-31'", 'date', '12345-01-31'],
  ["date 'infinity'", 'date', 'infinity'],
  ["time '23:59:59.999999'", 'time', '23:59:59.999999'],
  ["timestamp '2020-02-29 12:00:00.123456'", 'timestamp', '2020-02-29 12:00:00.123456'],
  ["timestamp '0044-03-15 (BC) 00:00:00.5'", 'timestamp', '0044-03-15 00:00:00.5 BC'],
  ["timestamp '-infinity'", 'timestamp', '-infinity'],
  ["timestamp_ms '2020-01-01 00:00:00.123'", 'timestamp', '2020-01-01 00:00:00.123'],
  ["timestamp_ns '2020-01-01 00:00:00.123456789'", 'text', '2020-01-01 00:00:00.123456789'],
  ["timestamptz '2020-01-01 00:00:00.000001+05:30'", 'timestamptz', '2019-12-31 18:30:00.000001+00'],
  ["'\\x00\\xFF'::blob", 'bytea', '\\x00ff'],
  ["'5a0e8b5f-9d3c-4f7e-8a1b-0c2d3e4f5a6b'::uuid", 'uuid', '5a0e8b5f-9d3c-4f7e-8a1b-0c2d3e4f5a6b'],
  [`'{"a":1.10,"a":2}'::json`, 'text', '{"a":1.10,"a":2}'],
  ["interval '1 month 2 days 3 ms'", 'text', '1 month 2 days 00:00:00.003'],
  ["'tab\there \\N \\\\. 🐦'", 'text', 'tab\there \\N \\\\. 🐦'],
  ["''", 'text', ''],
  ['[1.10::decimal(4,2), null]', 'text', '[1.10,null]'],
  [
    `{'a': 9223372036854775807, 'b "q"': 'x', 't': date '2020-01-01', 'n': {'d': 0.1::double}}`,
    'text',
    '{"a":9223372036854775807,"b \\"q\\"":"x","t":"2020-01-01","n":{"d":0.1}}',
  ],
  [`map {'k': 1, 'l': 2}`, 'text', '{"k":1,"l":2}'],
  [`map {1: 'x'}`, 'text', '[[1,"x"]]'],
]

test.each(values)('%s is %s', async (sql, type, text) => {
  const got = await read(`select ${sql} as v`)
  expect([got.types[1], got.rows[0]![1], got.kept[0]]).toEqual([type, text, null])
})

test('floats arrive as Postgres writes them, bit for bit', async () => {
  const doubles = [
    '0.1',
    '1e300',
    '-0.0',
    '1e15',
    '123456789012345',
    '1234567890123456',
    '1e-4',
    '1e-5',
    '0.00012345',
    '5e-324',
    '1.7976931348623157e308',
    '100',
    '1e22',
    '2.5e-7',
    "'nan'",
    "'infinity'",
    "'-infinity'",
  ]
  const floats = ['0.1', '16777217', '1e-45', '3.4028235e38', '1e10', '123456.78', '-0.0', "'nan'"]
  const all = await read(
    `select unnest([${doubles.map((d) => `${d}::double`).join(', ')}]) as d, unnest([${floats.map((f) => `${f}::float`).join(', ')}]) as f`,
  )
  expect(all.types.slice(1)).toEqual(['float8', 'float4'])
  expect(all.rows.map((r) => r[1])).toEqual([
    '0.1',
    '1e+300',
    '-0',
    '1e+15',
    '123456789012345',
    '1.234567890123456e+15',
    '0.0001',
    '1e-05',
    '0.00012345',
    '5e-324',
    '1.7976931348623157e+308',
    '100',
    '1e+22',
    '2.5e-07',
    'NaN',
    'Infinity',
    '-Infinity',
  ])
  expect(all.rows.slice(0, floats.length).map((r) => r[2])).toEqual([
    '0.1',
    '1.6777216e+07',
    '1e-45',
    '3.4028235e+38',
    '1e+10',
    '123456.78',
    '-0',
    'NaN',
  ])
})

test('a byte order mark at the beginning of a text stays; within what is nested, where the driver drops it, the row is held back', async () => {
  const got = await read(
    `select unnest(['\ufeffx', '\ufeff']) as "\ufeffname", unnest([['\ufeffy'], ['y\ufeff']]) as list, unnest([['z'], null]) as other`,
  )
  expect(got.columns).toEqual(['row', '\ufeffname', 'list', 'other'])
  expect(got.rows).toEqual([
    ['1', '\ufeffx', null, '["z"]'],
    ['2', '\ufeff', null, null],
  ])
  expect(got.kept.map((k) => [k?.['godwit reason'], k?.['godwit place'], k?.['list']])).toEqual([
    ['ENCODING', 't.parquet:1', `\\x${Buffer.from('[\ufeffy]').toString('hex')}`],
    ['ENCODING', 't.parquet:2', `\\x${Buffer.from('[y\ufeff]').toString('hex')}`],
  ])
})

test('a date that Postgres does not know and a text with NUL go to quarantine, the others go', async () => {
  const got = await read(
    `select * from (values (date '2020-01-01', 'a'), (date '5881000-01-01', 'b'), (date '2020-01-02', 'c' || chr(0) || 'd')) t(day, name)`,
  )
  expect(got.rows).toEqual([
    ['1', '2020-01-01', 'a'],
    ['2', null, 'b'],
    ['3', '2020-01-02', null],
  ])
  expect(got.kept).toEqual([
    null,
    { day: `\\x${Buffer.from('5881000-01-01').toString('hex')}`, 'godwit reason': 'OUT_OF_RANGE', 'godwit place': 't.parquet:2' },
    { name: '\\x630064' },
  ])
})

test('rows keep their numbers, over row groups and several files', async () => {
  const many = (from: number) => parquetOf(`select i, 'x' || i as s from range(${from}, ${from + 20_000}) r(i)`, ', row_group_size 2048')
  const got = await arrived({ 'a[1].parquet': await many(0), 'b=*.parquet': await many(20_000) }, { t: '*.parquet' })
  expect(got.rows).toEqual(Array.from({ length: 40_000 }, (_, i) => [String(i + 1), String(i), `x${i}`]))
})

test('files whose columns differ are not one table', async () => {
  await expect(
    arrived(
      { 'a.parquet': await parquetOf('select 1::int as i'), 'b.parquet': await parquetOf('select 1::bigint as i') },
      { t: '*.parquet' },
    ),
  ).rejects.toMatchObject({ code: 'GW_FILE_HEADER', message: expect.stringContaining('b.parquet') })
})

const source = database('exports').table('files.t', {
  id: bigint().key(),
  price: numeric(10, 2).null(),
  at: timestamp().null(),
  name: text().null(),
})
const item = table('public.item', { id: bigint().key(), price: numeric(10, 2).null(), at: timestamp().null(), name: text() })
const items = migration(
  'items',
  mapping(source, (r) => into(item, { id: r.id, price: r.price, at: r.at, name: r.name.required() })),
)

test('a whole migration: there, a second run over a changed file, and back', async () => {
  const rows = (to: number, more = '') =>
    parquetOf(
      `select i::bigint as id, (i / 4)::decimal(10,2) as price, timestamp '2020-01-01' + i * interval '1 microsecond' as at, case when i % 100 = 0 then null else 'n' || i end as name from range(1, ${to}) r(i)${more}`,
    )
  await using p = await place(
    { 't.parquet': await rows(500) },
    { t: { file: 't.parquet', key: ['id'] } },
    'create table item (id bigint primary key, price numeric(10,2), at timestamp, name text not null)',
  )
  const before = await dumpOf(p.url)
  await p.run(items)
  expect(await p.sql('select read, migrated, quarantined from godwit.books')).toEqual([['499', '495', '4']])
  expect(await p.sql('select price, at, name from item where id = 7')).toEqual([['1.75', '2020-01-01 00:00:00.000007', 'n7']])
  expect(objections(await p.verify(items))).toEqual([])
  p.folder.put('t.parquet', await rows(400))
  await p.run(items)
  expect(await query(p.url, 'select count(*), max(id) from item')).toEqual([['396', '399']])
  await p.undo(items)
  expect(await difference(before, await dumpOf(p.url))).toBeUndefined()
})

test.each([
  ['cut off', (b: Buffer) => b.subarray(0, b.length - 20)],
  ['of other bytes', () => Buffer.from('id,price\n1,2\n')],
  ['empty', () => Buffer.alloc(0)],
  ['with a page that cannot be unpacked', (b: Buffer) => Buffer.concat([b.subarray(0, 40), Buffer.alloc(200, 0xff), b.subarray(240)])],
])('a file that is %s is refused by its name, before anything is written', async (_, spoil) => {
  using folder = folderOf({})
  const whole = await parquetOf(`select i as id, md5(i::varchar) as s from range(5000) r(i)`, ', compression zstd')
  writeFileSync(path.join(folder.dir, 't.parquet'), spoil(whole))
  await expect(arrived({ 't.parquet': spoil(whole) }, { t: 't.parquet' })).rejects.toMatchObject({
    code: 'GW_FILE_BROKEN',
    message: expect.stringMatching(/^t\.parquet cannot be read as Parquet: /),
  })
})
