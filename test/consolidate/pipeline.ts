// Eighteen configuration files of one pipeline, as they grow: thresholds in three places and two units, precisions and paths that disagree.
import type { Consolidation } from '../../src/consolidate/declaration.ts'

export const secretValues = [
  'eyJhbGciOiJIUzI1NiJ9.c2VydmljZS1yb2xl',
  'pr0d-Passw0rd!',
  'dev-Passw0rd!',
  'https://hooks.example.test/T000/B000/abcdef',
]

export const texts: Readonly<Record<string, string>> = {
  'config/base.yml': `# The pipeline itself
pipeline:
  name: loans
  # rows a batch
  batch_size: 500
  retries: 3
  run_id_seed: 12345678901234567890
timezone: 'America/Mexico_City'
features: {shadow: true, legacy: false}
columns: [loan_id, dpd, outstanding]
owner: null
`,
  'config/development.yml': `pipeline:\n  batch_size: 50\ndebug: true\n`,
  'config/staging.yml': `pipeline:\n  batch_size: 200\n`,
  'config/production.yml': `pipeline:\n  retries: 5 # the warehouse is slow at night\n`,
  'config/kpi/thresholds.yml': `par_30: {critical: 8.0}\npar_90:\n  # of the outstanding balance\n  warning: 3.0\n  critical: 5.0\n`,
  'config/kpi/definitions.json': `{"par90": {"warn": 0.03, "crit": 0.05}, "par30": {"crit": 0.08}, "version": "1.0", "precision": 2}\n`,
  'config/alerts.toml': `[par_90]\ngreen = 3\nyellow = 5\nred = 8\n\n[collection_rate]\nok = 95\n`,
  'config/monitoring.ini': `[collection_rate]\nwarning = 1.5\n\n[latency]\n; in milliseconds\nlimit = 1500\n`,
  'config/exports.yml': `precision: 4\ndefault_path: data/archives\nformats: [csv, parquet]\n`,
  'config/paths.json': `{"default_path": "data/raw", "archive_path": "data/archives"}\n`,
  'config/supabase.toml': `url = "https://\${SUPABASE_PROJECT:-local}.supabase.example"\nenabled = false\nkey = "${secretValues[0]}"\nopened = 2025-12-26\n`,
  'config/supabase.production.toml': `enabled = true\n`,
  'config/logging.yml': `version: 1\nlevel: INFO\nhandlers: [console]\n`,
  'config/roles.json': `{"admin": ["risk", "it"], "viewer": []}\n`,
  'config/schedule.ini': `[shadow]\nhours = 24\nstart = 01:41\n`,
  '.env.development': `DB_PASSWORD=dev-Passw0rd!\nDB_HOST=localhost\nDB_PORT=5432\nOLD_FLAG=1\n`,
  '.env.production': `DB_PASSWORD='pr0d-Passw0rd!'\nDB_HOST=db.internal\nDB_PORT=5432\nOLD_FLAG=0\n`,
  'config/slack.env': `SLACK_WEBHOOK_URL=${secretValues[3]}\n`,
}

export const files: NonNullable<Consolidation['files']> = [
  { file: 'config/base.yml', at: '' },
  { file: 'config/development.yml', at: '', environments: ['development'], over: 'config/base.yml' },
  { file: 'config/staging.yml', at: '', environments: ['staging'], over: 'config/base.yml' },
  { file: 'config/production.yml', at: '', environments: ['production'], over: 'config/base.yml' },
  { file: 'config/kpi/thresholds.yml' },
  { file: 'config/kpi/definitions.json' },
  { file: 'config/alerts.toml' },
  { file: 'config/monitoring.ini' },
  { file: 'config/exports.yml' },
  { file: 'config/paths.json' },
  { file: 'config/supabase.toml', at: 'supabase' },
  { file: 'config/supabase.production.toml', at: 'supabase', environments: ['production'], over: 'config/supabase.toml' },
  { file: 'config/logging.yml', at: 'logging' },
  { file: 'config/roles.json', at: 'roles' },
  { file: 'config/schedule.ini', at: 'schedule' },
  { file: '.env.development', environments: ['development', 'staging'] },
  { file: '.env.production', environments: ['production'] },
  { file: 'config/slack.env' },
]

