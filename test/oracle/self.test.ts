// The oracle held against Postgres itself: what it takes for true must be what the server says. Numbers, times, columns.
import { describe, expect, test } from 'vitest'
import { query, serverUrl } from '../support/postgres.ts'
import { ask, pairs } from './ask.ts'
import { assign } from './assign.ts'
import { dateText, momentOf, timestampText } from './calendar.ts'
import * as decimals from './decimal.ts'
import { readNumber, readTime } from './parse.ts'
import { cellOf, compareValues, text, textOf } from './value.ts'

const numbers = [
  '0',
  '1',
  '-1',
  '2',
  '3',
  '0.5',
  '-0.5',
  '1.5',
  '2.50',
  '-2.5',
  '0.1',
  '9.99',
  '100',
  '1234.5678',
  '-99999.995',
  '0.00001',
  '2147483647',
  '-9223372036854775808',
  '123456789012345678901234567890.123',
]
const decimal = (s: string) => decimals.decimalOf(s)!

describe('numbers', () => {
  test.each([
    ['+', decimals.plus],
    ['-', (a: decimals.Decimal, b: decimals.Decimal) => decimals.plus(a, decimals.negative(b))],
    ['*', decimals.times],
    ['/', decimals.over],
  ] as const)('a %s b has the same digits', async (op, fn) => {
    const lines = pairs(numbers).filter(([, b]) => op !== '/' || b !== '0')
    expect(lines.map(([a, b]) => decimals.decimalText(fn(decimal(a), decimal(b))))).toEqual(await ask(`a::numeric ${op} b::numeric`, lines))
  })

  test('the half goes away from zero', async () => {
    const lines = numbers.flatMap((n) => ['-2', '-1', '0', '1', '2', '4', '9'].map((places) => [n, places]))
    expect(lines.map(([n, places]) => decimals.decimalText(decimals.rounded(decimal(n!), Number(places))))).toEqual(
      await ask('round(a::numeric, b::int)', lines),
    )
  })

  test('they are in the same order', async () => {
    const lines = pairs([...numbers, '1.0', '1.00', '-0', 'NaN'])
    const order = (a: string, b: string) => Math.sign(compareValues(cellOf('numeric', a)!, cellOf('numeric', b)!))
    expect(lines.map(([a, b]) => String(order(a, b)))).toEqual(
      await ask('case when a::numeric < b::numeric then -1 when a::numeric = b::numeric then 0 else 1 end', lines),
    )
  })

  test('whole numbers and their whole parts', async () => {
    const lines = [...numbers, '1.0', '-3.00', '-1.999'].map((n) => [n])
    expect(lines.map(([n]) => `${decimals.isWhole(decimal(n!))} ${decimals.decimalText(decimals.truncated(decimal(n!)))}`)).toEqual(
      await ask(`(a::numeric = trunc(a::numeric))::text || ' ' || trunc(a::numeric)::text`, lines),
    )
  })

  test('an exponent is read', async () => {
    const lines = ['1e2', '1.50e1', '-2E-3', '1e-7', '12.5e0', '.5', '5.', '+7'].map((n) => [n])
    expect(lines.map(([n]) => decimals.decimalText(decimal(n!)))).toEqual(await ask('a::numeric', lines))
  })
})

