// The pages of a SQLite file, read beside SQLite: whatever it was made of, they hold what SQLite says, and nobody's lock is lost.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pagesOf } from '../../src/databases/sqlite/pages.ts'
import { expectSame, filled, same, sentOf, table } from './sqlite-place.ts'

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'godwit-pages-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

/** A file of its own; what is done with it is done when it is closed. */
function made(name: string, fill: (db: DatabaseSync) => void): string {
  const file = path.join(dir, `${name}.db`)
  const db = new DatabaseSync(file)
  fill(db)
  db.close()
  return file
}

/** Numbers that look drawn, and are the same in every run. */
function* drawn(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    yield state >>> 8
  }
}

/** Around where a whole number takes more bytes in the file, and where it is written in another way here. */
const bounds = [7n, 15n, 23n, 31n, 47n, 53n, 63n].flatMap((bits) => [2n ** bits - 1n, -(2n ** bits), 2n ** bits, -(2n ** bits) - 1n])
const wholes = [0n, 1n, 2n, -1n, 999_999_999n, 1_000_000_000n, 1_000_000_001n, 10n ** 15n, ...bounds].filter(
  (n) => BigInt.asIntN(64, n) === n,
)
const fractions = [
  0,
  -0,
  0.5,
  -1.25,
  1,
  3,
  1e15,
  1e21,
  1e-7,
  5e-324,
  1.7976931348623157e308,
  Infinity,
  -Infinity,
  0.1 + 0.2,
  123_456_789.125,
]
const texts = ['', 'a', 'ä', '\u0001', '\u001f', '\\', '\n\r\t', 'x'.repeat(57), 'y'.repeat(58), '12', '1.0']
const edges: readonly SQLInputValue[] = [null, ...wholes, ...fractions, ...texts, new Uint8Array(), new Uint8Array([0, 92, 120, 255])]
const types = [
  '',
  'int',
  'integer',
  'text',
  'real',
  'double precision',
  'float blob',
  'blob',
  'numeric',
  'varchar(3)',
  'boolean',
  'floating point',
]

test.each([512, 1024, 4096, 8192, 65_536])('any value in any column, in rows of any length, on pages of %i bytes', async (size) => {
  const numbers = drawn(size)
  const next = (below: number): number => numbers.next().value % below
  function* rows(): Generator<SQLInputValue[]> {
    for (let i = 0; i < 3000; i++) {
      const values = types.map((_, c) => edges[(i + 7 * c + next(3)) % edges.length]!)
      // of every length around where a row goes on in another page, and in several
      if (i % 10 === 0) values[3] = 'z'.repeat((i / 10) * 71)
      if (i % 13 === 0) values[7] = new Uint8Array(next(2 * size)).fill(i)
      yield [BigInt(i * 3 - 4000), ...values]
    }
  }
  const all = [...rows()]
  const fill = filled(
    `create table ${table} (id integer primary key, ${types.map((t, i) => `c${i} ${t}`).join(', ')})`,
    all,
    types.length + 1,
  )
  const file = made(`any ${size}`, (db) => {
    db.exec(`pragma page_size = ${size}`)
    fill(db)
  })
  expect(expectSame(await sentOf(file))).toBe(3000)
})

test('a tree of many levels, with holes where rows were taken out and others put in', async () => {
  const file = made('holes', (db) => {
    db.exec(`pragma page_size = 512; pragma auto_vacuum = full; create table ${table} (a text, n real); create table other (b text)`)
    const put = (from: number, to: number, length: number) =>
      db.exec(`with recursive i(n) as (values (${from}) union all select n + 1 from i where n < ${to})
        insert into ${table} (rowid, a, n) select n * 1000003 % 900001, substr(hex(zeroblob(200)), 1, n % ${length}) || n, n from i where true on conflict do nothing;
        insert into other select a from ${table} where rowid % 17 = 0`)
    put(1, 30_000, 60)
    db.exec(`delete from ${table} where rowid % 3 = 1; delete from other where rowid % 2 = 0; pragma incremental_vacuum`)
    put(30_001, 40_000, 350)
    db.exec(`update ${table} set a = a || a where rowid % 11 = 0; drop table other`)
  })
  expect(expectSame(await sentOf(file))).toBeGreaterThan(25_000)
})

