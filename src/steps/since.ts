// A number as it is now, held against the one that was kept before the first write: equal, or within a limit whose ends are exact.
import { cannotPlan } from '../errors/plan.ts'
import type { SqlWords } from '../expr/node.ts'
import { origin } from '../expr/origin.ts'
import { type Asking, asked, asksTable } from './asking.ts'
import type { Baseline } from './baseline.ts'
import type { Step, Target } from './step.ts'

export interface SinceOptions {
  /** How far it may be off, as a part of the baseline: '0.01' is one in a hundred. Left out, not at all. */
  readonly within?: number | string
  /** At exactly the limit it is too far off. Left out, at exactly the limit it passes. */
  readonly strict?: boolean
  /** How far it may be off where the baseline is zero, of which no part can be taken. */
  readonly floor?: number | string
  /** Shown behind the numbers. */
  readonly unit?: string
}

interface Limits {
  readonly within: string
  readonly floor: string
  readonly strict: boolean
  readonly unit: string | undefined
}

const decimal = /^(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?$/

export function since(title: string, from: Baseline, now: Asking, options: SinceOptions = {}): Step {
  const at = origin()
  const limits: Limits = {
    within: String(options.within ?? 0),
    floor: String(options.floor ?? 0),
    strict: options.strict === true,
    unit: options.unit,
  }
  const why = whyUseless(limits, from)
  if (why)
    throw cannotPlan({
      what: `the check "${title}"`,
      why,
      hint: "For instance: since('value', before, …, { within: '0.001', floor: 5, unit: 'GBP' })",
      at,
    })
  const asking = asked(now, title, at)
  return {
    kind: 'since',
    title,
    at,
    params: { baseline: from.known, now: asking.says, ...limits, unit: limits.unit ?? null },
    reads: asking.reads,
    ask: (to) => {
      const both = numbers(to, from, asking.sql(to.sql))
      return {
        title,
        at,
        // without a baseline, or a number now, there is nothing to compare
        examined: `select case when base is null or now is null then 0 else 1 end from (${both}) x`,
        wrong: exceeding(both, limits, to.sql),
        ...(asksTable(asking.says) ? {} : { vacuous: `it asks no table: ${asking.says}` }),
      }
    },
  }
}

function whyUseless({ within, floor, strict }: Limits, from: Baseline): string | undefined {
  if (!decimal.test(within)) return `within is a part of the baseline, as a decimal number, and not '${within}'`
  if (!decimal.test(floor)) return `floor is a decimal number, and not '${floor}'`
  if (strict && Number(within) === 0) return 'nothing is strictly within nothing: leave out strict, or say within'
  return strict && from.zeroIsMeant && Number(floor) === 0
    ? 'the baseline may be zero, and nothing is strictly within nothing of it: say floor'
    : undefined
}

/** Exact numbers, by the database: `base` and `now`, and when the one was taken. */
function numbers({ sql, migration }: Target, from: Baseline, now: string): string {
  const kept = `select (m.body ->> 'value')::numeric as base, m.body ->> 'at' as taken from godwit.memory m join godwit.run r on r.id = m.run
    where r.migration = ${sql.literal(migration)} and r.state <> 'undone' and m.body ->> 'known' = ${sql.literal(from.known)} order by m.run desc limit 1`
  return `select k.base, k.taken, (${now})::numeric as now from (select 1) one left join (${kept}) k on true`
}

function exceeding(both: string, { within, floor, strict, unit }: Limits, sql: SqlWords): string {
  const limit = `case when base = 0 then ${sql.literal(floor)}::numeric else abs(base) * ${sql.literal(within)}::numeric end`
  const shown = unit === undefined ? '' : `, ${sql.literal(unit)} as unit`
  return `select base as baseline, taken, now, now - base as difference, ${limit} as "limit"${shown} from (${both}) x where abs(now - base) ${strict ? '>=' : '>'} ${limit}`
}
