// What only MariaDB can hold.
import * as g from '../../../src/index.ts'
import { hasMariadb, mariadbRoot, mariadbUrl } from '../../support/mariadb.ts'
import { type Cells, type Engine, kept, quoted, same, type There, text } from './cell.ts'

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

export const mariadb: Engine = {
  name: 'MariaDB',
  absent: !hasMariadb,
  open: openMariadb,
  text: 'varchar(200)',
  whole: 'bigint',
  loose: { key: g.bigint(), into: g.bigint(), sql: 'bigint' },
  literal: (v) =>
    `concat(${v
      .split('\0')
      .map((part) => quoted(part.replaceAll('\\', '\\\\')))
      .join(', char(0), ')})`,
  cells: inMariadb,
}
