// Piles drawn at random end in their phases where they end in their own order. Many of them: test/deep/interleavings.test.ts.
import { expect, test } from 'vitest'
import { freshDatabase } from '../support/postgres.ts'
import { search } from './interleavings/search.ts'

const piles = Number(process.env.STAGE_PILES ?? 40)
const seed = Number(process.env.SEED ?? 20_261_122)

test(`piles from seed ${seed} on: the same catalogue and the same rows in phases`, async () => {
  await using db = await freshDatabase()
  const { found, tally } = await search(db.url, piles, seed)
  expect(found.join('\n\n')).toBe('')
  expect(tally.moved, JSON.stringify(tally)).toBeGreaterThan(piles / 4)
})
