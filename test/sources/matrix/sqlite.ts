// What only SQLite can hold: any value in any column.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as g from '../../../src/index.ts'
import { type Cells, type Engine, kept, quoted, same, type There, text } from './cell.ts'

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

export const sqlite: Engine = {
  name: 'SQLite',
  open: openSqlite,
  text: 'text',
  whole: 'integer',
  // where a column promises no type it arrives as text, and so does a key
  loose: { key: text, into: text, sql: 'text' },
  literal: (v) => v.split('\0').map(quoted).join(' || char(0) || '),
  cells: inSqlite,
}
