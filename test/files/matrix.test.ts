// Dirt in a file, kind by kind: what arrives in a column, or the reason why the row does not go. Once from CSV, once from Parquet.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  bigint,
  bool,
  type Column,
  char,
  database,
  date,
  double,
  type Expr,
  int,
  into,
  jsonb,
  lookup,
  mapping,
  migration,
  numeric,
  real,
  smallint,
  table,
  text,
  timestamp,
  timestamptz,
  varchar,
} from '../../src/index.ts'
import { place } from './place.ts'

type Value = string | null
/** In text: what stands in the file, and what arrives, or the reason in capitals that holds the row back. */
type Cells = readonly (readonly [Value, string | null])[]

interface Dirt {
  readonly into: Column<any, any, any>
  readonly sql: string
  readonly map: (v: Expr<string | null>, key: Expr<any>) => unknown
  readonly cells: Cells
  /** More of the target. */
  readonly also?: string
  readonly encoding?: boolean
}

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

/** What became of each row, by its number. */
async function fate(
  files: Record<string, string | Uint8Array>,
  file: string,
  dirt: Pick<Dirt, 'into' | 'sql' | 'map' | 'also'>,
  from: Column<any, any, any> = text().null(),
) {
  const source = database('exports').table('files.t', { row: bigint().key(), id: text().null(), v: from })
  const target = table('public.t', { row: bigint().key(), v: dirt.into })
  const m = migration(
    'm',
    mapping(source, (r) => into(target, { row: r.row, v: dirt.map(r.v as Expr<string | null>, r.row) } as never), {
      ignore: { id: 'only the number counts' },
    }),
  )
  await using p = await place(files, { t: file }, `create table t (row bigint primary key, v ${dirt.sql}); ${dirt.also ?? ''}`)
  await p.run(m)
  const went = new Map((await p.sql('select row, v from t')).map(([row, v]) => [row, v]))
  const held = new Map((await p.quarantine(m)).map((q) => [q.key, q.code.replace(/:.*/, '')]))
  const [books] = await p.sql('select read, migrated + quarantined from godwit.books')
  return { of: (n: number) => (went.has(String(n)) ? went.get(String(n)) : held.get(String(n))), books }
}