describe('text read as numbers', () => {
  const plain = ['1', ' 12 ', '-1.5', '+2', '.5', '007', '0.10', '\t3\n', '\u00a04\u00a0', '-0', '123456789012345678901234567890.5']
  test('what it reads, the server reads likewise', async () => {
    const answers = await ask(
      `btrim(a, E' \\t\\n\\v\\f\\r\\u00a0')::numeric`,
      plain.map((s) => [s]),
    )
    expect(plain.map((s) => decimals.decimalText(readNumber(s, {})!))).toEqual(answers)
  })

  test.each([
    '',
    ' ',
    '1e3',
    '0x10',
    '1_000',
    '12abc',
    '1.',
    '.',
    '-',
    '+-1',
    '--1',
    '1 2',
    '٣',
    '1,000',
    '£5',
    'NaN',
    'Infinity',
    '½',
    '1-',
    '9'.repeat(201),
    '1.2.3',
  ])('%j is no number', (s) => {
    expect(readNumber(s, {})).toBeUndefined()
  })

  const money = { thousands: ',', currency: ['£', '$', '€'] }
  test.each([
    ['£1,234.56', '1234.56'],
    ['-£5', '-5'],
    ['£-5', '-5'],
    ['$ 5', '5'],
    ['5 €', '5'],
    ['1,234,567', '1234567'],
    ['.5', '0.5'],
    ['-.5 €', '-0.5'],
    ['1,23', undefined],
    ['1.234,56', undefined],
    ['1,234,56', undefined],
    ['-£-5', undefined],
    ['£', undefined],
    [',123', undefined],
    ['1234,567', undefined],
    ['0,123', '123'],
    ['££5', undefined],
    ['£5£', '5'],
    ['£ -5', '-5'],
    ['- £5', undefined],
  ])('as money, %j is %j', (s, n) => {
    const read = readNumber(s, money)
    expect(read && decimals.decimalText(read)).toBe(n)
  })

  test('with points between groups and a comma before decimals', () => {
    const german = (s: string) => readNumber(s, { thousands: '.', decimal: ',' })
    expect([german('1.234.567,5'), german('1,5'), german('1.5'), german('12.345')].map((d) => d && decimals.decimalText(d))).toEqual([
      '1234567.5',
      '1.5',
      undefined,
      '12345',
    ])
  })
})

describe('dates and times', () => {
  const days = [
    '1970-01-01',
    '1969-12-31',
    '2024-02-29',
    '2000-02-29',
    '1900-02-28',
    '0001-01-01',
    '9999-12-31',
    '1582-10-10',
    '2023-12-31',
    '4713-01-01 BC',
    '0001-12-31 BC',
    '0005-02-29 BC',
    '12345-06-07',
    'infinity',
    '-infinity',
  ]
  test('dates are counted and written alike', async () => {
    const finite = days.filter((d) => !d.includes('inf'))
    expect(days.map((d) => dateText(momentOf(d)!))).toEqual(
      await ask(
        'a::date',
        days.map((d) => [d]),
      ),
    )
    expect(finite.map((d) => String(Number((momentOf(d) as bigint) / 86_400_000_000n)))).toEqual(
      await ask(
        `a::date - date '1970-01-01'`,
        finite.map((d) => [d]),
      ),
    )
  })

  const moments = [
    '2024-01-01 00:00:00',
    '2024-01-01 23:59:59.999999',
    '1969-12-31 23:59:59.5',
    '2024-06-30 12:34:56.789',
    '0001-01-01 00:00:00.000001',
    '0044-03-15 10:00:00 BC',
    'infinity',
  ]
  test('timestamps are written alike', async () => {
    expect(moments.map((d) => timestampText(momentOf(d)!))).toEqual(
      await ask(
        'a::timestamp',
        moments.map((d) => [d]),
      ),
    )
    expect(moments.map((d) => timestampText(momentOf(d)!, ' ', '+00'))).toEqual(
      await ask(
        `a::timestamp at time zone 'UTC'`,
        moments.map((d) => [d]),
      ),
    )
    const json = await ask(
      `to_jsonb(a::timestamp) #>> '{}'`,
      moments.slice(0, 5).map((d) => [d]),
    )
    expect(moments.slice(0, 5).map((d) => textOf(cellOf('timestamp', d)!).replace(' ', 'T'))).toEqual(json)
  })

  const texts = [
    '2024-02-29',
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-04-31',
    '0000-01-01',
    '9999-12-31',
    '1900-02-29',
    '2000-02-29',
  ]
  test('there are the same days', async () => {
    const valid = texts.filter((s) => readTime(s, 'YYYY-MM-DD') !== undefined)
    expect(valid).toEqual(['2024-02-29', '9999-12-31', '2000-02-29'])
    expect(valid.map((s) => dateText(readTime(s, 'YYYY-MM-DD')!))).toEqual(
      await ask(
        'a::date',
        valid.map((s) => [s]),
      ),
    )
  })

  test.each([
    ['31/12/2023', 'DD/MM/YYYY', '2023-12-31 00:00:00'],
    ['12/31/2023', 'DD/MM/YYYY', undefined],
    ['1/2/2023', 'DD/MM/YYYY', undefined],
    ['20231231', 'YYYYMMDD', '2023-12-31 00:00:00'],
    ['2023-12-31T10:20:30', 'YYYY-MM-DDTHH24:MI:SS', '2023-12-31 10:20:30'],
    ['2023-12-31 10:20:30.25', 'YYYY-MM-DD HH24:MI:SS', '2023-12-31 10:20:30.25'],
    ['2023-12-31 10:20', 'YYYY-MM-DD HH24:MI', '2023-12-31 10:20:00'],
    ['2023-12-31 24:00:00', 'YYYY-MM-DD HH24:MI:SS', undefined],
    ['2023-12-31 10:20:60', 'YYYY-MM-DD HH24:MI:SS', undefined],
    ['2023-12-31 ', 'YYYY-MM-DD', undefined],
    ['x2023-12-31', 'YYYY-MM-DD', undefined],
    ['2023-12-31 10:20:30.1234567', 'YYYY-MM-DD HH24:MI:SS', undefined],
  ])('%j in the form %j is %j', (s, format, iso) => {
    const read = readTime(s, format)
    expect(read === undefined ? undefined : timestampText(read)).toBe(iso)
  })
})

