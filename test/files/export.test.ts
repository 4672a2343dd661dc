// What is exported comes back through a source of files as it was: each format, packed or not, hard values.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { fill, folder, godwit, jsonOf, project } from '../cli/godwit.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { arrived } from './place.ts'

const hard = `create table hard (id int primary key, t text, i bigint, n numeric, p numeric(20, 6), f double precision, g real, b bool, d date, ts timestamp, tz timestamptz, tm time, iv interval, u uuid, j json, jb jsonb, a int[], ta text[], by bytea, c char(5), v varchar(9), "Quoted ""name""" text);
  insert into hard (id) values (0);
  insert into hard values
    (1, '', 9223372036854775807, 123456789012345678901234567890.1234567890, -0.000001, 0.1, 0.1, true, '2020-02-29', '2020-01-01 00:00:00.123456', '2020-01-01 00:00:00.000001+02', '23:59:59.999999', '1 year 2 mons -3 days 04:05:06.000007', '5a0e8b5f-9d3c-4f7e-8a1b-0c2d3e4f5a6b', '{"a": 1.10,  "a": 2}', '{"big": 12345678901234567890.10}', '{1,null,3}', '{"",NULL,"NULL","a,b","q\\"q"}', '\\x00ff5c0a', 'ab', 'é🐦', 'x'),
    (2, E'tab\\there \\\\ \\\\N \\\\. "q" ''s'' ,;\\r\\n\\n', -9223372036854775808, 'NaN', 0, 'NaN', 'Infinity', false, 'infinity', '-infinity', 'infinity', '00:00', '-00:00:00.000001', null, '[1,\n 2]', '"\\u2028"', '{}', '{}', '', '', '', ''),
    (3, E'\\\\N', 0, 'Infinity', 99999999999999.999999, '-0', '1e-45', null, '0044-03-15 BC', '0044-03-15 00:00:00.5 BC', '0044-03-15 12:00:00+00 BC', '12:00', '0', null, 'null', 'null', null, null, null, null, null, null),
    (4, E'\\ufeffnull', 1, 1e100, 1, 1e300, 16777217, true, '9999-12-31', '2020-01-01', '2020-01-01 00:00+00', '24:00', null, null, '1e400', '1', '{{1,2},{3,4}}', null, '\\x', null, '\\\\.', E'\\u0001\\u001f')`

const configured = "export default { database: '${DATABASE_URL}' }\n"

async function place(sql: string) {
  const db = await freshDatabase()
  await query(db.url, sql)
  const cwd = folder({ 'godwit.config.ts': configured })
  const go = (...args: string[]) => godwit(args, { cwd, env: { DATABASE_URL: db.url } })
  return { db, cwd, go, [Symbol.asyncDispose]: () => db.drop() }
}

/** As the file has it, by the name of the column. */
async function back(cwd: string, file: string) {
  const bytes = readFileSync(path.join(cwd, file))
  const got = await arrived({ [file]: bytes }, { t: file })
  return { bytes, columns: got.columns.slice(1), rows: got.rows.map((r) => r.slice(1)), types: got.types.slice(1) }
}

test.each(['hard.csv', 'hard.csv.gz', 'hard.csv.zst'])('%s comes back as it was', async (file) => {
  await using p = await place(hard)
  const said = await p.go('export', 'hard', '--out', file)
  expect(said.all).toMatch(/✓ 5 rows written to hard\.csv\S*: [\d,]+ bytes, SHA-256 [0-9a-f]{64}\n/)
  const got = await back(p.cwd, file)
  expect(said.stdout).toContain(createHash('sha256').update(got.bytes).digest('hex'))
  expect(got.rows).toEqual(await query(p.db.url, 'select * from hard order by id'))
})

