// Dirt in another database, kind by kind: each row arrives with exactly its value, or waits with its reason, or the plan says why it cannot be.
// Once for each engine, with what a column of texts can hold (as from files) and with what only that engine has.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database, type Plan, plan, quarantineList, run, verify } from '../../src/api.ts'
import * as g from '../../src/index.ts'
import { generous, quickClock } from '../crash/process.ts'
import { objections } from '../guarantees/engine.ts'
import { type Dirt, dirts, fateOf, mappingOf, targetSql, type Value, type Way } from '../support/dirt.ts'
import { hasMariadb, mariadbRoot, mariadbUrl } from '../support/mariadb.ts'
import { freshDatabase, query } from '../support/postgres.ts'

/** A column of the source as it is declared there and as the mapping declares it, and its rows: the SQL of a value, and what becomes of it. */
interface Cell extends Way {
  readonly there: string
  readonly from: g.Column<any, any, any>
  readonly rows: readonly (readonly [string, Value])[]
}
type Cells = Readonly<Record<string, Cell>>

interface There {
  readonly url: string
  /** What stands before the name of its tables. */
  readonly schema: string
  sql(text: string): Promise<void>
  drop(): Promise<void>
}

interface Engine {
  readonly open: () => Promise<There>
  readonly text: string
  readonly literal: (text: string) => string
  readonly whole: string
  readonly cells: Cells
  readonly refused?: Refusals
  /** What a text there cannot hold. */
  readonly without?: string
}

/** What the plan or the run refuses, by the name of what it is about. */
interface Refusal extends Omit<Cell, 'rows'> {
  readonly code: string
  readonly about: string
}
type Refusals = Readonly<Record<string, Refusal>>

/** As it is, from a type to one of Postgres. */
const same = (there: string, from: g.Column<any, any, any>, sql: string, to: g.Column<any, any, any>): Omit<Cell, 'rows'> => ({
  there,
  from: from.null(),
  sql,
  into: to.null(),
  map: (v) => v,
})
const kept = (...values: string[]): [string, string][] => values.map((v) => [`'${v}'`, v])

// ── Postgres ─────────────────────────────────────────────────────────────────────────────────