describe('values in columns', () => {
  const edges = [
    '0',
    '32767',
    '32768',
    '-32768',
    '-32769',
    '2147483647',
    '2147483648',
    '-2147483648',
    '-2147483649',
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775808',
    '-9223372036854775809',
    '1.00',
    '99.99',
    '-99.99',
    '100',
    '99.990',
    '0.01',
  ]
  test.each(['int2', 'int4', 'int8', 'numeric(4,2)', 'numeric(3,0)', 'numeric'])('a number in %s', async (type) => {
    const [, name, precision, scale] = /^(\w+)(?:\((\d+),(\d+)\))?$/.exec(type)!
    const sqlType = precision ? { name: 'numeric' as const, precision: Number(precision), scale: Number(scale) } : { name: name as 'int4' }
    for (const edge of edges) {
      const kept = assign(cellOf('numeric', edge), { type: sqlType, nullable: true })
      const sql = `select $1::text::numeric::${type}::text`
      if ('value' in kept && kept.value) expect(await query(serverUrl(), sql, [edge])).toEqual([[textOf(kept.value)]])
      else if ('refused' in kept && kept.refused === 'OUT_OF_RANGE')
        await expect(query(serverUrl(), sql, [edge])).rejects.toThrow(/range|overflow/)
      else expect(await query(serverUrl(), `select $1::text::numeric::${type} = $1::text::numeric`, [edge])).toEqual([['f']])
    }
  })

  test('what is refused', () => {
    const into = (cell: Parameters<typeof assign>[0], type: Parameters<typeof assign>[1]['type'], nullable = true) =>
      assign(cell, { type, nullable })
    expect(into(null, { name: 'text' }, false)).toEqual({ refused: 'NULL_NOT_ALLOWED' })
    expect(into(null, { name: 'text' })).toEqual({ value: null })
    expect(into(cellOf('numeric', '1.5'), { name: 'int4' })).toEqual({ refused: 'PRECISION_LOSS' })
    expect(into(cellOf('numeric', '1.005'), { name: 'numeric', precision: 5, scale: 2 })).toEqual({ refused: 'PRECISION_LOSS' })
    expect(into(cellOf('numeric', '1e9'), { name: 'numeric', precision: 5, scale: 2 })).toEqual({ refused: 'OUT_OF_RANGE' })
    expect(into(text('abcd'), { name: 'varchar', length: 3 })).toEqual({ refused: 'TOO_LONG' })
    expect(into(text('abc '), { name: 'varchar', length: 3 })).toEqual({ refused: 'TOO_LONG' })
    expect(into(text('😀é'), { name: 'char', length: 3 })).toEqual({ value: text('😀é ') })
    expect(into(text('x'), { name: 'enum', sql: 'e', labels: ['a', 'b'] })).toEqual({ refused: 'ENUM_UNKNOWN' })
  })
})
