// A run as one looks at it: the fold of its events. Terminal, console and report all draw this and nothing else.
import type { Answer, BooksTotals, Event } from './event.ts'
import type { Phase } from './phase.ts'

export interface StepView {
  readonly id: string
  readonly phase: Phase
  readonly title: string
  readonly state: 'todo' | 'doing' | 'waiting' | 'done' | 'skipped' | 'failed' | 'undone'
  readonly startedAt?: number
  readonly endedAt?: number
  readonly done: number
  readonly of?: number
  readonly quarantined: number
  readonly waiting?: string
  readonly note?: string
  readonly books: readonly { readonly mapping: string; readonly totals: BooksTotals }[]
  readonly answers: readonly Answer[]
}

export interface View {
  readonly run: string
  readonly migration: string
  readonly plan: string
  readonly pass: number
  readonly resumed: boolean
  readonly state: 'running' | 'paused' | 'waiting' | 'failed' | 'finished' | 'undone'
  readonly startedAt: number
  readonly endedAt?: number
  readonly steps: readonly StepView[]
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string; readonly at?: string }
  readonly note?: string
  /** At a gate: which step, and what opens it. */
  readonly gate?: { readonly step: string; readonly why: string; readonly next: readonly string[]; readonly until?: number }
}

const nothing: View = { run: '', migration: '', plan: '', pass: 1, resumed: false, state: 'running', startedAt: 0, steps: [] }

export function fold(view: View = nothing, e: Event): View {
  const step = (id: string, change: (s: StepView) => StepView): View => ({
    ...view,
    steps: view.steps.map((s) => (s.id === id ? change(s) : s)),
  })
  switch (e.type) {
    case 'run.started':
      return {
        ...nothing,
        run: e.run,
        migration: e.migration,
        plan: e.plan,
        pass: e.pass,
        resumed: e.resumed,
        startedAt: e.at,
        steps: e.steps.map((s) => ({
          ...s,
          state: 'todo',
          done: 0,
          quarantined: 0,
          books: [],
          answers: [],
          ...(s.rows === undefined ? {} : { of: s.rows }),
        })),
      }
    case 'step.started':
      return step(e.step, (s) => ({ ...s, state: 'doing', startedAt: e.at }))
    case 'step.done':
    case 'step.skipped':
    case 'step.undone':
      return step(e.step, ({ waiting: _, ...s }) => ({
        ...s,
        state: e.type.slice(5) as 'done',
        endedAt: e.at,
        ...(e.note === undefined ? {} : { note: e.note }),
      }))
    case 'step.progress':
      return step(e.step, ({ waiting: _, ...s }) => ({
        ...s,
        done: e.done,
        quarantined: e.quarantined,
        ...(e.of === undefined ? {} : { of: e.of }),
      }))
    case 'step.books':
      return step(e.step, (s) => ({
        ...s,
        books: [...s.books.filter((b) => b.mapping !== e.mapping), { mapping: e.mapping, totals: e.books }],
      }))
    case 'step.waiting':
      return step(e.step, (s) => ({ ...s, waiting: e.why }))
    case 'check.answered':
      return step(e.step, (s) => ({ ...s, answers: [...s.answers, e.answer] }))
    case 'run.failed':
      return {
        ...view,
        state: 'failed',
        endedAt: e.at,
        error: e.error,
        steps: view.steps.map((s) => (s.state === 'doing' ? { ...s, state: 'failed' } : s)),
      }
    case 'run.waiting': {
      const { step: id, why, next, until } = e
      const gate = { step: id, why, next, ...(until === undefined ? {} : { until }) }
      return { ...step(id, (s) => ({ ...s, state: 'waiting', waiting: why })), state: 'waiting', endedAt: e.at, gate }
    }
    case 'run.finished':
    case 'run.paused':
    case 'run.undone':
      return { ...view, state: e.type.slice(4) as 'finished', endedAt: e.at, ...(e.note === undefined ? {} : { note: e.note }) }
  }
}
