// Words at their edges, one value at a time, in a database.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { assign } from '../../src/dialects/assign.ts'
import { postgres } from '../../src/dialects/postgres.ts'
import { RowWriter } from '../../src/dialects/writer.ts'
import { Expr } from '../../src/expr/expr.ts'
import { column } from '../../src/expr/words/column.ts'
import { installLedger } from '../../src/ledger/tables.ts'
import type { SqlType } from '../../src/schema/type.ts'
import { type FreshDatabase, freshDatabase, query } from '../support/postgres.ts'

let fresh: FreshDatabase
beforeAll(async () => {
  fresh = await freshDatabase()
  const db = await openPostgres({ url: fresh.url })
  await db.session(installLedger)
  await db.close()
  await query(fresh.url, `create collation public.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`)
})
afterAll(() => fresh.drop())

const alone = () => {
  throw new Error('one row only')
}

/** What a word makes of one value: its text, or why it is refused. */
async function made(given: string, type: SqlType, word: (x: Expr<any>) => Expr<unknown>, into?: SqlType): Promise<string | null> {
  const { node } = word(new Expr(column('x', type, true)))
  const writer = new RowWriter(postgres, { keyOf: alone, window: alone, computed: alone }, [node])
  const value = writer.value(node)
  const about = { columns: ['x'], at: undefined, into: 't.c' }
  const sql = into ? assign(value, { name: 'c', type: into, nullable: true }, about, writer) : value.sql
  const refusals = writer.takeRefusals().map((r) => `case when ${r.when} then '${r.reason.code}' end`)
  const source = `(select ${given} as x)`
  const shown = `coalesce(${[...refusals, `(${sql})::text`].join(', ')})`
  const session = `set timezone = 'UTC'; set search_path = public, pg_catalog;`
  return (await query(fresh.url, `${session} select ${shown} from ${writer.layers.from(source, '')}`))[0]![0]!
}

const text: SqlType = { name: 'text' }
const local: SqlType = { name: 'timestamp' }
const float: SqlType = { name: 'float8' }
const money = (currency: string[]) => (x: Expr<any>) => x.asMoney({ currency })

test.each([
  [`'24:00:00'`, 'DATE_INVALID'],
  [`'23:59:60'`, 'DATE_INVALID'],
  [`'23:60:00'`, 'DATE_INVALID'],
  [`'23:59:59.999999'`, '2024-01-01 23:59:59.999999'],
])('asTimestamp takes only what a clock shows: %s', async (time, wanted) => {
  expect(await made(`'2024-01-01 ' || ${time}`, text, (x) => x.asTimestamp())).toBe(wanted)
})

test.each([
  [`timestamp '2024-01-01 00:00:00'`, '2024-01-01'],
  [`timestamp '2024-01-01 00:00:01'`, 'PRECISION_LOSS'],
  [`timestamp 'infinity'`, 'infinity'],
  ['null::timestamp', null],
])('a date drops no time of day: %s', async (given, wanted) => {
  expect(await made(given, local, (x) => x.asDate())).toBe(wanted)
})

test.each([
  [`'5.50 kr.'`, ['kr.'], '5.50'],
  [`'kr.5'`, ['kr', 'kr.'], '5'],
  [`'US-$5'`, ['US-$'], '5'],
  [`'-US-$5'`, ['US-$'], '-5'],
  [`'1,234.50 €'`, ['€'], '1234.50'],
  [`'£ -7'`, ['£'], '-7'],
])('a currency is no part of the number: %s', async (given, currency, wanted) => {
  expect(await made(given, text, money(currency))).toBe(wanted)
})

