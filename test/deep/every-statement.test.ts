// A run broken off before, at and after every single statement that it sends.
import { describe, expect, test } from 'vitest'
import { played, setScene } from '../crash/cases.ts'
import { plans } from '../crash/plans.ts'
import { deaths } from '../crash/statements.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(performance.timeOrigin) % 1_000_000)
/** These send every kind of statement there is: they are broken off at each. Of the others each run takes another third. */
const whole = ['customers', 'items']

describe.each(plans)('$name', (small) => {
  test('G2: broken off at every statement', { timeout: 1_200_000 }, async () => {
    await using scene = await setScene(small, 'run', { workers: 1, chunk: 20 })
    const step = whole.includes(small.name) || process.env['EVERY_STATEMENT'] ? 1 : 3
    const wrong: string[] = []
    let cases = 0
    for (let at = 1 + (seed % step); at <= scene.statements.length; at += step)
      for (const mode of deaths) {
        wrong.push(...(await played(scene, { at, mode })))
        cases++
      }
    console.log(`${small.name}: ${cases} cases at ${scene.statements.length} statements, SEED=${seed}`)
    expect(scene.statements.length).toBeGreaterThan(30)
    expect(wrong).toEqual([])
  })
})
