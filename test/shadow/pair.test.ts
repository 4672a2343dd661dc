// What keeps a pair from holding, each with a cause of its own; and what only shows over several of them.
import { describe, expect, test } from 'vitest'
import { digestOf, type Output, outputOfRows, outputOfText } from '../../src/shadow/output.ts'
import { comparePair, type Pair, type PairTerms, type Ran } from '../../src/shadow/pair.ts'
import { compareRows } from '../../src/shadow/rows.ts'
import { alikeToTheLetter, standing, stillValues, trapIn } from '../../src/shadow/stretch.ts'
import { limitOf, type Rule } from '../../src/shadow/tolerance.ts'

const limits = (rules: Record<string, Rule>) => new Map(Object.entries(rules).map(([name, rule]) => [name, limitOf(rule, name)]))
const terms: PairTerms = {
  values: limits({ PAR30: { within: '1 %' }, PAR90: { within: '1 %', floor: '0.1' } }),
  rows: undefined,
  ignore: {},
}
const values = { PAR30: '2.20', PAR90: '0.31' }

const output = (of: Record<string, string | null>, more: Partial<Output> = {}): Output => ({
  values: of,
  rows: [],
  input: undefined,
  maker: undefined,
  ...more,
})
const ran = (by: string, of: Record<string, string | null>, more: Partial<Ran> = {}): Ran => ({
  by,
  ms: 5,
  input: 'a',
  output: output(of),
  ...more,
})
const about = { at: 0, terms: 't' }
const pairOf = (old: Ran, now: Ran, more: Partial<PairTerms> = {}, checks: Parameters<typeof comparePair>[3] = []) =>
  comparePair(about, { old, new: now }, { ...terms, ...more }, checks)

