// The hands that a step is lent while it is its turn.

import { cutOverAt } from '../../ledger/cutover.ts'
import { hasWritten } from '../../ledger/units.ts'
import type { PlannedStep } from '../../plan/plan.ts'
import type { Hands } from '../../steps/hands.ts'
import type { Work } from '../context.ts'
import { approvalsOf } from './approvals.ts'
import { checkFor, sourceHands } from './asking.ts'
import { backupHands } from './backups.ts'
import { type Beside, besideOf } from './beside.ts'
import { runCommand } from './command.ts'
import { fileHands } from './files.ts'
import { historyOf } from './history.ts'
import { memoryOf } from './memory.ts'
import { callOver } from './request.ts'
import { schemaHands } from './schema.ts'
import { targetHands } from './target.ts'

export function handsFor(work: Work, step: PlannedStep, beside: Beside = besideOf(work)): Hands {
  const { around, clock, signal } = work
  return {
    run: `r${work.run}`,
    migration: work.plan.migration,
    environment: around.environment,
    plan: work.plan.id,
    step: step.id,
    way: step.way,
    clock,
    signal,
    root: around.root,
    folder: around.folder,
    target: targetHands(work, step),
    schema: schemaHands(work, step, beside),
    memory: memoryOf(work, step.id),
    approvals: approvalsOf(work),
    by: around.by,
    cutOverAt: () => cutOverAt(work.control, work.run),
    history: historyOf(work, step.id),
    files: fileHands(work),
    source: (name) => sourceHands(work, name),
    hasWritten: () => hasWritten(work.control, work.run),
    assess: () => around.assess(work.plan, work.db, { now: clock.now(), environment: around.environment, signal }),
    check: checkFor(work),
    backups: backupHands(work, step.id),
    command: (what) => runCommand(what, around.root, signal),
    request: (what) => callOver(what, signal),
    secret: (name) => around.variable(name),
    tell: (what) => work.bus.emit({ type: 'step.waiting', step: step.id, why: what }),
  }
}
