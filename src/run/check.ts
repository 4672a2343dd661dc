// Verification of a run that has already been, and the repair of what differs.
import type { Database, Session } from '../databases/database.ts'
import { delivered } from '../databases/workshop/delivered.ts'
import { outOfSight } from '../errors/cutover.ts'
import { noRun } from '../errors/run.ts'
import { isMarked } from '../ledger/marks.ts'
import { liveRun } from '../ledger/runs.ts'
import { ledgerThere } from '../ledger/tables.ts'
import type { Plan } from '../plan/plan.ts'
import { shown } from '../steps/retire/shelf.ts'
import { prepare } from './prepare.ts'
import { remapAll, underLock } from './quarantine.ts'
import { recount } from './remap.ts'
import { retiredBy } from './retired.ts'
import { differingKeys, type Verification, verifyIn } from './verify.ts'

export async function verifyRun(plan: Plan, db: Database): Promise<Verification> {
  await db.elsewhere?.refresh()
  const run = await db.session(async (s) => ((await ledgerThere(s)) ? liveRun(s, plan.migration) : undefined))
  if (!run) throw noRun({ migration: plan.migration })
  if (!(await db.session((s) => isMarked(s, run.id, 'baseline', 0)))) return nothingYet(plan)
  await db.session((s) => refuseRetired(s, run.id))
  // what stands in another database is looked at as it is now, not as it was when it was brought last
  if (plan.brought.length) return underLock(plan, db, (work) => verifyIn(db, plan, work.run, work.pass))
  return verifyIn(db, plan, run.id, run.pass)
}

/** It waits in assess or backup, or ended there: there are no rows of it, and no ledger of them. */
function nothingYet(plan: Plan): Verification {
  const asked = [
    ...plan.books.map((b) => `books of ${b.mapping}`),
    ...plan.steps.flatMap((s) => (s.question && s.phase === 'verify' ? [s.title] : [])),
  ]
  const answers = asked.map((title) => ({
    title,
    verdict: 'not verified' as const,
    examined: 0,
    wrong: 0,
    sample: [],
    note: 'the run has not come to the rows yet',
  }))
  return { verdict: 'not verified', answers, notes: [] }
}

/** Out of sight is out of every comparison: of half the rows nothing would be said. */
async function refuseRetired(session: Session, run: number): Promise<void> {
  const gone: string[] = []
  for (const { step, kept } of await retiredBy(session, run))
    if (await isMarked(session, run, step, 0)) gone.push(...kept.retired.map(shown))
  if (gone.length) throw outOfSight({ what: gone, run: `r${run}` })
}

export interface Repaired {
  readonly remapped: number
  readonly touched: number
  readonly after: Verification
}

/** Remaps only the source rows whose target rows differ: the same primitive as everything else. */
export async function repairRun(plan: Plan, db: Database): Promise<Repaired> {
  const done = await delivered(db, () => repaired(plan, db))
  return { ...done, after: await verifyRun(plan, db) }
}

const repaired = (plan: Plan, db: Database): Promise<Omit<Repaired, 'after'>> =>
  underLock(
    plan,
    db,
    async (work) => {
      await refuseRetired(work.control, work.run)
      let [remapped, touched] = [0, 0]
      // what is put right may show what hung on it, so it is asked again until nothing more moves
      for (let moved = 1; moved > 0; touched += moved) {
        moved = 0
        const keys = await db.session((s) =>
          s.transaction((tx) => differingKeys(tx, plan), { isolation: 'repeatable read', readOnly: true }),
        )
        for (const step of plan.steps) {
          const list = step.mapping ? [...(keys.get(step.mapping.shape.name) ?? [])] : []
          if (!list.length) continue
          await prepare(work, step.mapping!)
          moved += (await remapAll(work, step.mapping!, list)).touched
          remapped += list.length
        }
      }
      for (const step of plan.steps) if (step.mapping) await recount(work, work.control, step.mapping)
      return { remapped, touched }
    },
    'repaired',
  )
