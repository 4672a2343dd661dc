// SEEDS §3.6: eighteen files into one and three. What each environment must come to is written down here by hand, from the old files.
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { configuration } from '../../examples/pipeline/configuration.ts'
import { readConfiguration } from '../../src/api.ts'
import { consolidated } from '../../src/consolidate/consolidation.ts'
import { migration } from '../../src/index.ts'
import { freshDatabase } from '../support/postgres.ts'
import { migrate, project, takeBackOf } from './engine.ts'

vi.setConfig({ testTimeout: 120_000 })

const declared = configuration.consolidation
const alone = migration('configuration', { expand: [configuration] })
const environments = ['development', 'staging', 'production'] as const
const variables: Record<string, string> = {
  DB_PASSWORD: 'of the test',
  SLACK_WEBHOOK_URL: 'https://hooks.test',
  SUPABASE_KEY: 'key',
  SUPABASE_PROJECT: 'loans',
}
const secrets = ['example-key-of-nobody', 'example-password-dev', 'example-password-prod', 'example-hook']

const filesIn = (root: string, folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((name) => statSync(path.join(root, name)).isFile())
    .toSorted()
const textsOf = (root: string) => new Map(filesIn(root, 'config').map((name) => [name, readFileSync(path.join(root, name), 'utf8')]))

/** Run in a project of its own. */
async function written(): Promise<string> {
  await using db = await freshDatabase()
  const root = project()
  await migrate(db.url, { migration: alone, root })
  return root
}

const start = (root: string, environment: string | undefined, variable: Record<string, string | undefined> = variables) => {
  const { master, overrides } = declared.into
  return readConfiguration({ root, master, overrides, environment, variables: variable })
}

const common = {
  pipeline: { name: 'loans', run_id_seed: 12345678901234567890n },
  timezone: 'America/Mexico_City',
  features: { shadow: true, legacy: false },
  columns: ['loan_id', 'dpd', 'outstanding'],
  kpi: {
    par90: { warning: 3, critical: 5 },
    par30: { critical: 10 },
    health: '(10 - PAR30 / 10) * (CR / 10)',
    version: '2.0',
    precision: 4,
    collection_rate: { warning: 95 },
  },
  export: { default_path: 'data/raw', archive_path: 'data/archives', formats: ['csv', 'parquet'] },
  limits: { latency: 1500 },
  supabase: { url: 'https://loans.supabase.example', key: 'key' },
  logging: { version: 1, level: 'INFO', handlers: ['console'] },
  schedule: { shadow: { hours: 24, start: '01:41' } },
  slack: { webhook_url: 'https://hooks.test' },
}
const its = (environment: (typeof environments)[number]) => {
  const own = {
    development: { batch_size: 50, retries: 3, host: 'localhost', enabled: false },
    staging: { batch_size: 200, retries: 3, host: 'localhost', enabled: true },
    production: { batch_size: 500, retries: 5, host: 'db.example', enabled: true },
  }[environment]
  return {
    ...common,
    ...(environment === 'development' ? { debug: true } : {}),
    pipeline: { ...common.pipeline, batch_size: own.batch_size, retries: own.retries },
    supabase: { ...common.supabase, enabled: own.enabled },
    database: { host: own.host, port: 5432, password: 'of the test' },
  }
}

test('there are eighteen', () => {
  expect(declared.files!.map((f) => f.file).toSorted()).toEqual([...textsOf(project()).keys()])
  expect(declared.files).toHaveLength(18)
})

test('each environment starts with what the old files came to, and what was decided', async () => {
  const root = await written()
  expect(filesIn(root, 'configuration')).toEqual([
    'configuration/environments/development.yml',
    'configuration/environments/production.yml',
    'configuration/environments/staging.yml',
    'configuration/master.yml',
  ])
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)))
  for (const environment of environments)
    expect([environment, plain(await start(root, environment))]).toEqual([environment, plain(its(environment))])
})

test('no secret is in what is written, nor in what is said of it', async () => {
  const root = await written()
  const result = await consolidated(declared, textsOf(root))
  const everything = JSON.stringify([
    filesIn(root, 'configuration').map((f) => readFileSync(path.join(root, f), 'utf8')),
    result.proof,
    result.questions,
    configuration.params,
  ])
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([])
  for (const name of ['DB_PASSWORD', 'SLACK_WEBHOOK_URL', 'SUPABASE_KEY']) expect(everything.includes(`\${${name}}`)).toBe(true)
})

test.each(Object.keys(declared.decide!))('%s has to be decided by somebody', async (key) => {
  const decide = Object.fromEntries(Object.entries(declared.decide!).filter(([name]) => name !== key))
  const { questions } = await consolidated({ ...declared, decide }, textsOf(project()))
  expect(questions.map((q) => [q.code, q.message.split(' ')[0]])).toEqual([['GW_KEY_DISAGREES', key]])
})

test('percents and fractions are not taken for each other', async () => {
  const from = declared.keys!['kpi.par90.warning']!
  const keys = { ...declared.keys, 'kpi.par90.warning': { from: { ...from.from, 'config/kpi/definitions.json': 'par90.warn' } } }
  const { 'kpi.par90.warning': _, ...decide } = declared.decide!
  const { questions } = await consolidated({ ...declared, keys, decide }, textsOf(project()))
  expect(questions.map((q) => [q.code, q.message.split(' ')[0]])).toEqual([['GW_KEY_UNIT', 'kpi.par90.warning']])
})

test('an environment that is not set, an override that is gone, a variable without a value: none starts, and none warns', async () => {
  const root = await written()
  const refused = { code: 'GW_START_REFUSED' }
  for (const environment of [undefined, '', 'prod']) await expect(start(root, environment)).rejects.toMatchObject(refused)
  await expect(start(root, 'production', { ...variables, DB_PASSWORD: undefined })).rejects.toMatchObject(refused)
  expect(await start(root, 'production', { ...variables, SUPABASE_PROJECT: undefined })).toMatchObject({
    supabase: { url: 'https://local.supabase.example' },
  })
  rmSync(path.join(root, 'configuration/environments/production.yml'))
  await expect(start(root, 'production')).rejects.toMatchObject(refused)
})

test('taken back, only the old files are there, as they were', async () => {
  await using db = await freshDatabase()
  const root = project()
  const before = textsOf(root)
  await migrate(db.url, { migration: alone, root })
  await takeBackOf(db.url, alone, { root })
  expect(filesIn(root, '.').filter((name) => !name.startsWith('.godwit'))).toEqual([...before.keys()])
  expect(textsOf(root)).toEqual(before)
})
