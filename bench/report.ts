// An outcome for people: a table, and the goals beneath it.
import { count } from '../src/text.ts'
import type { Goal, Outcome, Result } from './bench.ts'

const columns: readonly (readonly [string, (r: Result) => string])[] = [
  ['', (r) => r.name],
  ['wall s', (r) => number(r.wall_s)],
  ['ratio', (r) => number(r.ratio)],
  ['server CPU s', (r) => number(r.server_cpu_s)],
  ['WAL MB', (r) => number(r.wal_mb, 0)],
  ['size MB', (r) => number(r.size_mb, 0)],
  ['RSS MB', (r) => number(r.rss_mb, 0)],
  ['verify s', (r) => number(r.verify_s)],
  ['its CPU s', (r) => number(r.verify_cpu_s)],
  ['p50 ms', (r) => number(r.p50_ms, 1)],
  ['p99 ms', (r) => number(r.p99_ms, 1)],
  ['before', (r) => number(r.calm_p99_ms, 1)],
  ['max ms', (r) => number(r.max_ms, 1)],
  ['before', (r) => number(r.calm_max_ms, 1)],
  ['failed', (r) => number(r.failed, 0)],
]

const number = (n: number | null | undefined, places = 2): string => (n === null || n === undefined ? '-' : n.toFixed(places))

export function report({ bench, rows, results, goals, absent = [] }: Outcome): string {
  const shown = columns.filter(([, cell]) => results.some((r) => cell(r) !== '-'))
  const lines = [shown.map(([title]) => title), ...results.map((r) => shown.map(([, cell]) => cell(r)))]
  const widths = shown.map((_, i) => Math.max(...lines.map((l) => l[i]!.length)))
  const table = lines.map((l) =>
    l
      .map((cell, i) => (i ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('   ')
      .trimEnd(),
  )
  const notes = results.filter((r) => r.note).map((r) => `  ${r.name}: ${r.note}`)
  return [
    `${bench}, ${count(rows)} rows`,
    '',
    ...table,
    ...(notes.length ? ['', ...notes] : []),
    ...(goals.length ? ['', ...goals.map(goalLine)] : []),
    ...absent.map((a) => `absent: ${a}`),
    '',
  ].join('\n')
}

const goalLine = (g: Goal): string =>
  `${g.met === null ? '?' : g.met ? '✓' : '✗'} ${g.name}: ${g.measured ?? 'not measured'} (goal ${g.goal})`
