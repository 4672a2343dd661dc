// Each kind of file: what it reads and with which types, what it refuses, and that it writes what it can read again.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Format, Placed } from '../../src/consolidate/formats/format.ts'
import { formatOf } from '../../src/consolidate/formats/index.ts'
import { keyText } from '../../src/consolidate/path.ts'
import { readFile } from '../../src/consolidate/read.ts'
import { sameValue, shownWithType, type Value } from '../../src/consolidate/value.ts'

const read = async (file: string, text: string, dialect?: string) =>
  Object.fromEntries((await readFile(file, text, dialect)).entries.map((e) => [keyText(e.path), shownWithType(e.value)]))

const refused = async (file: string, text: string, dialect?: string) => {
  try {
    await readFile(file, text, dialect)
    return 'read'
  } catch (error) {
    expect(error).toMatchObject({ code: 'GW_CONSOLIDATE_FILE', exit: 2 })
    expect(String((error as Error).message)).not.toContain('hunter2')
    return (error as Error).message
  }
}

describe('types', () => {
  test('1, 1.0 and the text 1 are three values, in every kind that has them', async () => {
    const three = { a: '1 (integer)', b: '1.0 (decimal)', c: "'1' (text)" }
    expect(await read('x.yml', 'a: 1\nb: 1.0\nc: "1"\n')).toEqual(three)
    expect(await read('x.json', '{"a": 1, "b": 1.0, "c": "1"}')).toEqual(three)
    expect(await read('x.toml', 'a = 1\nb = 1.0\nc = "1"\n')).toEqual(three)
    expect(await read('x.env', 'A=1\nB=1.0\n')).toEqual({ A: "'1' (text)", B: "'1.0' (text)" })
    expect(await read('x.ini', '[s]\na = 1\n')).toEqual({ 's.a': "'1' (text)" })
  })

  test('numbers keep all of their digits', async () => {
    const [whole, fraction] = ['123456789012345678901234567890', '0.1000000000000000000000000001']
    const kept = { a: `${whole} (integer)`, b: `${fraction} (decimal)`, c: '1e3 (decimal)' }
    expect(await read('x.yml', `a: ${whole}\nb: ${fraction}\nc: 1e3\n`, 'yaml-1.2')).toEqual(kept)
    expect(await read('x.json', `{"a": ${whole}, "b": ${fraction}, "c": 1e3}`)).toEqual(kept)
    expect(await read('x.toml', `a = 9_223_372_036_854_775_807\nb = ${fraction}\nc = 0xff\nd = -inf\n`)).toEqual({
      a: '9223372036854775807 (integer)',
      b: `${fraction} (decimal)`,
      c: '255 (integer)',
      d: '-inf (decimal)',
    })
  })

  test('dates and times, of four kinds in TOML', async () => {
    expect(await read('x.toml', 'a = 2025-12-26\nb = 01:41:14\nc = 2025-12-26 01:41:14\nd = 2025-12-26T01:41:14+01:00\n')).toEqual({
      a: '2025-12-26 (date)',
      b: '01:41:14 (time)',
      c: '2025-12-26T01:41:14 (datetime)',
      d: '2025-12-26T01:41:14+01:00 (instant)',
    })
    expect(await read('x.yml', 'a: 2025-12-26\nb: 2025-12-26 01:41:14 +1\n', 'yaml-1.1')).toEqual({
      a: '2025-12-26 (date)',
      b: '2025-12-26T01:41:14+1 (instant)',
    })
    expect(await read('x.yml', 'a: 2025-12-26\n', 'yaml-1.2')).toEqual({ a: "'2025-12-26' (text)" })
  })

  test('null is a value, an empty map and an empty list are others, and nothing is none', async () => {
    expect(await read('x.yml', 'a: null\nb: {}\nc: []\nd:\n  e: ~\n')).toEqual({ a: 'null', b: '{} (map)', c: '[] (list)', 'd.e': 'null' })
    expect(await read('x.yml', '# only a comment\n')).toEqual({})
    expect(await read('x.toml', '[a]\n')).toEqual({ a: '{} (map)' })
  })

  test('lists are one value, with what is in them', async () => {
    expect(await read('x.toml', '[[a]]\nb = 1\n[[a]]\nb = "1"\n')).toEqual({ a: "[{b: 1}, {b: '1'}] (list)" })
  })

  test('what YAML merges in and refers to counts as written out', async () => {
    const yaml = 'base: &b {x: 1, z: 2}\nprod:\n  <<: *b\n  z: 3\nlist: [*b]\n'
    expect(await read('x.yml', yaml)).toEqual({
      'base.x': '1 (integer)',
      'base.z': '2 (integer)',
      'prod.x': '1 (integer)',
      'prod.z': '3 (integer)',
      list: '[{x: 1, z: 2}] (list)',
    })
  })
})

