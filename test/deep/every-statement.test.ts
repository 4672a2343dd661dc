// A run broken off before, at and after the statements that it sends: two dozen of them for each plan, spread over the whole
// run and others with each seed. EVERY_STATEMENT=1 takes all of them, which takes an hour.
import { describe, expect, test } from 'vitest'
import { played, setScene } from '../crash/cases.ts'
import { plans } from '../crash/plans.ts'
import { deaths } from '../crash/statements.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(performance.timeOrigin) % 1_000_000)

describe.each(plans)('$name', (small) => {
  test('G2: broken off at two dozen of its statements, or at all', { timeout: 3_600_000 }, async () => {
    await using scene = await setScene(small, 'run', { workers: 1, chunk: 20 })
    const places = spread(scene.statements.length, process.env['EVERY_STATEMENT'] ? scene.statements.length : 24)
    const wrong: string[] = []
    for (const at of places) for (const mode of deaths) wrong.push(...(await played(scene, { at, mode })))
    console.log(
      `${small.name}: ${places.length * deaths.length} cases at ${places.length} of ${scene.statements.length} statements, SEED=${seed}`,
    )
    expect(places.length).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  })
})

/** So many places of a run, as far from each other as can be; which ones, the seed says. */
function spread(statements: number, wanted: number): number[] {
  const apart = statements / Math.min(wanted, statements)
  const first = (seed % 1000) / 1000
  return Array.from({ length: Math.min(wanted, statements) }, (_, i) => 1 + Math.floor((i + first) * apart))
}
