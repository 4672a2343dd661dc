// Hundreds of real kills: as test/crash/kill.test.ts, for longer.
import { expect, test } from 'vitest'
import { killedUntilDone } from '../crash/killing.ts'
import { plans } from '../crash/plans.ts'
import { once } from '../crash/process.ts'
import { broken, difference, stateOf } from '../crash/state.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(performance.timeOrigin) % 1_000_000)

test.each(plans)('G2: $name, killed again and again', { timeout: 3_600_000 }, async (small) => {
  console.log(`deep/kill.test.ts: SEED=${seed}`)
  await using calm = await freshDatabase()
  await query(calm.url, small.setup)
  expect((await once('run', small, calm.url, {})).error).toBeUndefined()
  let kills = 0
  for (let round = 0; kills < 25; round++) {
    await using db = await freshDatabase()
    await query(db.url, small.setup)
    const outcome = await killedUntilDone(small, db.url, { seed: seed + round, most: 10, workers: 1 + (round % 3) })
    kills += outcome.kills
    expect([outcome.wrong, await broken(db.url), await difference(await stateOf(calm.url), await stateOf(db.url))]).toEqual([
      [],
      [],
      undefined,
    ])
  }
})
