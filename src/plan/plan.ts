// A migration met with a schema: everything that a run will do, known before it does any of it. Pure.
import { createHash } from 'node:crypto'
import { compileMapping, type MappingPlan } from '../dialects/compile.ts'
import { type Comparison, compareBooks, compareFill, compareRows } from '../dialects/expected.ts'
import { queryOf } from '../dialects/flat-writer.ts'
import { postgres } from '../dialects/postgres.ts'
import { type Setting, type Shape, shapeOf } from '../dialects/shape.ts'
import { cannotPlan, nothingToDo, specWrong } from '../errors/plan.ts'
import type { Phase } from '../events/phase.ts'
import { describe } from '../expr/node.ts'
import { type MappingFacts, rootsOf, writtenBy } from '../mapping/mapping.ts'
import type { Migration } from '../migration/migration.ts'
import type { Contents } from '../schema/content.ts'
import { type LiveSchema, shownId } from '../schema/schema.ts'
import { type Read, tablesUnder } from '../schema/table.ts'
import type { MatrixStep } from '../steps/matrix.ts'
import type { ReplayStep } from '../steps/replay.ts'
import type { Doing, Foreseen, Irreversible, Question, Rekeyed, Statement, Step } from '../steps/step.ts'
import { list } from '../text.ts'
import { type Brought, broughtFor } from './brought.ts'
import { planId } from './id.ts'
import { matrixQuestion } from './matrix.ts'
import { inOrder } from './order.ts'
import { replayQuestion } from './replay.ts'
import { examineMigration, type Finding, type Limits } from './spec.ts'

export type { Limits } from './spec.ts'

/** What the plan needs to know of the data, besides the schema; kept with the run, so that a resumed one plans alike. */
export interface Facts {
  /** Mappings whose integer source keys lie close enough together to set numbers aside for them. */
  readonly dense: readonly string[]
  /** Rows of each source, by count or estimate. Not part of the plan's id. */
  readonly rows: Readonly<Record<string, number>>
  /** Of sources that are files: what the files are. */
  readonly contents?: Contents
  /** What steps were told by a look, by their phase and title. */
  readonly foreseen?: Readonly<Record<string, Foreseen>>
}

/** How a plan is carried out; it may change from one run to the next, and is not part of the plan's id. */
export interface Manner {
  readonly workers?: number
  /** Rows a unit: fixed, or as many as take about so long. */
  readonly chunk?: number | { readonly targetMs: number; readonly rows?: number; readonly most?: number }
  /** More rows in quarantine than the lower of these stop the run. */
  readonly budget?: { readonly rows: number; readonly percent: number }
  readonly retries?: number
  readonly lockTimeoutMs?: number
}

export interface PlannedStep {
  /** 'backfill.2': its place, and its name in the ledger. */
  readonly id: string
  readonly phase: Phase
  readonly kind: string
  readonly title: string
  readonly at: string | undefined
  readonly rows?: number
  readonly mapping?: MappingPlan
  readonly question?: Question
  readonly forward?: readonly Statement[]
  readonly back?: readonly Statement[] | Irreversible
  readonly doing?: Doing
  readonly way?: string
  readonly changes?: readonly string[]
  readonly rekeys?: Rekeyed
  readonly path?: string
  readonly by?: number
  readonly budgetMs?: number
}

export interface Verification {
  readonly mapping: string
  readonly output: string
  readonly comparison: Comparison
}
export interface BooksCheck {
  readonly mapping: string
  readonly wrong: string
  readonly counts: string
}

export interface Plan {
  readonly id: string
  readonly migration: string
  /** Migrations that must be through before. */
  readonly after: readonly string[]
  readonly steps: readonly PlannedStep[]
  readonly findings: readonly Finding[]
  readonly shapes: ReadonlyMap<string, Shape>
  readonly books: readonly BooksCheck[]
  readonly comparisons: readonly Verification[]
  /** Tables that are written, and tables that are only read. */
  readonly writes: readonly string[]
  readonly reads: readonly string[]
  /** Tables of other databases, copied into the ledger's schema whenever a pass begins. */
  readonly brought: readonly Brought[]
  readonly schema: LiveSchema
  readonly facts: Facts
  readonly manner: Manner
  /** What the id is made of, line by line, so that a difference can be shown. */
  readonly lines: Readonly<Record<string, string>>
}

