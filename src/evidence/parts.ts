// The files of a dossier, each made of what was gathered and of nothing else.
import { planObject, statementsOf } from '../plan/object.ts'
import { renderReport } from '../report/index.ts'
import { expectedSeconds } from '../run/rehearse.ts'
import { list, plural } from '../text.ts'
import type { Evidence } from './gather.ts'

export interface Part {
  readonly file: string
  /** For the first page. */
  readonly says: string
  text(e: Evidence): string
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
const lines = (values: readonly unknown[]): string => values.map((v) => `${JSON.stringify(v)}\n`).join('')

export const parts: readonly Part[] = [
  {
    file: 'plan.json',
    says: 'what was to be done: steps, statements, undo; and the lines that the plan\u2019s id is the digest of',
    text: ({ plan, database, lines: made }) => json({ ...planObject(plan, database), lines: made }),
  },
  { file: 'statements.sql', says: 'every statement in its order, with the locks it takes', text: statements },
  {
    file: 'run.json',
    says: 'the run: its processes, and a mark for each step with what came of it',
    text: (e) => json({ ...e.report.run, processes: e.report.processes, marks: e.marks }),
  },
  { file: 'approvals.json', says: 'who said yes or no, to what, under which plan', text: ({ approvals }) => json(approvals) },
  { file: 'audit.ndjson', says: 'who did what and where; each entry sealed with the one before it', text: ({ audit }) => lines(audit) },
  {
    file: 'books.json',
    says: 'read = migrated + quarantined + filtered, for each mapping',
    text: ({ report }) => json(report.books.map(({ mapping, source, totals }) => ({ mapping, source, ...totals }))),
  },
  { file: 'answers.json', says: 'what was asked of the data, and what it said', text: ({ report }) => json(report.verification ?? null) },
  { file: 'quarantine.ndjson', says: 'the rows that did not go, and why', text: ({ quarantine }) => lines(quarantine) },
  { file: 'timings.json', says: 'how long each step took, and how long it was expected to take', text: timings },
  {
    file: 'rehearsal.json',
    says: 'the rehearsal on a copy: its times, its books, and that its undo left the copy as it was',
    text: ({ rehearsal }) => json(rehearsal ?? null),
  },
  { file: 'report.md', says: 'the report, for a pull request', text: ({ report }) => renderReport(report, 'markdown') },
  { file: 'report.html', says: 'the report, to be read and printed', text: ({ report }) => renderReport(report, 'html') },
  { file: 'report.json', says: 'the report, for programs', text: ({ report }) => renderReport(report, 'json') },
]

function statements({ plan }: Evidence): string {
  const out = [`-- ${plan.migration}  plan ${plan.id}`]
  for (const step of plan.steps) {
    out.push('', `-- ${step.id}  ${step.title.replaceAll('\n', ' ')}`)
    for (const s of statementsOf(plan, step)) out.push('', `-- ${s.when}`, ...s.locks.map((l) => `--   ${l}`), `${s.sql};`)
    for (const line of step.doing?.says ?? []) out.push(`--   ${line.replaceAll('\n', ' ')}`)
  }
  return `${out.join('\n')}\n`
}

function timings({ report, plan, rehearsal }: Evidence): string {
  const rows = new Map(plan.steps.map((s) => [s.id, s.rows]))
  return json(
    report.steps.map(({ id, phase, title, state, seconds }) => ({
      id,
      phase,
      title,
      state,
      seconds: seconds ?? null,
      expectedRows: rows.get(id) ?? null,
      expectedSeconds: expectedSeconds(rehearsal, { id, title, rows: rows.get(id) }) ?? null,
    })),
  )
}

/** What one reads first. */
export function firstPage({ report, plan, approvals, audit }: Evidence): string {
  const { verdict, run, database } = report
  return `${[
    `# ${plan.migration}: ${verdict.outcome}`,
    '',
    ...verdict.says.map((s) => `${s}`),
    '',
    `Run ${run.id} of plan ${run.plan}, ${run.environment ?? 'no environment'}, ${database.name} (${database.server}).`,
    `${plural(approvals.length, 'approval')}, ${plural(audit.length, 'entry', 'entries')} in the audit${report.masked ? '; values of rows are shown by their shape only' : ''}.`,
    '',
    '| file | holds |',
    '|---|---|',
    ...parts.map((p) => `| ${p.file} | ${p.says} |`),
    '| manifest.json | the digest of each of these files |',
    '',
    `To check it, without a database: \`godwit dossier verify FOLDER\`. It reads ${list(['the digests', 'the seals of the audit', 'the books', 'the answers', 'the approvals'])}, and names the first thing that does not fit.`,
  ].join('\n')}\n`
}