test.each([
  [
    'with columns that were added later',
    `create table ${table} (a text); insert into ${table} values ('old'); alter table ${table} add column b text default 'from the start'; alter table ${table} add column c real; insert into ${table} values ('new', null, 1)`,
  ],
  [
    'one of whose columns was dropped',
    `create table ${table} (a text, b real, c text); insert into ${table} values ('x', 2, 'y'); alter table ${table} drop column a; insert into ${table} values (3, 'z')`,
  ],
  [
    'with columns that are reckoned',
    `create table ${table} (id integer primary key, a int, b int as (a * 2), c int as (a + 1) stored, d text); insert into ${table} (a, d) values (4, 'x'), (null, 'y'); alter table ${table} add column e text default 'later'`,
  ],
  [
    'whose key is declared like a number of rows and is none',
    `create table ${table} (id integer primary key desc, a text); insert into ${table} values (7, 'x'), (3, 'y'), (null, 'z')`,
  ],
  [
    'whose key is the number of its rows, and its last column',
    `create table ${table} (a text, b real, id integer not null, primary key (id)); insert into ${table} values ('x', 1, ${2n ** 63n - 1n}), ('y', 2, -${2n ** 63n - 1n}), ('z', 3, ${2n ** 49n})`,
  ],
  ['without a key', `create table ${table} (a, b); insert into ${table} values (1, 2.5), (null, 'x')`],
  [
    'that is strict',
    `create table ${table} (a int, b real, c any, d text) strict; insert into ${table} values (1, 2, 3, 'x'), (null, null, 1.0, null)`,
  ],
  ['without rows', `create table ${table} (a text)`],
  ['of which all rows were taken out', `create table ${table} (a text); insert into ${table} values (1), (2); delete from ${table}`],
])('a table %s', async (_, sql) => {
  await same((db) => db.exec(sql))
})

test('some of the columns, in another order', async () => {
  const file = made('some', (db) =>
    db.exec(
      `create table ${table} (id integer primary key, a text, b real, c int); insert into ${table} values (1, 'x', 2, 3), (2, null, 2.5, null)`,
    ),
  )
  const { rows } = await sentOf(file, ['c', 'a', 'id'])
  expect(rows).toEqual([
    ['3', 'x', '1', null],
    [null, null, '2', null],
  ])
})

/** Whether a file is read by its pages, while a transaction has it. */
function isReadByPages(file: string, before: (db: DatabaseSync) => void = () => {}): boolean {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    before(db)
    db.exec('begin; select 1 from sqlite_schema')
    return pagesOf(db) !== undefined
  } finally {
    db.close()
  }
}

const simple = `create table ${table} (id integer primary key, a text); insert into ${table} values (1, 'x')`

test('a file with a log beside it is read by statements, with what stands in the log', async () => {
  const file = made('log', (db) => db.exec(simple))
  expect(isReadByPages(file)).toBe(true)
  const writer = new DatabaseSync(file)
  writer.exec(`pragma journal_mode = wal; insert into ${table} values (2, 'in the log')`)
  expect(isReadByPages(file)).toBe(false)
  expect(expectSame(await sentOf(file))).toBe(2)
  writer.exec('pragma journal_mode = delete')
  writer.close()
  expect(isReadByPages(file)).toBe(true)
  expect(expectSame(await sentOf(file))).toBe(2)
})

test('another file of the same name', async () => {
  const file = made('same name', (db) => db.exec(simple))
  expect(expectSame(await sentOf(file))).toBe(1)
  rmSync(file)
  made('same name', (db) => db.exec(`${simple}, (2, 'other')`))
  expect(expectSame(await sentOf(file))).toBe(2)
})

test('a lock that this process has on the file holds after the file was read', async () => {
  const file = made('locked', (db) => db.exec(simple))
  const reader = new DatabaseSync(file)
  reader.exec('begin; select 1 from sqlite_schema')
  expect(expectSame(await sentOf(file))).toBe(1)
  const write = `new (require('node:sqlite').DatabaseSync)(process.argv[1], { timeout: 0 }).exec("insert into ${table} values (2, 'y')")`
  const elsewhere = () => execFileSync(process.execPath, ['-e', write, file], { stdio: 'pipe' })
  expect(elsewhere).toThrow(/database is locked/)
  reader.close()
  elsewhere()
  expect(expectSame(await sentOf(file))).toBe(2)
})

const many = `create table ${table} (a text); with recursive i(n) as (values (1) union all select n + 1 from i where n < 40)
  insert into ${table} select hex(zeroblob(n * 100)) from i`
/** Which of the bytes of a page, counted from its beginning, become which. */
const broken = [
  ['of a kind that there is not', 0, 0x33],
  ['that says it holds more than has room', 3, 0xff],
  ['of which a row begins beyond its end', 8, 0xff],
] as const

test.each(broken)('a file with a page %s is refused, as SQLite refuses it', async (_, at, byte) => {
  const file = made(`broken ${at}`, (db) => db.exec(`pragma page_size = 1024; ${many}`))
  const bytes = readFileSync(file)
  const leaf = Array.from({ length: bytes.length / 1024 }, (__, n) => n * 1024).find((from) => from > 1024 && bytes[from] === 0x0d)!
  bytes[leaf + at] = byte
  writeFileSync(file, bytes)
  await expect(sentOf(file)).rejects.toThrow('database disk image is malformed')
})

test('a file that was cut off is left to SQLite', async () => {
  const file = made('cut', (db) => db.exec(`pragma page_size = 1024; ${many}`))
  truncateSync(file, 5 * 1024)
  await expect(sentOf(file)).rejects.toThrow('database disk image is malformed')
})
