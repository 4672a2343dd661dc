// Phase by phase: up, the last of it down, and up again; and whether the application still works that ran before.
import type { Claim } from './certificate.ts'
import { compare, type Held, steady, type Volatile } from './compare.ts'
import type { Engine, Scratch } from './engines/engine.ts'
import type { PhaseSteps, Step } from './order.ts'
import type { Runner } from './runners/runner.ts'
import { Smoke } from './smoke.ts'

interface Asked {
  readonly phases: readonly PhaseSteps[]
  readonly runner: Runner
  /** The database that all begin with, by name. */
  readonly seeded: string
  readonly engine: Engine
  readonly volatile: Volatile
  readonly smoke: string | undefined
  /** What the first of them comes after. */
  readonly first: Step | undefined
}

interface Walk {
  readonly claims: readonly Claim[]
  readonly phases: readonly { readonly back: Claim; readonly smoke: Claim }[]
}

export async function walkProof(asked: Asked): Promise<Walk> {
  const { phases, runner, engine, seeded } = asked
  const walk = await engine.fresh(seeded)
  const smoke = await Smoke.begin(engine, walk.url, asked.smoke)
  const found: { back: Claim; smoke: Claim }[] = []
  let before = asked.first
  for (const { phase, steps } of phases) {
    const [last, ...others] = steps.toReversed()
    if (others.length) await runner.up(walk.url, others.toReversed())
    const back = await thereAndBack(asked, walk, last!, others[0] ?? before)
    found.push({ back, smoke: await smoke.after(walk.url, phase) })
    before = last
  }
  return { claims: smoke.claims(), phases: found }
}

/** On a copy, so that a way back that loses something loses it there. */
async function thereAndBack({ runner, engine, volatile }: Asked, walk: Scratch, step: Step, before: Step | undefined): Promise<Claim> {
  const claim = `${step.id} can be taken back, and done again`
  const copy = await engine.fresh(walk.name)
  const contents = await engine.contentsOf(walk.url)
  const was: Held = { url: walk.url, contents, digests: await engine.rowDigests(walk.url, steady(contents, volatile.columns)) }
  const up = await runner.up(walk.url, [step])
  if (up.failed) return { claim, result: 'not proved', why: [up.failed.why] }
  if (step.back !== 'real') return { claim, result: 'not proved', why: ['there is no way back that could be read'] }
  const cannot = runner.cannotBack(step)
  if (cannot !== undefined) return { claim, result: 'not proved', why: [`its way back cannot be carried out: ${cannot}`] }
  await runner.up(copy.url, [step])
  const down = await runner.down(copy.url, step, before)
  if (down.failed) return { claim, result: 'refuted', why: [`down: ${down.failed.why}`] }
  if (down.statements === 0) return { claim, result: 'not proved', why: ['its way back does nothing'] }
  const back = await compare(engine, was, { url: copy.url, contents: await engine.contentsOf(copy.url) }, volatile)
  const again = await runner.up(copy.url, [step])
  if (again.failed) return { claim, result: 'refuted', why: [`up again: ${again.failed.why}`] }
  const there: Held = { url: walk.url, contents: await engine.contentsOf(walk.url) }
  const end = await compare(engine, there, { url: copy.url, contents: await engine.contentsOf(copy.url) }, volatile)
  return toldOf(claim, back.differences, end.differences)
}

/** Rows that do not come back are a loss that is told; a schema that does not is a way back that is wrong. */
function toldOf(claim: string, back: readonly string[], again: readonly string[]): Claim {
  const ofRows = (d: string) => /^of the rows of |has \d+ rows/.test(d) || d.startsWith('next value ')
  const wrong = [
    ...back.filter((d) => !ofRows(d)).map((d) => `after down: ${d}`),
    ...again.filter((d) => !ofRows(d)).map((d) => `after up again: ${d}`),
  ]
  if (wrong.length) return { claim, result: 'refuted', why: wrong }
  const lost = back.filter((d) => ofRows(d) && !d.startsWith('next value '))
  if (lost.length) return { claim, result: 'not proved', why: lost.map((d) => `the schema comes back, rows do not: ${d}`) }
  return { claim, result: 'proved', why: [] }
}