describe('what readers would read in two ways is asked', () => {
  test.each([
    ['x.yml', 'a: yes\n', 'x.yml:1 has a, which is boolean to yaml-1.1 and text to yaml-1.2.'],
    ['x.yml', 'b: 1\non: [push]\n', 'x.yml:2 has a key that its readers take for different keys.'],
    ['x.yml', 'a: 012\n', 'x.yml:1 has a, in which yaml-1.1 and yaml-1.2 read different values.'],
    ['x.yml', 'a: 1:30\n', 'x.yml:1 has a, which is integer to yaml-1.1 and text to yaml-1.2.'],
    ['x.yml', 'a: 1_000\n', 'x.yml:1 has a, which is integer to yaml-1.1 and text to yaml-1.2.'],
    ['x.yml', 'a: 1e3\n', 'x.yml:1 has a, which is text to yaml-1.1 and decimal to yaml-1.2.'],
    ['x.yml', 'a: 2025-12-26\n', 'x.yml:1 has a, which is date to yaml-1.1 and text to yaml-1.2.'],
    ['x.ini', '[a]\nb = "1"\n', 'x.ini:2 has a.b, in which ini-python and ini-plain read different values.'],
    ['x.ini', '[a]\nb = 1 ; one\n', 'x.ini:2 has a.b, in which ini-python and ini-plain read different values.'],
    ['x.ini', '[a]\nB = 1\n', 'x.ini:2 has a key that its readers take for different keys.'],
    ['x.ini', '[DEFAULT]\na = 1\n[s]\nb = 2\n', 'x.ini:2 has a key that its readers take for different keys.'],
  ])('%s: %j', async (file, text, message) => {
    expect(await refused(file, text)).toBe(message)
    const format = await formatOf(file)!
    for (const dialect of format.dialects) expect(await refused(file, text, dialect)).toBe('read')
  })

  test('in quotes nothing is in doubt, and letters are letters', async () => {
    expect(await read('x.yml', 'a: "yes"\ny: 1\nn: y\n')).toEqual({ a: "'yes' (text)", y: '1 (integer)', n: "'y' (text)" })
  })

  test('what only one reader can read at all is read so', async () => {
    expect(await read('x.ini', 'a = 1\n[s]\nb = 2\n')).toEqual({ a: "'1' (text)", 's.b': "'2' (text)" })
    expect(await read('x.ini', '[s]\na = 1\n  more\n\n  still\n[t]\nb = 100%%\n', 'ini-python')).toEqual({
      's.a': "'1\\nmore\\n\\nstill' (text)",
      't.b': "'100%' (text)",
    })
  })

  test('configparser gives the defaults to every section', async () => {
    expect(await read('x.ini', '[DEFAULT]\na = 1\n[s]\nb = 2\n[t]\na = 3\n', 'ini-python')).toEqual({
      's.b': "'2' (text)",
      't.a': "'3' (text)",
      's.a': "'1' (text)",
    })
  })
})

