// Eighteen files into one and three: what is asked before, what comes of it, and that no broken output passes.
import { describe, expect, test } from 'vitest'
import { consolidated, proof, settledFiles } from '../../src/consolidate/consolidation.ts'
import { asObject, effectiveOf } from '../../src/consolidate/start.ts'
import { allTexts, decided, files, secretValues, texts, undecided } from './pipeline.ts'

const asked = (result: { questions: readonly { code: string; message: string }[] }) =>
  result.questions.map((q) => `${q.code} ${q.message.split(' ')[0]}`).toSorted()

test('there are eighteen', () => expect(files.map((f) => f.file).toSorted()).toEqual(Object.keys(texts).toSorted()))

describe('before anybody has decided', () => {
  test('units that look like two, and values that disagree, are asked', async () => {
    const result = await consolidated(undecided, allTexts())
    expect(asked(result)).toEqual([
      'GW_KEY_DISAGREES export.default_path',
      'GW_KEY_DISAGREES kpi.collection_rate.warning',
      'GW_KEY_DISAGREES kpi.precision',
      'GW_KEY_UNIT kpi.par30.critical',
      'GW_KEY_UNIT kpi.par90.critical',
      'GW_KEY_UNIT kpi.par90.warning',
    ])
    expect(result.questions.map((q) => q.message)).toContain(
      'kpi.par90.warning is 3.0 (decimal) in config/kpi/thresholds.yml:4 par_90.warning and 0.03 (decimal) in config/kpi/definitions.json:1 par90.warn, which is 100 times apart: two units?',
    )
    expect(result.proof).toBeUndefined()
    expect(() => settledFiles(result, 'migration.ts:7')).toThrow(
      expect.objectContaining({ code: 'GW_CONSOLIDATE_OPEN', exit: 2, at: 'migration.ts:7' }),
    )
  })

  test('declared units leave what really disagrees', async () => {
    const { decide: _, changes: __, ...units } = decided
    expect(asked(await consolidated(units, allTexts()))).toEqual([
      'GW_KEY_DISAGREES export.default_path',
      'GW_KEY_DISAGREES kpi.collection_rate.warning',
      'GW_KEY_DISAGREES kpi.par90.critical',
      'GW_KEY_DISAGREES kpi.par90.warning',
      'GW_KEY_DISAGREES kpi.precision',
    ])
  })

  test.each(Object.keys(undecided.keys!))('%s left out is reported', async (key) => {
    const keys = Object.fromEntries(Object.entries(decided.keys!).filter(([k]) => k !== key))
    const [decide, changes] = [decided.decide, decided.changes].map((of) =>
      Object.fromEntries(Object.entries(of ?? {}).filter(([k]) => k !== key)),
    )
    const result = await consolidated({ ...decided, keys, decide: decide as never, changes: changes as never }, allTexts())
    const isAtOwnName = key.startsWith('schedule.')
    expect(result.questions.some((q) => q.code === 'GW_KEY_UNMAPPED')).toBe(!isAtOwnName)
  })
})

const common = {
  pipeline: { name: 'loans', run_id_seed: 12345678901234567890n },
  timezone: 'America/Mexico_City',
  features: { shadow: true, legacy: false },
  columns: ['loan_id', 'dpd', 'outstanding'],
  kpi: { par90: { warning: 3, critical: 5 }, par30: { critical: 8 }, version: '1.0', collection_rate: { warning: 95 }, precision: 4 },
  export: { default_path: 'data/raw', archive_path: 'data/archives', formats: ['csv', 'parquet'] },
  limits: { latency: 1500 },
  supabase: { url: 'https://${SUPABASE_PROJECT:-local}.supabase.example', key: '${KEY}', opened: '2025-12-26' },
  logging: { version: 1, level: 'INFO', handlers: ['console'] },
  roles: { admin: ['risk', 'it'], viewer: [] },
  schedule: { shadow: { hours: 24, start: '01:41' } },
  slack: { webhook_url: '${SLACK_WEBHOOK_URL}' },
}
const database = (host: string) => ({ password: '${DB_PASSWORD}', host, port: 5432 })
/** Written by hand from the files: what each environment has to come to. */
const expected: Readonly<Record<string, unknown>> = {
  development: {
    ...common,
    debug: true,
    database: database('localhost'),
    pipeline: { ...common.pipeline, batch_size: 50, retries: 3 },
    supabase: { ...common.supabase, enabled: false, key: '${SUPABASE_KEY}' },
  },
  staging: {
    ...common,
    database: database('localhost'),
    pipeline: { ...common.pipeline, batch_size: 200, retries: 3 },
    supabase: { ...common.supabase, enabled: true, key: '${SUPABASE_KEY}' },
  },
  production: {
    ...common,
    database: database('db.internal'),
    pipeline: { ...common.pipeline, batch_size: 500, retries: 5 },
    supabase: { ...common.supabase, enabled: true, key: '${SUPABASE_KEY}' },
  },
}

