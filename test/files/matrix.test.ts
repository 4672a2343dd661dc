// Dirt in a file, kind by kind: what arrives in a column, or the reason why the row does not go. Once from CSV, once from Parquet.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  bigint,
  type Column,
  database,
  date,
  double,
  int,
  into,
  lookup,
  mapping,
  migration,
  numeric,
  real,
  smallint,
  table,
  text,
  timestamp,
} from '../../src/index.ts'
import { type Dirt, dirts, fateOf, mappingOf, targetSql, type Value, type Way } from '../support/dirt.ts'
import { place } from './place.ts'

type Cells = Dirt['cells']

const csvOf = (cells: Cells): string =>
  `id,v\n${cells.map(([v], i) => `${i + 1},${v === null ? '' : `"${v.replaceAll('"', '""')}"`}\n`).join('')}`

let duckdb: DuckDBInstance
const dir = mkdtempSync(path.join(tmpdir(), 'godwit-matrix-'))
beforeAll(async () => {
  duckdb = await DuckDBInstance.create(':memory:', { threads: '2' })
})
afterAll(() => {
  duckdb.closeSync()
  rmSync(dir, { recursive: true })
})

let files = 0
async function parquet(select: string): Promise<Buffer> {
  const file = path.join(dir, `${++files}.parquet`)
  const connection = await duckdb.connect()
  await connection.run("set timezone = 'UTC'")
  await connection.run(`copy (${select}) to '${file}' (format parquet)`)
  connection.closeSync()
  return readFileSync(file)
}

const literal = (v: Value): string =>
  v === null ? 'null' : [...v].map((c) => (c === '\0' || c === "'" ? `chr(${c.charCodeAt(0)})` : `'${c}'`)).join(' || ') || "''"
const parquetOf = (cells: Cells): Promise<Buffer> =>
  parquet(`select * from (values ${cells.map(([v], i) => `('${i + 1}', (${literal(v)})::varchar)`).join(', ')}) t(id, v)`)

async function fate(files: Record<string, string | Uint8Array>, file: string, way: Way, from: Column<any, any, any> = text().null()) {
  const source = database('exports').table('files.t', { row: bigint().key(), id: text().null(), v: from })
  const m = migration('m', mappingOf(source, 't', way, { id: 'only the number counts' }))
  await using p = await place(files, { t: file }, targetSql('t', way))
  await p.run(m)
  return await fateOf('t', p.sql, await p.quarantine(m))
}

describe.each(Object.entries(dirts))('%s', (_, dirt) => {
  test('CSV', async () => {
    const found = await fate({ 't.csv': csvOf(dirt.cells) }, 't.csv', dirt)
    expect(dirt.cells.map(([v], i) => [v, found.of(i + 1)])).toEqual(dirt.cells.map(([v, to]) => [v, to]))
    expect(found.books).toEqual([String(dirt.cells.length), String(dirt.cells.length)])
  })

  test('Parquet', async () => {
    const found = await fate({ 't.parquet': await parquetOf(dirt.cells) }, 't.parquet', dirt)
    expect(dirt.cells.map(([v], i) => [v, found.of(i + 1)])).toEqual(dirt.cells.map(([v, to]) => [v, to]))
    expect(found.books).toEqual([String(dirt.cells.length), String(dirt.cells.length)])
  })
})