describe('what is refused, with its line and without its text', () => {
  test.each([
    ['x.yml', 'a: 1\na: hunter2\n', 'x.yml:2 has a key that stands in the same place before.'],
    ['x.yml', 'a: *hunter2\n', 'x.yml:1 has an alias (*) without its anchor (&).'],
    ['x.yml', 'a: !Ref hunter2\n', 'x.yml:1 has a tag (!) that means something only to its own reader.'],
    ['x.yml', 'a: "hunter2\n', 'x.yml:2 opens a quote or a bracket that is never closed.'],
    ['x.yml', '- hunter2\n', 'x.yml holds no keys: it is a list or a single value.'],
    ['x.yml', 'a: 1\n---\na: 2\n', 'x.yml holds several documents (---): make it one, or several files.'],
    ['x.json', '{"a": 1, "a": "hunter2"}', 'x.json:1 has a key that stands in the same place before.'],
    ['x.json', '{\n"a": hunter2}', 'x.json is not JSON.'],
    ['x.json', '{\n"a": 1\n"b": "hunter2"}', 'x.json:3 is not JSON.'],
    ['x.json', '{"a": 1,}', 'x.json:1 is not JSON.'],
    ['x.toml', 'a = 1\na = "hunter2"\n', 'x.toml:2 has a key that stands in the same place before.'],
    ['x.toml', 'a = "hunter2\n', 'x.toml:1 is not TOML.'],
    ['x.toml', 'a = 18446744073709551616\n', 'x.toml:1 has a whole number of more than 64 bits.'],
    ['x.env', 'A=1\nB=2\nA=hunter2\n', 'x.env:3 has a name that stands there before.'],
    ['x.env', 'A="hunter2\n', 'x.env:1 opens a quote that is never closed.'],
    ['x.env', 'A="x" hunter2\n', 'x.env:1 has text behind the closing quote.'],
    ['x.env', 'hunter2\n', 'x.env:1 is not NAME=value.'],
    ['x.ini', '[a]\nb = 1\nb = hunter2\n', 'x.ini:3 has a key that stands in the same section before.'],
    ['x.ini', '[a]\nhunter2\n', 'x.ini:2 is not key = value.'],
    ['x.ini', '[a]\nb = %(hunter2)s\n', undefined],
    ['x.xml', '<a/>', 'x.xml is of no kind that is known here.'],
  ])('%s: %j', async (file, text, message) => {
    const said = await refused(file, text, file.endsWith('.ini') ? 'ini-python' : undefined)
    expect(said).toBe(message ?? 'x.ini:2 has a % that configparser puts something in for: write it out, or as %%.')
  })

  test('a file that is small and endless', async () => {
    const laughs = [
      'a: &a [x, x, x, x, x, x, x, x, x, x]',
      ...'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${Array(10).fill(`*${'abcdefg'[i]}`).join(', ')}]`),
    ]
    expect(await refused('x.yml', laughs.join('\n'))).toContain('holds more than 100000 values')
    expect(await refused('x.yml', 'a: &a\n  b: *a\n')).toContain('100 levels')
    expect(await refused('x.yml', 'a: &a [*a]\n')).toContain('100 levels')
  })
})

test('comments above a key and behind it belong to it, and lines of a text do not', async () => {
  const comments = async (file: string, text: string) =>
    Object.fromEntries(
      (await readFile(file, text, undefined)).entries.filter((e) => e.comment.length).map((e) => [keyText(e.path), e.comment]),
    )
  expect(await comments('x.yml', '# head\n\na:\n  # one\n  # two\n  b: 1 # three\nsql: |\n  # four\nc: 2\n')).toEqual({
    'a.b': ['one', 'two', 'three'],
  })
  expect(await comments('x.toml', '# one\na = "# none" # two\n\n# head\n\nb = 1\n')).toEqual({ a: ['one', 'two'] })
  expect(await comments('x.env', '# one\nA=x#y # two\nB="# none"\n')).toEqual({ A: ['one', 'two'] })
  expect(await comments('x.ini', '[s]\n; one\na = 1\n')).toEqual({ 's.a': ['one'] })
})

// ── there and back ───────────────────────────────────────────────────────────────────────────

