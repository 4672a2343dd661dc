// Secrets go by name only, ${NAME} has the meaning that shells give it, and nothing starts half.
import { describe, expect, test } from 'vitest'
import { consolidated } from '../../src/consolidate/consolidation.ts'
import type { Consolidation } from '../../src/consolidate/declaration.ts'
import { expand } from '../../src/consolidate/placeholders.ts'
import { looksSecret } from '../../src/consolidate/secrets.ts'
import { asObject, effectiveOf, environmentNamed, withVariables } from '../../src/consolidate/start.ts'
import { text } from '../../src/consolidate/value.ts'
import { consolidate } from '../../src/index.ts'

const into = { master: 'new.yml', overrides: 'new.{environment}.yml' }
const base: Pick<Consolidation, 'environments' | 'into'> = { environments: ['dev', 'prod'], into }

const came = (declared: Partial<Consolidation>, texts: Record<string, string>) =>
  consolidated({ ...base, ...declared }, new Map(Object.entries(texts)))
const everything = (of: unknown) => JSON.stringify(of, (_, v) => (v instanceof Map || v instanceof Set ? [...v] : v))

describe('what looks like a secret', () => {
  test.each([
    ['password', 'x'],
    ['dbPassword', 'x'],
    ['DB_PASSWD', 'x'],
    ['access_token', 'x'],
    ['client-secret', 'x'],
    ['api_key', 'x'],
    ['apiKey', 'x'],
    ['private.key', 'x'],
    ['SUPABASE_KEY', 'eyJhbGciOiJIUzI1NiJ9.e30'],
    ['service_role_key', 'abcdefgh12345678'],
    ['url', 'postgres://app:pw@db/app'],
    ['certificate', '-----BEGIN RSA PRIVATE KEY-----\nMII'],
    ['password', '${DB_PASSWORD:-hunter2}'],
    ['authorization', 'Bearer ${TOKEN}'],
  ])('%s: %s', (name, value) => expect(looksSecret(name, text(value))).toBe(true))

  test.each([
    ['name', 'x'],
    ['max_tokens', '100'],
    ['primary_key', 'loan_id'],
    ['tokenizer', 'wordpiece'],
    ['keyboard', 'us'],
    ['url', 'postgres://app@db/app'],
    ['url', 'postgres://app:${PW}@db/app'],
    ['password', '${DB_PASSWORD}'],
    ['password', '${DB_PASSWORD:?set it}'],
    ['password', ''],
  ])('%s: %s is none', (name, value) => expect(looksSecret(name, text(value))).toBe(false))
})

