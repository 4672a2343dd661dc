// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} in a plain string is what a configuration has
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defineConfig, typedConfirmation } from '../../src/config/index.ts'
import { configFile, errorOf, load, loaded, project, said } from './project.ts'

const url = (name: string) => `postgres://app@${name}/app`

describe('which environment', () => {
  const three = `{ database: '${url('top')}', environments: { dev: { database: '${url('dev')}' }, qa: { database: '${url('qa')}' } } }`
  const withDefault = three.replace('{ database', "{ defaultEnvironment: 'dev', database")
  const one = `{ database: '${url('top')}', environments: { qa: { database: '${url('qa')}' } } }`

  it.each([
    ['--env before GODWIT_ENV and defaultEnvironment', withDefault, { env: 'qa', processEnv: { GODWIT_ENV: 'dev' } }, 'qa'],
    ['GODWIT_ENV before defaultEnvironment', withDefault, { processEnv: { GODWIT_ENV: 'qa' } }, 'qa'],
    ['an empty GODWIT_ENV is none', withDefault, { processEnv: { GODWIT_ENV: '' } }, 'dev'],
    ['defaultEnvironment', withDefault, {}, 'dev'],
    ['the only one there is', one, {}, 'qa'],
    ['none: what stands at the top', three, {}, 'default'],
  ])('%s', async (_, config, options, name) => {
    const found = await loaded(config, options)
    expect(found.name).toBe(name)
    expect(found.address.host).toBe(name === 'default' ? 'top' : name)
  })

  it('refuses one that is not there, with the nearest and the list', async () => {
    const error = await errorOf(loaded("{\n  database: 'embedded',\n  environments: { dev: {}, qa: {}, prod: {} },\n}", { env: 'prd' }))
    expect(error).toMatchObject({ code: 'GW_ENV_UNKNOWN', exit: 2, message: "There is no environment 'prd'. Did you mean 'prod'?" })
    expect(error.hint).toBe('godwit.config.ts:3 has: dev, qa, prod')
  })

  it('says when the wrong name came from GODWIT_ENV', async () => {
    const error = await errorOf(loaded(three, { processEnv: { GODWIT_ENV: 'live' } }))
    expect(error.message).toBe("There is no environment 'live' (from GODWIT_ENV).")
  })

  it.each(['', 'constructor', '__proto__', 'toString', 'hasOwnProperty', '../dev'])('has no environment %j by accident', async (env) => {
    expect(await errorOf(loaded(three, { env }))).toMatchObject({ code: 'GW_ENV_UNKNOWN' })
  })

  it('has an environment called constructor if there is one', async () => {
    const found = await loaded(`{ environments: { constructor: { database: '${url('built')}' }, dev: {} } }`, { env: 'constructor' })
    expect(found.address.host).toBe('built')
  })

  it('takes nothing from the prototype when the only environments are plain', async () => {
    expect((await loaded("{ environments: { dev: {} }, database: 'embedded' }")).runAs).toBeUndefined()
  })
})

describe('what holds', () => {
  it('takes the environment before the top before the default, for every key', async () => {
    const found = await loaded(
      `{
        migrations: ['top.ts'], database: '${url('top')}', schema: 'top-schema.ts', owns: { readOnly: ['a'], schemas: ['b'] }, runAs: 'top_role',
        environments: {
          dev: {},
          qa: { migrations: ['qa.ts'], database: '${url('qa')}', schema: 'qa-schema.ts', owns: { schemas: ['c'] }, runAs: 'qa_role', protected: true },
        },
      }`,
      { env: 'qa' },
    )
    expect(found).toMatchObject({
      migrations: [join(found.root, 'qa.ts')],
      schema: join(found.root, 'qa-schema.ts'),
      owns: { readOnly: [], schemas: ['c'] },
      runAs: 'qa_role',
      protected: true,
      environments: ['dev', 'qa'],
    })
    expect(found.address.host).toBe('qa')
    const dev = await load(found.root, { env: 'dev' })
    expect(dev).toMatchObject({
      migrations: [join(found.root, 'top.ts')],
      owns: { readOnly: ['a'], schemas: ['b'] },
      runAs: 'top_role',
      protected: false,
    })
  })

  it('lets an environment say false and undefined: false holds, undefined does not', async () => {
    const found = await loaded('{ protected: true, runAs: "r", environments: { a: { protected: false, runAs: undefined } } }')
    expect(found).toMatchObject({ protected: false, runAs: 'r' })
  })

  it('has these defaults', async () => {
    const found = await loaded('{}')
    expect(found).toMatchObject({ name: 'default', environments: [], protected: false, migrations: [], load: [], runAs: undefined })
    expect(found.owns).toEqual({ readOnly: [], schemas: undefined })
    expect(found.schema).toBe(join(found.root, 'schema.ts'))
    expect(found.database.reveal()).toBe('embedded')
    expect(found.run).toEqual({
      workers: 2,
      chunk: { rows: 20_000, targetMs: 1_000 },
      budget: { rows: 1_000, percent: 1 },
      lockTimeoutMs: 500,
      statementTimeoutMs: 600_000,
      retries: 5,
    })
  })

  it('merges run key by key, over all three layers', async () => {
    const found = await loaded(
      "{ run: { workers: 4, lockTimeout: '5s', budget: { rows: 50 } }, environments: { qa: { run: { workers: 1, budget: { percent: 0 }, retries: 0 } } } }",
    )
    expect(found.run).toMatchObject({
      workers: 1,
      lockTimeoutMs: 5_000,
      statementTimeoutMs: 600_000,
      retries: 0,
      budget: { rows: 50, percent: 0 },
    })
  })

  it.each([
    ['a number is a fixed size', '5_000', 'undefined', { rows: 5_000, targetMs: undefined }],
    ['an object keeps the default target', '{ rows: 100 }', 'undefined', { rows: 100, targetMs: 1_000 }],
    ['a target is laid over a number', '5_000', '{ targetMs: 300 }', { rows: 5_000, targetMs: 300 }],
    ['a number is laid over a target', '{ rows: 1, targetMs: 300 }', '77', { rows: 77, targetMs: undefined }],
  ])('chunk: %s', async (_, top, environment, chunk) => {
    const found = await loaded(`{ run: { chunk: ${top} }, environments: { qa: { run: { chunk: ${environment} } } } }`)
    expect(found.run.chunk).toEqual(chunk)
  })
})

