// Dirt, kind by kind: what stands in a source as text, and what arrives, or the reason why the row does not go. And how one asks what became of it.
import {
  bigint,
  bool,
  type Column,
  char,
  date,
  type Expr,
  int,
  into,
  jsonb,
  type Mapping,
  mapping,
  numeric,
  type Table,
  table,
  text,
  timestamptz,
  varchar,
} from '../../src/index.ts'
import type { QuarantinedRow } from '../../src/run/quarantine.ts'
import type { TextRow } from './query.ts'

export type Value = string | null

/** From a column of the source to one of the target. */
export interface Way {
  readonly into: Column<any, any, any>
  readonly sql: string
  readonly map: (v: Expr<any>) => unknown
  /** What the target has before its table. */
  readonly before?: string
}

export interface Dirt extends Way {
  /** In text: what stands in the source, and what arrives, or the reason in capitals that holds the row back. */
  readonly cells: readonly (readonly [Value, Value])[]
}

/** What can stand in any column of texts. */
export const dirts: Readonly<Record<string, Dirt>> = {
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
    before: "create table p (code text primary key); insert into p values ('here')",
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

/** A mapping to a target of its name, for what comes this way; the source has a number for each row, and `v`. */
export function mappingOf(source: Table, name: string, way: Way, ignore: Readonly<Record<string, string>> = {}): Mapping {
  const target = table(`public.${name}`, { row: bigint().key(), v: way.into })
  return mapping(source, (r) => into(target, { row: r['row'], v: way.map(r['v']!) } as never), { name, ignore })
}

export const targetSql = (name: string, way: Way): string =>
  `${way.before ? `${way.before};` : ''} create table ${name} (row bigint primary key, v ${way.sql});`

/** What became of each row of a mapping, by its number: its value, or the reason that held it back. And what the books say. */
export async function fateOf(name: string, sql: (text: string) => Promise<TextRow[]>, quarantine: readonly QuarantinedRow[]) {
  const went = new Map((await sql(`select row, v from ${name}`)).map(([row, v]) => [row!, v!]))
  const held = new Map(quarantine.filter((q) => q.mapping === name).map((q) => [q.key, q.code.replace(/:.*/, '')]))
  const [books] = await sql(`select read, migrated + quarantined from godwit.books where mapping = '${name}'`)
  return { of: (n: number) => (went.has(String(n)) ? went.get(String(n)) : held.get(String(n))), books }
}
