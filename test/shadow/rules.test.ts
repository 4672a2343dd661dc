// The rules of a watch at, just below and just above what they bear.
import { describe, expect, test } from 'vitest'
import { type Measure, measured, unseen, watchedMs } from '../../src/shadow/measure.ts'
import { rulesOf, type WatchRules } from '../../src/shadow/rules/kinds.ts'

const hour = 3_600_000
const about = { at: 0, terms: 't', elapsed: 0, early: true }
interface Given {
  readonly values?: Record<string, string | null>
  readonly ms?: number
  readonly failed?: string
  readonly against?: { values: Record<string, string | null>; ms: number } | null
}

/** Measures one after the other; gives the last. */
function last(given: WatchRules, ...all: Given[]): Measure {
  const rules = rulesOf(given, undefined)
  const measures: Measure[] = []
  for (const { values, ms = 10, failed, against = null } of all)
    measures.push(measured({ values, ms, failed, against }, rules, {}, about, measures, against !== null))
  return measures.at(-1)!
}

const bad: Given = { failed: 'exit 1' }
const good: Given = { values: { a: '1' } }

describe('failures: two in a row are borne', () => {
  test.each<[string, Given[], boolean]>([
    ['one', [good, bad], true],
    ['two', [good, bad, bad], true],
    ['three', [good, bad, bad, bad], false],
    ['three from the beginning', [bad, bad, bad], false],
    ['two, a success, two', [bad, bad, good, bad, bad], true],
  ])('%s', (_, all, held) => expect(last({ failures: 2 }, ...all).held).toBe(held))
  test('none is borne', () => expect(last({ failures: 0 }, good, bad).held).toBe(false))
})

describe('drift: 5 %', () => {
  const against = (a: string | null) => ({ values: { a }, ms: 10 })
  test.each<[string, string | null, string | null, boolean, string]>([
    ['below', '100', '104.999999999999999999', true, 'passed'],
    ['at', '100', '105', true, 'passed'],
    ['at, downwards', '100', '95', true, 'passed'],
    ['above', '100', '105.000000000000000001', false, 'failed'],
    ['to zero', '100', '0', false, 'failed'],
    ['from zero', '0', '1', false, 'failed'],
    ['from nothing', null, '1', true, 'not verified'],
  ])('%s', (_, before, now, held, verdict) => {
    const m = last({ drift: { a: '5 %' } }, { values: { a: now }, against: against(before) })
    expect([m.held, m.rules[0]!.verdict]).toEqual([held, verdict])
  })

  test.each<[string, boolean]>([
    ['0.1', true],
    ['0.1000001', false],
  ])('from zero to %s, with a floor of 0.1', (now, held) => {
    expect(last({ drift: { a: { within: '5 %', floor: '0.1' } } }, { values: { a: now }, against: against('0') }).held).toBe(held)
  })

  test('a value that is gone is a failed measure', () => {
    const m = last({ failures: 0, drift: { a: '5 %' } }, { values: { b: '1' }, against: against('1') })
    expect(m).toMatchObject({ state: 'failed', why: 'it has no a', held: false })
  })

  test('without another side, the first success is what the others are held against', () => {
    expect(last({ drift: { a: '5 %' } }, bad, good, { values: { a: '1.05' } }).held).toBe(true)
    expect(last({ drift: { a: '5 %' } }, bad, good, { values: { a: '1.0500001' } }).held).toBe(false)
    expect(last({ drift: { a: '5 %' } }, good, { values: { a: '1.04' } }, { values: { a: '1.06' } }).held).toBe(false)
  })
})

describe('latency: 2 ×', () => {
  const against = { values: { ms: '100' }, ms: 40 }
  test.each<[string, boolean]>([
    ['199.9', true],
    ['200', true],
    ['200.1', false],
  ])('a value of %s against 100', (ms, held) =>
    expect(last({ latency: { times: 2, value: 'ms' } }, { values: { ms }, against }).held).toBe(held),
  )
  test.each<[number, boolean]>([
    [80, true],
    [81, false],
  ])('an answer in %i ms against 40 ms', (ms, held) => expect(last({ latency: { times: 2 } }, { ...good, ms, against }).held).toBe(held))
  test('there is nothing to hold it against', () => {
    expect(last({ latency: { times: 2 } }, { ...good, against: { values: {}, ms: 0 } }).rules[0]!.verdict).toBe('not verified')
  })
})

describe('written', () => {
  test.each<[string, string | null, string | null, boolean, 'succeeded' | 'failed']>([
    ['as many', '20', '20', true, 'succeeded'],
    ['one fewer', '19', '20', false, 'succeeded'],
    ['one more', '21', '20', false, 'succeeded'],
    ['none of some', '0', '20', false, 'succeeded'],
    ['none of none is no success', '0', '0', true, 'failed'],
    ['nobody says', null, '20', true, 'failed'],
  ])('%s', (_, wrote, made, held, state) =>
    expect(last({ written: ['wrote', 'made'] }, { values: { wrote, made } })).toMatchObject({ held, state }),
  )
})

test('values that a success must have', () => {
  const rules = rulesOf({ failures: 0 }, undefined)
  const of = (status: string) => measured({ values: { status }, ms: 1, against: null }, rules, { status: 'ok' }, about, [], false)
  expect([of('ok').held, of('error').held, of('error').why]).toEqual([true, false, 'its status is error, and not ok'])
})

test('time that nobody has looked at was not watched', () => {
  const at = (...hours: number[]) => hours.map((h) => ({ ...last({ failures: 2 }, good), at: h * hour }))
  const window = { forMs: 24 * hour, everyMs: hour }
  expect(watchedMs(at(0, 1, 2), window)).toBe(2 * hour)
  expect(watchedMs(at(0, 1, 20), window)).toBe(2 * hour)
  expect(watchedMs(at(0), window)).toBe(0)
})

test('a rule that was never seen to hold is named', () => {
  const given: WatchRules = { failures: 2, latency: { times: 2 } }
  const rules = rulesOf(given, undefined)
  expect(unseen([last(given, bad)], rules)).toEqual(['failures', 'latency'])
  expect(unseen([last(given, { ...good, against: { values: {}, ms: 0 } })], rules)).toEqual(['latency'])
  expect(unseen([last(given, { ...good, against: { values: {}, ms: 9 } })], rules)).toEqual([])
})
