// A plan as a list to go by, for whoever carries it out at three in the morning: each command, what is seen then, and what to do if not. Pure.
import { type Phase, phases } from '../../events/phase.ts'
import type { Plan, PlannedStep } from '../../plan/plan.ts'
import type { Rehearsed } from '../../run/rehearse.ts'
import { plural } from '../../text.ts'
import { code, escaped } from '../markup.ts'
import {
  expected,
  expectedInAll,
  expectedToVerify,
  few,
  heldUpBy,
  howKnown,
  inTime,
  irreversibleIn,
  rowsInWords,
  shown,
} from '../outlook.ts'
import { anywhere, type Failure, failuresIn, undoFailures } from './failures.ts'

export interface Place {
  /** `prod (app@prod-db/app), protected` */
  readonly where: string
  /** A command as it is said here: `godwit run -C examples/pad --env qa`. */
  command(words: string): string
  readonly contacts: Readonly<Record<string, string>>
  /** Of this very plan: its times stand for those that are expected. */
  readonly rehearsed?: Rehearsed | undefined
}

/** So that a phase stays on one page. */
const mostSteps = 24

const plain = (text: string): string => escaped.markdown(shown(text))

export function runbook(plan: Plan, place: Place): string {
  const there = phases.filter((phase) => phase === 'verify' || stepsOf(plan, phase).length)
  // the last command says no phase: only a run without an end of its own is done
  const runTo = (phase: Phase) => (phase === there.at(-1) ? 'run' : `run --to ${phase}`)
  const pages = there.flatMap((phase) => ['', ...phasePage(plan, phase, runTo(phase), place)])
  return `${[...head(plan, place), ...pages, '', ...wholeWayBack(place)].join('\n')}\n`
}

const stepsOf = (plan: Plan, phase: Phase): readonly PlannedStep[] => plan.steps.filter((s) => s.phase === phase)

function head(plan: Plan, { where, command, contacts, rehearsed }: Place): string[] {
  return [
    `# Runbook: ${plain(plan.migration)}`,
    '',
    `Plan ${code(plan.id)} for ${plain(where)}. ${rowsInWords(plan)}, ${inTime(expectedInAll(plan, rehearsed))} in all (${howKnown(rehearsed)}).`,
    'Every command may be said again: what is done is not done twice. Ctrl-C stops between two units, and the same command goes on.',
    '',
    '| for | ask |',
    '|---|---|',
    ...contactRows(contacts),
    '',
    '## Before',
    '',
    `- [ ] ${code(command('plan'))} shows plan ${code(plan.id)}. Another id: stop, this runbook is for another plan.`,
    `- [ ] ${code(command('doctor'))} finds no error.`,
    `- [ ] ${code(command('status'))} shows that nobody works here.`,
    ...plan.after.map((m) => `- [ ] ${plain(m)} is through: ${code(command('status'))}`),
    '- [ ] Those whom it concerns know when it begins.',
    '',
    'If a command ends with a code, in any phase:',
    '',
    ...failureRows(anywhere),
    `- anything else: ${code('godwit explain CODE')}`,
  ]
}

const contactRows = (contacts: Place['contacts']): string[] => {
  const rows = Object.entries(contacts).map(([what, who]) => `| ${plain(what)} | ${plain(who)} |`)
  return rows.length ? rows : ['| anything | nobody is named: write them under notify.contacts |']
}

const failureRows = (failures: readonly Failure[]): string[] => failures.map((f) => `- ${code(f.code)}: ${f.todo}`)

// ── a phase ──────────────────────────────────────────────────────────────────────────────────

function phasePage(plan: Plan, phase: Phase, run: string, place: Place): string[] {
  const steps = stepsOf(plan, phase)
  return [
    `## ${phase}`,
    '',
    `- [ ] ${code(place.command(run))}`,
    ...stepLines(plan, steps, place),
    ...(phase === 'verify' ? verifyLines(plan, place) : []),
    `- [ ] You see: ${seen[phase]}`,
    '',
    'If it stops:',
    '',
    ...failureRows(failuresIn[phase]),
    '',
    `Way back from here: ${wayBack(plan, phase, place)}`,
  ]
}

function stepLines(plan: Plan, steps: readonly PlannedStep[], place: Place): string[] {
  const lines = steps.slice(0, mostSteps).flatMap((s) => stepLine(plan, s, place))
  return steps.length > mostSteps
    ? [...lines, `  - … and ${plural(steps.length - mostSteps, 'more step')}: ${code(place.command('plan'))}`]
    : lines
}

function stepLine(plan: Plan, step: PlannedStep, { command, rehearsed }: Place): string[] {
  const span = expected(step, rehearsed)
  const facts = [
    ...(step.rows === undefined ? [] : [plural(step.rows, 'row')]),
    ...(span ? [inTime(span)] : []),
    ...heldUpBy({ ...plan, steps: [step] }).map((h) => h.says),
    ...(step.doing?.says ?? []),
  ].map(plain)
  const gate = step.doing?.gate
    ? `. Waits here (exit 3) until it is open: ${code(command('status'))} says for whom; then the same command again`
    : ''
  return [`  - ${code(step.id)} ${plain(step.title)}${facts.length ? `: ${facts.join('; ')}` : ''}${gate}`]
}

const verifyLines = (plan: Plan, { rehearsed }: Place): string[] => [
  `  - books, ${plural(plan.comparisons.length, 'comparison')} of rows with the mapping, rows that are not ours: ${inTime(expectedToVerify(plan, rehearsed))}`,
]

const seen: Readonly<Record<Phase, string>> = {
  assess: 'exit 0, and each step with ✓',
  backup: 'exit 0, and ✓ only after the backup was restored and compared',
  expand: 'exit 0, and each step with ✓',
  backfill: 'exit 0, and for each mapping read = migrated + quarantined + filtered',
  verify: 'exit 0, ✓ verify, no answer that failed and none that is not verified',
  cutover: 'exit 0, and each step with ✓; exit 3 is a gate that waits, and no failure',
  contract: 'exit 0, Done',
}

// ── back ─────────────────────────────────────────────────────────────────────────────────────

function wayBack(plan: Plan, phase: Phase, { command }: Place): string {
  const stuck = phases.slice(0, phases.indexOf(phase) + 1).flatMap((p) => irreversibleIn(plan, p))
  const how =
    phase === 'assess' || phase === 'backup'
      ? 'nothing was changed: stop here.'
      : phase === 'cutover' || phase === 'contract'
        ? `${code(command('undo --to verify'))} takes the cutover back and leaves the rows; ${code(command('undo'))} takes back all.`
        : `${code(command('undo'))}, and it proves that the rest is as before.`
  return [
    how,
    ...few(
      stuck.map(({ step, why }) => `**Not ${code(step.id)}** (${plain(why)}).`),
      6,
    ),
  ].join(' ')
}

function wholeWayBack({ command }: Place): string[] {
  return [
    '## Back, from anywhere',
    '',
    '- [ ] Whoever decides has said so, and those whom it concerns know.',
    `- [ ] ${code(command('undo'))}; you see: taken back, and two digests that agree.`,
    ...failureRows(undoFailures).map((l) => `  ${l}`),
    `- [ ] ${code(command('status'))} shows the run as taken back.`,
    '',
    '## After',
    '',
    `- [ ] ${code(command('report --format html --out report.html'))}, kept with this list.`,
    `- [ ] ${code(command('quarantine'))}: each row that did not go is mended or waived, with a reason.`,
    '- [ ] Those whom it concerns know that it is done.',
  ]
}
