// What a run did, step by step, and how long that took: from its events, over all processes that worked on its last pass.
import type { Event } from '../events/event.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunFacts, StepTime } from './report.ts'

type Times = Map<string, { state: StepTime['state']; ms: number | undefined; since: number | undefined }>

export function stepTimes(plan: Plan, run: RunFacts, events: readonly Event[]): StepTime[] {
  const times = fold(events)
  const announced = events.findLast((e) => e.type === 'run.started')?.steps
  // a run that was killed in its first step has told nothing yet
  const steps = announced ?? plan.steps.filter((s) => s.phase !== 'verify').map(({ id, phase, title }) => ({ id, phase, title }))
  return steps.map(({ id, phase, title }) => {
    const t = times.get(id)
    const state = run.state === 'undone' ? 'undone' : (t?.state ?? 'not begun')
    return { id, phase, title, state, seconds: t?.ms === undefined ? undefined : t.ms / 1000 }
  })
}

function fold(events: readonly Event[]): Times {
  const times: Times = new Map()
  let pass: number | undefined
  for (const e of events) {
    if (e.type === 'run.started' && e.pass !== pass) {
      times.clear()
      pass = e.pass
    }
    if (e.type === 'step.started') times.set(e.step, { state: 'under way', ms: times.get(e.step)?.ms, since: e.at })
    else if (e.type === 'step.done') close(times, e.step, e.at, 'done')
    else if (e.type === 'step.skipped') times.set(e.step, { ms: undefined, since: undefined, ...times.get(e.step), state: 'done' })
    else if (e.type === 'run.failed' || e.type === 'run.paused')
      for (const [step, t] of times) if (t.since !== undefined) close(times, step, e.at, 'under way')
  }
  return times
}

function close(times: Times, step: string, at: number, state: StepTime['state']): void {
  const t = times.get(step)
  const took = t?.since === undefined ? undefined : at - t.since
  times.set(step, { state, ms: took === undefined ? t?.ms : (t?.ms ?? 0) + took, since: undefined })
}
