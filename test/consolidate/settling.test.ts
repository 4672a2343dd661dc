// What is mapped, decided, changed and asked; over small files.
import { describe, expect, test } from 'vitest'
import { assertProved, consolidated, settledFiles } from '../../src/consolidate/consolidation.ts'
import type { Consolidation } from '../../src/consolidate/declaration.ts'
import { consolidate } from '../../src/index.ts'

const into = { master: 'new.yml', overrides: 'new.{environment}.yml' }
const why = { why: 'it was so', by: 'ops' }
const two: Pick<Consolidation, 'environments' | 'into'> = { environments: ['dev', 'prod'], into }

async function came(declared: Partial<Consolidation>, texts: Record<string, string> = {}) {
  const whole = { ...two, ...declared }
  consolidate('files', whole)
  const result = await consolidated(whole, new Map(Object.entries(texts)))
  return {
    result,
    asked: result.questions.map((q) => `${q.code} ${q.message}`),
    cells: result.proof?.cells.map((c) => `${c.key} ${c.environment} ${c.value} ${c.verdict}`),
    file: (name: string) => result.files.get(name)!.replace(/^#.*\n/, ''),
  }
}

describe('keys', () => {
  test('each is mapped, dropped, or reported; what lies within goes along', async () => {
    const files = [{ file: 'a.yml' }]
    const a = 'x: {one: 1, two: 2}\ngone: {deep: {down: 1}}\nleft: 1\n'
    const open = await came(
      { files, keys: { 'y.z': { from: { 'a.yml': 'x' } } }, dropped: { 'a.yml': { gone: 'of the old engine' } } },
      { 'a.yml': a },
    )
    expect(open.asked).toEqual(['GW_KEY_UNMAPPED left goes nowhere.'])
    const whole = await came(
      {
        files,
        keys: { 'y.z': { from: { 'a.yml': 'x' } }, left: { from: { 'a.yml': 'left' } } },
        dropped: { 'a.yml': { gone: 'of the old engine' } },
      },
      { 'a.yml': a },
    )
    expect(whole.file('new.yml')).toBe('"y":\n  z:\n    one: 1\n    two: 2\n\nleft: 1\n')
    expect(whole.result.dropped).toEqual([{ key: 'gone.deep.down', file: 'a.yml', why: 'of the old engine' }])
  })

  test('a key that is named and not there is a slip', async () => {
    const { asked } = await came(
      { files: [{ file: 'a.yml', at: '' }], keys: { b: { from: { 'a.yml': 'bb' } } }, dropped: { 'a.yml': { cc: 'old' } } },
      { 'a.yml': 'b: 1\n' },
    )
    expect(asked).toEqual([
      'GW_KEY_NOT_THERE a.yml has no key bb, and the migration names it.',
      'GW_KEY_NOT_THERE a.yml has no key cc, and the migration names it.',
    ])
  })

  test('the closest rule counts, and one old key may become two', async () => {
    const { cells } = await came(
      {
        environments: ['prod'],
        files: [{ file: 'a.yml', at: 'all' }],
        keys: { first: { from: { 'a.yml': 'x.y' } }, second: { from: { 'a.yml': 'x.y' } } },
      },
      { 'a.yml': 'x: {y: 1, z: 2}\n' },
    )
    expect(cells).toEqual(['first prod 1 equal', 'second prod 1 equal', 'all.x.z prod 2 equal'])
  })

  test('a key cannot be a value and hold keys', async () => {
    const { asked } = await came(
      {
        files: [
          { file: 'a.yml', at: '' },
          { file: 'b.yml', at: '' },
        ],
      },
      { 'a.yml': 'a: 1\n', 'b.yml': 'a: {b: 2}\n' },
    )
    expect(asked).toEqual(['GW_KEY_NESTED a is a value, and a.b stands within it.'])
  })

  test('names with dots stay one name', async () => {
    const { result, file } = await came(
      { files: [{ file: 'a.yml', at: '' }], keys: { 'new."x.y"': { from: { 'a.yml': 'log."my.app"' } } } },
      { 'a.yml': 'log: {my.app: INFO}\n' },
    )
    expect(result.questions).toEqual([])
    expect(file('new.yml')).toBe('new:\n  x.y: INFO\n')
  })
})

describe('layers', () => {
  const files = [
    { file: 'base.yml', at: '' },
    { file: 'prod.yml', at: '', environments: ['prod'], over: 'base.yml' },
    { file: 'late.yml', at: '', environments: ['prod'], over: 'prod.yml' },
  ]
  const texts = { 'base.yml': 'a: 1\nb: 1\nc: 1\n', 'prod.yml': 'b: 2\nc: 2\n', 'late.yml': 'c: null\nd: 4\n' }

  test('the one on top counts, by way of others too; what is only there stays only there', async () => {
    const { file, cells } = await came({ files }, texts)
    expect(file('new.yml')).toBe('a: 1\n')
    expect(file('new.dev.yml')).toBe('b: 1\nc: 1\n')
    expect(file('new.prod.yml')).toBe('b: 2\nc: null\nd: 4\n')
    expect(cells).toHaveLength(7)
  })

  test('without a word on which is on top, they disagree; null is not nothing', async () => {
    const { asked } = await came({ files: files.map(({ over: _, ...f }) => f) }, texts)
    expect(asked).toEqual([
      'GW_KEY_DISAGREES b is 1 (integer) in base.yml:2 b and 2 (integer) in prod.yml:1 b (prod).',
      'GW_KEY_DISAGREES c is 1 (integer) in base.yml:3 c, 2 (integer) in prod.yml:2 c and null in late.yml:1 c (prod).',
    ])
  })

  test('types disagree as values do', async () => {
    const both = [
      { file: 'a.yml', at: '' },
      { file: 'b.toml', at: '' },
    ]
    const { asked } = await came(
      { environments: ['prod'], files: both },
      { 'a.yml': 'a: 1\nb: "1"\nc: 1.50\n', 'b.toml': 'a = 1.0\nb = 1\nc = 1.5\n' },
    )
    expect(asked).toEqual([
      'GW_KEY_DISAGREES a is 1 (integer) in a.yml:1 a and 1.0 (decimal) in b.toml:1 a (prod).',
      "GW_KEY_DISAGREES b is '1' (text) in a.yml:2 b and 1 (integer) in b.toml:2 b (prod).",
    ])
  })

  test('texts of .env files are what is said of them', async () => {
    const both = [{ file: 'a.yml', at: '' }, { file: 'b.env' }]
    const texts = { 'a.yml': 'port: 80\n', 'b.env': 'PORT=80\n' }
    const from = { 'b.env': 'PORT' }
    expect((await came({ files: both, keys: { port: { from } } }, texts)).asked).toHaveLength(1)
    expect((await came({ files: both, keys: { port: { from, as: 'integer' } } }, texts)).asked).toEqual([])
    expect((await came({ files: both, keys: { port: { from, as: 'date' } } }, texts)).asked[0]).toBe(
      'GW_KEY_TYPE port is declared as date, and what stands there is none.',
    )
  })
})

describe('units', () => {
  const files = [{ file: 'a.yml' }, { file: 'b.yml' }]
  const from = { 'a.yml': 'v', 'b.yml': 'v' }
  const ask = (a: string, b: string, key: object = { from }) =>
    came({ environments: ['prod'], files, keys: { k: key } }, { 'a.yml': `v: ${a}\n`, 'b.yml': `v: ${b}\n` }).then((c) =>
      c.asked.map((q) => q.split(' ')[0]),
    )

  test.each([
    ['3.0', '0.03', 'GW_KEY_UNIT'],
    ['1500', '1.5', 'GW_KEY_UNIT'],
    ['-2', '-120', 'GW_KEY_UNIT'],
    ['"3.0"', '0.03', 'GW_KEY_UNIT'],
    ['3.0', '0.031', 'GW_KEY_DISAGREES'],
    ['0', '0.0', 'GW_KEY_DISAGREES'],
    ['a', 'b', 'GW_KEY_DISAGREES'],
  ])('%s and %s: %s', async (a, b, code) => expect(await ask(a, b)).toEqual([code]))

  test('are suspected where one lies over the other and across environments as well', async () => {
    const layered = [
      { file: 'a.yml', at: '' },
      { file: 'b.yml', at: '', environments: ['prod'], over: 'a.yml' },
    ]
    const texts = { 'a.yml': 'timeout: 30\n', 'b.yml': 'timeout: 30000\n' }
    expect((await came({ files: layered }, texts)).asked).toHaveLength(1)
    expect((await came({ files: layered, keys: { timeout: { unit: 'ms' } } }, texts)).asked).toEqual([])
    expect((await came({ files: layered, keys: { timeout: { unit: 'beans' } } }, texts)).asked).toEqual([])
  })

  const inUnits = (unit: string, a: string, b: string) => ({
    unit,
    from: { 'a.yml': { key: 'v', unit: a }, 'b.yml': { key: 'v', unit: b } },
  })
  test.each([
    ['3.0', '0.03', inUnits('percent', 'percent', 'fraction'), []],
    ['3', '0.03', inUnits('percent', 'percent', 'fraction'), []],
    ['90', '1.5', inUnits('s', 's', 'min'), []],
    ['1', '1024', inUnits('KiB', 'KiB', 'B'), []],
    ['3.0', '0.030000000000000000001', inUnits('percent', 'percent', 'fraction'), ['GW_KEY_DISAGREES']],
    ['20', '20', inUnits('h', 'h', 'min'), ['GW_KEY_UNIT']],
    ['1', '1', inUnits('percent', 'percent', 's'), ['GW_KEY_UNIT']],
    ['abc', 'abc', inUnits('percent', 'percent', 'fraction'), ['GW_KEY_UNIT']],
  ] as const)('declared, %s and %s', async (a, b, key, codes) => expect(await ask(a, b, key)).toEqual(codes))

  test('what is turned into the new unit says so', async () => {
    const { file, cells } = await came(
      {
        environments: ['prod'],
        files: [{ file: 'a.yml' }],
        keys: { k: { unit: 'percent', from: { 'a.yml': { key: 'v', unit: 'fraction' } } } },
      },
      { 'a.yml': 'v: 0.03\n' },
    )
    expect(file('new.yml')).toBe('k: 3.0\n')
    expect(cells).toEqual(['k prod 3.0 equal in its unit'])
  })
})

describe('decisions', () => {
  const files = [
    { file: 'a.yml', at: '' },
    { file: 'a.prod.yml', at: '', environments: ['prod'], over: 'a.yml' },
    { file: 'b.yml', at: '' },
  ]
  const texts = { 'a.yml': 'k: 1\n', 'a.prod.yml': 'k: 2\n', 'b.yml': 'k: 5\n' }

  test('for a file are for all that lies over it', async () => {
    const { cells, file } = await came({ files, decide: { k: { from: 'a.yml', ...why } } }, texts)
    expect(cells).toEqual(['k dev 1 declared', 'k prod 2 declared'])
    expect(file('new.prod.yml')).toContain('# Decided by ops: it was so\nk: 2')
  })

  test('hold where they are said to hold', async () => {
    const { asked } = await came({ files, decide: { k: { value: 7, environments: ['dev'], ...why } } }, texts)
    expect(asked).toEqual(['GW_KEY_DISAGREES k is 2 (integer) in a.prod.yml:1 k and 5 (integer) in b.yml:1 k (prod).'])
    const both = {
      k: [
        { value: 7, environments: ['dev'], ...why },
        { from: 'b.yml', environments: ['prod'], ...why },
      ],
    }
    expect((await came({ files, decide: both }, texts)).cells).toEqual(['k dev 7 declared', 'k prod 5 declared'])
  })

  test('do nothing where all agree, and decide nothing that is not there', async () => {
    const agreed = { ...texts, 'b.yml': 'k: 1\n', 'a.prod.yml': 'k: 1\n' }
    expect((await came({ files, decide: { k: { value: 7, ...why } } }, agreed)).asked[0]).toContain(
      'GW_KEY_DECISION k is decided, and there is nothing to decide',
    )
    expect((await came({ files, decide: { k: { from: 'a.prod.yml', ...why } } }, texts)).asked[0]).toContain('does not say it for dev')
    // agreed in dev, and the decision is only for where it is needed
    expect((await came({ files, decide: { k: { value: 7, ...why } } }, { ...texts, 'b.yml': 'k: 1\n' })).cells).toEqual([
      'k dev 1 equal',
      'k prod 7 declared',
    ])
  })

  test('changes bring, replace and remove; one that does nothing is out of date', async () => {
    const changes = {
      k: { value: 9, environments: ['prod'], ...why },
      fresh: { value: { date: '2026-01-01' }, environments: ['dev'], ...why },
      gone: { remove: true, ...why },
    } as const
    const one = [{ file: 'a.yml', at: '' }]
    const ready = await came({ files: one, changes, into: { ...into, dialect: 'yaml-1.1' } }, { 'a.yml': 'k: 1\ngone: 1\n' })
    expect(ready.cells).toEqual([
      'k dev 1 equal',
      'gone dev undefined declared',
      'fresh dev 2026-01-01 declared',
      'k prod 9 declared',
      'gone prod undefined declared',
    ])
    expect((await came({ files: one, changes: { k: { value: 1, ...why } } }, { 'a.yml': 'k: 1\n' })).asked[0]).toContain(
      'GW_KEY_DECISION k is changed to what it is',
    )
    expect((await came({ files: one, changes: { no: { remove: true, ...why } } }, { 'a.yml': 'k: 1\n' })).asked[0]).toContain(
      'GW_KEY_DECISION',
    )
  })
})

test('a list of keys that was collected elsewhere, with an environment each', async () => {
  const entries = [
    { file: 'a', key: 'k', value: 1 },
    { file: 'a', key: 'k', value: 2, environment: 'prod' },
    { file: 'b', key: 'k', value: { decimal: '1.0' }, environment: 'dev' },
    { file: 'b', key: 'big', value: 2n ** 80n },
  ]
  const { asked } = await came({
    entries,
    files: [
      { file: 'a', at: '' },
      { file: 'b', at: '' },
    ],
  })
  expect(asked).toEqual(['GW_KEY_DISAGREES k is 1 (integer) in a k and 1.0 (decimal) in b k (dev).'])
  const { cells } = await came({
    entries,
    files: [
      { file: 'a', at: '' },
      { file: 'b', at: '' },
    ],
    decide: { k: { from: 'a', ...why } },
  })
  expect(cells).toEqual(['k dev 1 declared', `big dev ${2n ** 80n} equal`, 'k prod 2 equal', `big prod ${2n ** 80n} equal`])
})

test('nothing compared is nothing proved', async () => {
  const { result } = await came({ files: [{ file: 'a.yml', at: '' }] }, { 'a.yml': '# nothing\n' })
  expect(result.proof).toMatchObject({ verdict: 'not verified', compared: 0 })
  expect(() => assertProved(result.proof!, undefined)).toThrow(expect.objectContaining({ code: 'GW_CONSOLIDATE_NOT_PROVED', exit: 4 }))
  const secret = await came({ files: [{ file: 'a.yml', at: '' }] }, { 'a.yml': 'password: hunter2\n' })
  expect(secret.result.proof).toMatchObject({ verdict: 'not verified' })
  expect(() => settledFiles(secret.result, undefined)).toThrow('no effective value was compared')
})

test.each([
  [
    'an environment that is not declared',
    { files: [{ file: 'a.yml', environments: ['prd'] }] },
    "a.yml names the environment 'prd', which is not declared. Did you mean 'prod'?",
  ],
  ['no environment', { environments: [], files: [{ file: 'a.yml' }] }, 'No environment is declared.'],
  ['no file', {}, 'No old file is declared.'],
  ['a file twice', { files: [{ file: 'a.yml' }, { file: 'a.yml' }] }, 'a.yml is declared twice.'],
  [
    'a file that is not declared',
    { files: [{ file: 'a.yml' }], dropped: { 'a.yaml': { k: 'old' } } },
    'a.yaml is named, but not declared under files. Did you mean a.yml?',
  ],
  [
    'a circle',
    {
      files: [
        { file: 'a.yml', over: 'b.yml' },
        { file: 'b.yml', over: 'a.yml' },
      ],
    },
    'a.yml lies over itself, by way of other files.',
  ],
  ['no key', { files: [{ file: 'a.yml', at: 'a..b' }] }, "'a..b' is not a key."],
  ['no reason to drop', { files: [{ file: 'a.yml' }], dropped: { 'a.yml': { k: ' ' } } }, 'k of a.yml is dropped without a reason.'],
  [
    'nobody who decides',
    { files: [{ file: 'a.yml' }], decide: { k: { value: 1, why: 'so', by: '' } } },
    'k is decided without saying why, or by whom.',
  ],
  [
    'a secret written out',
    { files: [{ file: 'a.yml' }], changes: { 'db.password': { value: 'hunter2', ...why } } },
    'The value of db.password is a secret, and is written out.',
  ],
  [
    'one file for all environments',
    { files: [{ file: 'a.yml' }], into: { master: 'm.yml', overrides: 'o.yml' } },
    'Two new files would have one name: o.yml.',
  ],
])('a declaration with %s is refused before anything is read', (_, declared, message) => {
  expect(() => consolidate('files', { ...two, ...declared } as Consolidation)).toThrow(
    expect.objectContaining({ code: 'GW_CONSOLIDATE_DECLARED', message, at: expect.stringMatching(/^settling\.test\.ts:\d+$/) }),
  )
})
