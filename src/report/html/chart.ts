// Small charts as SVG: how far apart, in parts of what is allowed; and both sides as they moved. Drawn, and never compared: here a float will do.
import { markup as h, Markup } from './markup.ts'

const [width, height, edge] = [720, 64, 4]

const x = (i: number, n: number): number => (n === 1 ? width / 2 : edge + (i / (n - 1)) * (width - 2 * edge))
const at = (n: number): string => n.toFixed(1)

/** The dashed line is the limit; what lies beyond twice of it is drawn there. */
export function distances(label: string, shares: readonly (number | undefined)[], verdicts: readonly string[]): Markup {
  const y = (share: number) => height - edge - (Math.min(share, 2) / 2) * (height - 2 * edge)
  const points = shares.map((share, i) => mark(x(i, shares.length), y(share ?? 0), verdicts[i]!))
  const line = shares.flatMap((share, i) => (share === undefined ? [] : [`${at(x(i, shares.length))},${at(y(share))}`]))
  return drawn(label, [
    `<line class="limit" x1="0" x2="${width}" y1="${at(y(1))}" y2="${at(y(1))}"/>`,
    `<polyline class="apart" points="${line.join(' ')}"/>`,
    ...points,
  ])
}

const marks: Readonly<Record<string, (px: number, py: number) => string>> = {
  passed: (px, py) => `<circle class="passed" cx="${at(px)}" cy="${at(py)}" r="2.6"/>`,
  failed: (px, py) => `<path class="failed" d="M${at(px - 4)} ${at(py - 4)}l8 8m0-8l-8 8"/>`,
}
const mark = (px: number, py: number, verdict: string): string =>
  marks[verdict]?.(px, py) ?? `<circle class="unsure" cx="${at(px)}" cy="${at(height - edge)}" r="2.6"/>`

/** Old dashed, new drawn through; each gap is a pair in which a side had none. */
export function courses(label: string, old: readonly (number | undefined)[], now: readonly (number | undefined)[]): Markup {
  const all = [...old, ...now].filter((v) => v !== undefined && Number.isFinite(v)) as number[]
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const y = (v: number) => (most === least ? height / 2 : height - edge - ((v - least) / (most - least)) * (height - 2 * edge))
  const course = (of: readonly (number | undefined)[], name: string) => {
    const points = of.flatMap((v, i) => (v === undefined || !Number.isFinite(v) ? [] : [`${at(x(i, of.length))},${at(y(v))}`]))
    return `<polyline class="${name}" points="${points.join(' ')}"/>`
  }
  return drawn(label, all.length ? [course(old, 'old'), course(now, 'new')] : [])
}

function drawn(label: string, shapes: readonly string[]): Markup {
  const body = new Markup(shapes.join(''))
  return h`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}" preserveAspectRatio="none">${body}</svg>`
}

export const chartStyle = `
p.verdict { margin: 0.4rem 0 0.9rem; padding: 0.5rem 1rem; } p.verdict .word { line-height: 1.6rem; font-size: 1.1rem; grid-column: 1 / -1; }
figure.strand { margin: 0.9rem 0 1.2rem; break-inside: avoid; }
figure.strand figcaption { display: flex; flex-wrap: wrap; gap: 0.2rem 0.9rem; font-size: 0.9rem; }
figure.strand figcaption small { color: var(--soft); font-size: 0.85rem; }
figure.strand figcaption small:last-child { margin-left: auto; font-variant-numeric: tabular-nums; }
.chart { display: block; width: 100%; height: 4rem; margin-top: 0.3rem; background: var(--faint); border-bottom: 1px solid var(--line); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.chart polyline, .chart line, .chart path { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.chart .limit { stroke: var(--failed); stroke-dasharray: 5 4; stroke-width: 1; }
.chart .apart { stroke: var(--soft); stroke-width: 1; }
.chart .old { stroke: var(--soft); stroke-dasharray: 4 3; } .chart .new { stroke: var(--undone); }
.chart circle.passed { fill: var(--passed); } .chart circle.unsure { fill: var(--unsure); } .chart path.failed { stroke: var(--failed); stroke-width: 2; }
`
