// Keys by environments, with where each value is from and what somebody decided, to read.
import type { Consolidated } from '../../consolidate/consolidation.ts'
import { filesOf, newFilesOf } from '../../consolidate/declaration.ts'
import { inWords, isWrong, type Proof, type ProvedCell } from '../../consolidate/prove.ts'
import type { Effective } from '../../consolidate/start.ts'
import { shown } from '../../consolidate/value.ts'
import type { ConsolidateStep } from '../../steps/consolidate.ts'
import { count, plural } from '../../text.ts'
import { cut, oneLine, table, wrapped } from './layout.ts'
import type { Screen } from './screen.ts'

type Paper = Pick<Screen, 'paint' | 'width'>

export interface ReadFile {
  readonly file: string
  readonly sha256: string | null
}

/** `read`: said with every key. */
export function consolidationText(
  step: ConsolidateStep,
  { counts, dropped, proof }: Consolidated,
  read: readonly ReadFile[] | undefined,
  paper: Paper,
): string[] {
  const { paint } = paper
  const [master, ...overrides] = newFilesOf(step.consolidation)
  const gone = dropped.map((d) => [`  ${oneLine(d.key)}`, oneLine(d.file), oneLine(d.why)])
  return [
    `${paint.bold(oneLine(step.title))}  ${plural(counts.files, 'file')} → ${master} and ${plural(overrides.length, 'override')}`,
    wrapped(`${paint.green('✓')} ${summary(proof!)}`, '', paper.width),
    ...keysText(proof!, step.consolidation.environments, read !== undefined, paper),
    ...(gone.length ? ['', `${count(gone.length)} dropped`, ...table(gone)] : []),
    ...(read?.length
      ? ['', 'SHA-256 of what was read, without secrets', ...table(read.map((r) => [`  ${oneLine(r.file)}`, r.sha256 ?? '']))]
      : []),
    '',
    paint.dim(`${plural(counts.oldKeys, 'old key')}, ${plural(counts.newKeys, 'new key')}. Nothing was written: godwit run writes them.`),
  ]
}

/** 96 values equal, 12 declared, 9 secrets by name */
function summary({ cells }: Proof): string {
  const of = (...verdicts: ProvedCell['verdict'][]) => cells.filter((c) => verdicts.includes(c.verdict)).length
  const [equal, turned, declared, named] = [of('equal'), of('equal in its unit'), of('declared'), of('by name')]
  return [
    `${plural(equal, 'value')} equal`,
    ...(turned ? [`${count(turned)} equal in another unit`] : []),
    ...(declared ? [`${count(declared)} as declared`] : []),
    ...(named ? [`${plural(named, 'secret')} by name`] : []),
  ].join(', ')
}

const widest = 24

/** A line a key; below it why, and where it is from. */
function keysText(proof: Proof, environments: readonly string[], all: boolean, paper: Paper): string[] {
  const keys = [...Map.groupBy(proof.cells, (c) => c.key)].filter(([, cells]) => all || cells.some((c) => c.verdict !== 'equal'))
  if (keys.length === 0) return []
  const value = (cells: readonly ProvedCell[], environment: string) => cells.find((c) => c.environment === environment)?.value ?? '–'
  const rows = keys.map(([key, cells]) => [`  ${oneLine(key)}`, ...environments.map((e) => cut(value(cells, e), widest))])
  const [head, ...lines] = table([['  key', ...environments], ...rows])
  return ['', paper.paint.dim(head!), ...lines.flatMap((line, i) => [line, ...notes(keys[i]![1], paper)])]
}

function notes(cells: readonly ProvedCell[], { paint, width }: Paper): string[] {
  const from = [...new Set(cells.flatMap((c) => c.from))]
  const reasons = [...new Set(cells.flatMap((c) => (c.reason ? `${c.verdict}: ${c.reason}` : c.verdict === 'equal' ? [] : c.verdict)))]
  return [...reasons, ...(from.length ? [`from ${from.map(oneLine).join(', ')}`] : [])].map((n) => paint.dim(wrapped(n, '      ', width)))
}

// ── the new files as they stand ──────────────────────────────────────────────────────────────

export function proofText(step: ConsolidateStep, proof: Proof, { paint, width }: Paper): string[] {
  const wrong = proof.cells.filter(isWrong)
  const files = `${newFilesOf(step.consolidation).length} new files against ${filesOf(step.consolidation).length} old ones`
  if (proof.verdict === 'passed') return [wrapped(`${paint.green('✓')} ${oneLine(step.title)}: ${files}, ${summary(proof)}`, '', width)]
  const what =
    proof.verdict === 'failed' ? `${count(wrong.length)} wrong of ${count(proof.compared)}` : 'not verified: no value was compared'
  return [`${paint.red('✗')} ${oneLine(step.title)}: ${what}`, ...wrong.map((w) => wrapped(oneLine(inWords(w)), '    ', width))]
}

/** What stands in a file, and not what a variable holds: that is looked for, and never shown. */
export function effectiveText(step: ConsolidateStep, environment: string, effective: Effective, { paint }: Paper): string[] {
  const rows = [...effective].map(([name, { value }]) => [`  ${oneLine(name)}`, shown(value)])
  return [`${paint.bold(oneLine(step.title))}  ${environment}`, ...table(rows), paint.green('✓ every variable has a value')]
}

export const effectiveObject = (effective: Effective): Record<string, string> =>
  Object.fromEntries([...effective].map(([name, { value }]) => [name, shown(value)]))