describe('a pair', () => {
  test('holds where everything does', () => {
    expect(pairOf(ran('v1', values), ran('v2', values))).toMatchObject({ verdict: 'passed', objections: [], notes: [] })
  })

  const fails: [string, Pair, string, string][] = [
    [
      'a value apart',
      pairOf(ran('v1', values), ran('v2', { ...values, PAR30: '2.23' })),
      'failed',
      'value PAR30: differs: old 2.20, new 2.23, apart 1.3636 %, allowed < 1 %',
    ],
    ['a value at the limit', pairOf(ran('v1', values), ran('v2', { ...values, PAR30: '2.222' })), 'failed', 'at the limit'],
    ['a value missing now', pairOf(ran('v1', values), ran('v2', { PAR30: '2.20' })), 'failed', 'value PAR90: missing now'],
    ['a value missing before', pairOf(ran('v1', { PAR30: '2.20' }), ran('v2', values)), 'not verified', 'value PAR90: missing before'],
    [
      'an input that was renamed',
      pairOf(ran('v1', values), ran('v2', { PAR30: '2.20', PAR90: '0.0' })),
      'failed',
      'value PAR90: filled with zeros',
    ],
    [
      'a value that nobody agreed on, and that is gone',
      pairOf(ran('v1', { ...values, health: '7' }), ran('v2', values)),
      'failed',
      'value health: missing now',
    ],
    ['another input', pairOf(ran('v1', values), ran('v2', values, { input: 'b' })), 'failed', 'another input: a and b'],
    [
      'an input that nobody tells',
      pairOf(ran('v1', values, { input: undefined }), ran('v2', values)),
      'not verified',
      'the old side does not tell',
    ],
    [
      'an empty input',
      pairOf(ran('v1', values, { input: 'nothing' }), ran('v2', values, { input: 'nothing' })),
      'not verified',
      'there is nothing in it',
    ],
    ['an empty old side', pairOf(ran('v1', {}), ran('v2', values)), 'not verified', 'old side: it is empty'],
    ['an old side of nulls', pairOf(ran('v1', { PAR30: null, PAR90: null }), ran('v2', values)), 'not verified', 'old side: it is empty'],
    ['an empty new side', pairOf(ran('v1', values), ran('v2', {})), 'failed', 'new side: it is empty'],
    [
      'both sides from one place',
      pairOf(ran('v1', values), ran('v1', values)),
      'failed',
      'a copy of the new side: both come from one place',
    ],
    [
      'both sides by one maker',
      pairOf(
        ran('v1', values, { output: output(values, { maker: 'run 7' }) }),
        ran('v2', values, { output: output(values, { maker: 'run 7' }) }),
      ),
      'failed',
      'both say that run 7 made them',
    ],
    [
      'a side that failed',
      pairOf(ran('v1', values), { by: 'v2', ms: 1, input: 'a', output: undefined, failed: 'it ended with exit 1' }),
      'failed',
      'new side: it failed: it ended with exit 1',
    ],
    [
      'a check that is not met, though all values agree',
      pairOf(ran('v1', values), ran('v2', values), {}, [{ title: 'identity', verdict: 'failed', examined: 100, wrong: 1 }]),
      'failed',
      'check identity: 1 wrong of 100',
    ],
    [
      'a check that looked at nothing',
      pairOf(ran('v1', values), ran('v2', values), {}, [{ title: 'identity', verdict: 'not verified', examined: 0, wrong: 0 }]),
      'not verified',
      'check identity: it looked at nothing',
    ],
    ['nothing to compare', pairOf(ran('v1', values), ran('v2', values), { values: new Map() }), 'not verified', ''],
  ]
  test.each(fails)('does not hold: %s', (_, pair, verdict, says) => {
    expect(pair.verdict).toBe(verdict)
    expect(pair.objections.map((o) => `${o.what}: ${o.says}`).join('\n')).toContain(says)
  })

  test('notes what is only new, and what is not compared', () => {
    const more = { ...values, health: '7' }
    expect(pairOf(ran('v1', more), ran('v2', { ...more, extra: '1' })).notes).toEqual([
      'only the new side has extra',
      'not compared: health',
    ])
  })

  test('a name may go with a reason', () => {
    expect(pairOf(ran('v1', { ...values, health: '7' }), ran('v2', values), { ignore: { health: 'clamped to 10' } }).verdict).toBe('passed')
  })

  // one comparison that this product exists to refuse: names without values
  test('the same names with other values do not hold', () => {
    expect(pairOf(ran('v1', values), ran('v2', { PAR30: '9', PAR90: '9' })).verdict).toBe('failed')
  })
})

describe('rows', () => {
  const rowTerms = { key: ['id'], limits: limits({ outstanding: { apart: '0.01' } }), coverage: { digits: 90n, scale: 2 } }
  const row = (id: number, outstanding: string | null) => ({ id: String(id), outstanding })
  const ten = Array.from({ length: 10 }, (_, i) => row(i, '100'))
  const verdicts = (now: readonly Record<string, string | null>[], before = ten) =>
    compareRows(before, now, rowTerms)
      .verdicts.filter((v) => v.verdict !== 'passed')
      .map((v) => `${v.what} ${v.verdict}`)

  test.each<[string, readonly Record<string, string | null>[], string[]]>([
    ['all there', ten, []],
    ['coverage at the limit', ten.slice(1), []],
    ['coverage below the limit', ten.slice(2), ['coverage failed']],
    ['an extra row', [...ten, row(10, '1')], []],
    ['a value at its limit', [row(0, '100.01'), ...ten.slice(1)], ['column outstanding failed']],
    ['a value below its limit', [row(0, '100.009'), ...ten.slice(1)], []],
    ['a value gone', [row(0, null), ...ten.slice(1)], ['column outstanding failed']],
    ['a key twice', [...ten, row(0, '100')], ['keys failed']],
    ['a row without a key', [...ten, { id: null, outstanding: '1' }], ['keys failed']],
    ['all zero', ten.map((r) => ({ ...r, outstanding: '0' })), ['column outstanding failed']],
    ['no rows now', [], ['rows failed', 'coverage failed', 'column outstanding not verified']],
    ['no column of this name', ten.map(({ id }) => ({ id })), ['column outstanding failed']],
  ])('%s', (_, now, wrong) => expect(verdicts(now)).toEqual(wrong))

  test('no rows before are no comparison', () => expect(verdicts(ten, [])).toContain('rows not verified'))

  test('a column that was filled with zeros is told as such', () => {
    const zeros = ten.map((r) => ({ ...r, outstanding: '0.00' }))
    expect(compareRows(ten, zeros, rowTerms).verdicts.at(-1)!.says).toContain('filled with zeros')
  })

  test('samples name the row, the cause and both values', () => {
    const { sample, missing, extra, wrong } = compareRows(ten, [row(1, '7'), ...ten.slice(2), row(99, '1')], rowTerms)
    expect({ missing, extra, wrong }).toEqual({ missing: 1, extra: 1, wrong: 1 })
    expect(sample).toEqual([
      { key: '0', what: 'missing now' },
      { key: '1', what: 'outstanding: differs', old: '100', new: '7', off: '93' },
    ])
  })

  test('keys of several columns are not run together', () => {
    const both = { ...rowTerms, key: ['a', 'b'], limits: limits({}) }
    const found = compareRows([{ a: '1', b: '11' }], [{ a: '11', b: '1' }], both)
    expect(found.paired).toBe(0)
  })
})

