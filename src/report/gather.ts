// All that can be said of a run: from the plan, from the ledger, and, where the ledger's answer is out of date, from the data.
import type { Database, Session } from '../databases/database.ts'
import type { Shape } from '../dialects/shape.ts'
import { noRun } from '../errors/run.ts'
import type { Answer, Event } from '../events/event.ts'
import { ledgerThere } from '../ledger/tables.ts'
import type { Plan } from '../plan/plan.ts'
import { verifyRun } from '../run/check.ts'
import { compareReadings } from '../run/native.ts'
import { booksOf } from '../run/quarantine.ts'
import { overall } from '../run/verify.ts'
import { verifyStep } from '../run/verify-step.ts'
import { shownId } from '../schema/schema.ts'
import { maskedBy } from '../text.ts'
import { coverageOf } from './coverage.ts'
import * as ledger from './ledger.ts'
import { maskSample } from './mask.ts'
import { type Asked, type MappingBooks, type Question, type Report, type RunFacts, reportVersion } from './report.ts'
import { stepTimes } from './steps.ts'
import { verdictOf } from './verdict.ts'

export interface GatherOptions {
  /** Values of rows as they are, and not by their shape only. Left out: a report is made to be passed on. */
  readonly showValues?: boolean | undefined
  /** Asks the data now, even where nothing was written since the last verification. */
  readonly verify?: boolean | undefined
}

export async function gatherReport(plan: Plan, db: Database, options: GatherOptions = {}): Promise<Report> {
  const kept = await db.session(async (s) => ((await ledgerThere(s)) ? ledger.lastRun(s, plan.migration) : undefined))
  if (!kept) throw noRun({ migration: plan.migration })
  const masks = options.showValues !== true
  const events = await db.session((s) => ledger.eventsOf(s, kept.id))
  const run: RunFacts = { ...kept.facts, error: errorOf(kept.facts.state, events), gate: gateOf(kept.facts.state, events) }
  const verification = await verificationOf(plan, db, kept, events, options.verify === true)
  const known = await db.session((s) =>
    s.transaction((tx) => fromLedger(tx, plan, kept, verification, masks), { isolation: 'repeatable read', readOnly: true }),
  )
  const shown = verification && { ...verification, answers: masks ? verification.answers.map(maskedAnswer) : verification.answers }
  return {
    format: 'godwit report',
    version: reportVersion,
    madeAt: known.now,
    verdict: verdictOf(run, kept.silence, { ...known, verification }),
    migration: plan.migration,
    run,
    database: { name: db.name, server: db.elsewhere ? `${db.elsewhere.kind}, by a workshop in ${known.server}` : known.server },
    masked: masks,
    books: known.books,
    quarantine: known.quarantine,
    warnings: known.warnings,
    coverage: coverageOf(plan),
    verification: shown,
    notOurs: known.notOurs,
    onlyRead: known.onlyRead,
    steps: stepTimes(plan, run, events),
    processes: known.processes,
    sequences: known.sequences,
    findings: plan.findings,
    assessment: known.assessment,
    approvals: known.approvals,
    notes: notesOf(plan, run),
  }
}

/** Why it stopped, if that is the last that was heard of it. */
function errorOf(state: string, events: readonly Event[]): RunFacts['error'] {
  const last = events.at(-1)
  if ((state !== 'failed' && state !== 'rolled back') || last?.type !== 'run.failed') return undefined
  const { code, message, hint } = last.error
  return { code, message, hint }
}

function gateOf(state: string, events: readonly Event[]): RunFacts['gate'] {
  const last = state === 'waiting' ? events.findLast((e) => e.type === 'run.waiting') : undefined
  return last && { why: last.why, next: last.next, until: last.until === undefined ? undefined : new Date(last.until).toISOString() }
}

async function verificationOf(
  plan: Plan,
  db: Database,
  run: ledger.KeptRun,
  events: readonly Event[],
  now: boolean,
): Promise<Asked | undefined> {
  if (run.facts.state === 'undone') return undefined
  const kept = await db.session((s) => ledger.keptVerification(s, run.id, run.facts.passes))
  if (kept?.current && !now) return askedByTheRun(plan, kept, events)
  // half of the rows would be found missing, which is no news
  if (!kept && !now) return undefined
  const { verdict, answers, notes } = await verifyRun(plan, db)
  const at = (await db.session(ledger.serverFacts)).now
  return { verdict, at, when: 'for this report', answers: answers.map((a) => ({ ...a, about: aboutWhat(plan, a) })), notes }
}

