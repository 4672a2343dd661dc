// What a protected environment wants to see before anything is cut over or taken away.
import { join } from 'node:path'
import { type Backup, backupsIn } from '../backup/folder.ts'
import { protectedSaysNo } from '../errors/gates.ts'
import { acceptedRows, waitingInQuarantine } from '../ledger/approvals.ts'
import { isCutOver } from '../ledger/cutover.ts'
import { isMarked } from '../ledger/marks.ts'
import type { PlannedStep } from '../plan/plan.ts'
import { moment, span } from '../steps/times.ts'
import { count, plural } from '../text.ts'
import type { Work } from './context.ts'
import { isLate } from './late.ts'
import { beginningOf, onlyLooks } from './one-step.ts'
import type { Protection } from './surroundings.ts'

/** By the clock of the run, and only of this very plan. */
export async function isVerificationOld({ control, run, pass, plan, clock, around }: Work): Promise<boolean> {
  if (!around.protection) return false
  const { rows } = await control.query(
    `select detail ->> 'at' as at from godwit.mark where run = $1 and step = 'verify' and pass = $2 and detail ->> 'plan' = $3 and detail ->> 'verdict' = 'passed'`,
    [run, pass, plan.id],
  )
  return !isYoung(Number(rows[0]?.['at'] ?? Number.NaN), clock.now(), around.protection.verifiedWithinMs)
}

/** What is of a time that has not come is not young: one of the clocks is wrong. */
const isYoung = (at: number, now: number, withinMs: number): boolean => at <= now && now - at < withinMs

/** A cutover that has begun is not stopped halfway; what is taken away afterwards is looked at step by step. */
export async function refuseUnguarded(work: Work, step: PlannedStep): Promise<void> {
  const { around, control, run } = work
  if (!around.protection || !isLate(step) || onlyLooks(step)) return
  if (step.phase === 'cutover' && (await isCutOver(control, run))) return
  if ((await isMarked(control, run, step.id, 0)) || (await isMarked(control, run, beginningOf(step.id), 0))) return
  const quarantined = await notAccepted(work)
  const reasons = [...quarantined.reasons, ...(await oldBackup(work, around.protection))]
  if (reasons.length) throw protectedSaysNo({ where: step.title, reasons, run: `r${run}`, quarantined: quarantined.rows })
}

async function notAccepted({ control, run, plan }: Work): Promise<{ rows: number; reasons: string[] }> {
  const [rows, accepted] = [await waitingInQuarantine(control, plan.migration), await acceptedRows(control, run, plan.id)]
  if (rows <= accepted) return { rows: 0, reasons: [] }
  const so = accepted ? `, and ${count(accepted)} ${accepted === 1 ? 'was' : 'were'} accepted` : ''
  return { rows, reasons: [`${plural(rows, 'row is', 'rows are')} in quarantine${so}`] }
}

/** Where backups are taken they have to be of now; where one is asked for it has to be there. */
async function oldBackup(work: Work, { backup }: Protection): Promise<string[]> {
  const last = await lastProven(work)
  if (!last) return backup.needed ? ['there is no backup of this database that was proven: godwit backup take'] : []
  const at = Date.parse(last.manifest.moment.at)
  if (isYoung(at, work.clock.now(), backup.withinMs)) return []
  return [`the last backup that was proven, ${last.id}, is of ${moment(at)}, and not within ${span(backup.withinMs)}: godwit backup take`]
}

async function lastProven({ db, around }: Work): Promise<Backup | undefined> {
  if (!db.backup) return undefined
  const { identity, database } = await db.backup.server()
  return backupsIn(join(around.folder, 'backups'))
    .filter((b): b is Backup => !('damaged' in b) && b.proof !== undefined)
    .findLast(({ manifest: { server } }) => server.identity === identity && server.database === database)
}