describe('pairs in a row', () => {
  const hour = 3_600_000
  const needed = { pairs: 3, everyMs: hour, terms: 't', sameInput: undefined }
  const one = (n: number, of = String(n), input = String(n), more: Partial<Pair> = {}): Pair => ({
    ...pairOf(ran('v1', { PAR30: of, PAR90: '1' }, { input }), ran('v2', { PAR30: of, PAR90: '1' }, { input })),
    at: n * hour,
    ...more,
  })

  test.each([
    ['none yet', [], 0, 0, false],
    ['one', [one(1)], 1, 2 * hour, false],
    ['one fewer than are needed', [one(1), one(2)], 2, 3 * hour, false],
    ['as many as are needed', [one(1), one(2), one(3)], 3, 4 * hour, true],
    ['broken off in between', [one(1), one(2, '2', '2', { verdict: 'failed' }), one(3), one(4)], 2, 5 * hour, false],
    ['broken off at the end: the next is due at once', [one(1), one(2), one(3, '3', '3', { verdict: 'not verified' })], 0, 0, false],
    ['under other terms', [one(1), one(2), one(3, '3', '3', { terms: 'other' })], 2, 3 * hour, false],
  ])('%s', (_, all, held, due, enough) => {
    const s = standing(all, needed)
    expect({ held: s.held.length, due: s.due, enough: s.enough }).toEqual({ held, due, enough })
  })

  test.each([
    ['an old side that moves', [one(1), one(2), one(3)], undefined],
    ['an old side that is a constant', [one(1, '7'), one(2, '7'), one(3, '7')], 'constant'],
    ['a constant that once was none', [one(0, '1'), one(1, '7'), one(2, '7'), one(3, '7')], 'constant'],
    ['the same only twice', [one(1, '7'), one(2, '7'), one(3, '8')], undefined],
    ['the same input each time', [one(1, '7', 'a'), one(2, '7', 'a'), one(3, '7', 'a')], 'same input'],
    ['the same input, and another answer', [one(1, '7', 'a'), one(2, '8', 'a'), one(3, '7', 'a')], 'same input'],
  ])('%s', (_, all, trap) => expect(trapIn(all, needed)).toBe(trap))

  test('the same input may be, with a reason', () => {
    const same = [one(1, '7', 'a'), one(2, '7', 'a'), one(3, '7', 'a')]
    expect(trapIn(same, { ...needed, sameInput: 'month-end figures' })).toBeUndefined()
  })

  test('sides that say the same to the letter are told', () => {
    expect(alikeToTheLetter([one(1), one(2), one(3)], needed)).toBe(true)
    const other = pairOf(ran('v1', values), ran('v2', { ...values, PAR30: '2.201' }))
    expect(alikeToTheLetter([one(1), one(2), other], needed)).toBe(false)
  })

  test('a value that stands still while others move is told', () => {
    expect(stillValues([one(1), one(2), one(3)], needed)).toEqual(['PAR90'])
    expect(stillValues([one(1)], needed)).toEqual([])
  })
})