describe('typed in Parquet', () => {
  const typed = (rows: readonly string[]) =>
    parquet(`select * from (values ${rows.map((v, i) => `('${i + 1}', ${v})`).join(', ')}) t(id, v)`)
  const went = async (rows: readonly string[], from: Column<any, any, any>, way: Way) => {
    const found = await fate({ 't.parquet': await typed(rows) }, 't.parquet', way, from)
    return rows.map((_, i) => found.of(i + 1))
  }

  test('unsigned 64 bits', async () => {
    const values = ['18446744073709551615::ubigint', '1::ubigint']
    expect(await went(values, numeric(20, 0).null(), { into: bigint().null(), sql: 'bigint', map: (v) => v })).toEqual([
      'OUT_OF_RANGE',
      '1',
    ])
    expect(await went(values, numeric(20, 0).null(), { into: numeric(20, 0).null(), sql: 'numeric(20,0)', map: (v) => v })).toEqual([
      '18446744073709551615',
      '1',
    ])
  })

  test('floats', async () => {
    const values = ['0.1::double + 0.2::double', "'nan'::double", "'-infinity'::double", "'-0'::double", '1e300::double']
    expect(await went(values, double().null(), { into: double().null(), sql: 'double precision', map: (v) => v })).toEqual([
      '0.30000000000000004',
      'NaN',
      '-Infinity',
      '-0',
      '1e+300',
    ])
    expect(await went(['0.1::float', '16777217::float'], real().null(), { into: real().null(), sql: 'real', map: (v) => v })).toEqual([
      '0.1',
      '1.6777216e+07',
    ])
  })

  test('a narrower column', async () => {
    expect(await went(['32767', '32768'], int().null(), { into: smallint().null(), sql: 'smallint', map: (v) => v })).toEqual([
      '32767',
      'OUT_OF_RANGE',
    ])
    expect(
      await went(['1.10::decimal(8,3)', '1.105::decimal(8,3)'], numeric(8, 3).null(), {
        into: numeric(8, 2).null(),
        sql: 'numeric(8,2)',
        map: (v) => v,
      }),
    ).toEqual(['1.10', 'PRECISION_LOSS'])
  })

  test('infinity, before Christ, after 9999, microseconds', async () => {
    const values = [
      "timestamp 'infinity'",
      "timestamp '0044-03-15 (BC) 00:00:00'",
      "timestamp '12345-01-01'",
      "timestamp '2020-01-01 00:00:00.000001'",
    ]
    expect(await went(values, timestamp().null(), { into: timestamp().null(), sql: 'timestamp', map: (v) => v })).toEqual([
      'infinity',
      '0044-03-15 00:00:00 BC',
      '12345-01-01 00:00:00',
      '2020-01-01 00:00:00.000001',
    ])
  })

  test('a date that Postgres cannot hold', async () => {
    expect(
      await went(["date '5880000-01-01'", "date '2020-01-01'"], date().null(), { into: date().null(), sql: 'date', map: (v) => v }),
    ).toEqual(['OUT_OF_RANGE', '2020-01-01'])
  })

  test('nanoseconds are text, and the mapping says what becomes of them', async () => {
    expect(
      await went(["timestamp_ns '2020-01-01 00:00:00.123456789'"], text().null(), {
        into: timestamp().null(),
        sql: 'timestamp',
        map: (v) => v.slice(0, 19).asTimestamp('YYYY-MM-DD HH24:MI:SS'),
      }),
    ).toEqual(['2020-01-01 00:00:00'])
  })
})

test('what is looked up in a file: none, one, two', async () => {
  const t = database('exports').table('files.t', { row: bigint().key(), v: text().null() })
  const names = database('exports').table('files.names', { row: bigint().key(), code: text().null(), name: text().null() })
  const target = table('public.t', { row: bigint().key(), v: text() })
  const m = migration(
    'm',
    mapping(t, (r) => into(target, { row: r.row, v: lookup(names, { code: r.v.required() }).name.required() })),
  )
  await using p = await place(
    { 't.csv': 'v\na\nb\nc\n', 'names.csv': 'code,name\na,A\nb,B\nb,also B\nragged\n' },
    undefined,
    'create table t (row bigint primary key, v text not null)',
  )
  await p.run(m)
  expect(await p.sql('select row, v from t')).toEqual([['1', 'A']])
  expect((await p.quarantine(m)).map((q) => [q.key, q.code])).toEqual([
    ['2', 'LOOKUP_AMBIGUOUS'],
    ['3', 'LOOKUP_MISS'],
  ])
})
