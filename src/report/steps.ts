// What a run did, step by step, and how long that took: from its events, over all processes that worked on its last pass.
import type { Event } from '../events/event.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunFacts, StepTime } from './report.ts'

type Times = Map<string, { state: StepTime['state']; ms: number | undefined; since: number | undefined; note?: string | undefined }>

export function stepTimes(plan: Plan, run: RunFacts, events: readonly Event[]): StepTime[] {
  const times = fold(events)
  const announced = events.findLast((e) => e.type === 'run.started')?.steps
  // a run that was killed in its first step has told nothing yet
  const steps = announced ?? plan.steps.filter((s) => s.phase !== 'verify').map(({ id, phase, title }) => ({ id, phase, title }))
  return steps.map(({ id, phase, title }) => {
    const t = times.get(id)
    const state = run.state === 'undone' ? 'undone' : (t?.state ?? 'not begun')
    // what verification says has a section of its own
    const note = t?.note === undefined || phase === 'verify' || state !== 'done' ? {} : { note: t.note }
    return { id, phase, title, state, seconds: t?.ms === undefined ? undefined : t.ms / 1000, ...note }
  })
}

function fold(events: readonly Event[]): Times {
  const times: Times = new Map()
  // a step that a later pass goes past was done in this one
  const earlier: Times = new Map()
  let pass: number | undefined
  for (const e of events) {
    if (e.type === 'run.started' && e.pass !== pass) {
      for (const [step, t] of times) earlier.set(step, t)
      times.clear()
      pass = e.pass
    }
    if (e.type === 'step.started') times.set(e.step, { state: 'under way', ms: times.get(e.step)?.ms, since: e.at })
    else if (e.type === 'step.done') {
      close(times, e.step, e.at, 'done')
      times.set(e.step, { ...times.get(e.step)!, note: e.note })
    } else if (e.type === 'step.skipped')
      times.set(e.step, { ms: undefined, since: undefined, ...earlier.get(e.step), ...times.get(e.step), state: 'done' })
    else if (e.type === 'run.waiting') close(times, e.step, e.at, 'waiting')
    else if (e.type === 'step.undone') times.set(e.step, { state: 'undone', ms: undefined, since: undefined })
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