describe('in the new files', () => {
  const files = [
    { file: 'a.yml', at: '' },
    { file: 'dev.env', environments: ['dev'] },
    { file: 'prod.env', environments: ['prod'] },
  ]
  const from = { 'dev.env': 'LOGIN', 'prod.env': 'LOGIN' }
  const keys = { 'db.password': { from } }
  const texts = {
    'a.yml':
      'services:\n  - {name: crm, password: hunter2}\n# DB_PASSWORD: hunter1\n# was hunter4 once\n# of the door\npin: 1234\n# the old one was hunter3\ntoken: hunter3\n',
    'dev.env': "LOGIN='hunter4'\n",
    'prod.env': 'LOGIN=hunter5 # hunter5\n',
  }

  test('stand references, in lists too; no value is anywhere', async () => {
    const result = await came({ files, keys }, texts)
    expect(result.files.get('new.yml')).toBe(
      '# What is the same in dev and prod. What differs stands in new.{environment}.yml.\nservices: [{name: crm, password: "${SERVICES_0_PASSWORD}"}]\n\n# of the door\npin: 1234\n\ntoken: "${TOKEN}"\n\ndb:\n  password: "${DB_PASSWORD}"\n',
    )
    expect(result.proof!.cells.map((c) => `${c.key} ${c.environment} ${c.verdict}`)).toEqual([
      'services dev by name',
      'pin dev equal',
      'token dev by name',
      'db.password dev by name',
      'services prod by name',
      'pin prod equal',
      'token prod by name',
      'db.password prod by name',
    ])
    expect(everything(result)).not.toMatch(/hunter/)
    // nor in what the ledger is given of the plan
    expect(
      everything(
        consolidate('files', {
          ...base,
          entries: [
            { file: 'l', key: 'x.password', value: 'hunter2' },
            { file: 'l', key: 'odd', value: 'hunter3' },
          ],
          keys: { y: { from: { l: 'odd' }, secret: true } },
        }),
      ),
    ).toContain('hunter')
    const { consolidation: _, ...step } = consolidate('files', {
      ...base,
      entries: [
        { file: 'l', key: 'x.password', value: 'hunter2' },
        { file: 'l', key: 'odd', value: 'hunter3' },
      ],
      keys: { y: { from: { l: 'odd' }, secret: true } },
    })
    expect(everything(step)).not.toMatch(/hunter/)
  })

  test('declared by name, or declared to be none', async () => {
    const declared = { ...keys, pin: { secret: 'PIN_CODE' }, token: { secret: false } }
    const number = await came({ files, keys: declared }, texts)
    expect(number.questions).toMatchObject([
      { code: 'GW_KEY_SECRET', message: expect.stringContaining('pin looks like a secret and is no text') },
    ])
    const changed = await came({ files, keys: declared, changes: { pin: { value: '${PIN_CODE}', why: 'it is one', by: 'ops' } } }, texts)
    expect(changed.questions).toEqual([])
    expect(changed.files.get('new.yml')).toContain('pin: "${PIN_CODE}"')
    expect(changed.files.get('new.yml')).toContain('token: hunter3')
  })

  test('two that differ in one environment need a decision, which names no value', async () => {
    const both = [{ file: 'a.env' }, { file: 'b.env' }]
    const key = { pw: { from: { 'a.env': 'PASSWORD', 'b.env': 'PASSWORD' } } }
    const two = { 'a.env': 'PASSWORD=hunter2\n', 'b.env': 'PASSWORD=hunter3\n' }
    const open = await came({ environments: ['prod'], files: both, keys: key }, two)
    expect(open.questions.map((q) => q.message)).toEqual(['pw is ‹secret› in a.env:1 PASSWORD and ‹secret› in b.env:1 PASSWORD (prod).'])
    const same = await came({ environments: ['prod'], files: both, keys: key }, { ...two, 'b.env': 'PASSWORD=hunter2\n' })
    expect(same.questions).toEqual([])
    const decided = await came(
      { environments: ['prod'], files: both, keys: key, decide: { pw: { from: 'a.env', why: 'b was rotated out', by: 'ops' } } },
      two,
    )
    expect(decided.proof!.cells.map((c) => c.verdict)).toEqual(['by name'])
  })

  test('are compared where the variables are known, and each must be there', async () => {
    const variables = { dev: 'vars.dev.env', prod: 'vars.prod.env' }
    const rest = 'TOKEN=hunter3\nSERVICES_0_PASSWORD=hunter2\n'
    const vars = { 'vars.dev.env': `DB_PASSWORD=hunter4\n${rest}`, 'vars.prod.env': `DB_PASSWORD=hunter5\n${rest}` }
    const verdicts = async (more: Record<string, string>) =>
      (await came({ files, keys, variables }, { ...texts, ...vars, ...more }))
        .proof!.cells.filter((c) => c.key === 'db.password')
        .map((c) => c.verdict)
    expect(await verdicts({})).toEqual(['equal', 'equal'])
    expect(await verdicts({ 'vars.prod.env': `DB_PASSWORD=hunter4\n${rest}` })).toEqual(['equal', 'different'])
    await expect(verdicts({ 'vars.prod.env': rest })).rejects.toMatchObject({
      code: 'GW_START_REFUSED',
      message: expect.stringContaining('DB_PASSWORD is not set (db.password)'),
    })
    const { 'vars.dev.env': _, ...without } = vars
    await expect(came({ files, keys, variables }, { ...texts, ...without })).rejects.toMatchObject({ code: 'GW_CONSOLIDATE_FILE' })
  })
})

