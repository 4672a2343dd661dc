// The stager's answers as objects, for programs.
import type { Analysis, Judged } from './analysis.ts'
import type { Compared } from './base.ts'
import type { ApplicationFiles } from './files/files.ts'
import type { Graph } from './graph.ts'
import { aboutPhase } from './phase.ts'
import type { StagePlan } from './phases.ts'

const migrationObject = (j: Judged, reasons: readonly string[] = j.reasons) => ({
  id: j.migration.id,
  file: j.migration.file,
  title: j.migration.title,
  class: j.class,
  classes: j.classes,
  label: j.label,
  downgrade: j.downgrade,
  risk: j.risk,
  certainty: j.certainty,
  down_revision: parentOf(j),
  depends_on: j.migration.needs,
  ops: j.operations.map(({ operation: o }) => ({
    kind: o.kind,
    line: o.line,
    sql: o.sql ?? null,
    conditional: o.conditional === true,
    repeated: o.repeated === true,
  })),
  doomed: j.doomed,
  unread: j.migration.unread,
  reasons,
})

/** As the files say it: none, one, or several. */
const parentOf = ({ migration: { parents } }: Judged) => (parents.length > 1 ? parents : (parents[0] ?? null))

const graphObject = ({ objects, hidden, backwards }: Graph) => ({ objects, hidden, backwards })

const comparedObject = (compared: Compared | undefined) =>
  compared && { base: compared.base, added: [...compared.added], edited: compared.edited, vanished: compared.vanished }

export const analysisObject = ({ pile, judged }: Analysis, graph: Graph, compared?: Compared) => ({
  format: pile.format,
  faults: pile.faults,
  compared: comparedObject(compared),
  graph: graphObject(graph),
  migrations: judged.map((j) => migrationObject(j)),
})

const filesObject = ({ phases }: StagePlan, { files, broken }: ApplicationFiles) => ({
  files: files.map(({ place, ...file }) => ({ ...file, phase: phases[place]?.name ?? null, number: phases[place]?.number ?? null })),
  broken: broken.map(({ place, ...file }) => ({ ...file, phase: phases[place]?.name ?? null })),
})

/** `application`: where there is a base to compare with. */
export const planObject = ({ pile }: Analysis, plan: StagePlan, compared?: Compared, application?: ApplicationFiles) => ({
  format: pile.format,
  faults: pile.faults,
  compared: comparedObject(compared),
  excluded: plan.excluded,
  graph: graphObject(plan.graph),
  inversions: plan.inversions,
  phases: plan.phases.map(({ name, round, number, risk, needs, parts }) => ({
    name,
    round,
    number,
    risk,
    needs,
    ...aboutPhase[name],
    parts: parts.map((p) => ({ migration: p.migration, operations: p.operations.length, moved: p.moved ?? null, waits: p.waits ?? null })),
  })),
  ...(application ? { application: filesObject(plan, application) } : {}),
  migrations: plan.placed.map(({ judged, phase, round, parts, reasons }) => ({
    ...migrationObject(judged, reasons),
    phase,
    round,
    parts: parts.map((p) => ({ phase: p.phase, round: p.round, lines: [...new Set(p.operations.map((o) => o.operation.line))] })),
  })),
})
