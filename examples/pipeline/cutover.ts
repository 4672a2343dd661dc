// The day: twenty-four hours side by side, somebody who says yes, the switch, and twenty-four hours in which it is taken back by rule.
import { approve, flag, flagRow, type Shadow, shadow, type Watch, watch } from 'godwit'
import { identity } from './checks.ts'

const run = (engine: string) => `select name, value, made_from, made_by from pipeline.run('${engine}', '{at}')`
const below = { within: '1 %', floor: '0.01' }

export const sideBySide: Shadow = {
  title: 'figures of both engines',
  // V1 tells the digest of the tape, V2 that of its tables in the tape's words: rows that were not brought over are another input.
  input: { given: 'made_from' },
  old: { sql: run('v1') },
  new: { sql: run('v2') },
  maker: 'made_by',
  compare: { PAR30: below, PAR90: below, CollectionRate: below },
  hold: [identity],
  pairs: 24,
  every: '1 hour',
}

export const firstDay: Watch = {
  title: 'the first day',
  for: '24 hours',
  every: '1 hour',
  measure: { sql: "select * from pipeline.hour('{at}')" },
  against: { sql: "select * from pipeline.last_run where engine = 'v1'" },
  success: { engine: 'v2', status: 'completed' },
  rules: {
    failures: 2,
    drift: { PAR30: '5 %', PAR90: '5 %', CollectionRate: '5 %' },
    latency: { times: 2, value: 'latency_ms' },
    written: ['rows_written', 'rows_computed'],
  },
}

export const cutover = [
  shadow(sideBySide),
  approve('the figures of both engines have agreed for a day: may V2 serve?', { by: ['risk'] }),
  flag('kpi engine', { to: 'v2', in: flagRow('pipeline.serving', { where: { pipeline: 'kpi' }, column: 'engine' }) }),
  watch(firstDay),
]
