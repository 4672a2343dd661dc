// Many piles drawn at random: in their phases they end where they end in their own order.
import { expect, test } from 'vitest'
import { search } from '../stage/interleavings/search.ts'
import { freshDatabase } from '../support/postgres.ts'

const piles = Number(process.env.STAGE_PILES ?? 400)
const seed = Number(process.env.SEED ?? 31_000_000)

test(`${piles} piles from seed ${seed} on: the same catalogue and the same rows in phases`, { timeout: 3_600_000 }, async () => {
  await using db = await freshDatabase()
  const { found, tally } = await search(db.url, piles, seed)
  expect(found.join('\n\n')).toBe('')
  expect(tally.moved, JSON.stringify(tally)).toBeGreaterThan(piles / 4)
  expect(tally.refused, JSON.stringify(tally)).toBeGreaterThan(0)
})