const text = g.text()
const inPostgres: Cells = {
  'a narrower whole number': {
    ...same('bigint', g.bigint(), 'int', g.int()),
    rows: [
      ['2147483647', '2147483647'],
      ['2147483648', 'OUT_OF_RANGE'],
      ['-2147483648', '-2147483648'],
      ['-2147483649', 'OUT_OF_RANGE'],
      ['null', null],
    ],
  },
  'unsigned 64 bits': {
    ...same('numeric(20,0)', g.numeric(20, 0), 'bigint', g.bigint()),
    rows: [
      ['18446744073709551615', 'OUT_OF_RANGE'],
      ['9223372036854775807', '9223372036854775807'],
      ['9007199254740993', '9007199254740993'],
    ],
  },
  'numbers that JavaScript would round': {
    ...same('bigint', g.bigint(), 'bigint', g.bigint()),
    rows: kept('9007199254740993', '-9007199254740993', '9223372036854775807'),
  },
  'numbers in JSON that JavaScript would round': {
    ...same('jsonb', g.jsonb(), 'jsonb', g.jsonb()),
    rows: kept('{"n": 9007199254740993}', '{"n": 0.10}', '12345678901234567890.10', '"1"', 'null'),
  },
  floats: {
    ...same('double precision', g.double(), 'double precision', g.double()),
    rows: [
      ["'NaN'", 'NaN'],
      ["'-Infinity'", '-Infinity'],
      ["'-0'", '-0'],
      ['0.1::float8 + 0.2::float8', '0.30000000000000004'],
      ["'5e-324'", '5e-324'],
    ],
  },
  'short floats': {
    ...same('real', g.real(), 'real', g.real()),
    rows: [
      ['0.1', '0.1'],
      ['16777217', '1.6777216e+07'],
      ["'Infinity'", 'Infinity'],
    ],
  },
  'floats as decimals': {
    ...same('double precision', g.double(), 'numeric(8,2)', g.numeric(8, 2)),
    rows: [
      ['0.25', '0.25'],
      ['0.125', 'PRECISION_LOSS'],
      ['0.1::float8 + 0.2::float8', 'PRECISION_LOSS'],
      ['1234567', 'OUT_OF_RANGE'],
      ["'NaN'", 'OUT_OF_RANGE'],
      ["'Infinity'", 'OUT_OF_RANGE'],
    ],
  },
  'floats as decimals with as many places as they have': {
    ...same('double precision', g.double(), 'numeric', g.numeric()),
    rows: [
      ['0.1', '0.1'],
      ['0.1::float8 + 0.2::float8', '0.30000000000000004'],
      ["'9007199254740993'", '9007199254740992'],
      ["'NaN'", 'NaN'],
    ],
  },
  'floats as whole numbers': {
    ...same('double precision', g.double(), 'bigint', g.bigint()),
    rows: [
      ['4', '4'],
      ['0.5', 'PRECISION_LOSS'],
      ["'9007199254740994'", '9007199254740994'],
      ["'1e19'", 'OUT_OF_RANGE'],
      ["'NaN'", 'OUT_OF_RANGE'],
    ],
  },
  'places of a decimal': {
    ...same('numeric', g.numeric(), 'numeric(6,2)', g.numeric(6, 2)),
    rows: [
      ['1.0', '1.00'],
      ['1.00', '1.00'],
      ['1.005', 'PRECISION_LOSS'],
      ['12345.6', 'OUT_OF_RANGE'],
      ["'Infinity'", 'OUT_OF_RANGE'],
      ["'NaN'", 'OUT_OF_RANGE'],
    ],
  },
  'places of a decimal that keeps its own': { ...same('numeric', g.numeric(), 'numeric', g.numeric()), rows: kept('1.0', '1.00', '0.1') },
  'dates without end, before Christ, after 9999': {
    ...same('date', g.date(), 'date', g.date()),
    rows: kept('infinity', '-infinity', '0044-03-15 BC', '12345-01-01', '5874897-12-31'),
  },
  'times without end, before Christ, after 9999, microseconds': {
    ...same('timestamptz', g.timestamptz(), 'timestamptz', g.timestamptz()),
    rows: kept('infinity', '0044-03-15 12:00:00+00 BC', '12345-01-01 00:00:00+00', '2020-01-01 00:00:00.000001+00'),
  },
  'local times that the clock never showed, or showed twice': {
    ...same('timestamp', g.timestamp(), 'timestamptz', g.timestamptz()),
    map: (v) => v.inZone('Europe/Berlin'),
    rows: [
      ["'2021-03-28 01:59'", '2021-03-28 00:59:00+00'],
      ["'2021-03-28 02:30'", 'DATE_INVALID'],
      ["'2021-10-31 02:30'", 'DATE_INVALID'],
    ],
  },
  'blanks that pad': { ...same('char(3)', g.char(3), 'char(3)', g.char(3)), rows: kept('ab ', '   ', 'abc') },
  'blanks that pad, without their column': {
    ...same('char(3)', g.char(3), 'text', text),
    rows: [
      ["'abc'", 'abc'],
      ["'ab'", 'ab'],
    ],
  },
  'texts that its collation takes for one': {
    ...same('text collate blind', text, 'text unique', text),
    rows: kept('a', 'A', 'ä', 'ß', 'ss'),
  },
  'a value of an enum that the target does not have': {
    ...same('mood', text, 'mood', g.enumeration('public.mood', ['glad', 'sad'])),
    before: "create type mood as enum ('glad', 'sad')",
    rows: [
      ["'glad'", 'glad'],
      ["'Glad'", 'ENUM_UNKNOWN'],
      ["'wild'", 'ENUM_UNKNOWN'],
      ['null', null],
    ],
  },
  'what a domain refuses': {
    ...same('text', text, 'positive', g.other('public.positive')),
    before: 'create domain positive as int check (value > 0)',
    rows: [
      ["'1'", '1'],
      ["'-1'", 'CAST_FAILED'],
      ["'one'", 'CAST_FAILED'],
      ['null', null],
    ],
  },
  'JSON that has a key twice, or what jsonb cannot hold': {
    ...same('json', g.json(), 'jsonb', g.jsonb()),
    map: (v) => v.asText().asJson(),
    rows: [
      [`'{"a":1,"b":9007199254740993}'`, '{"a": 1, "b": 9007199254740993}'],
      [`'{"a":1,"a":2}'`, 'JSON_KEY_TWICE'],
      [`'{"a":{"b":1,"b":1}}'`, 'JSON_KEY_TWICE'],
      [String.raw`'{"a":"\u0000"}'`, 'JSON_INVALID'],
      [String.raw`'"\ud800"'`, 'JSON_INVALID'],
    ],
  },
  'JSON as it is written': {
    ...same('json', g.json(), 'json', g.json()),
    rows: kept('{"a":1,"a":2}', String.raw`"\u0000"`, '{ "b" : 1.0 , "a" : 1e3 }'),
  },
  'division by zero': {
    ...same('numeric', g.numeric(), 'numeric(8,2)', g.numeric(8, 2)),
    map: (v) => v.required().over(v.required().minus(2)).round(2),
    rows: [
      ['4', '2.00'],
      ['2', 'DIV_BY_ZERO'],
    ],
  },
  bytes: { ...same('bytea', g.bytea(), 'bytea', g.bytea()), rows: kept('\\x', '\\x00ff5c') },
  booleans: {
    ...same('boolean', g.bool(), 'boolean not null', g.bool()),
    into: g.bool(),
    map: (v) => v.required(),
    rows: [
      ['true', 't'],
      ['false', 'f'],
      ['null', 'NULL_NOT_ALLOWED'],
    ],
  },
}