test.each(['hard.ndjson', 'hard.jsonl.gz'])('%s comes back as it was', async (file) => {
  await using p = await place(hard)
  expect((await p.go('export', 'public.hard', '--out', file)).code).toBe(0)
  const got = await back(p.cwd, file)
  // true is said as in JSON, its null is null, and a line break between two parts of a document is a space
  const same = await query(
    p.db.url,
    `select * from (select h.*, b::text as said, nullif(replace(j::text, e'\\n', ' '), 'null') as doc, nullif(jb::text, 'null') as bin from hard h) x order by id`,
  )
  const at = (name: string) => got.columns.indexOf(name)
  const want = same.map((r) => {
    const [said, doc, bin] = r.slice(-3)
    return r.slice(0, -3).map((v, i) => (i === at('b') ? said : i === at('j') ? doc : i === at('jb') ? bin : v))
  })
  // a scalar in a document is its text
  const scalar = (v: string | null | undefined) => (v?.startsWith('"') ? (JSON.parse(v) as string) : v)
  expect(got.rows).toEqual(want.map((r) => r.map((v, i) => (i === at('jb') ? scalar(v) : v))))
})

test('Parquet comes back as it was, typed', async () => {
  await using p = await place(hard)
  const said = await p.go('export', 'hard', '--out', 'hard.parquet', '--zstd', '--json')
  expect(jsonOf(said)).toMatchObject({ ok: true, file: 'hard.parquet', rows: 5 })
  const got = await back(p.cwd, 'hard.parquet')
  expect(got.rows).toEqual(await query(p.db.url, `select * from hard order by id`))
  expect(Object.fromEntries(got.columns.map((c, i) => [c, got.types[i]]))).toMatchObject({
    id: 'int4',
    i: 'int8',
    n: 'text',
    p: 'numeric(20,6)',
    f: 'float8',
    g: 'float4',
    b: 'bool',
    d: 'date',
    ts: 'timestamp',
    tz: 'timestamptz',
    tm: 'time',
    u: 'uuid',
    by: 'bytea',
    iv: 'text',
    a: 'text',
    j: 'text',
  })
})

test('a query, a table of one column, one without rows', async () => {
  await using p = await place(`create table one (v text); insert into one values (''), (null), ('x'); create table none (a int, b text)`)
  await p.go('export', '--query', 'select v, length(v) as n from public.one where v is not null order by n;', '--out', 'q.csv')
  expect(readFileSync(path.join(p.cwd, 'q.csv'), 'utf8')).toBe('v,n\n"",0\nx,1\n')
  await p.go('export', 'one', '--out', 'one.csv')
  expect((await back(p.cwd, 'one.csv')).rows).toEqual([[''], [null], ['x']])
  await p.go('export', 'none', '--out', 'deep/none.parquet')
  expect((await arrived({ 'none.parquet': readFileSync(path.join(p.cwd, 'deep/none.parquet')) }, { t: 'none.parquet' })).rows).toEqual([])
  expect(await query(p.db.url, `select count(*) from pg_class where relname = 'godwit_export'`)).toEqual([['0']])
})

test('many rows, in as many', async () => {
  await using p = await place(`create table many as select i, 'text ' || i as t, i / 7.0 as n from generate_series(1, 60000) i`)
  for (const file of ['m.csv.gz', 'm.ndjson.zst', 'm.parquet']) {
    expect(jsonOf(await p.go('export', 'many', '--out', file, '--json'))).toMatchObject({ rows: 60000 })
    const { rows } = await back(p.cwd, file)
    expect(rows.length).toBe(60000)
    expect(rows[59_999]).toEqual((await query(p.db.url, 'select * from many where i = 60000'))[0])
  }
  const [csv, ndjson] = [
    gunzipSync(readFileSync(path.join(p.cwd, 'm.csv.gz'))),
    zstdDecompressSync(readFileSync(path.join(p.cwd, 'm.ndjson.zst'))),
  ]
  expect([csv, ndjson].map((b) => b.toString().split('\n').length)).toEqual([60002, 60001])
})

test('more than is held at once goes into one Parquet file, in its order', async () => {
  await using p = await place(`create table wide as select i, repeat(md5(i::text), 512) as t from generate_series(1, 4500) i`)
  expect(jsonOf(await p.go('export', 'wide', '--out', 'wide.parquet', '--json'))).toMatchObject({ rows: 4500 })
  const duckdb = await DuckDBInstance.create(':memory:')
  const connection = await duckdb.connect()
  const read = await connection.run(
    `select md5(string_agg(i || md5(t), '' order by file_row_number)) from read_parquet('${path.join(p.cwd, 'wide.parquet')}', file_row_number = true)`,
  )
  expect(await read.getRows()).toEqual(await query(p.db.url, `select md5(string_agg(i || md5(t), '' order by i)) from wide`))
  connection.closeSync()
  duckdb.closeSync()
})