describe('protected', () => {
  const prod = "{ environments: { dev: {}, prod: { database: 'postgres://app@prod-db/books', protected: true } } }"

  it('asks for the name of the database', async () => {
    const found = await loaded(prod, { env: 'prod' })
    expect(typedConfirmation(found)).toEqual({ needed: true, word: 'books', where: 'prod (app@prod-db/books), protected' })
  })

  it('does not ask elsewhere', async () => {
    expect(typedConfirmation(await loaded(prod, { env: 'dev' }))).toEqual({ needed: false, word: 'dev', where: 'dev (embedded)' })
  })

  it.each([
    [
      'at the environment',
      "{ environments: { prod: { protected: true, database: 'postgres://app:hunter22@h/db' } } }",
      'environments.prod.database',
    ],
    [
      'at the top',
      "{ database: 'postgres://app:hunter22@h/db', environments: { prod: { protected: true }, live: { protected: true } } }",
      'database',
    ],
    [
      'at an environment, where the top is protected',
      "{ protected: true, environments: { prod: { database: 'postgres://app:hunter22@h/db' } } }",
      'environments.prod.database',
    ],
    ['in a default', '{ protected: true, database: "${A:-postgres://app:hunter22@h/db}" }', 'database'],
  ])('refuses a password that is written %s', async (_, config, key) => {
    const error = await errorOf(loaded(config))
    expect(error.message.startsWith(`${key} has a password written in it, and the environment is protected.`)).toBe(true)
    expect(said(error)).not.toContain('hunter22')
  })

  it('takes one for an environment that is not protected, whatever the top says', async () => {
    const config = "{ protected: true, environments: { dev: { protected: false, database: 'postgres://app:hunter22@h/db' } } }"
    expect((await loaded(config)).describe()).toBe('dev (app@h/db)')
  })

  it.each(['postgres://app@h/db', 'postgres://app:${PW}@h/db', '${A}', 'embedded'])('takes %s', async (database) => {
    const processEnv = { PW: 'hunter22', A: 'postgres://app:hunter22@h/db' }
    expect((await loaded(`{ protected: true, database: '${database}' }`, { processEnv })).protected).toBe(true)
  })
})

describe('types', () => {
  it('gives the object back and knows the environments', () => {
    const config = { defaultEnvironment: 'dev', environments: { dev: {}, prod: { protected: true } } } as const
    expect(defineConfig(config)).toBe(config)
    // @ts-expect-error there is no such environment
    defineConfig({ defaultEnvironment: 'prd', environments: { dev: {} } })
    // @ts-expect-error misspelt
    defineConfig({ databse: 'embedded' })
    // @ts-expect-error an environment has no environments
    defineConfig({ environments: { dev: { environments: {} } } })
    defineConfig({ database: 'embedded', run: { chunk: { rows: 10 }, lockTimeout: '2s' } })
  })
})

describe('files', () => {
  it('are absolute, sorted within a glob, in the order of the patterns, none twice', async () => {
    const files = ['migration.ts', 'migrations/b.ts', 'migrations/a.ts', 'migrations/a.test.ts', 'migrations/a.d.ts', 'migrations/notes.md']
    const root = project({
      ...configFile("{ migrations: ['migrations/*.ts', 'migration.ts', 'migrations/a.ts', 'later.ts'] }"),
      ...Object.fromEntries(files.map((f) => [f, ''])),
    })
    const expected = ['migrations/a.ts', 'migrations/b.ts', 'migration.ts', 'later.ts']
    expect((await load(root)).migrations).toEqual(expected.map((path) => join(root, path)))
  })

  it('are found by default', async () => {
    const root = project({ ...configFile('{}'), 'migrations/2.ts': '', 'migrations/1.ts': '', 'migration.ts': '' })
    expect((await load(root)).migrations).toEqual(['migration.ts', 'migrations/1.ts', 'migrations/2.ts'].map((path) => join(root, path)))
  })

  it('may lie in a folder whose name looks like a glob', async () => {
    const root = project({ ...configFile("{ migrations: ['[id]/m.ts'] }"), '[id]/m.ts': '' })
    expect((await load(root)).migrations).toEqual([join(root, '[id]/m.ts')])
  })

  const loads = configFile("{ load: ['source.sql'], environments: { dev: {}, qa: { database: 'postgres://app@qa/app' } } }")

  it('are loaded into an embedded database and never into another', async () => {
    const root = project({ ...loads, 'source.sql': '' })
    expect((await load(root, { env: 'dev' })).load).toEqual([join(root, 'source.sql')])
    expect((await load(root, { env: 'qa' })).load).toEqual([])
  })

  it('that are to be loaded must be there', async () => {
    const error = await errorOf(load(project(loads), { env: 'dev' }))
    expect(error).toMatchObject({ code: 'GW_CONFIG_INVALID', at: 'godwit.config.ts:1' })
    expect(error.message).toMatch(/^load names .*source\.sql, which is not there\.$/)
  })
})
