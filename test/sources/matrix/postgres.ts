// What only another Postgres can hold.
import * as g from '../../../src/index.ts'
import { freshDatabase, query } from '../../support/postgres.ts'
import { type Cells, type Engine, kept, quoted, type Refusals, same, type There, text } from './cell.ts'

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

export const postgres: Engine = {
  name: 'Postgres',
  open: openPostgres,
  text: 'text',
  whole: 'bigint',
  loose: { key: g.int(), into: g.bigint(), sql: 'bigint' },
  literal: quoted,
  cells: inPostgres,
  refused: refusedFromPostgres,
  without: '\0',
}