const dirts: Readonly<Record<string, Dirt>> = {
  'text in a number': {
    into: int().null(),
    sql: 'int',
    map: (v) => v.asInt(),
    cells: [
      ['12', '12'],
      ['lots', 'CAST_NUMERIC'],
      ['12abc', 'CAST_NUMERIC'],
      ['1e3', 'CAST_NUMERIC'],
      ['1_000', 'CAST_NUMERIC'],
      ['0x10', 'CAST_NUMERIC'],
      ['٣', 'CAST_NUMERIC'],
      [null, null],
    ],
  },
  'whole numbers that are too large': {
    into: bigint().null(),
    sql: 'bigint',
    map: (v) => v.asInt(),
    cells: [
      ['9223372036854775807', '9223372036854775807'],
      ['-9223372036854775808', '-9223372036854775808'],
      ['18446744073709551615', 'OUT_OF_RANGE'],
      ['9007199254740993', '9007199254740993'],
    ],
  },
  'places that would be rounded away': {
    into: numeric(6, 2).null(),
    sql: 'numeric(6,2)',
    map: (v) => v.asDecimal(),
    cells: [
      ['1.10', '1.10'],
      ['1.100', '1.10'],
      ['1.005', 'PRECISION_LOSS'],
      ['12345.6', 'OUT_OF_RANGE'],
      ['0.1', '0.10'],
    ],
  },
  'dates that are none': {
    into: date().null(),
    sql: 'date',
    map: (v) => v.asDate('YYYY-MM-DD'),
    cells: [
      ['2020-02-29', '2020-02-29'],
      ['2021-02-29', 'DATE_INVALID'],
      ['0000-00-00', 'DATE_INVALID'],
      ['2020-13-45', 'DATE_INVALID'],
      ['20200101', 'DATE_INVALID'],
      ['9999-12-31', '9999-12-31'],
    ],
  },
  'times that the clock never showed, or showed twice': {
    into: timestamptz().null(),
    sql: 'timestamptz',
    map: (v) => v.asTimestamp('YYYY-MM-DD HH24:MI').inZone('Europe/Berlin'),
    cells: [
      ['2021-03-28 01:59', '2021-03-28 00:59:00+00'],
      ['2021-03-28 02:30', 'DATE_INVALID'],
      ['2021-10-31 02:30', 'DATE_INVALID'],
    ],
  },
  'texts that are hard': {
    into: text().null(),
    sql: 'text',
    map: (v) => v,
    cells: [
      ['', ''],
      [' padded ', ' padded '],
      ['\\N', '\\N'],
      ['\ufeffmark', '\ufeffmark'],
      ['\u2028', '\u2028'],
      ['\u202etrom', '\u202etrom'],
      ['ß', 'ß'],
      ['SS', 'SS'],
      ['x\0y', 'ENCODING'],
      [null, null],
    ],
  },
  'texts that are too long': {
    into: varchar(3).null(),
    sql: 'varchar(3)',
    map: (v) => v,
    cells: [
      ['abc', 'abc'],
      ['abcd', 'TOO_LONG'],
      ['🐦🐦🐦', '🐦🐦🐦'],
      ['abc ', 'TOO_LONG'],
    ],
  },
  'trailing blanks': {
    into: char(3).null(),
    sql: 'char(3)',
    map: (v) => v,
    cells: [
      ['ab', 'ab '],
      ['abcd', 'TOO_LONG'],
    ],
  },
  booleans: {
    into: bool().null(),
    sql: 'boolean',
    map: (v) => v.match({ Y: true, N: false }),
    cells: [
      ['Y', 't'],
      ['N', 'f'],
      ['y', 'ENUM_UNKNOWN'],
      ['', 'ENUM_UNKNOWN'],
      [null, null],
    ],
  },
  'nothing where something must be': {
    into: text(),
    sql: 'text not null',
    map: (v) => v.required(),
    cells: [
      ['', ''],
      [null, 'NULL_NOT_ALLOWED'],
    ],
  },
  'what a constraint refuses': {
    into: text().null(),
    sql: "text check (v <> 'bad')",
    map: (v) => v,
    cells: [
      ['good', 'good'],
      ['bad', 'CHECK_FAILED'],
    ],
  },
  'what stands twice': {
    into: text().null(),
    sql: 'text unique',
    map: (v) => v.lower(),
    cells: [
      ['a', 'UNIQUE_CONFLICT'],
      ['A', 'UNIQUE_CONFLICT'],
      ['b', 'b'],
    ],
  },
  'what points at nothing': {
    into: text().null(),
    sql: 'text references p',
    also: '',
    map: (v) => v,
    cells: [
      ['here', 'here'],
      ['gone', 'FK_ORPHAN'],
      [null, null],
    ],
  },
  'division by zero': {
    into: numeric(8, 2).null(),
    sql: 'numeric(8,2)',
    map: (v) => v.asDecimal().required().over(v.asDecimal().required().minus(2)).round(2),
    cells: [
      ['4', '2.00'],
      ['2', 'DIV_BY_ZERO'],
    ],
  },
  'JSON that is none, or has a key twice': {
    into: jsonb().null(),
    sql: 'jsonb',
    map: (v) => v.asJson(),
    cells: [
      ['{"a": 12345678901234567890.10}', '{"a": 12345678901234567890.10}'],
      ['{a}', 'JSON_INVALID'],
      ['{"a":1,"a":2}', 'JSON_KEY_TWICE'],
    ],
  },
}

describe.each(Object.entries(dirts))('%s', (name, dirt) => {
  const before =
    name === 'what points at nothing'
      ? {
          ...dirt,
          sql: 'text',
          also: `create table p (code text primary key); insert into p values ('here'); alter table t add foreign key (v) references p`,
        }
      : dirt

  test('CSV', async () => {
    const found = await fate({ 't.csv': csvOf(dirt.cells) }, 't.csv', before)
    expect(dirt.cells.map(([v], i) => [v, found.of(i + 1)])).toEqual(dirt.cells.map(([v, to]) => [v, to]))
    expect(found.books).toEqual([String(dirt.cells.length), String(dirt.cells.length)])
  })

  test('Parquet', async () => {
    const found = await fate({ 't.parquet': await parquetOf(dirt.cells) }, 't.parquet', before)
    expect(dirt.cells.map(([v], i) => [v, found.of(i + 1)])).toEqual(dirt.cells.map(([v, to]) => [v, to]))
    expect(found.books).toEqual([String(dirt.cells.length), String(dirt.cells.length)])
  })
})

describe('typed in Parquet', () => {
  const typed = (rows: readonly string[]) =>
    parquet(`select * from (values ${rows.map((v, i) => `('${i + 1}', ${v})`).join(', ')}) t(id, v)`)
  const went = async (rows: readonly string[], from: Column<any, any, any>, dirt: Pick<Dirt, 'into' | 'sql' | 'map'>) => {
    const found = await fate({ 't.parquet': await typed(rows) }, 't.parquet', dirt, from)
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