test.each<[string, string[], RegExp]>([
  ['nothing', [], /GW_USAGE[\s\S]*What is to be exported/],
  ['two things', ['one', '--query', 'select 1'], /GW_USAGE[\s\S]*three exports/],
  ['a table that is not there', ['ones'], /GW_TABLE_MISSING[\s\S]*Did you mean public\.one\?/],
  ['a query that is none', ['--query', 'drop table public.one'], /GW_EXPORT[\s\S]*The query cannot be read/],
  ['two queries', ['--query', 'select 1 as a; drop table public.one'], /GW_/],
  ['a query that writes', ['--query', 'with d as (delete from public.one returning *) select * from d'], /GW_EXPORT/],
  ['a query that writes by a function', ['--query', 'select public.writes() as w'], /read-only transaction/],
  ['a query that fails half way', ['--query', 'select 1 / (5000 - i) as a from generate_series(1, 9000) i'], /division by zero/],
  [
    'what Parquet has not',
    ['--query', "select 'NaN'::numeric(5,2) as n", '--format', 'parquet'],
    /GW_EXPORT[\s\S]*cannot be written as Parquet/,
  ],
  ['two ways to pack', ['one', '--gzip', '--zstd'], /GW_USAGE/],
])('%s is refused, and no file is left behind', async (_, args, message) => {
  await using p = await place(
    `create table one (v text); insert into one values ('x'); create function writes() returns text language sql as $$ insert into public.one values ('y') returning v $$`,
  )
  const said = await p.go('export', ...args, '--out', 'out.csv')
  expect(said.stderr).toMatch(message)
  expect(said.code).not.toBe(0)
  expect(readdirSync(p.cwd)).toEqual(['godwit.config.ts'])
  expect(await query(p.db.url, 'select v from one')).toEqual([['x']])
})

test('without DuckDB Parquet is refused by what is missing, and all else goes', async () => {
  await using p = await place(`create table one (v text); insert into one values ('x')`)
  const without = `import { registerHooks } from 'node:module'; registerHooks({ resolve(what, about, next) { if (what.startsWith('@duckdb')) throw new Error('not installed'); return next(what, about) } })`
  const env = { DATABASE_URL: p.db.url, NODE_OPTIONS: `--import ${JSON.stringify(`data:text/javascript,${encodeURIComponent(without)}`)}` }
  expect((await godwit(['export', 'one', '--out', 'one.csv'], { cwd: p.cwd, env })).code).toBe(0)
  expect((await godwit(['export', 'one', '--out', 'one.parquet'], { cwd: p.cwd, env })).stderr).toMatch(
    /GW_DUCKDB_MISSING[\s\S]*npm install @duckdb\/node-api/,
  )
})

test('the quarantine, in each format', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const cwd = project()
  const go = (...args: string[]) => godwit(args, { cwd, env: { DATABASE_URL: db.url } })
  await go('run')
  for (const file of ['rows.ndjson.gz', 'rows.parquet', 'rows.csv'])
    expect((await go('export', '--quarantine', '--mapping', 'old_customer', '--out', file)).all).toMatch(/✓ 3 rows written/)
  const lines = gunzipSync(readFileSync(path.join(cwd, 'rows.ndjson.gz')))
    .toString()
    .trim()
    .split('\n')
  expect(lines.map((l) => (JSON.parse(l) as { key: string }).key)).toEqual(['3', '5', '7'])
  const parquet = await back(cwd, 'rows.parquet')
  expect(parquet.columns).toEqual([
    'mapping',
    'key',
    'code',
    'columns',
    'says',
    'at',
    'detail',
    'since',
    'run',
    'waived_by',
    'waived_why',
    'row.id',
    'row.name',
    'row.state',
    'row.since',
  ])
  expect(parquet.rows.map((r) => r[13])).toEqual(['X', 'I', '=1+1'])
  // only where a spreadsheet would carry it out
  expect((await back(cwd, 'rows.csv')).rows.map((r) => r[13])).toEqual(['X', 'I', "'=1+1"])
  expect((await go('export', '--quarantine', '--reason', 'NULL_NOT_ALLOWED', '--out', 'some.csv')).all).toMatch(/✓ 1 row written/)
})