test.each([
  ['${A}', 'a'],
  ['x${A}y${B}z', 'xay z'.replace(' ', '')],
  ['${B}', ''],
  ['${C:-c}', 'c'],
  ['${C-c}', 'c'],
  ['${B:-c}', 'c'],
  ['${B-c}', ''],
  ['${C:-}', ''],
  ['${C:-production}', 'production'],
  ['${C:--}', '-'],
  ['${C:-${A}}', 'a'],
  ['${C:-${D:-d}}}', 'd}'],
  ['${A:+set}${C:+set}', 'set'],
  ['${B+set}${B:+set}', 'set'],
  ['${A:?no}', 'a'],
  ['$${A} $A $', '${A} $A $'],
  ['${E}', '${A}'],
])('%s is %j', (template, value) => {
  const set: Record<string, string> = { A: 'a', B: '', E: '${A}' }
  expect(expand(template, (name) => set[name])).toEqual({ text: value, unresolved: [] })
})

test.each([
  ['${C}', 'C is not set'],
  ['${C:?say who}', 'C is not set: say who'],
  ['${B:?}', 'B is set, but empty'],
  ['${C', '${ is never closed'],
  ['${C D}', '${…} is neither ${NAME} nor ${NAME:-default}'],
  ['${}', '${…} is neither ${NAME} nor ${NAME:-default}'],
  ['${C:-${D}}', 'D is not set'],
])('%s has no value', (template, why) => {
  expect(expand(template, (name) => ({ B: '' })[name]).unresolved.map((u) => `${u.name} ${u.why}`)).toEqual([why])
})

describe('a start', () => {
  const texts = new Map<string, string | undefined>([
    ['new.yml', 'env: ${PIPELINE_ENV:-development}\ndb: {host: "${HOST}", port: 1}\nlist: [1, "${HOST}"]\n'],
    ['new.prod.yml', 'db: {port: 2}\nlist: [2]\n'],
    ['new.dev.yml', undefined],
  ])
  const lookup = (name: string) => ({ HOST: 'db.internal' })[name]

  test('has the override over the master, and lists whole', async () => {
    const plain = asObject(withVariables(await effectiveOf(into, 'prod', texts), lookup, 'prod'))
    expect(JSON.parse(JSON.stringify(plain))).toEqual({ env: 'development', db: { host: 'db.internal', port: 2 }, list: [2] })
  })

  test.each([
    ['an override that is not there', () => effectiveOf(into, 'dev', texts), 'new.dev.yml is not there.'],
    ['an unset environment', () => environmentNamed('', ['dev', 'prod']), 'The environment is not set.'],
    [
      'an environment that is not known',
      () => environmentNamed('prd', ['dev', 'prod']),
      "There is no environment 'prd'. Did you mean 'prod'?",
    ],
    [
      'a ${NAME} without a value',
      async () => withVariables(await effectiveOf(into, 'prod', texts), () => undefined, 'prod'),
      'The configuration for prod has variables without a value: HOST is not set (db.host).',
    ],
  ])('is refused for %s', async (_, start, message) => {
    await expect((async () => start())()).rejects.toMatchObject({ code: 'GW_START_REFUSED', exit: 2, message })
  })

  test('a value in the override takes the place of a map, and a map that of a value', async () => {
    const both = (master: string, over: string) =>
      effectiveOf(
        into,
        'prod',
        new Map([
          ['new.yml', master],
          ['new.prod.yml', over],
        ]),
      ).then((e) => JSON.parse(JSON.stringify(asObject(e))))
    expect(await both('a: {b: 1, c: {d: 2}}\n', 'a: 5\n')).toEqual({ a: 5 })
    expect(await both('a: 5\n', 'a: {b: 1}\n')).toEqual({ a: { b: 1 } })
    expect(await both('a: {b: 1}\n', 'a: {}\n')).toEqual({ a: { b: 1 } })
    expect(await both('a: {}\n', 'a: {b: 1}\n')).toEqual({ a: { b: 1 } })
    expect(await both('a: 5\n', 'a: {}\n')).toEqual({ a: {} })
  })
})