const of = (key: string, unit: string) => ({ key, unit })
const [thresholds, definitions, alerts] = ['config/kpi/thresholds.yml', 'config/kpi/definitions.json', 'config/alerts.toml'] as const
const [dev, prod] = ['.env.development', '.env.production'] as const

/** Every key has its place, and nothing is decided yet. */
export const undecided: Consolidation = {
  environments: ['development', 'staging', 'production'],
  files,
  into: { master: 'config/master.yml', overrides: 'config/environments/{environment}.yml', dialect: 'yaml-1.1' },
  keys: {
    'kpi.par90.warning': { from: { [thresholds]: 'par_90.warning', [definitions]: 'par90.warn', [alerts]: 'par_90.yellow' } },
    'kpi.par90.critical': { from: { [thresholds]: 'par_90.critical', [definitions]: 'par90.crit', [alerts]: 'par_90.red' } },
    'kpi.par30.critical': { from: { [thresholds]: 'par_30.critical', [definitions]: 'par30.crit' } },
    'kpi.version': { from: { [definitions]: 'version' } },
    'kpi.collection_rate.warning': {
      as: 'decimal',
      from: { 'config/monitoring.ini': 'collection_rate.warning', [alerts]: 'collection_rate.ok' },
    },
    'kpi.precision': { from: { [definitions]: 'precision', 'config/exports.yml': 'precision' } },
    'export.default_path': { from: { 'config/exports.yml': 'default_path', 'config/paths.json': 'default_path' } },
    'export.formats': { from: { 'config/exports.yml': 'formats' } },
    'export.archive_path': { from: { 'config/paths.json': 'archive_path' } },
    'limits.latency': { as: 'integer', unit: 'ms', from: { 'config/monitoring.ini': 'latency.limit' } },
    'schedule.shadow.hours': { as: 'integer', from: { 'config/schedule.ini': 'shadow.hours' } },
    'database.password': { from: { [dev]: 'DB_PASSWORD', [prod]: 'DB_PASSWORD' }, secret: 'DB_PASSWORD' },
    'database.host': { from: { [dev]: 'DB_HOST', [prod]: 'DB_HOST' } },
    'database.port': { as: 'integer', from: { [dev]: 'DB_PORT', [prod]: 'DB_PORT' } },
    'slack.webhook_url': { from: { 'config/slack.env': 'SLACK_WEBHOOK_URL' }, secret: true },
  },
  dropped: {
    [alerts]: { 'par_90.green': 'below the warning is green: nobody reads it' },
    [dev]: { OLD_FLAG: 'of the first engine' },
    [prod]: { OLD_FLAG: 'of the first engine' },
    'config/base.yml': { owner: 'was never filled in' },
  },
}

const risk = { by: 'risk committee' }

export const decided: Consolidation = {
  ...undecided,
  keys: {
    ...undecided.keys,
    'kpi.par90.warning': {
      unit: 'percent',
      from: { [thresholds]: 'par_90.warning', [definitions]: of('par90.warn', 'fraction'), [alerts]: 'par_90.yellow' },
    },
    'kpi.par90.critical': {
      unit: 'percent',
      from: { [thresholds]: 'par_90.critical', [definitions]: of('par90.crit', 'fraction'), [alerts]: 'par_90.red' },
    },
    'kpi.par30.critical': { unit: 'percent', from: { [thresholds]: 'par_30.critical', [definitions]: of('par30.crit', 'fraction') } },
  },
  decide: {
    'kpi.par90.warning': { from: thresholds, why: 'the policy of 2025 says 3 %', ...risk },
    'kpi.par90.critical': { from: thresholds, why: 'the policy of 2025 says 5 %', ...risk },
    'kpi.collection_rate.warning': { value: { decimal: '95.0' }, why: 'it is a rate in percent, 1.5 was a slip', ...risk },
    'kpi.precision': { from: 'config/exports.yml', why: 'two places hide a drift', ...risk },
    'export.default_path': { from: 'config/paths.json', why: 'archives are written by their own job', by: 'data team' },
  },
  changes: { 'supabase.enabled': { environments: ['staging'], value: true, why: 'staging is rehearsed with it', by: 'data team' } },
}

export const allTexts = (): Map<string, string> => new Map(Object.entries(texts))
