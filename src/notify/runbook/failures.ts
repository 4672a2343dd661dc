// What can go wrong in a phase, by its code, and what whoever stands there does about it.
import { databaseAway } from '../../errors/database.ts'
import { schemaDrifted } from '../../errors/plan.ts'
import {
  budgetSpent,
  gaveUp,
  locked,
  planChanged,
  rowsHangOn,
  rowsSwallowed,
  serverStopped,
  undoRefused,
  verificationSaidNo,
} from '../../errors/run.ts'
import { callFailed, commandMissing, rolledBack } from '../../errors/steps.ts'
import type { Phase } from '../../events/phase.ts'

export interface Failure {
  readonly code: string
  readonly todo: string
}

const when = ({ code }: { readonly code: string }, todo: string): Failure => ({ code, todo })

/** Whatever the phase. */
export const anywhere: readonly Failure[] = [
  when(locked, 'somebody else works here: wait, or godwit unlock if that machine is gone'),
  when(databaseAway, 'when the database answers again, say the same command: it goes on where it stopped'),
  when(planChanged, 'the migration is not the one that was begun: put the file back as it was'),
]

const steps: readonly Failure[] = [
  when(gaveUp, 'a lock never came: see who holds it (godwit doctor), then the same command again'),
  when(serverStopped, 'read what the server says, mend that, then the same command again'),
]
const calls: readonly Failure[] = [
  when(commandMissing, 'a program is not on this machine: install it, then the same command again'),
  when(callFailed, 'a service does not answer: when it does, the same command again'),
]

export const failuresIn: Readonly<Record<Phase, readonly Failure[]>> = {
  assess: calls,
  backup: [when(serverStopped, 'no backup, no migration: mend what the server says and say the same command again')],
  expand: [when(schemaDrifted, 'somebody has changed the schema: compare with godwit plan before anything else'), ...steps],
  backfill: [
    when(budgetSpent, 'more rows are refused than was allowed: godwit quarantine, then decide with the owner of the data'),
    when(rowsSwallowed, 'a trigger drops rows: ask the owner of the table; nothing is half done'),
    when(rowsHangOn, 'rows of others hang on rows that would go: ask their owner'),
    ...steps,
  ],
  verify: [when(verificationSaidNo, 'stop here: godwit verify show --all; never cut over on a no')],
  cutover: [when(rolledBack, 'the cutover was taken back by rule: the rows are still there; find the cause first'), ...calls, ...steps],
  contract: steps,
}

export const undoFailures: readonly Failure[] = [
  when(undoRefused, 'somebody would lose work: read the rows that it names, and ask their owner'),
]