const refusedFromPostgres: Refusals = {
  'a time that says no zone': {
    ...same('timestamp', g.timestamp(), 'timestamptz', g.timestamptz()),
    code: 'GW_CANNOT_PLAN',
    about: '.v is timestamptz, and is given timestamp',
  },
  'JSON that would lose what it has twice': {
    ...same('json', g.json(), 'jsonb', g.jsonb()),
    code: 'GW_CANNOT_PLAN',
    about: '.v is jsonb, and is given json',
  },
  'nothing, where something must be and nobody says what': {
    ...same('text', text, 'text not null', text),
    into: text,
    code: 'GW_NULL_UNDECIDED',
    about: '.v must have a value',
  },
  'a column that is another than the mapping says': {
    ...same('text', g.int(), 'int', g.int()),
    code: 'GW_DRIFT',
    about: '.v is text',
  },
}

async function openPostgres(): Promise<There> {
  const db = await freshDatabase()
  await query(
    db.url,
    `create collation blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false); create type mood as enum ('glad', 'Glad', 'wild')`,
  )
  return { url: db.url, schema: 'public', sql: async (text) => void (await query(db.url, text)), drop: db.drop }
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

// ── SQLite ───────────────────────────────────────────────────────────────────────────────────

const inSqlite: Cells = {
  'any value in a column of whole numbers': {
    ...same('integer', text, 'int', g.int()),
    map: (v) => v.asInt(),
    rows: [
      ['12', '12'],
      ["'12'", '12'],
      ["'lots'", 'CAST_NUMERIC'],
      ["'12abc'", 'CAST_NUMERIC'],
      ["''", 'CAST_NUMERIC'],
      ["' '", 'CAST_NUMERIC'],
      ['1.5', 'PRECISION_LOSS'],
      ['2147483648', 'OUT_OF_RANGE'],
      ["x'3132'", 'CAST_NUMERIC'],
      ['null', null],
    ],
  },
  'whole numbers to the last bit': {
    ...same('integer', text, 'bigint', g.bigint()),
    map: (v) => v.asInt(),
    rows: [...kept('9223372036854775807', '-9223372036854775808', '9007199254740993'), ['9223372036854775808', 'OUT_OF_RANGE']],
  },
  'the text of every kind of value': {
    ...same('', text, 'text', text),
    rows: [
      ['1', '1'],
      ['1.0', '1.0'],
      ["'1'", '1'],
      ['0.1 + 0.2', '0.30000000000000004'],
      ['9e999', 'Infinity'],
      ['-9e999', '-Infinity'],
      ['9e999 - 9e999', null],
      ["x'00ff'", '\\x00ff'],
      ["''", ''],
    ],
  },
  'floats as decimals': {
    ...same('real', text, 'numeric(8,2)', g.numeric(8, 2)),
    map: (v) => v.asDecimal(),
    rows: [
      ['0.25', '0.25'],
      ['1', '1.00'],
      ['0.125', 'PRECISION_LOSS'],
      ['0.1 + 0.2', 'PRECISION_LOSS'],
      ['1234567', 'OUT_OF_RANGE'],
      ['9e999', 'CAST_NUMERIC'],
      ["'dear'", 'CAST_NUMERIC'],
    ],
  },
  'dates that are free text': {
    ...same('date', text, 'date', g.date()),
    map: (v) => v.asDate('YYYY-MM-DD'),
    rows: [
      ["'2020-02-29'", '2020-02-29'],
      ["'2020-13-45'", 'DATE_INVALID'],
      ["'0000-00-00'", 'DATE_INVALID'],
      ['20200101', 'DATE_INVALID'],
      ['1577836800', 'DATE_INVALID'],
      ["''", 'DATE_INVALID'],
    ],
  },
  'times with all their digits': {
    ...same('datetime', text, 'timestamp', g.timestamp()),
    map: (v) => v.asTimestamp(),
    rows: [
      ["'2020-01-01 00:00:00'", '2020-01-01 00:00:00'],
      ["'2020-01-01 00:00:00.000001'", '2020-01-01 00:00:00.000001'],
      ["'2020-01-01 00:00:00.0000001'", 'DATE_INVALID'],
      ["'2020-01-01T00:00:00Z'", 'DATE_INVALID'],
      ["'2020-01-01 25:00:00'", 'DATE_INVALID'],
    ],
  },
  'bytes that are no UTF-8': {
    ...same('text', text, 'text', text),
    rows: [
      ["cast(x'ff41' as text)", 'ENCODING'],
      ["cast(x'c3' as text)", 'ENCODING'],
      ["cast(x'eda080' as text)", 'ENCODING'],
      ["cast(x'c3a4' as text)", 'ä'],
      ["'\ufffd'", '\ufffd'],
    ],
  },
  'booleans that are numbers': {
    ...same('boolean', text, 'boolean', g.bool()),
    map: (v) => v.match({ 1: true, 0: false }),
    rows: [
      ['1', 't'],
      ['false', 'f'],
      ['2', 'ENUM_UNKNOWN'],
      ["'true'", 'ENUM_UNKNOWN'],
      ['0.5', 'ENUM_UNKNOWN'],
    ],
  },
  'texts that its collation takes for one': { ...same('text collate nocase', text, 'text unique', text), rows: kept('a', 'A', 'a ', 'ä') },
  'more than it says': {
    ...same('varchar(3)', text, 'varchar(3)', g.varchar(3)),
    rows: [
      ["'abc'", 'abc'],
      ["'abcd'", 'TOO_LONG'],
    ],
  },
}

async function openSqlite(): Promise<There> {
  const dir = mkdtempSync(path.join(tmpdir(), 'godwit-matrix-'))
  const file = path.join(dir, 'old.db')
  const db = new DatabaseSync(file)
  return {
    url: `sqlite:${file}`,
    schema: 'main',
    sql: async (sql) => db.exec(sql),
    drop: async () => {
      db.close()
      rmSync(dir, { recursive: true })
    },
  }
}

// ── MariaDB ──────────────────────────────────────────────────────────────────────────────────

const inMariadb: Cells = {
  'unsigned 64 bits': {
    ...same('bigint unsigned', g.numeric(20, 0), 'bigint', g.bigint()),
    rows: [
      ['18446744073709551615', 'OUT_OF_RANGE'],
      ['9223372036854775807', '9223372036854775807'],
      ['9007199254740993', '9007199254740993'],
    ],
  },
  'unsigned 64 bits in full': {
    ...same('bigint unsigned', g.numeric(20, 0), 'numeric(20,0)', g.numeric(20, 0)),
    rows: kept('18446744073709551615', '0'),
  },
  'a narrower whole number': {
    ...same('int unsigned', g.bigint(), 'int', g.int()),
    rows: [
      ['2147483647', '2147483647'],
      ['4294967295', 'OUT_OF_RANGE'],
    ],
  },
  'numbers with zeros before them': { ...same('int(6) zerofill', text, 'text', text), rows: [['42', '000042']] },
  floats: {
    ...same('double', text, 'text', text),
    rows: [
      ['0.1e0 + 0.2e0', '0.30000000000000004'],
      ['1e300', '1e300'],
    ],
  },
  'short floats, of which the server shows six digits': {
    ...same('float', text, 'text', text),
    rows: [
      ['16777217', '16777216'],
      ['0.1', '0.10000000149011612'],
    ],
  },
  'places of a decimal': {
    ...same('decimal(12,3)', g.numeric(12, 3), 'numeric(6,2)', g.numeric(6, 2)),
    rows: [
      ['1.1', '1.10'],
      ['1.005', 'PRECISION_LOSS'],
      ['12345.6', 'OUT_OF_RANGE'],
    ],
  },
  'dates of zeros': {
    ...same('date', text, 'date', g.date()),
    map: (v) => v.asDate('YYYY-MM-DD'),
    rows: [
      ["'2020-02-29'", '2020-02-29'],
      ["'0000-00-00'", 'DATE_INVALID'],
      ["'2020-00-10'", 'DATE_INVALID'],
      ["'2020-02-00'", 'DATE_INVALID'],
      ["'2021-02-29'", 'DATE_INVALID'],
      ["'9999-12-31'", '9999-12-31'],
      ['null', null],
    ],
  },
  'dates of zeros that the mapping takes for none': {
    ...same('date', text, 'date', g.date()),
    map: (v) => v.nullIf('0000-00-00').asDate('YYYY-MM-DD'),
    rows: [
      ["'0000-00-00'", null],
      ["'2020-00-10'", 'DATE_INVALID'],
    ],
  },
  'times with all their digits': {
    ...same('datetime(6)', text, 'timestamp', g.timestamp()),
    map: (v) => v.asTimestamp(),
    rows: [
      ["'2020-01-01 00:00:00.000001'", '2020-01-01 00:00:00.000001'],
      ["'9999-12-31 23:59:59.999999'", '9999-12-31 23:59:59.999999'],
      ["'0000-00-00'", 'DATE_INVALID'],
    ],
  },
  'times that depend on the zone of who asks': {
    ...same('timestamp null', text, 'timestamptz', g.timestamptz()),
    map: (v) => v.asTimestamp().asUtc(),
    rows: [
      ['from_unixtime(0 + 86400)', '1970-01-02 00:00:00+00'],
      ['null', null],
    ],
  },
  'hours beyond a day': { ...same('time', text, 'text', text), rows: kept('838:59:59', '-00:00:01') },
  'texts of another character set': {
    ...same('varchar(20) character set latin1', text, 'text', text),
    rows: [
      ["_latin1 x'80e4'", '€ä'],
      ["'ß'", 'ß'],
    ],
  },
  'bytes that are no UTF-8': {
    ...same('varbinary(20)', text, 'text', text),
    rows: [
      ["x'ff41'", '\\xff41'],
      ["x'00'", '\\x00'],
      ["''", '\\x'],
    ],
  },
  'texts that its collation takes for one': {
    ...same('varchar(20) collate utf8mb4_general_ci', text, 'text unique', text),
    rows: kept('a', 'A', 'a ', 'ß', 's', 'ä'),
  },
  'blanks that it forgets': {
    ...same('char(5)', text, 'text', text),
    rows: [
      ["'ab   '", 'ab'],
      ["' ab'", ' ab'],
    ],
  },
  'booleans that are numbers': {
    ...same('boolean', g.bigint(), 'boolean', g.bool()),
    map: (v) => v.match({ 1: true, 0: false }),
    rows: [
      ['true', 't'],
      ['0', 'f'],
      ['2', 'ENUM_UNKNOWN'],
      ['-1', 'ENUM_UNKNOWN'],
      ['null', null],
    ],
  },
  'an enum, and what it holds where it was given something else': {
    ...same("enum('glad','sad')", text, 'text', text),
    map: (v) => v.match({ glad: 'glad', sad: 'sad' }),
    rows: [
      ["'glad'", 'glad'],
      ["'wild'", 'ENUM_UNKNOWN'],
      ['null', null],
    ],
  },
  'what it cut itself when nobody was strict': { ...same('varchar(3)', text, 'varchar(3)', g.varchar(3)), rows: [["'abcd'", 'abc']] },
  JSON: {
    ...same('longtext', text, 'jsonb', g.jsonb()),
    map: (v) => v.asJson(),
    rows: [
      [`'{"a": 12345678901234567890.10}'`, '{"a": 12345678901234567890.10}'],
      [`'{"a":1,"a":2}'`, 'JSON_KEY_TWICE'],
      [String.raw`'{"a":"\\u0000"}'`, 'JSON_INVALID'],
      ["'{a}'", 'JSON_INVALID'],
    ],
  },
  'division by zero': {
    ...same('decimal(8,2)', g.numeric(8, 2), 'numeric(8,2)', g.numeric(8, 2)),
    map: (v) => v.required().over(v.required().minus(2)).round(2),
    rows: [
      ['4', '2.00'],
      ['2', 'DIV_BY_ZERO'],
    ],
  },
}

async function openMariadb(): Promise<There> {
  const name = `godwit_matrix_${process.pid}`
  const root = await mariadbRoot({ charset: 'utf8mb4', multipleStatements: true })
  // as it was usual when such rows were written
  await root.query(
    `drop database if exists ${name}; create database ${name} character set utf8mb4 collate utf8mb4_bin; use ${name}; set sql_mode = ''`,
  )
  return {
    url: `${mariadbUrl()}/${name}`,
    schema: name,
    sql: async (text) => void (await root.query(text)),
    drop: async () => {
      await root.query(`drop database ${name}`)
      await root.end()
    },
  }
}

// ── all of them ──────────────────────────────────────────────────────────────────────────────

const engines: Readonly<Record<string, Engine>> = {
  Postgres: {
    open: openPostgres,
    text: 'text',
    whole: 'bigint',
    literal: quoted,
    cells: inPostgres,
    refused: refusedFromPostgres,
    without: '\0',
  },
  SQLite: {
    open: openSqlite,
    text: 'text',
    whole: 'integer',
    literal: (v) => v.split('\0').map(quoted).join(' || char(0) || '),
    cells: inSqlite,
  },
  MariaDB: {
    open: openMariadb,
    text: 'varchar(200)',
    whole: 'bigint',
    literal: (v) =>
      `concat(${v
        .split('\0')
        .map((part) => quoted(part.replaceAll('\\', '\\\\')))
        .join(', char(0), ')})`,
    cells: inMariadb,
  },
}

/** What a column of texts can hold, as it stands in the engine. */
function textCell(dirt: Dirt, { text: there, literal, without }: Engine): Cell {
  const cells = dirt.cells.filter(([v]) => !(without && v?.includes(without)))
  return { ...dirt, there, from: text.null(), rows: cells.map(([v, to]) => [v === null ? 'null' : literal(v), to]) }
}

describe.each(Object.entries(engines))('%s', (name, engine) => {
  const skipped = name === 'MariaDB' && !hasMariadb
  const texts = Object.entries(dirts).map(([what, dirt]) => [`in texts: ${what}`, textCell(dirt, engine)] as const)
  const cells = [...texts, ...Object.entries(engine.cells)].map(([what, cell], n) => ({ what, cell, table: `t${n}` }))
  let there: There
  let target: Awaited<ReturnType<typeof freshDatabase>>
  let db: Database
  let planned: Plan
  let ended: ReturnType<typeof run>
  let held: Awaited<ReturnType<typeof quarantineList>>

  const sourceOf = (id: string, v: g.Column<any, any, any>) =>
    g.database('there').table(`${there.schema}.${id}`, { row: g.bigint().key(), v })

  beforeAll(async () => {
    if (skipped) return
    there = await engine.open()
    target = await freshDatabase()
    for (const { cell, table } of cells) {
      const rows = cell.rows.map(([v], n) => `(${n + 1}, ${v})`).join(', ')
      await there.sql(`create table ${table} (row ${engine.whole} primary key, v ${cell.there}); insert into ${table} values ${rows}`)
    }
    await query(target.url, cells.map(({ cell, table }) => targetSql(table, cell)).join('\n'))
    db = await connect(target.url, { sources: { there: there.url } })
    const mappings = cells.map(({ cell, table }) => mappingOf(sourceOf(table, cell.from), table, cell))
    planned = await plan(g.migration('matrix', ...mappings), db, { budget: generous, workers: 2 })
    // the cells tell where it went wrong
    ended = run(planned, db, { clock: quickClock })
    await ended.catch(() => {})
    held = await quarantineList(planned, db)
  })
  afterAll(async () => {
    await db?.close()
    await target?.drop()
    await there?.drop()
  })

  test.skipIf(skipped).each(cells)('$what', async ({ cell, table }) => {
    const found = await fateOf(table, (sql) => query(target.url, sql), held)
    expect(cell.rows.map(([v], n) => [v, found.of(n + 1)])).toEqual(cell.rows)
    expect(found.books).toEqual([String(cell.rows.length), String(cell.rows.length)])
  })

  test.skipIf(skipped)('the run ends well, and verify finds nothing else', async () => {
    await ended
    expect(objections(await verify(planned, db))).toEqual([])
  })

  const refusals = Object.entries(engine.refused ?? {}).map(([what, refusal], n) => ({ what, refusal, table: `r${n}` }))
  test.skipIf(skipped).each(refusals)('refused: $what', async ({ refusal, table }) => {
    await there.sql(`create table ${table} (row ${engine.whole} primary key, v ${refusal.there})`)
    await query(target.url, targetSql(table, refusal))
    const m = g.migration(table, mappingOf(sourceOf(table, refusal.from), table, refusal))
    const { code, message } = await plan(m, db).catch((error) => error)
    expect(`${code} ${message}`).toMatch(refusal.code)
    expect(message).toContain(`${table}${refusal.about}`)
  })

  describe('a table without a primary key', () => {
    const way: Way = { into: text.null(), sql: 'text', map: (v) => v }
    // where a column promises no type it arrives as text, and so does a key
    const loose = name === 'SQLite'
    const fresh = async (id: string, rows: string) => {
      await there.sql(`create table ${id} (row int, v ${engine.text}); insert into ${id} values ${rows}`)
      await query(target.url, `create table ${id} (row ${loose ? 'text' : 'bigint'} primary key, v text)`)
      const key = loose ? text : name === 'Postgres' ? g.int() : g.bigint()
      const source = g.database('there').table(`${there.schema}.${id}`, { row: key.key(), v: text.null() })
      const to = g.table(`public.${id}`, { row: (loose ? text : g.bigint()).key(), v: way.into })
      const planned = await plan(
        g.migration(
          id,
          g.mapping(source, (r) => g.into(to, { row: r.row, v: r.v } as never), { name: id }),
        ),
        db,
      )
      await run(planned, db, { clock: quickClock })
    }
    test.skipIf(skipped)('goes where the rows can be told apart', async () => {
      await fresh('once', `(1, 'a'), (2, 'b')`)
      expect(await query(target.url, 'select * from once order by row')).toEqual([
        ['1', 'a'],
        ['2', 'b'],
      ])
    })
    test.skipIf(skipped).each([
      ['twice', `(1, 'a'), (1, 'b')`],
      ['unknown', `(1, 'a'), (null, 'b'), (null, 'c')`],
    ])('is refused where they cannot: %s', async (id, rows) => {
      await expect(fresh(id, rows)).rejects.toMatchObject({ code: 'GW_KEY_NOT_UNIQUE', message: expect.stringContaining(`.${id} apart`) })
      expect(await query(target.url, `select * from ${id}`)).toEqual([])
    })
  })
})
