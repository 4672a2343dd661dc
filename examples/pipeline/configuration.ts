// Eighteen configuration files of the old pipeline, into one and three. Where they disagree, somebody has decided, with a reason.
import { consolidate } from 'godwit'

const [thresholds, definitions, health, alerts] = ['thresholds.yml', 'definitions.json', 'health.yml']
  .map((f) => `config/kpi/${f}`)
  .concat('config/alerts.toml') as [string, string, string, string]
const [monitoring, exports, paths] = ['config/monitoring.ini', 'config/exports.yml', 'config/paths.json'] as const
const [dev, prod] = ['config/development.env', 'config/production.env'] as const
const risk = { by: 'risk committee' }
const data = { by: 'data team' }

/** Some of them kept percents as percents, and some as fractions. */
const percent = (fraction: string) => ({ key: fraction, unit: 'fraction' })

export const configuration = consolidate('one configuration', {
  environments: ['development', 'staging', 'production'],
  files: [
    { file: 'config/base.yml', at: '' },
    { file: 'config/development.yml', at: '', environments: ['development'], over: 'config/base.yml' },
    { file: 'config/staging.yml', at: '', environments: ['staging'], over: 'config/base.yml' },
    { file: 'config/production.yml', at: '', environments: ['production'], over: 'config/base.yml' },
    { file: thresholds },
    { file: definitions },
    { file: health },
    { file: alerts },
    { file: monitoring },
    { file: exports },
    { file: paths },
    { file: 'config/supabase.toml', at: 'supabase' },
    { file: 'config/supabase.production.toml', at: 'supabase', environments: ['production'], over: 'config/supabase.toml' },
    { file: 'config/logging.yml', at: 'logging' },
    { file: 'config/schedule.ini', at: 'schedule' },
    { file: dev, environments: ['development', 'staging'] },
    { file: prod, environments: ['production'] },
    { file: 'config/slack.env' },
  ],
  into: { master: 'configuration/master.yml', overrides: 'configuration/environments/{environment}.yml', dialect: 'yaml-1.1' },
  keys: {
    'kpi.par90.warning': {
      unit: 'percent',
      from: { [thresholds]: 'par_90.warning', [definitions]: percent('par90.warn'), [alerts]: 'par_90.yellow' },
    },
    'kpi.par90.critical': {
      unit: 'percent',
      from: { [thresholds]: 'par_90.critical', [definitions]: percent('par90.crit'), [alerts]: 'par_90.red' },
    },
    'kpi.par30.critical': { unit: 'percent', from: { [thresholds]: 'par_30.critical', [definitions]: percent('par30.crit') } },
    'kpi.health': { from: { [health]: 'health', [definitions]: 'health' } },
    'kpi.version': { from: { [definitions]: 'version' } },
    'kpi.precision': { from: { [definitions]: 'precision', [exports]: 'precision' } },
    'kpi.collection_rate.warning': { as: 'decimal', from: { [monitoring]: 'collection_rate.warning', [alerts]: 'collection_rate.ok' } },
    'export.default_path': { from: { [exports]: 'default_path', [paths]: 'default_path' } },
    'export.archive_path': { from: { [paths]: 'archive_path' } },
    'export.formats': { from: { [exports]: 'formats' } },
    'limits.latency': { as: 'integer', unit: 'ms', from: { [monitoring]: 'latency.limit' } },
    'schedule.shadow.hours': { as: 'integer', from: { 'config/schedule.ini': 'shadow.hours' } },
    'database.host': { from: { [dev]: 'DB_HOST', [prod]: 'DB_HOST' } },
    'database.port': { as: 'integer', from: { [dev]: 'DB_PORT', [prod]: 'DB_PORT' } },
    'database.password': { from: { [dev]: 'DB_PASSWORD', [prod]: 'DB_PASSWORD' }, secret: 'DB_PASSWORD' },
    'supabase.key': { from: { 'config/supabase.toml': 'key' }, secret: 'SUPABASE_KEY' },
    'slack.webhook_url': { from: { 'config/slack.env': 'SLACK_WEBHOOK_URL' }, secret: true },
  },
  dropped: {
    'config/base.yml': { owner: 'was never filled in' },
    [alerts]: { 'par_90.green': 'below the warning is green: nobody reads it' },
    [health]: { clamp: 'a figure that is cut off at ten shows no change for the worse' },
    [dev]: { OLD_FLAG: 'of V1' },
    [prod]: { OLD_FLAG: 'of V1' },
  },
  decide: {
    'kpi.par90.warning': { from: thresholds, why: 'the policy of 2025 says 3 %', ...risk },
    'kpi.par90.critical': { from: thresholds, why: 'the policy of 2025 says 5 %', ...risk },
    'kpi.par30.critical': { from: definitions, why: 'the policy of 2025 says 10 %', ...risk },
    'kpi.health': { from: health, why: 'the other one is above ten for any portfolio that collects', ...risk },
    'kpi.collection_rate.warning': { value: { decimal: '95.0' }, why: 'it is a rate in percent, 1.5 was a slip', ...risk },
    'kpi.precision': { from: exports, why: 'two places hide a drift', ...risk },
    'export.default_path': { from: paths, why: 'archives are written by their own job', ...data },
  },
  changes: { 'supabase.enabled': { environments: ['staging'], value: true, why: 'staging is rehearsed with it', ...data } },
})