/** TOML cannot hold the seed of the run ids: 64 bits are not enough. */
const inToml = { master: 'config/master.toml', overrides: 'config/environments/{environment}.toml' }

test('what the new format cannot hold is asked', async () => {
  expect(asked(await consolidated({ ...decided, into: inToml }, allTexts()))).toEqual(['GW_KEY_NOT_HELD pipeline.run_id_seed'])
})

describe.each([
  ['YAML', decided],
  [
    'TOML',
    {
      ...decided,
      into: inToml,
      changes: {
        ...decided.changes,
        'pipeline.run_id_seed': { value: '12345678901234567890', why: 'TOML ends at 64 bits', by: 'data team' },
      },
    },
  ],
])('decided, into %s', (kind, declaration) => {
  const whole = async () => {
    const result = await consolidated(declaration, allTexts())
    return { result, written: settledFiles(result, undefined) }
  }

  test('every environment has what the old files came to, and what was decided', async () => {
    const { written, result } = await whole()
    expect(written.size).toBe(4)
    for (const environment of declaration.environments) {
      const is = asObject(await effectiveOf(declaration.into, environment, written))
      const want = structuredClone(expected[environment]) as typeof common
      if (kind === 'TOML') want.pipeline.run_id_seed = '12345678901234567890' as never
      expect(JSON.parse(JSON.stringify(is, big))).toEqual(JSON.parse(JSON.stringify(want, big)))
    }
    expect(result.proof).toMatchObject({ verdict: 'passed' })
    expect(result.counts).toMatchObject({ files: 18, secrets: 3 })
    expect(result.dropped).toHaveLength(4)
  })

  test('no value of a secret is in anything that comes of it', async () => {
    const { result, written } = await whole()
    const everything = JSON.stringify([result, [...written], [...result.files]], (_, v) =>
      v instanceof Map || v instanceof Set ? [...v] : v,
    )
    for (const secret of secretValues) expect(everything).not.toContain(secret)
    expect(result.proof!.cells.filter((c) => c.verdict === 'by name')).toHaveLength(9)
  })

  test('comments go along, and so do decisions', async () => {
    const { written } = await whole()
    const all = [...written.values()].join('\n')
    for (const comment of [
      '# rows a batch',
      '# of the outstanding balance',
      '# the warehouse is slow at night',
      '# in milliseconds',
      '# Decided by risk committee: two places hide a drift',
    ])
      expect(all).toContain(comment)
  })

  test('no line of the output can be broken, taken out or added without being found', async () => {
    const { result, written } = await whole()
    const check = async (file: string, text: string): Promise<string> => {
      try {
        return (await proof(declaration, result.sources, new Map([...allTexts(), ...written, [file, text]]))).verdict
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    expect(await check('none', '')).toBe('passed')
    for (const [file, text] of written) expect(await check(file, `${kind === 'TOML' ? 'extra = 1' : 'extra: 1'}\n${text}`)).toBe('failed')
    let mutants = 0
    for (const [file, text] of written)
      for (const mutant of mutantsOf(text)) {
        mutants += 1
        expect([mutant.what, await check(file, mutant.text)]).not.toEqual([mutant.what, 'passed'])
      }
    expect(mutants).toBeGreaterThan(100)
  })
})

const big = (_: string, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v)

function mutantsOf(text: string): { what: string; text: string }[] {
  const lines = text.split('\n')
  return lines.flatMap((line, i) => {
    const [, key, value] = /^([^#]*?[:=] )(.+)$/.exec(line) ?? []
    if (key === undefined || value === undefined) return []
    const without = (instead: string[]) => lines.toSpliced(i, 1, ...instead).join('\n')
    return [
      { what: `${line} taken out`, text: without([]) },
      { what: `${line} twice`, text: without([line, line]) },
      ...[...others(value)].filter((v) => v !== value).map((v) => ({ what: `${line} as ${v}`, text: without([key + v]) })),
    ]
  })
}

/** The same digits of another type, a neighbour, nothing. */
function* others(value: string): Generator<string> {
  if (/^[\d.]+$/.test(value)) yield* [`"${value}"`, `${value}1`, value.includes('.') ? value.replace(/\..*/, '') : `${value}.0`]
  else if (/^(true|false)$/.test(value)) yield* [value === 'true' ? 'false' : 'true', `"${value}"`]
  else if (value.startsWith('[')) yield* ['[]', value.replace(/^\[/, '["more", ')]
  else yield* ['"another"', '""', `"${value.replace(/^"|"$/g, '')} "`]
}
