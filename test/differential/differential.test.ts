// The engine against the oracle: random schemas, rows and mappings, each run, run again, changed, spoilt or taken back.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'
import { drive, type Lane, openLane, refusals } from './drive.ts'
import { batchArbitrary } from './generate.ts'
import { described } from './reproduce.ts'
import type { Tally } from './subject.ts'

const seconds = Number(process.env.DIFFERENTIAL_SECONDS ?? 0)
const leastCases = Number(process.env.DIFFERENTIAL_CASES ?? 1500)
const seed = Number(process.env.SEED ?? 20_261_121)
const path = process.env.CASE_PATH
// seconds: for making a failure smaller, and for all of it on a slow machine
const shrinking = 60
const patience = Math.max(seconds * 6, 600)
const lanes = path ? 1 : 2

let databases: FreshDatabase[]
let open: Lane[]
beforeAll(async () => {
  databases = await Promise.all(Array.from({ length: lanes }, () => freshDatabase()))
  open = await Promise.all(databases.map((d) => openLane(d.url)))
})
afterAll(async () => {
  for (const lane of open) await lane.close()
  for (const d of databases) await d.drop()
})

const tally: Tally = { cases: 0, refused: 0, rows: 0, quarantined: 0, filtered: 0, migrated: 0, undone: 0, spoilt: 0 }

/** Each lane has a database and a stream of cases of its own, told apart by its seed. */
async function search(lane: Lane, from: number): Promise<string> {
  let failedAt: number | undefined
  const property = fc.asyncProperty(batchArbitrary(), async (specs) => {
    // the search for a smaller failure must end; a limit of fast-check's own would leave a case running beside the next
    if (failedAt !== undefined && performance.now() - failedAt > shrinking * 1000) return
    await drive(specs, lane, tally).catch((error: unknown) => {
      failedAt ??= performance.now()
      throw error
    })
  })
  const result = await fc.check(property, { seed: from, numRuns: path ? 1 : 25, ...(path ? { path } : {}) })
  return result.failed ? described(result, from) : ''
}

/** Some batches at a time, until there were enough cases; a slow machine takes longer, and does not get by with fewer. */
async function searchOn(lane: Lane, n: number, began: number): Promise<string> {
  for (let round = 0; ; round++) {
    const failure = await search(lane, seed + n + round * lanes)
    const elapsed = (performance.now() - began) / 1000
    const enough = path || (elapsed >= seconds && tally.cases >= leastCases) || elapsed >= patience
    if (failure || enough) return failure
  }
}

test('G1 G2 G3 G4 G6 G7: the engine makes of every world what the oracle makes of it', { timeout: (patience + 600) * 1000 }, async () => {
  const began = performance.now()
  const failures = await Promise.all(open.map((lane, n) => searchOn(lane, n, began)))
  const minutes = (performance.now() - began) / 60_000
  process.stdout.write(`${tally.cases} cases, ${Math.round(tally.cases / minutes)} a minute, seed ${seed}: ${JSON.stringify(tally)}\n`)
  for (const [message, n] of [...refusals].toSorted((a, b) => b[1] - a[1]).slice(0, 5)) {
    process.stdout.write(`plan refused ${n} times: ${message.slice(0, 600)}\n`)
  }
  expect(failures.filter(Boolean).join('\n\n')).toBe('')
  // a generator whose cases are mostly refused proves nothing
  expect(tally.refused).toBeLessThanOrEqual(tally.cases / 5)
  if (!path) expect(tally.cases).toBeGreaterThanOrEqual(leastCases)
})
