// The oracle held against Postgres itself: text, JSON and UUIDs.
import { describe, expect, test } from 'vitest'
import { query, serverUrl } from '../support/postgres.ts'
import { ask, pairs } from './ask.ts'
import { canonicalJson, textAt } from './json.ts'
import { readUuid } from './parse.ts'
import * as texts from './text.ts'
import { compareValues, text } from './value.ts'

describe('text', () => {
  const samples = [
    '',
    ' ',
    'abc',
    'ABC',
    'Zoë',
    'ÉCOLE',
    'straße',
    'İx',
    'Σας',
    'a\u0301',
    '日本',
    '😀x',
    ' \t a b \n',
    '\u00a0x\u00a0',
    "o'x\\y%_",
    'x\u2003',
    'ŉ',
    'ⅷ',
  ]
  test.each([
    ['lower', 'C', 'ascii', texts.lowered],
    ['upper', 'C', 'ascii', texts.uppered],
    ['lower', 'C.utf8', 'simple', texts.lowered],
    ['upper', 'C.utf8', 'simple', texts.uppered],
    ['lower', 'und-x-icu', 'full', texts.lowered],
    ['upper', 'und-x-icu', 'full', texts.uppered],
  ] as const)('%s under %s', async (name, collation, casing, fn) => {
    expect(samples.map((s) => fn(s, casing))).toEqual(
      await ask(
        `${name}(a collate "${collation}")`,
        samples.map((s) => [s]),
      ),
    )
  })

  test('length, pieces, filling up, replacing', async () => {
    const lines = samples.map((s) => [s])
    expect(samples.map((s) => String(texts.lengthOf(s)))).toEqual(await ask('length(a)', lines))
    expect(samples.map((s) => texts.sliced(s, 1, 2))).toEqual(await ask('substr(a, 2, 2)', lines))
    expect(samples.map((s) => texts.sliced(s, 1))).toEqual(await ask('substr(a, 2)', lines))
    expect(samples.map((s) => texts.paddedLeft(s, 5, 'é0'))).toEqual(
      await ask(`case when length(a) >= 5 then a else lpad(a, 5, 'é0') end`, lines),
    )
    expect(samples.map((s) => texts.paddedLeft(s, 5, ''))).toEqual(
      await ask(`case when length(a) >= 5 then a else lpad(a, 5, '') end`, lines),
    )
    expect(samples.map((s) => texts.replaced(s, 'a', 'bb'))).toEqual(await ask(`replace(a, 'a', 'bb')`, lines))
    expect(samples.map((s) => texts.replaced(s, '', 'x'))).toEqual(await ask(`replace(a, '', 'x')`, lines))
    expect(samples.map((s) => texts.trimmed(s))).toEqual(await ask(`btrim(a, E' \\t\\n\\v\\f\\r\\u00a0')`, lines))
  })

  test('bytes decide which text is less', async () => {
    const lines = pairs(samples)
    const sql = `case when a collate "C" < b collate "C" then -1 when a = b then 0 else 1 end`
    expect(lines.map(([a, b]) => String(Math.sign(compareValues(text(a), text(b)))))).toEqual(await ask(sql, lines))
  })

  test('patterns', async () => {
    const patterns = ['^[a-z]+$', '[0-9]', '^.$', 'a|b', '^(ab)?c', 'x{2,3}', '^[A-Za-z0-9_]+$', ' $']
    const lines = patterns.flatMap((p) => [...samples, 'c', 'abc', 'xx', '\n', 'a1'].map((s) => [s, p]))
    expect(lines.map(([s, p]) => String(texts.matches(s!, p!)))).toEqual(await ask('a ~ b', lines))
  })
})

describe('JSON', () => {
  const good = [
    'null',
    'true',
    ' [1, 2.50, -0, 1e2, 1.5e-3] ',
    '{"b":1,"a":{"x":[]},"aa":null}',
    '"é\\u00e9\\n\\t\\"\\\\\\/"',
    '{"a":1,"a":2}',
    '"\\ud83d\\ude00"',
    '{}',
    '12345678901234567890.10',
    '{"é":1,"zz":2,"":3}',
    '"\\u001f\\u007f"',
    '[[],{},[[]]]',
  ]
  const bad = [
    '',
    'x',
    '{',
    '[1,]',
    '{"a"}',
    '01',
    '1.',
    '+1',
    "'a'",
    '"\\u0000"',
    '"\\ud800"',
    '"\t"',
    'nul',
    '1 2',
    '{a:1}',
    'NaN',
    '"\\x"',
    '\u00a01',
    '-',
    '.5',
    'truex',
    '1x',
  ]
  test('it is spelt alike', async () => {
    expect(good.map((s) => canonicalJson(s))).toEqual(
      await ask(
        'a::jsonb',
        good.map((s) => [s]),
      ),
    )
  })

  test.each(bad)('%j is none', async (s) => {
    expect(canonicalJson(s)).toBeUndefined()
    await expect(query(serverUrl(), 'select $1::jsonb', [s])).rejects.toThrow()
  })

  test('what stands at a path', async () => {
    const json = '{"a":{"b":[1,"x",null,{"c":true}]},"t":"é","0":"zero"}'
    const paths = [
      ['a'],
      ['a', 'b'],
      ['a', 'b', '0'],
      ['a', 'b', '1'],
      ['a', 'b', '2'],
      ['a', 'b', '-1', 'c'],
      ['t'],
      ['0'],
      ['x'],
      ['t', 'u'],
      ['a', 'b', 'x'],
      ['a', 'b', '9'],
    ]
    const answers = await ask(
      'a::jsonb #>> b::text[]',
      paths.map((p) => [json, `{${p.map((s) => `"${s}"`).join(',')}}`]),
    )
    expect(paths.map((p) => textAt(json, p))).toEqual(answers)
  })
})

describe('UUIDs', () => {
  const uuid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
  const good = [uuid, uuid.toUpperCase(), uuid.replaceAll('-', ''), `{${uuid}}`, 'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11']
  const bad = [
    '',
    uuid.slice(1),
    ` ${uuid}`,
    `${uuid} `,
    `{${uuid}`,
    uuid.replace('a', 'g'),
    'a0e-ebc999c0b4ef8bb6d6bb9bd380a11',
    `${uuid}-`,
  ]
  test('the same spellings are read', async () => {
    expect(good.map(readUuid)).toEqual(
      await ask(
        'a::uuid',
        good.map((s) => [s]),
      ),
    )
  })
  test.each(bad)('%j is none', async (s) => {
    expect(readUuid(s)).toBeUndefined()
    await expect(query(serverUrl(), 'select $1::uuid', [s])).rejects.toThrow()
  })
})
