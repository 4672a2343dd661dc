// Every limit at, just below and just above: with numbers that binary fractions would get wrong.
import { describe, expect, test } from 'vitest'
import { compare, decimal, minus, ratio, shown, times } from '../../src/shadow/decimal.ts'
import { judged, limitOf, type Rule } from '../../src/shadow/tolerance.ts'

describe('decimals', () => {
  test.each([
    ['12.50', '12.5'],
    ['-0.10', '-0.1'],
    ['+3', '3'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['5.68E-14', '0.0000000000000568'],
    ['1e3', '1000'],
    [' 7 ', '7'],
    ['123456789012345678901234567890.123456789', '123456789012345678901234567890.123456789'],
  ])('%s is %s', (text, as) => expect(shown(decimal(text)!)).toBe(as))

  test.each(['', '.', '-', '1,234', 'NaN', 'Infinity', '1e9999', '0x10', '1_000', '12 %', '1'.repeat(1001)])('%s is no number', (text) =>
    expect(decimal(text)).toBeUndefined(),
  )

  test('0.1 + 0.2 is not above 0.3', () => {
    const sum = minus(decimal('0.3')!, decimal('0.1')!)
    expect(compare(sum, decimal('0.2')!)).toBe(0)
    expect(shown(times(decimal('0.1')!, decimal('0.2')!))).toBe('0.02')
  })

  test.each([
    ['9999999', '10000000', '0.9999'],
    ['1', '3', '0.3333'],
    ['-2', '3', '-0.6666'],
    ['1', '1000000', '0.000…'],
    ['0', '3', '0'],
  ])('%s / %s is shown as %s: never rounded up to a limit', (a, b, as) => expect(ratio(decimal(a)!, decimal(b)!, 4)).toBe(as))
})

const percent: Rule = { within: '1 %' }
const reaching: Rule = { within: '1 %', strict: false }
const floored: Rule = { within: '1 %', floor: '0.05' }
const cent: Rule = { apart: '0.01' }

describe('a value against another', () => {
  test.each<[string, Rule, string | null, string | null, string, string?]>([
    ['below a part', percent, '100', '100.999999999999999999', 'passed'],
    ['at a part', percent, '100', '101', 'failed', 'at the limit'],
    ['at a part, from below', percent, '100', '99', 'failed', 'at the limit'],
    ['above a part', percent, '100', '101.000000000000000001', 'failed', 'differs'],
    ['at a part that may be reached', reaching, '100', '101.00', 'passed'],
    ['above a part that may be reached', reaching, '100', '101.000000000000000001', 'failed', 'differs'],
    ['a part of a negative value', percent, '-100', '-100.99', 'passed'],
    ['at a part of a negative value', percent, '-100', '-101', 'failed', 'at the limit'],
    ['another sign', percent, '-100', '100', 'failed', 'differs'],
    ['0.07 and 0.0707 are one per cent apart, to the last digit', percent, '0.07', '0.0707', 'failed', 'at the limit'],
    ['a part said as a number', { within: 0.01 }, '100', '100.99', 'passed'],
    ['at a part said as a number', { within: 0.01 }, '100', '101', 'failed', 'at the limit'],
    ['below a distance', cent, '5.00', '5.0099', 'passed'],
    ['at a distance', cent, '5.00', '5.01', 'failed', 'at the limit'],
    ['above a distance', cent, '5.00', '5.0101', 'failed', 'differs'],
    ['at a distance that may be reached', { apart: '0.01', strict: false }, '5.00', '5.01', 'passed'],
    ['below the floor, from zero', floored, '0', '0.0499', 'passed'],
    ['at the floor, from zero', floored, '0', '0.05', 'failed', 'at the limit'],
    ['above the floor, from zero', floored, '0.00', '0.0501', 'failed', 'differs'],
    ['at a floor that may be reached', { ...floored, strict: false }, '0', '0.05', 'passed'],
    ['the floor is for zero alone', floored, '0.01', '0.05', 'failed', 'differs'],
    ['zero and zero', percent, '0', '0.0', 'passed'],
    ['from zero without a floor', percent, '0', '0.0000001', 'failed', 'zero before'],
    ['filled with zeros', percent, '12.38', '0', 'failed', 'filled with zeros'],
    ['filled with zeros, where a distance is allowed', cent, '12.38', '0.0', 'failed', 'filled with zeros'],
    ['equal numbers, otherwise written', {}, '1.0', '1.00', 'passed'],
    ['numbers that are not equal', {}, '1.0', '1.0000001', 'failed', 'differs'],
    ['no part at all is equal', { within: '0 %' }, '100', '100.00', 'passed'],
    ['no part at all is not nearly', { within: '0 %' }, '100', '100.01', 'failed', 'differs'],
    ['the same text', 'exact', 'A', 'A', 'passed'],
    ['another text', 'exact', 'A', 'A ', 'failed', 'differs'],
    ['the same number is another text', 'exact', '1.0', '1.00', 'failed', 'differs'],
    ['missing now', percent, '1', null, 'failed', 'missing now'],
    ['missing before', percent, null, '1', 'not verified', 'missing before'],
    ['missing on both', percent, null, null, 'not verified', 'nothing on either side'],
    ['no number now', percent, '1', 'NaN', 'failed', 'no number now'],
    ['no number before', percent, 'null', '1', 'not verified', 'no number before'],
  ])('%s', (_, rule, before, now, verdict, cause) => {
    expect(judged(limitOf(rule, 'PAR90'), before, now)).toMatchObject({ verdict, ...(cause ? { cause } : {}) })
  })

  test.each<[Rule, string]>([
    [{ within: '1 %', apart: '1' }, 'both `within` and `apart`'],
    [{ within: '0.01' }, 'without %'],
    [{ within: 'one %' }, 'no number'],
    [{ within: '-1 %' }, 'no number from 0 on'],
    [{ apart: '1', floor: '1' }, 'only belongs to `within`'],
  ])('%o is refused', (rule, why) => expect(() => limitOf(rule, 'PAR90')).toThrow(why))

  test('a limit is told as it is', () => {
    expect([percent, reaching, { ...floored, unit: 'USD' }, cent, {}, 'exact' as const].map((r) => limitOf(r, '').says)).toEqual([
      '< 1 %',
      '≤ 1 %',
      '< 1 %, at zero < 0.05 USD',
      '< 0.01',
      'equal',
      'the same text',
    ])
  })
})