describe('outputs', () => {
  const nothing = { rows: [], input: undefined, maker: undefined }
  test.each([
    ['an object', '{"PAR30": 2.20, "note": null}', { ...nothing, values: { PAR30: '2.20', note: null } }],
    ['digits that no float holds', '{"n": 12345678901234567890.10}', { ...nothing, values: { n: '12345678901234567890.10' } }],
    ['an object of values and rows', '{"values": {"a": 1}, "rows": [{"id": 1}]}', { ...nothing, values: { a: '1' }, rows: [{ id: '1' }] }],
    [
      'what it was made from',
      '{"a": 1, "input_sha256": "abc", "engine": "v1"}',
      { ...nothing, values: { a: '1' }, input: 'abc', maker: 'v1' },
    ],
    ['an array', '[{"id": 1}, {"id": 2}]', { ...nothing, values: {}, rows: [{ id: '1' }, { id: '2' }] }],
    ['lines', '{"id": 1}\n\n{"id": 2}\n', { ...nothing, values: {}, rows: [{ id: '1' }, { id: '2' }] }],
  ])('%s', (_, text, as) => expect(outputOfText(text, { input: 'input_sha256', maker: 'engine' })).toEqual(as))

  test.each([
    ['', 'said nothing'],
    ['Traceback (most recent call last):', 'no JSON: line 1'],
    ['7', 'no JSON object'],
    ['[1, 2]', 'no JSON object'],
    ['{"a": 1, "b": 2, "a": 1}', 'the key "a" twice'],
    ['{"a": 1, "\\u0061": 2}', 'the key "a" twice'],
    ['{"values": {"x": {"deep": 1, "y": [{"deep": 2, "deep": 3}]}}}', 'the key "deep" twice'],
    ['[{"id": 1}, {"id": 2, "id": 2}]', 'the key "id" twice'],
    ['{"id": 1}\n{"id": 2, "id": 2}', 'the key "id" twice'],
    ['{"rows": [{"say \\"x\\"": 1, "say \\"x\\"": 1}]}', 'the key "say "x"" twice'],
  ])('%j cannot be read', (text, why) => expect(() => outputOfText(text, {})).toThrow(why))

  test.each([
    '{"a": {"a": [{"a": 1}, {"a": 1}]}, "b": {"a": "a"}}',
    '{"a": "\\"a\\": 1, \\"a\\": 2", "b": "{\\"a\\":1,\\"a\\":1}"}',
    '{"a": ["a", "a"], "A": 1, "": {}, "\\\\": 1}',
  ])('%s has no key twice', (text) => expect(() => outputOfText(text, {})).not.toThrow())

  test('rows of names and values', () => {
    const rows = [
      { name: 'a', value: '1', sha: 'x' },
      { name: 'b', value: null, sha: 'x' },
    ]
    expect(outputOfRows(rows, { input: 'sha' })).toMatchObject({ values: { a: '1', b: null }, input: 'x' })
    expect(outputOfRows([rows[0]!, { ...rows[1]!, sha: 'y' }], { input: 'sha' }).input).toBeUndefined()
    expect(() => outputOfRows([rows[0]!, rows[0]!], { input: 'sha' })).toThrow('two values called a')
  })

  test('what differs never has one digest', () => {
    const all = [
      [{ a: '1', b: '11' }],
      [{ a: '11', b: '1' }],
      [{ a: null }],
      [{ a: '' }],
      [{}],
      [],
      [{ a: '1' }, { b: '11' }],
      [{ a: '-' }],
    ]
    expect(new Set(all.map((rows) => digestOf(rows as never))).size).toBe(all.length)
  })
})
