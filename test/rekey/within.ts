// A database with a graph in it, and what one does with a migration there.
import { expect } from 'vitest'
import { connect, plan, purge, run, undo, undoCutover } from '../../src/api.ts'
import type { Migration } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { freshDatabase, query } from '../support/postgres.ts'

export async function within(setup: string, body: (p: Place) => Promise<void>) {
  await using fresh = await freshDatabase()
  await query(fresh.url, setup)
  const db = await connect(fresh.url)
  try {
    await body({
      url: fresh.url,
      sql: (text) => query(fresh.url, text),
      plan: (m) => plan(m, db),
      run: async (m, options = {}) => run(await plan(m, db), db, options),
      undo: async (m, options = {}) => undo(await plan(m, db, { recorded: true }), db, options),
      undoCutover: async (m) => undoCutover(await plan(m, db, { recorded: true }), db),
      purge: async (m, options) => purge(await plan(m, db, { recorded: true }), db, options),
    })
  } finally {
    await db.close()
  }
}

export interface Place {
  readonly url: string
  sql(text: string): Promise<readonly (readonly (string | null)[])[]>
  plan(m: Migration): ReturnType<typeof plan>
  run(m: Migration, options?: Parameters<typeof run>[2]): ReturnType<typeof run>
  undo(m: Migration, options?: Parameters<typeof undo>[2]): ReturnType<typeof undo>
  undoCutover(m: Migration): ReturnType<typeof undoCutover>
  purge(m: Migration, options: Parameters<typeof purge>[2]): ReturnType<typeof purge>
}

export const thereAndBack = (setup: string, m: Migration): Promise<void> =>
  within(setup, async (p) => {
    const before = await dumpOf(p.url)
    await p.run(m)
    const there = await dumpOf(p.url)
    expect(there).not.toEqual(before)
    await p.run(m)
    expect(await dumpOf(p.url)).toEqual(there)
    await p.undoCutover(m)
    await p.run(m)
    expect(await dumpOf(p.url)).toEqual(there)
    await p.undo(m)
    expect(await dumpOf(p.url)).toEqual(before)
  })
