// Work that is done in a workshop, taken to the target when it ends.
import { targetMoved } from '../../errors/target.ts'
import type { Database } from '../database.ts'
import { Moved } from './engine.ts'

/** Where the target has moved on meanwhile, everything is brought anew and done again, so many times. */
const most = 3

/** What `work` did goes to the target, also where it ended badly: what was done until then stands in its ledger. */
export async function delivered<T>(db: Database, work: () => Promise<T>): Promise<T> {
  const there = db.elsewhere
  if (!there) return work()
  for (let tries = 1; ; tries++) {
    await there.refresh()
    try {
      return await once(work, () => there.deliver())
    } catch (problem) {
      if (!(problem instanceof Moved)) throw problem
      if (tries === most) throw targetMoved({ table: problem.table, row: problem.row, what: problem.what, tries })
    }
  }
}

async function once<T>(work: () => Promise<T>, deliver: () => Promise<void>): Promise<T> {
  let result: T
  try {
    result = await work()
  } catch (problem) {
    if (problem instanceof Moved) throw problem
    // what stopped the work may say that its rows are there: where they are not, that is what is to be told
    await deliver()
    throw problem
  }
  await deliver()
  return result
}
