// A sample of what test/deep does at more statements: broken off there, carried on, and nothing tells that it was.
import { expect, test } from 'vitest'
import { modes, played, type Scene, setScene, stories, unsaid } from './cases.ts'
import { dice } from './killing.ts'
import { plans } from './plans.ts'
import { once } from './process.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(performance.timeOrigin) % 1_000_000)
const box = 30_000
/** On an idle machine there are some two hundred; a busy one may not pass by trying three. */
const least = 30

test('G2, G4: broken off at some of its statements, a deed comes to the same as one left in peace', { timeout: 240_000 }, async () => {
  console.log(`every-statement.test.ts: SEED=${seed}`)
  const next = dice(seed)
  const one = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!
  const deadline = performance.now() + box
  const wrong: string[] = []
  let cases = 0
  while (performance.now() < deadline || cases < least) {
    await using scene = await setScene(one(plans), one(stories), { workers: one([1, 2]) })
    for (let i = 0; i < 8; i++, cases++) wrong.push(...(await played(scene, faultIn(scene), next() < 0.2 ? faultIn(scene) : undefined)))
  }
  function faultIn(scene: Scene) {
    return { at: 1 + Math.floor(next() * scene.statements.length), mode: one(modes) }
  }
  expect(cases).toBeGreaterThanOrEqual(least)
  expect(wrong).toEqual([])
})

test('F4: when only a connection breaks, the run goes on, or ends in words of its own that say that it can be resumed', {
  timeout: 240_000,
}, async () => {
  const next = dice(seed + 1)
  await using scene = await setScene(plans[0]!, 'run')
  const wrong: string[] = []
  for (let i = 0; i < 30; i++) {
    await using db = await scene.copy()
    const at = 1 + Math.floor(next() * scene.statements.length)
    const ended = await once('run', scene.small, db.url, {}, { at, mode: i % 2 ? 'lost' : 'ended' })
    const exit = (ended.error as { exit?: number } | undefined)?.exit
    if (ended.how === 'failed' && exit !== 6)
      wrong.push(`at ${at} ${ended.sent[at - 1]?.slice(0, 60)}: ${unsaid(ended).join()} exit ${exit}`)
  }
  expect(wrong).toEqual([])
})

test('F5: of a COMMIT whose answer is lost it is known whether it took effect: nothing is done twice, nothing left out', {
  timeout: 240_000,
}, async () => {
  await using scene = await setScene(plans[0]!, 'run', { workers: 2 })
  const commits = scene.statements.flatMap((sql, i) => (sql === 'commit' ? [i + 1] : []))
  const wrong: string[] = []
  for (const at of commits) wrong.push(...(await played(scene, { at, mode: 'lost' })))
  expect(commits.length).toBeGreaterThan(10)
  expect(wrong).toEqual([])
})
