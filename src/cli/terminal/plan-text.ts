// A plan to read: what will happen, in the order in which it will, and what is odd about it.
import type { MappingPlan } from '../../dialects/compile.ts'
import type { OutputShape } from '../../dialects/shape.ts'
import { type Phase, phases } from '../../events/phase.ts'
import { statementsOf, usedColumns } from '../../plan/object.ts'
import type { Plan, PlannedStep } from '../../plan/plan.ts'
import type { Finding } from '../../plan/spec.ts'
import type { Rehearsed } from '../../run/rehearse.ts'
import { shownId } from '../../schema/schema.ts'
import { count, duration, list, plural } from '../../text.ts'
import { oneLine, padEnd, padStart, widthOf, wrapped } from './layout.ts'
import type { Screen } from './screen.ts'

type Paper = Pick<Screen, 'paint' | 'width'>
const short = (id: string): string => oneLine(shownId(id))
const version = (n: number): string => `${Math.floor(n / 10_000)}.${n % 10_000}`

interface Where {
  readonly environment: string
  readonly database: string
  /** The target's engine, where its rows are worked on in a workshop. */
  readonly elsewhere: string | undefined
  /** Of this very plan, if there was one. */
  readonly rehearsed?: Rehearsed | undefined
}

export function planText(plan: Plan, where: Where, paper: Paper): string {
  const { paint, width } = paper
  const head = wrapped(
    `${oneLine(plan.migration)}  ${where.environment}  ${where.elsewhere?.toLowerCase() ?? `postgres ${version(plan.schema.serverVersion)}`} ${oneLine(where.database)}  plan\u00a0${plan.id}`,
    '',
    width,
  )
    .replace('\u00a0', ' ')
    .replace(oneLine(plan.migration), paint.bold(oneLine(plan.migration)))
  const facts = factLines(plan, where)
  const label = Math.max(...facts.map(([name]) => name.length)) + 2
  return [
    head,
    '',
    ...steps(plan, paper, where.elsewhere),
    '',
    ...facts.map(([name, says]) => `  ${paint.dim(padEnd(name, label))}${wrapped(says, ' '.repeat(label + 2), width, '').trimStart()}`),
    ...findings(plan.findings, paper),
    '',
    paint.bold(summary(plan)),
  ].join('\n')
}

// ── steps ────────────────────────────────────────────────────────────────────────────────────

interface Line {
  readonly phase: string
  readonly title: string
  readonly right: string
  /** What it does besides, a line each. */
  readonly says: readonly string[]
}

function steps(plan: Plan, { paint, width }: Paper, elsewhere: string | undefined): string[] {
  const inPhase = (phase: Phase) => plan.steps.filter((s) => s.phase === phase).map((s) => stepLine(s, elsewhere))
  const checks = plan.steps.filter((s) => s.question && s.phase === 'verify').length
  const verify: Line[] =
    plan.comparisons.length || checks
      ? [
          {
            phase: 'verify',
            title: ['books', 'rows against the mapping', ...(checks ? [plural(checks, 'check')] : []), 'rows that are not ours'].join(', '),
            right: '',
            says: [],
          },
        ]
      : []
  return phases
    .flatMap((phase) => (phase === 'verify' ? verify : inPhase(phase)))
    .flatMap((line, i) => {
      const lead = `  ${padEnd(line.phase, 9)} ${padStart(String(i + 1), 2)}  `
      const room = width - widthOf(lead) - (line.right ? widthOf(line.right) + 2 : 0)
      const [first = '', ...more] = wrapped(line.title, '', room, '').split('\n')
      const right = line.right
        ? `${' '.repeat(Math.max(2, width - widthOf(lead) - widthOf(first) - widthOf(line.right)))}${line.right}`
        : ''
      return [
        `  ${paint.cyan(padEnd(line.phase, 9))} ${padStart(String(i + 1), 2)}  ${first}${right}`,
        ...[...more, ...line.says].map((l) => ' '.repeat(widthOf(lead)) + l),
      ]
    })
}

function stepLine(s: PlannedStep, elsewhere: string | undefined): Line {
  const way = s.back ?? s.doing?.undo
  const irreversible = typeof way === 'object' && 'irreversible' in way
  const right = s.rows !== undefined ? plural(s.rows, 'row') : irreversible ? 'cannot be taken back' : ''
  const says = ((elsewhere && s.doing?.saysElsewhere) || s.doing?.says || []).map(oneLine)
  return { phase: s.phase, title: s.mapping ? mappingTitle(s.mapping) : oneLine(s.title), right, says }
}