/** What was answered the last time that the run asked. */
function askedByTheRun(plan: Plan, kept: ledger.KeptVerification, events: readonly Event[]): Asked {
  const last = events.findLastIndex((e) => e.type === 'check.answered' && e.step === verifyStep.id)
  const began = events.slice(0, last).findLastIndex((e) => e.type === 'step.started' && e.step === verifyStep.id)
  const answers = events
    .slice(began + 1, last + 1)
    .flatMap((e) => (e.type === 'check.answered' && e.step === verifyStep.id ? [e.answer] : []))
  return {
    verdict: overall(answers),
    at: kept.at,
    when: 'by the run',
    answers: answers.map((a) => ({ ...a, about: aboutWhat(plan, a) })),
    notes: kept.notes,
  }
}

function aboutWhat(plan: Plan, answer: Answer): Question {
  const { title } = answer
  if (answer.mapping !== undefined) return title.startsWith('books of ') ? 'books' : 'rows'
  if (plan.writes.some((id) => title === `rows of ${id} that are not ours`)) return 'rows that are not ours'
  return plan.writes.some((id) => title === `next key of ${id}`) ? 'next keys' : 'checks'
}

const maskedAnswer = <A extends Answer>(a: A): A => ({ ...a, sample: a.sample.map((row) => maskSample(row, maskedBy(true))) })

async function fromLedger(tx: Session, plan: Plan, run: ledger.KeptRun, asked: Asked | undefined, masks: boolean) {
  const causes = await ledger.causesOf(tx, plan.migration, maskedBy(masks))
  const sum = (of: (c: (typeof causes)[number]) => number) => causes.reduce((n, c) => n + of(c), 0)
  return {
    ...(await ledger.serverFacts(tx)),
    books: await mappingBooks(tx, plan, run, asked),
    quarantine: { rows: sum((c) => c.rows), waived: sum((c) => c.waived), causes },
    warnings: await ledger.warningsOf(tx, plan.migration),
    notOurs: await ledger.notOursOf(tx, run.id),
    onlyRead: await onlyRead(tx, plan, run, asked),
    processes: await ledger.processesOf(tx, run.id),
    sequences: await ledger.sequencesOf(tx, run.id),
    assessment: await ledger.assessmentOf(tx, plan, run.id),
    approvals: await ledger.approvalsOf(tx, run.id),
  }
}

async function mappingBooks(tx: Session, plan: Plan, run: ledger.KeptRun, asked: Asked | undefined): Promise<MappingBooks[]> {
  const kept = await booksOf(tx, plan, run.id, run.facts.passes)
  const order = [...plan.shapes.keys()]
  return kept
    .toSorted((a, b) => order.indexOf(a.mapping) - order.indexOf(b.mapping))
    .map(({ mapping, totals }) => {
      const shape = plan.shapes.get(mapping)!
      const compared = (output: string) =>
        asked?.answers.find((a) => a.title === `rows of ${mapping}.${output} equal to the mapping`)?.examined
      return {
        mapping,
        source: shownId(shape.facts.from.id),
        totals,
        expected: plan.facts.rows[mapping],
        close: totals.read === totals.migrated + totals.quarantined + totals.filtered,
        outputs: [...shape.outputs.map((o) => ({ name: o.output.name, table: o.table })), ...filledIn(shape)].map(({ name, table }) => ({
          output: name,
          table: shownId(table.id),
          rows: compared(name),
        })),
      }
    })
}

const filledIn = ({ fill }: Shape) => (fill ? [{ name: fill.fill.name, table: fill.table }] : [])

/** A verification without a note has found them all as they were; only after one with a note is it asked again which. */
async function onlyRead(tx: Session, plan: Plan, run: ledger.KeptRun, asked: Asked | undefined): Promise<Report['onlyRead']> {
  const tables = await ledger.onlyReadOf(tx, run.id)
  if (!asked) return tables.map((t) => ({ ...t, changed: undefined }))
  if (!asked.notes.length) return tables.map((t) => ({ ...t, changed: false }))
  const compared = new Map((await compareReadings(tx, plan, run.id)).map((r) => [r.relation, r.changed]))
  return tables.map((t) => ({ ...t, changed: compared.get(t.table) }))
}

function notesOf(plan: Plan, run: RunFacts): string[] {
  if (plan.id === run.plan) return []
  return [
    `The run was carried out with plan ${run.plan}; the files as they are now make plan ${plan.id}. What is said here of columns and findings follows the files.`,
  ]
}