test.each([
  ['0.1::float8', { name: 'numeric' }, '0.1'],
  ['1234567890.1234567::float8', { name: 'numeric' }, '1234567890.1234567'],
  ['(0.1::float8 + 0.2::float8)', { name: 'numeric' }, '0.30000000000000004'],
  ['(0.1::float8 + 0.2::float8)', { name: 'numeric', precision: 8, scale: 2 }, 'PRECISION_LOSS'],
  [`'NaN'::float8`, { name: 'numeric', precision: 8, scale: 2 }, 'OUT_OF_RANGE'],
  [`'-infinity'::float8`, { name: 'numeric', precision: 8, scale: 2 }, 'OUT_OF_RANGE'],
  [`'NaN'::float8`, { name: 'int4' }, 'OUT_OF_RANGE'],
] as const)('a float keeps all its digits, or is refused: %s', async (given, into, wanted) => {
  expect(await made(given, float, (x) => x, into)).toBe(wanted)
})

test('arithmetic with floats is exact, too', async () => {
  expect(await made('(0.1::float8 + 0.2::float8)', float, (x) => x.plus(1))).toBe('1.30000000000000004')
  expect(await made('(0.1::float8 + 0.2::float8)', float, (x) => x.asDecimal())).toBe('0.30000000000000004')
})

test.each([
  ['2024-04-07 01:45:00', 'Australia/Lord_Howe', 'DATE_INVALID'],
  ['2024-04-07 02:15:00', 'Australia/Lord_Howe', '2024-04-06 15:45:00+00'],
  ['2024-10-06 02:15:00', 'Australia/Lord_Howe', 'DATE_INVALID'],
  ['2024-10-27 01:30:00', 'Europe/London', 'DATE_INVALID'],
  ['2024-03-31 01:30:00', 'Europe/London', 'DATE_INVALID'],
  ['2024-10-27 02:00:00', 'Europe/London', '2024-10-27 02:00:00+00'],
  ['2024-07-01 12:00:00', 'Europe/London', '2024-07-01 11:00:00+00'],
  ['1969-09-30 12:00:00', 'Pacific/Kwajalein', 'DATE_INVALID'],
  ['infinity', 'Europe/London', 'infinity'],
  ['-infinity', 'Europe/London', '-infinity'],
])('%s on the clocks of %s', async (time, zone, wanted) => {
  expect(await made(`timestamp '${time}'`, local, (x) => x.inZone(zone))).toBe(wanted)
})

test.each([
  ['{"a":1,"a":2}', 'JSON_KEY_TWICE'],
  ['[{"b":{"a":1,"a":1}}]', 'JSON_KEY_TWICE'],
  ['{"a:a":"x\\":y","b":{"a:a":":"}}', '{"b": {"a:a": ":"}, "a:a": "x\\":y"}'],
  ['{"a"', 'JSON_INVALID'],
])('asJson loses no member: %s', async (given, wanted) => {
  expect(await made(`'${given}'`, text, (x) => x.asJson())).toBe(wanted)
})

test('texts are the same when their bytes are, whatever their collation says', async () => {
  const loose = `('smith'::text collate loose)`
  const answers = [
    await made(loose, text, (x) => x.is('SMITH')),
    await made(loose, text, (x) => x.isIn('SMITH', 'Smith')),
    await made(loose, text, (x) => x.isNot('SMITH')),
    await made(loose, text, (x) => x.match({ SMITH: 1 }, 0)),
    await made(loose, text, (x) => x.match({ SMITH: 1 })),
    await made(loose, text, (x) => x.nullIf('SMITH')),
  ]
  expect(answers).toEqual(['false', 'false', 'true', '0', 'ENUM_UNKNOWN', 'smith'])
})

test('arms of a map of numbers are numbers, whole or not', async () => {
  expect(await made('2.50::numeric', { name: 'numeric' }, (x) => x.match({ '2.5': 'half', '3': 'whole' }))).toBe('half')
  expect(await made(`'7'`, text, (x) => x.asInt().match({ '7': 'seven' }))).toBe('seven')
  await expect(made('1', { name: 'int4' }, (x) => x.match({ one: 1 }))).rejects.toThrow('No number is ever "one"')
})

test('nothing to hold a value against is a slip', () => {
  const x = new Expr(column('x', text, true))
  expect(() => x.match({})).toThrow('.match({}) is given nothing')
  expect(() => x.isIn()).toThrow('.isIn() is given nothing')
})