/** personal_account_dealing → pad_request, pad_approval ×2, audit_log ×3 */
function mappingTitle({ shape }: MappingPlan): string {
  const times = new Map<string, number>()
  for (const o of shape.outputs) times.set(o.table.id, (times.get(o.table.id) ?? 0) + 1)
  const made = [...times].map(([id, n]) => short(id) + (n > 1 ? ` ×${n}` : ''))
  const filled = shape.fill ? [`${list(shape.fill.columns.map((c) => c.column.name))} in place`] : []
  return `${short(shape.facts.from.id)} → ${[...made, ...filled].join(', ')}`
}

// ── facts ────────────────────────────────────────────────────────────────────────────────────

function factLines(plan: Plan, { elsewhere, rehearsed }: Where): [string, string][] {
  const mappings = plan.steps.flatMap((s) => (s.mapping ? [s.mapping] : []))
  const ledger = elsewhere ? 'its own tables godwit_…' : 'its own schema godwit'
  return [
    ['writes', plan.writes.length ? `${list(plan.writes.map(short))}, and ${ledger}` : `only ${ledger}`],
    ...changes(plan),
    ['reads only', reads(plan)],
    ...files(plan),
    ...(elsewhere
      ? [
          ['goes by', `a workshop: a scratch Postgres ${version(plan.schema.serverVersion)}, delivered in one transaction`] as [
            string,
            string,
          ],
        ]
      : []),
    ...keys(mappings),
    ...mappings.map((m): [string, string] => [mappings.length > 1 ? `unmapped (${m.shape.name})` : 'unmapped', unmapped(m)]),
    ...mappings
      .filter((m) => m.shape.facts.filters.length)
      .map((m): [string, string] => ['only', list(m.shape.facts.filters.map((f) => `"${f.name}"`))]),
    ...(rehearsed ? [['rehearsed', rehearsal(rehearsed)] as [string, string]] : []),
  ]
}

function rehearsal({ at, steps: taken, undo }: Rehearsed): string {
  const total = duration(taken.reduce((sum, s) => sum + s.seconds, 0))
  const way = undo.same ? `taken back in ${duration(undo.seconds)}, the copy as before` : 'but the undo did not leave the copy as it was'
  return `${at.slice(0, 16).replace('T', ' ')} UTC on a copy: ${total}, ${way}`
}

function changes(plan: Plan): [string, string][] {
  const tables = [...new Set(plan.steps.flatMap((s) => s.changes ?? []))]
  return tables.length ? [['changes', `the shape of ${list(tables.map(short))}`]] : []
}

function reads(plan: Plan): string {
  if (!plan.reads.length) return 'nothing'
  const owners = [...new Set(plan.reads.flatMap((id) => plan.schema.tables.get(id)?.owner ?? []))]
  return `${list(plan.reads.map(short))}${owners.length ? ` (owned by ${list(owners.map(oneLine))})` : ''}`
}

/** What the plan is about to the byte: other files are another plan. */
function files({ facts: { contents = {} } }: Plan): [string, string][] {
  const all = Object.values(contents).flat()
  const one = (c: (typeof all)[number]) => `${oneLine(c.name)} ${count(c.bytes)} bytes ${c.sha256.slice(0, 12)}`
  const shown = all.slice(0, 8).map(one).join(' · ')
  return all.length ? [['files', all.length > 8 ? `${shown} · and ${count(all.length - 8)} more` : shown]] : []
}

const inWords: Record<OutputShape['key']['keying'], (o: OutputShape) => string> = {
  reserved: () => 'new ids from a stretch of the sequence that is set aside: id = start + source key, nothing stored for a row',
  drawn: () => "new ids, the sequence's next ones in the order of the source keys; old and new stand in the ledger",
  given: (o) => `the key is mapped (${o.key.columns.map((c) => c.name).join(', ')}); whose row it is stands in the ledger`,
  derived: () => 'a UUID made of mapping, output and source key: always the same one',
  grouped: (o) => `one row for each ${list(o.output.per ?? [])}${o.output.adopt ? '; one that is there already is used as it is' : ''}`,
}