export function plan(migration: Migration, schema: LiveSchema, facts: Facts, limits: Limits = { readOnly: [] }, manner: Manner = {}): Plan {
  if (!migration.mappings.length && !migration.steps.length) throw nothingToDo({ migration: migration.name })
  const setting: Setting = { sql: postgres, schema, migration: migration.name, dense: new Set(facts.dense) }
  const mappings = inOrder(migration.mappings)
  const findings = examineMigration(migration, schema, limits)
  const shapes = new Map<string, Shape>()
  for (const m of mappings)
    shapes.set(
      m.name,
      shapeOf(m, setting, (r) => queryOf(r, shapes, setting)),
    )
  const compiled = mappings.map((m) => compileMapping(shapes.get(m.name)!, shapes, setting))
  refuseUndecided(compiled)
  const steps = number([
    ...stepsOf(migration, 'assess', setting, shapes, facts),
    ...stepsOf(migration, 'backup', setting, shapes, facts),
    ...stepsOf(migration, 'expand', setting, shapes, facts),
    ...compiled.map((mapping) => mappingStep(mapping, facts)),
    ...stepsOf(migration, 'backfill', setting, shapes, facts),
    ...stepsOf(migration, 'verify', setting, shapes, facts),
    ...stepsOf(migration, 'cutover', setting, shapes, facts),
    ...stepsOf(migration, 'contract', setting, shapes, facts),
  ])
  const lines = { ...linesOf(migration, compiled, steps), ...contentLines(facts) }
  const writes = [...new Set(mappings.flatMap((m) => writtenBy(m).map((t) => t.id)))]
  return {
    id: planId(lines),
    migration: migration.name,
    after: migration.after,
    steps,
    findings,
    shapes,
    books: mappings.map((m) => ({ mapping: m.name, ...compareBooks(shapes.get(m.name)!, shapes, setting) })),
    comparisons: mappings.flatMap((m) => comparisonsOf(shapes.get(m.name)!, shapes, setting)),
    writes,
    reads: readBy(migration, mappings).filter((id) => !writes.includes(id)),
    brought: broughtFor(mappings, migration.steps, schema, facts.contents),
    schema,
    facts,
    manner,
    lines,
  }
}

function comparisonsOf(s: Shape, shapes: ReadonlyMap<string, Shape>, setting: Setting): Verification[] {
  const rows = s.outputs.map((o) => ({ mapping: s.name, output: o.output.name, comparison: compareRows(s, o, shapes, setting) }))
  return s.fill ? [...rows, { mapping: s.name, output: s.fill.fill.name, comparison: compareFill(s, s.fill, shapes, setting) }] : rows
}

function refuseUndecided(compiled: readonly MappingPlan[]): void {
  const problems = compiled.flatMap((c) =>
    c.undecided.map((u) => ({
      code: 'GW_NULL_UNDECIDED',
      message: `${u.into} must have a value, and is given one that may be null.`,
      at: u.at,
      hint: 'Say what null means: .required() sends the row to quarantine, .orElse(…) puts something in its place.',
    })),
  )
  if (problems.length) throw specWrong({ problems })
}

type Unnumbered = Omit<PlannedStep, 'id'>

function number(steps: readonly Unnumbered[]): PlannedStep[] {
  const seen = new Map<Phase, number>()
  return steps.map((s) => {
    const n = (seen.get(s.phase) ?? 0) + 1
    seen.set(s.phase, n)
    return { ...s, id: `${s.phase}.${n}` }
  })
}

function mappingStep(mapping: MappingPlan, facts: Facts): Unnumbered {
  const { facts: m, outputs } = mapping.shape
  const rows = facts.rows[m.name]
  const into = [
    ...new Set(outputs.map((o) => o.table.id.replace(/^public\./, ''))),
    ...(m.fill ? [`${list(Object.keys(m.fill.values))} in place`] : []),
  ]
  return {
    phase: 'backfill',
    kind: 'map',
    title: `${shownId(m.from.id)} → ${into.join(', ')}`,
    at: m.at,
    mapping,
    ...(rows === undefined ? {} : { rows }),
  }
}

function stepsOf(migration: Migration, phase: Phase, setting: Setting, shapes: ReadonlyMap<string, Shape>, facts: Facts): Unnumbered[] {
  return migration.steps
    .filter((s) => s.phase === phase)
    .map(({ step }) => {
      const question = questionOf(step, setting, shapes)
      if (phase === 'verify' && !question) throw noCheck(step)
      const forward = step.forward?.(setting)
      const back = step.back?.(setting)
      return {
        phase,
        kind: step.kind,
        title: step.title,
        at: step.at,
        ...(question ? { question } : {}),
        ...(forward ? { forward } : {}),
        ...(back ? { back } : {}),
        ...doingOf(step, setting, facts.foreseen?.[foreseenAs(phase, step)]),
        ...(step.changes ? { changes: step.changes } : {}),
        ...(step.rekeys ? { rekeys: step.rekeys } : {}),
        ...(step.path === undefined ? {} : { path: step.path }),
        ...(step.by === undefined ? {} : { by: step.by }),
        ...(step.budgetMs === undefined ? {} : { budgetMs: step.budgetMs }),
      }
    })
}

