import { expect, test } from 'vitest'
import { exact, printed, quotient, shortest } from './decimal.ts'

test.each([
  ['12', 0, '12'],
  ['12.0', 2, '12.00'],
  ['0.5', 2, '0.50'],
  ['.5', 2, '0.50'],
  ['0', 2, '0.00'],
  ['90071992547409931.07', 2, '90071992547409931.07'],
])('%s to %i places is %s', (text, scale, out) => expect(printed(exact(text), scale)).toBe(out))

test.each([
  ['1', '3', '0.3333'],
  ['2', '3', '0.6667'],
  ['1', '8', '0.1250'],
  ['0.00005', '1', '0.0001'],
  ['0.00004999', '1', '0.0000'],
  ['5000.00', '1234567', '0.0041'],
  ['23069.24', '586', '39.3673'],
])('%s / %s is %s', (a, b, out) => expect(printed(quotient(exact(a), exact(b), 4), 4)).toBe(out))

test('zeros at the end say nothing', () => expect(shortest(exact('12.500'))).toEqual({ digits: 125n, scale: 1 }))
