// Verification of a run that has already been, and the repair of what differs.
import type { Database } from '../databases/database.ts'
import { delivered } from '../databases/workshop/delivered.ts'
import { noRun } from '../errors/run.ts'
import { liveRun } from '../ledger/runs.ts'
import { ledgerThere } from '../ledger/tables.ts'
import type { Plan } from '../plan/plan.ts'
import { prepare } from './prepare.ts'
import { remapAll, underLock } from './quarantine.ts'
import { recount } from './remap.ts'
import { differingKeys, type Verification, verifyIn } from './verify.ts'

export async function verifyRun(plan: Plan, db: Database): Promise<Verification> {
  await db.elsewhere?.refresh()
  const run = await db.session(async (s) => ((await ledgerThere(s)) ? liveRun(s, plan.migration) : undefined))
  if (!run) throw noRun({ migration: plan.migration })
  // what stands in another database is looked at as it is now, not as it was when it was brought last
  if (plan.brought.length) return underLock(plan, db, (work) => verifyIn(db, plan, work.run, work.pass))
  return verifyIn(db, plan, run.id, run.pass)
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
  underLock(plan, db, async (work) => {
    let [remapped, touched] = [0, 0]
    // what is put right may show what hung on it, so it is asked again until nothing more moves
    for (let moved = 1; moved > 0; touched += moved) {
      moved = 0
      const keys = await db.session((s) => s.transaction((tx) => differingKeys(tx, plan), { isolation: 'repeatable read', readOnly: true }))
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
  })
