// Whatever stands in a SQLite file, its copy holds what node:sqlite reads value by value, and the digests of both sides are one.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { expect, test } from 'vitest'
import { arrived, filled, type Journal, same, table } from './sqlite-place.ts'

/** Bytes that stand between columns and rows, for null or for a number, where SQLite writes them. */
const signs = ['\u0001', '\u0002', '\u001e', '\u001f', '\t', '\n', '\r', '\\', '\\N', '\\.', '\u0001\u0001', '1\u001f2\u001e3', '']
const texts = [...signs, ...signs.map((s) => `a${s}b`), 'plain', 'ä', '🐦', '\ufffd', 'x'.repeat(20_000), 'ß\n'.repeat(9_000), '5', '5.0']
const numbers = [0, -0, 1.5, -1.5, 0.1 + 0.2, 1e300, 1.5e300, 5e-324, 1e15, 1e21, 123456789012345.6, 3.7e-7, 2, 1e14, Infinity, -Infinity]
const wholes = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 9007199254740993n]
const values: readonly SQLInputValue[] = [null, ...texts, ...numbers, ...wholes, new Uint8Array([0, 255, 92]), new Uint8Array()]

/** With these no line of a whole stretch is sure, and all its rows go by their columns. */
const unsure = (v: SQLInputValue): boolean => v === '\u0001' || (typeof v === 'string' && v.includes('\u001e'))

const columns = ['integer', 'text', 'real', '', 'numeric', 'blob', 'varchar(10) not null', 'double not null', 'int not null']

test.each([
  ['', values],
  ['', values.filter((v) => !unsure(v))],
  ['', values.filter((v) => typeof v !== 'string')],
  [' without rowid', values],
] as const)('any value in a column of any type%s, %#', async (kind, all) => {
  const create = `create table ${table} (id integer primary key, ${columns.map((c, i) => `c${i} ${c}`).join(', ')})${kind}`
  // each column runs through all values, never in step with its neighbours
  const rows = all.flatMap((_, n) =>
    [0, 1, 2].map((turn) => [
      BigInt(n * 3 + turn) - 50n,
      ...columns.map((c, i) => {
        const value = all[(n * (i + 1) + turn * 7) % all.length]!
        return value === null && c.includes('not null') ? 1.25 : value
      }),
    ]),
  )
  expect(await same(filled(create, rows, columns.length + 1))).toBe(all.length * 3)
})

test('many rows, of which few are odd, in many stretches', async () => {
  function* rows(): Generator<SQLInputValue[]> {
    for (let i = 0; i < 20_000; i++)
      yield [i * 3, i % 997 === 0 ? `odd\u001e${i}` : `name ${i}`, i % 7 ? i / 8 : null, i % 1009 === 0 ? '\u0001' : i % 5 ? null : 'x\\y']
  }
  expect(await same(filled(`create table ${table} (id integer primary key, a text, b real, c text)`, rows(), 4))).toBe(20_000)
})

test.each([
  ['of one column', 'a text', [['a'], [''], [null], ['\u0001'], ['\u001e'], ['']]],
  [
    'whose only rows are at the ends',
    'id integer primary key, a text',
    [
      [2n ** 63n - 1n, 'z'],
      [-(2n ** 63n), 'a'],
    ],
  ],
  [
    'with a column of the name that its rows are numbered by',
    'rowid text, a real',
    [
      ['x', 1.5],
      ['y', null],
    ],
  ],
  ['with columns of all those names', 'rowid text, _rowid_ text, oid text', [['x', 'y', 'z']]],
  [
    'whose texts are the mark of null',
    'a text, b text',
    [
      ['\u0001', null],
      ['x', 'y'],
    ],
  ],
  [
    'whose texts hold what stands between columns',
    'a text, b text',
    [
      ['a\u001fb', 'c'],
      ['\u001f', null],
      ['x', 'y'],
    ],
  ],
] as const)('a table %s', async (_, declared, rows) => {
  expect(await same(filled(`create table ${table} (${declared})`, rows, rows[0]!.length))).toBe(rows.length)
})

test('a table of more columns than a function takes', async () => {
  const wide = Array.from({ length: 300 }, (_, i) => `c${i}`)
  const row = wide.map((_, i) => (i % 11 === 0 ? null : i % 3 === 0 ? i / 4 : `v${i}`))
  expect(await same(filled(`create table ${table} (${wide.join(', ')})`, [row, row.toReversed()], wide.length))).toBe(2)
})

test('a collation that nobody here knows', async () => {
  const fill = (db: DatabaseSync) => {
    db.exec(`create table ${table} (a text collate nocase, b text); insert into ${table} values ('A', 'b'), (null, 'c')`)
    db.enableDefensive(false)
    db.exec(`pragma writable_schema = on; update sqlite_schema set sql = replace(sql, 'nocase', 'of_theirs') where name = '${table}'`)
  }
  expect(await same(fill)).toBe(2)
})

test('a view', async () => {
  const fill = (db: DatabaseSync) =>
    db.exec(`create table t (a, b); insert into t values (1.5, 'x'), (null, char(31)); create view ${table} as select b, a from t`)
  expect(await same(fill)).toBe(2)
})

test('a file that keeps its texts as UTF-16', async () => {
  const fill = (db: DatabaseSync) =>
    db.exec(
      `pragma encoding = 'UTF-16le'; create table ${table} (id integer primary key, a text); insert into ${table} values (1, 'ä🐦'), (2, null)`,
    )
  expect(await same(fill)).toBe(2)
})

test.each<Journal>(['delete', 'wal'])('what no text can hold is kept as bytes, row by row among good ones; %s', async (journal) => {
  const fill = (db: DatabaseSync) =>
    db.exec(`create table ${table} (id integer primary key, a text, b text);
      insert into ${table} values (1, 'good', 'ä'), (2, cast(x'61ff' as text), 'b'), (3, 'a' || char(0) || 'b', null), (4, '\ufffd', cast(x'c3' as text)), (5, 'good', null)`)
  const { rows } = await arrived(fill, journal)
  expect(rows.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
    ['1', 'good', 'ä', null],
    ['2', null, 'b', '{"a":"\\\\x61ff"}'],
    ['3', null, null, '{"a":"\\\\x610062"}'],
    ['4', '\ufffd', null, '{"b":"\\\\xc3"}'],
    ['5', 'good', null, null],
  ])
})