function keys(mappings: readonly MappingPlan[]): [string, string][] {
  const said = new Map<string, string[]>()
  for (const o of mappings.flatMap((m) => m.shape.outputs)) {
    const words = inWords[o.key.keying](o)
    const names = said.get(words) ?? []
    if (!names.includes(short(o.table.id))) names.push(short(o.table.id))
    said.set(words, names)
  }
  return [...said].map(([words, names], i) => [i === 0 ? 'ids' : '', `${list(names)}: ${words}`])
}

function unmapped(m: MappingPlan): string {
  if (m.shape.fill && !m.shape.outputs.length) return 'none: what is not filled stays in its row'
  const ignored = Object.entries(m.shape.facts.ignored)
  const why = ignored.map(([name, reason]) => `${oneLine(name)}: ${oneLine(reason)}`).join('; ')
  return `none: ${plural(usedColumns(m).length, 'column')} used, ${count(ignored.length)} ignored${why ? ` (${why})` : ''}`
}

// ── findings and the last line ───────────────────────────────────────────────────────────────

export function findings(all: readonly Finding[], { paint, width }: Paper): string[] {
  if (!all.length) return []
  const warnings = all.filter((f) => f.level === 'warning').length
  const notes = all.length - warnings
  const head = [warnings ? plural(warnings, 'warning') : '', notes ? plural(notes, 'note') : ''].filter(Boolean).join(', ')
  return [
    '',
    `  ${head}`,
    ...all.flatMap((f) => {
      const code = (f.level === 'note' ? paint.dim : paint.yellow)(f.code)
      const [first = '', ...more] = wrapped(oneLine(f.message), ' '.repeat(f.code.length + 4), width, '')
        .trimStart()
        .split('\n')
      return [`  ${code}  ${first}`, ...more, `${' '.repeat(f.code.length + 4)}${f.at ? `${paint.cyan(f.at)}   ` : ''}${oneLine(f.hint)}`]
    }),
  ]
}

const destroys = /^\s*(drop|truncate|delete)\b|\bdrop\s+(column|constraint|table|not\s+null)?/i

export function summary(plan: Plan): string {
  const mappings = plan.steps.filter((s) => s.mapping)
  const rows = mappings.reduce((n, s) => n + (s.rows ?? 0), 0)
  const changes = plan.steps.filter((s) => s.forward)
  const destructive = changes.filter((s) => s.forward!.some((f) => destroys.test(f.sql))).length
  const checks = plan.steps.filter((s) => s.question).length
  const gates = plan.steps.filter((s) => s.doing?.gate).length
  const doings = plan.steps.filter((s) => s.doing && !s.doing.gate).length
  const stuck = plan.steps.filter(cannotGoBack)
  const parts = [
    changes.length ? plural(changes.length, 'schema change') : '',
    doings ? plural(doings, 'other step') : '',
    gates ? plural(gates, 'gate') : '',
    mappings.length ? `${plural(mappings.length, 'mapping')} (${plural(rows, 'row')}${rows ? '' : ': nothing to migrate'})` : '',
    `${plural(plan.comparisons.length, 'comparison')} and ${plural(checks, 'check')}`,
    `${count(destructive)} destructive`,
  ].filter(Boolean)
  return `Plan: ${parts.join(', ')}.  Undo: ${stuck.length ? `all but ${list(stuck.map((s) => s.title))}` : 'whole'}.`
}

function cannotGoBack(s: PlannedStep): boolean {
  if (s.forward && !s.back) return true
  const way = s.back ?? s.doing?.undo
  return typeof way === 'object' && 'irreversible' in way
}

// ── statements ───────────────────────────────────────────────────────────────────────────────

/** Every statement, in order, each with the locks it takes, as SQL with comments. */
export function planSql(plan: Plan): string {
  const out: string[] = [
    `-- ${oneLine(plan.migration)}  plan ${plan.id}`,
    '-- Each unit is one transaction: fence, stage, count, quarantine, rows with their ledger, books. $1, $2 … are keys, numbers and row counts.',
  ]
  for (const step of plan.steps) {
    out.push('', `-- ── ${step.id}  ${oneLine(step.title)} ──`)
    for (const s of statementsOf(plan, step))
      out.push('', `-- ${oneLine(s.when)}`, ...s.locks.map((l) => `--   ${oneLine(l)}`), `${s.sql};`)
  }
  return out.join('\n')
}