const word = fc.oneof(
  fc.stringMatching(/^[a-z][a-z_]{0,6}$/),
  fc.constantFrom('yes', 'on', 'null', 'y', '1', 'a.b', 'a b', 'ä', '"', '#x', 'x: y', '-', '<<'),
)
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    'yes',
    'No',
    'null',
    '~',
    '1',
    '1.0',
    '1e3',
    '0x1f',
    '2025-12-26',
    '1:30',
    ' a',
    'a ',
    'a\nb',
    'a\nb\n',
    'a\n\n',
    '\ta',
    'a: b',
    'a #b',
    '- a',
    '${X:-y}',
    '$$',
    '%',
    "it's",
    '"',
    '\\',
    '\u2028',
    '\ufeff',
    '&a',
    '*a',
    '!a',
    '|',
    '{}',
    '[1]',
    '=',
    'a\r\nb',
  ),
)
const scalars: fc.Arbitrary<Value>[] = [
  anyText.map((t) => ({ type: 'text', text: t })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => ({ type: 'integer', text: String(n) })),
  fc.stringMatching(/^-?(0|[1-9]\d{0,20})\.\d{1,20}(e[+-]?[1-9]\d?)?$/).map((t) => ({ type: 'decimal', text: t })),
  fc.boolean().map((b) => ({ type: 'boolean', text: String(b) })),
]
const nulls = fc.constant<Value>({ type: 'null' })
const day = fc.constantFrom<Value>(
  { type: 'date', text: '2025-12-26' },
  { type: 'datetime', text: '2025-12-26T01:41:14' },
  { type: 'instant', text: '2025-12-26T01:41:14Z' },
)
const time = fc.constant<Value>({ type: 'time', text: '01:41:14' })

function nestedIn(leaf: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.letrec<{ v: Value }>((tie) => ({
    v: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('v'), { maxLength: 3 }).map((items): Value => ({ type: 'list', items })),
      fc
        .array(fc.tuple(word, tie('v')), { maxLength: 3 })
        .map((f): Value => ({ type: 'list', items: [{ type: 'map', fields: new Map(f) }] })),
    ),
  })).v
}

const tree = (leaf: fc.Arbitrary<Value>, name = word, depth = 3): fc.Arbitrary<readonly Placed[]> =>
  fc
    .uniqueArray(
      fc.tuple(fc.array(name, { minLength: 1, maxLength: depth }), leaf, fc.array(fc.string({ maxLength: 8 }), { maxLength: 2 })),
      { maxLength: 12, selector: ([p]) => keyText(p) },
    )
    .map((all) => all.map(([path, value, comment]) => ({ path, value, comment })))
    // a key has a value or keys within it
    .map((all) => all.filter((a) => !all.some((b) => b !== a && b.path.length > a.path.length && a.path.every((s, i) => s === b.path[i]))))

const upper = fc.stringMatching(/^[A-Z][A-Z_0-9]{0,6}$/)
const lower = fc.stringMatching(/^[a-z][a-z_0-9.-]{0,6}$/)
const onlyText = anyText.map((t): Value => ({ type: 'text', text: t }))

test.each([
  ['x.yml', undefined, tree(nestedIn(fc.oneof(...scalars, nulls)))],
  ['x.yml', 'yaml-1.1', tree(nestedIn(fc.oneof(...scalars, nulls, day)))],
  ['x.json', undefined, tree(nestedIn(fc.oneof(...scalars, nulls)))],
  ['x.toml', undefined, tree(nestedIn(fc.oneof(...scalars, day, time)))],
  ['x.env', undefined, tree(onlyText, upper, 1)],
  ['x.ini', undefined, tree(onlyText, lower, 2)],
  ['x.ini', 'ini-plain', tree(onlyText, lower, 2)],
])('what is written to %s (%s) is read again, type and value', async (file, dialect, keys) => {
  const format = (await formatOf(file)) as Format
  let written = 0
  await fc.assert(
    fc.asyncProperty(keys, async (all) => {
      const held = all.filter((e) => format.cannot(e.path, e.value, dialect) === undefined)
      const text = format.write(held, ['a head'])
      const back = new Map((await readFile(file, text, dialect)).entries.map((e) => [keyText(e.path), e.value]))
      written += held.length
      expect(back.size).toBe(held.length)
      for (const { path, value } of held)
        expect([keyText(path), text, sameValue(back.get(keyText(path))!, value)]).toEqual([keyText(path), text, true])
    }),
    { numRuns: 150, seed: 20251226 },
  )
  expect(written).toBeGreaterThan(150)
})