/** By what its line in the plan is called as well. */
export const foreseenAs = (phase: Phase, { title }: Pick<Step, 'title'>): string => `${phase} ${title}`

const doingOf = ({ doing }: Step, setting: Setting, foreseen: Foreseen | undefined): Pick<PlannedStep, 'doing' | 'way'> => ({
  ...(doing ? { doing: foreseen ? { ...doing, says: foreseen.says } : said(doing, setting) } : {}),
  ...(foreseen?.way === undefined ? {} : { way: foreseen.way }),
})

const said = (doing: Doing, setting: Setting): Doing => (doing.saysOf ? { ...doing, says: doing.saysOf(setting) } : doing)

/** Everything of this phase is asked in one snapshot: what is no question would be passed over. */
const noCheck = ({ title, at }: Step) =>
  cannotPlan({ what: title, why: 'it stands in verify, where checks are asked and nothing else', hint: 'Put it under cutover.', at })

/** Checks that need the mappings' own shapes are asked here; the others ask for themselves. */
const asked: Readonly<Record<string, (step: Step, setting: Setting, shapes: ReadonlyMap<string, Shape>) => Question>> = {
  matrix: (step, setting, shapes) => matrixQuestion(step as MatrixStep, setting, shapes),
  replay: (step, setting, shapes) => replayQuestion(step as ReplayStep, setting, shapes),
}
const questionOf = (step: Step, setting: Setting, shapes: ReadonlyMap<string, Shape>): Question | undefined =>
  asked[step.kind]?.(step, setting, shapes) ?? step.ask?.(setting)

/** Tables that the mappings look at: their sources, and what they look up. Queries are named by those who wrote them (`reads`). */
function readBy(migration: Migration, mappings: readonly MappingFacts[]): string[] {
  const ids = new Set([...migration.reads, ...migration.steps.flatMap(({ step }) => step.reads?.map((t) => t.id) ?? [])])
  for (const m of mappings) {
    const under = (of: Read) => {
      for (const t of tablesUnder(of)) ids.add(t.id)
    }
    under(m.from)
    const visit = (n: MappingFacts['outputs'][number]['values'][string]) => {
      if (n.word.name === 'lookup') under(n.params['relation'] as Read)
      n.args.forEach(visit)
    }
    rootsOf(m).forEach(visit)
  }
  return [...ids]
}

/** What the plan says, in lines that can be compared: places in files and estimates are left out. */
function linesOf(migration: Migration, compiled: readonly MappingPlan[], steps: readonly PlannedStep[]): Record<string, string> {
  const lines: Record<string, string> = {}
  for (const c of compiled) {
    const m = c.shape.facts
    for (const o of m.outputs) {
      for (const [column, node] of Object.entries(o.values)) lines[`${m.name}.${o.name}.${column}`] = JSON.stringify(describe(node))
      lines[`${m.name}.${o.name}`] = JSON.stringify([o.to.id, o.when ? describe(o.when) : null, o.per ?? null, o.adopt])
    }
    for (const [column, node] of Object.entries(m.fill?.values ?? {}))
      lines[`${m.name}.${m.fill!.name}.${column}`] = JSON.stringify(describe(node))
    if (m.fill) lines[`${m.name}.${m.fill.name}`] = JSON.stringify(['in place', m.fill.when ? describe(m.fill.when) : null])
    for (const f of m.filters) lines[`${m.name} only ${f.name}`] = JSON.stringify(describe(f.keep))
    // the statements themselves: another Godwit, or another schema, may make other ones of the same words
    lines[`${m.name} statements`] = createHash('sha256')
      .update(JSON.stringify([c.stageFirst, c.stageRange, c.write, c.ledger, ...(c.fill ? [c.fill] : [])]))
      .digest('hex')
    lines[`${m.name} ledger`] = c.ledger.join('\n')
  }
  for (const { phase, step } of migration.steps) lines[foreseenAs(phase, step)] = JSON.stringify([step.kind, step.params])
  for (const s of steps) if (s.way !== undefined) lines[`${foreseenAs(s.phase, s)}, by way of`] = s.way
  if (migration.after.length) lines['after'] = migration.after.join(', ')
  lines['steps'] = steps.map((s) => `${s.id} ${s.kind}`).join(', ')
  return lines
}

/** Other files are another plan. */
const contentLines = ({ contents = {} }: Facts): Record<string, string> =>
  Object.fromEntries(Object.entries(contents).map(([id, files]) => [`${id} files`, JSON.stringify(files)]))
