// The differential suite once more, with all sources read as those of another server: brought first, and then the same as within one database.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drive, openLane } from '../differential/drive.ts'
import { batchArbitrary } from '../differential/generate.ts'
import { described } from '../differential/reproduce.ts'
import type { Tally } from '../differential/subject.ts'
import { freshDatabase } from '../support/postgres.ts'

const least = Number(process.env.ELSEWHERE_CASES ?? 300)
const seed = Number(process.env.SEED ?? 20_261_121)

test('G2 G4 G6: rows of another server come to what they come to at home', { timeout: 1_200_000 }, async () => {
  await using database = await freshDatabase()
  const lane = await openLane(database.url, 'there')
  const tally: Tally = { cases: 0, refused: 0, rows: 0, quarantined: 0, filtered: 0, migrated: 0, undone: 0, spoilt: 0 }
  try {
    for (let round = 0; tally.cases < least; round++) {
      const result = await fc.check(
        fc.asyncProperty(batchArbitrary(), (specs) => drive(specs, lane, tally)),
        { seed: seed + round, numRuns: 25, endOnFailure: true },
      )
      expect(result.failed ? described(result, seed + round) : '').toBe('')
    }
  } finally {
    await lane.close()
  }
  console.log(`${tally.cases} cases: ${JSON.stringify(tally)}`)
  expect(tally.refused).toBeLessThanOrEqual(tally.cases / 5)
})
