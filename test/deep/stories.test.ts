// Second runs, undo and retry, by several workers, broken off in every way, also again while they are carried on:
// as many draws as there is time for.
import { describe, expect, test } from 'vitest'
import { modes, played, type Scene, setScene, stories } from '../crash/cases.ts'
import { dice } from '../crash/killing.ts'
import { plans } from '../crash/plans.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(performance.timeOrigin) % 1_000_000)
/** Seconds for each plan and story. */
const box = Number(process.env['STORY_SECONDS'] ?? 8)

describe.each(plans)('$name', (small) => {
  test.each(stories)('G2, G4: %s', { timeout: 300_000 + box * 2000 }, async (story) => {
    const next = dice(seed)
    await using scene = await setScene(small, story, { workers: 1 + Math.floor(next() * 2) })
    const faultIn = (s: Scene) => ({
      at: 1 + Math.floor(next() * s.statements.length),
      mode: modes[Math.floor(next() * modes.length)]!,
    })
    const deadline = performance.now() + box * 1000
    const wrong: string[] = []
    let cases = 0
    for (; performance.now() < deadline || cases < 5; cases++)
      wrong.push(...(await played(scene, faultIn(scene), next() < 0.2 ? faultIn(scene) : undefined)))
    console.log(`${small.name}, ${story}: SEED=${seed}, ${cases} cases`)
    expect(wrong).toEqual([])
  })
})
