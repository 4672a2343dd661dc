// One row before and after, and why it does not go, if it does not.
import { shownId } from '../../schema/schema.ts'
import type { Told, Tried, TriedOutput } from '../tried.ts'
import { cut, oneLine, padEnd, shownValue, wrapped } from './layout.ts'
import type { Screen } from './screen.ts'

const short = (id: string): string => oneLine(shownId(id))

export function tryText(t: Tried, { paint, width }: Pick<Screen, 'paint' | 'width'>, all: boolean): string[] {
  const fates = { migrated: paint.green('would go'), quarantined: paint.yellow('would go to quarantine'), filtered: 'would be left out' }
  const read = new Set(t.outputs.flatMap((o) => o.columns.flatMap((c) => c.from)))
  const about = new Set(t.reason?.columns ?? [])
  const before = Object.entries(t.row).filter(([name, value]) => all || about.has(name) || (read.has(name) && value !== null))
  return [
    `${paint.bold(`${short(t.source)} ${oneLine(t.key)}`)}  ${fates[t.fate]}${t.warnings.length ? `, with ${t.warnings.length === 1 ? 'a warning' : `${t.warnings.length} warnings`}` : ''}`,
    ...(t.reason ? tell(t, t.reason, paint.yellow(t.fate === 'filtered' ? 'rule' : t.reason.code), paint, width) : []),
    ...t.warnings.flatMap((w) => tell(t, w, paint.yellow('warning'), paint, width)),
    '',
    paint.dim('  before'),
    ...before.map(([name, value]) => cut(`    ${padEnd(oneLine(name), 32)} ${shownValue(value)}`, width)),
    '',
    paint.dim(t.fate === 'migrated' ? '  after' : '  after, if it went'),
    ...t.outputs.flatMap((o) => outputLines(o, t.fate === 'migrated', paint, width)),
    '',
    paint.dim('Nothing was kept.'),
  ]
}

function tell(t: Tried, r: Told, lead: string, paint: Screen['paint'], width: number): string[] {
  const values = r.columns.map((c) => `${oneLine(c)} ${shownValue(t.row[c])}`).join(', ')
  return [`  ${lead}  ${wrapped(`${values} ${oneLine(r.says)}`, '    ', width, '').trimStart()}${r.at ? `   ${paint.cyan(r.at)}` : ''}`]
}

function outputLines(o: TriedOutput, migrated: boolean, paint: Screen['paint'], width: number): string[] {
  const key = o.key === undefined ? '' : `  ${oneLine(o.key)}`
  if (migrated && !o.goes) return [`    ${paint.bold(o.output)} → ${short(o.table)}  ${paint.dim('none: its condition is not met')}`]
  const names = Math.min(28, Math.max(...o.columns.map((c) => c.column.length)))
  return [
    `    ${paint.bold(o.output)} → ${short(o.table)}${key}${paint.dim(o.per ? `  one for each ${o.per.map(oneLine).join(', ')}` : o.key === undefined && migrated ? '  new' : '')}`,
    ...o.columns
      .filter((c) => migrated || c.value !== null)
      .map((c) => {
        const from = c.from.length ? `  ← ${c.from.map(oneLine).join(', ')}` : ''
        const changed = c.now !== undefined && c.now !== c.value ? `  (now ${cut(shownValue(c.now), 30)})` : ''
        const value = cut(shownValue(c.value), 44)
        const line = `      ${padEnd(oneLine(c.column), names)}  ${changed ? paint.yellow(value) : value}${' '.repeat(Math.max(0, 30 - value.length))}`
        return `${line}${changed}${paint.dim(cut(from, Math.max(10, width - 6 - names - 34 - changed.length)))}`.trimEnd()
      }),
  ]
}
