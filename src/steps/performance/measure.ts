// How long a query takes: its percentiles over some runs, and by which plan the database goes about it.
import type { Plain, TargetHands } from '../hands.ts'

export interface Measured {
  /** Milliseconds, at so many of a hundred runs. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly rows: number
  /** Steps of the database's own plan, outermost first; none where it does not say. */
  readonly plan: readonly string[]
}

export interface Runs {
  readonly runs: number
  /** Not counted: caches fill. */
  readonly warmUp: number
}

export async function measure(sql: string, { runs, warmUp }: Runs, target: TargetHands): Promise<Measured> {
  for (let i = 0; i < warmUp; i++) await target.timed(sql)
  const times: number[] = []
  let rows = 0
  for (let i = 0; i < runs; i++) {
    const timed = await target.timed(sql)
    times.push(timed.ms)
    rows = timed.rows
  }
  return { ...percentiles(times), rows, plan: await planOf(sql, target) }
}

export function percentiles(times: readonly number[]): Pick<Measured, 'p50' | 'p95' | 'p99'> {
  const sorted = times.toSorted((a, b) => a - b)
  // the smallest time that so many of a hundred runs do not go beyond
  const at = (percent: number) => rounded(sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)]!)
  return { p50: at(50), p95: at(95), p99: at(99) }
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000

async function planOf(sql: string, target: TargetHands): Promise<string[]> {
  if (target.engine === 'postgres') {
    const [row] = await target.ask(`explain (format json, costs off) ${sql}`)
    return nodesOf((JSON.parse(row!['QUERY PLAN']!) as { readonly [key: string]: Plain }[])[0]!['Plan']!)
  }
  if (target.engine === 'sqlite') return (await target.ask(`explain query plan ${sql}`)).map((r) => r['detail']!)
  return (await target.ask(`explain ${sql}`)).map((r) => `${r['type'] ?? ''} on ${r['table'] ?? ''}${r['key'] ? ` using ${r['key']}` : ''}`)
}

type Node = { readonly [key: string]: Plain }

/** What it does, on what, by which index: without figures, which change with every row. */
function nodesOf(plan: Plain): string[] {
  const node = plan as Node
  const on = node['Relation Name'] ? ` on ${String(node['Relation Name'])}` : ''
  const using = node['Index Name'] ? ` using ${String(node['Index Name'])}` : ''
  return [`${String(node['Node Type'])}${on}${using}`, ...((node['Plans'] ?? []) as readonly Plain[]).flatMap(nodesOf)]
}
