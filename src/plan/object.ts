// A plan as one JSON object: for review, for approval, for programs. Nothing of a connection is in it.
import type { MappingPlan } from '../dialects/compile.ts'
import { columnsRead } from '../dialects/shape.ts'
import { locksOf } from './locks.ts'
import type { Plan, PlannedStep } from './plan.ts'

export interface PlannedStatement {
  readonly when: string
  readonly sql: string
  readonly locks: readonly string[]
}

/** Source columns that the mapping reads, its key among them. */
export function usedColumns(mapping: MappingPlan): string[] {
  return [...columnsRead(mapping.shape.facts)]
}

/** Every statement of a step, in the order in which they are sent. */
export function statementsOf(plan: Plan, step: PlannedStep): PlannedStatement[] {
  const statement =
    (when: string) =>
    (sql: string): PlannedStatement => ({ when, sql, locks: locksOf(sql, plan.schema) })
  if (step.forward)
    return step.forward.map((s) =>
      statement(s.alone ? 'alone, outside a transaction' : 'in one transaction, waiting for locks only briefly')(s.sql),
    )
  if (step.question)
    return [statement('how many are looked at')(step.question.examined), statement('the rows that are wrong')(step.question.wrong)]
  return step.mapping ? mappingStatements(step.mapping, statement) : []
}

function mappingStatements(m: MappingPlan, statement: (when: string) => (sql: string) => PlannedStatement): PlannedStatement[] {
  const once = (when: string, list: readonly string[]) => list.map(statement(when))
  const unit = (when: string, sql: string | undefined) =>
    sql === undefined || sql === 'select' ? [] : [statement(`each unit: ${when}`)(sql)]
  return [
    ...once('once: the ledger of this mapping', m.ledger),
    ...once('once a session: where a unit is staged', m.session),
    ...once("once a pass: the query's rows, brought where they can be read in ranges", m.bring),
    ...once('once a pass: values that look at other rows', m.windows),
    ...m.groups.flatMap((g) => [
      ...once(`once a pass: what rows ${g.output.output.name} needs`, g.gather),
      ...once(
        `once a pass: rows of ${g.output.output.name} that several source rows share`,
        [g.statements.adopt, ...g.statements.refuse, g.statements.make].filter((sql) => sql !== undefined),
      ),
    ]),
    ...once('once a pass: rows that would meet in a unique key', [...m.twins, ...m.sharedTwins]),
    ...unit('the next range of keys', m.bound),
    ...unit('stage its rows (first pass)', m.stageFirst),
    ...(m.stageRange === m.stageFirst ? [] : unit('stage its rows (later passes)', m.stageRange)),
    ...unit('count them', m.tally),
    ...unit('what does not go, with its reason', m.quarantine.put),
    ...(m.rules.some((r) => r.kind === 'warn') ? unit('what goes with a warning', m.warnings.put) : []),
    ...unit('write (first pass)', m.write.insertFirst),
    ...(m.fill
      ? [
          ...unit('keep what stands where columns are filled', m.fill.keep),
          ...unit('fill them', m.fill.change),
          ...unit('nothing else of them may be another now', m.fill.stray),
        ]
      : []),
    ...(m.fill ? unit('give back what is not to be filled any more (later passes)', m.fill.back) : []),
    ...unit('remove what should not be (later passes)', m.write.remove),
    ...unit('keys that changed (later passes)', m.write.ledgerChange),
    ...unit('change what is otherwise (later passes)', m.write.update),
    ...unit('write what is new (later passes)', m.write.insert),
    ...m.groups.flatMap((g) => [
      ...once(
        'after all mappings, where rows moved: what shared rows add up to',
        g.statements.settle === undefined ? [] : [g.statements.settle],
      ),
      ...once('after all mappings, where rows moved: shared rows that nobody needs any more', [g.statements.drop]),
    ]),
  ]
}

export function planObject(plan: Plan, database: string) {
  return {
    id: plan.id,
    migration: plan.migration,
    database,
    serverVersion: plan.schema.serverVersion,
    reads: plan.reads,
    ...(plan.facts.contents ? { files: plan.facts.contents } : {}),
    writes: plan.writes,
    manner: plan.manner,
    findings: plan.findings,
    steps: plan.steps.map((s) => ({
      id: s.id,
      phase: s.phase,
      kind: s.kind,
      title: s.title,
      ...(s.at ? { at: s.at } : {}),
      ...(s.rows === undefined ? {} : { rows: s.rows }),
      statements: statementsOf(plan, s),
      ...(s.doing ? { does: s.doing.says, ...(s.doing.gate ? { gate: true } : {}) } : {}),
      undo: s.mapping
        ? {
            statements: [
              ...(s.mapping.fill ? [s.mapping.fill.undo] : []),
              ...s.mapping.undo.loosen,
              ...s.mapping.undo.rows,
              ...s.mapping.undo.groups,
            ],
          }
        : s.back
          ? 'irreversible' in s.back
            ? { irreversible: s.back.irreversible }
            : { statements: s.back.map((b) => b.sql) }
          : undoOf(s.doing),
      ...(s.mapping ? { mapping: mappingObject(s.mapping) } : {}),
    })),
  }
}

const undoOf = (doing: PlannedStep['doing']): object | null =>
  typeof doing?.undo === 'object' ? doing.undo : doing?.undo ? { steps: 'its own way back' } : null

const mappingObject = (m: MappingPlan) => ({
  name: m.shape.name,
  from: m.shape.facts.from.id,
  key: m.shape.key.map((k) => k.name),
  used: usedColumns(m),
  ignored: m.shape.facts.ignored,
  filters: m.shape.facts.filters.map((f) => f.name),
  rules: m.rules.map(({ n, kind, code, columns, at, says }) => ({ n, kind, code, columns, at, says })),
  outputs: m.shape.outputs.map((o) => ({
    name: o.output.name,
    table: o.table.id,
    keys: o.key.keying,
    per: o.output.per ?? null,
    columns: Object.keys(o.output.values),
  })),
  ...(m.shape.fill
    ? { fill: { name: m.shape.fill.fill.name, table: m.shape.fill.table.id, columns: Object.keys(m.shape.fill.fill.values) } }
    : {}),
})
