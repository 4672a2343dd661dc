// Runs, books, who works here, and what comes next, to read.
import type { Holder } from '../holder.ts'
import { holderInWords } from '../holder.ts'
import type { RunState } from '../state.ts'
import { booksInWords } from './books.ts'
import { oneLine, padEnd, widthOf, wrapped } from './layout.ts'
import type { Screen } from './screen.ts'

export interface MigrationState {
  readonly migration: string
  readonly file?: string
  readonly run: RunState | undefined
  /** The plan's id, if it can be planned. */
  readonly plan: string | undefined
  readonly problem?: string | undefined
  readonly next: string
}

type Paper = Pick<Screen, 'paint' | 'width'>

export function statusText(
  where: string,
  lines: readonly MigrationState[],
  runs: readonly RunState[],
  holder: Holder | undefined,
  paper: Paper,
) {
  const { paint } = paper
  const undone = runs.filter((r) => r.state === 'undone').map((r) => `${r.run} of ${oneLine(r.migration)} (${r.startedAt})`)
  return [
    where,
    holder ? paint.yellow(`works here: ${holderInWords(holder)}`) : paint.dim('nobody works here'),
    ...(lines.length ? [] : ['', 'No migration here, and no run in this database.']),
    ...lines.flatMap((line) => ['', ...migrationText(line, holder, paper)]),
    ...(undone.length ? ['', paint.dim(wrapped(`Taken back: ${undone.join(', ')}`, '', paper.width))] : []),
  ]
}

function migrationText({ migration, file, run, plan, problem, next }: MigrationState, holder: Holder | undefined, { paint, width }: Paper) {
  const labels = Math.max(10, ...(run?.books ?? []).map((b) => widthOf(oneLine(b.mapping)))) + 2
  const line = (label: string, text: string) =>
    `  ${paint.dim(padEnd(label, labels))}${wrapped(text, ' '.repeat(labels + 2), width, '').trimStart()}`
  const shown = file === undefined ? '' : paint.dim(`  ${file}`)
  if (!run)
    return [
      `${paint.bold(oneLine(migration))}  not begun${shown}`,
      ...(problem ? [line('problem', oneLine(problem))] : []),
      line('next', next),
    ]
  const state = run.state === 'running' && holder?.run !== run.run ? 'stopped without a word (killed?)' : run.state
  const colour = run.state === 'finished' ? paint.green : run.state === 'failed' ? paint.red : paint.yellow
  const finished = run.finishedAt ? `, finished ${run.finishedAt} UTC` : ''
  const another = plan && plan !== run.plan ? `, now it would be ${plan}` : ''
  return [
    `${paint.bold(oneLine(migration))}  run ${run.run}  ${colour(state)}${run.pass > 1 ? `  pass ${run.pass}` : ''}${shown}`,
    line('begun', `${run.startedAt} UTC${finished}, plan ${run.plan}${another}`),
    ...(run.cutOver ? [line('cut over', 'the new shape is the truth')] : []),
    ...(run.gate ? [line('waits', oneLine(run.gate.why)), ...run.gate.next.map((way) => line('', oneLine(way)))] : []),
    ...run.books.map(({ mapping, totals }) => line(oneLine(mapping), booksInWords(totals))),
    ...(run.verified ? [line('verified', `${run.verified.verdict}, ${run.verified.checks} answers, ${run.verified.at} UTC`)] : []),
    ...(problem ? [line('problem', oneLine(problem))] : []),
    line('next', next),
  ]
}
