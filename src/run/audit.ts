// Which of a run's events go into the audit, and in what words.
import type { Event } from '../events/event.ts'
import type { Entry } from '../ledger/audit.ts'
import type { Plain } from '../steps/hands.ts'

type Sealed = { readonly what: string; readonly detail?: Plain }

const inWords: { readonly [T in Event['type']]?: (e: Event & { readonly type: T }) => Sealed } = {
  'run.started': (e) => ({ what: e.resumed ? 'run resumed' : 'run started', detail: { migration: e.migration, pass: e.pass } }),
  'step.done': (e) => ({ what: 'step done', detail: { step: e.step, ...(e.note ? { note: e.note } : {}) } }),
  'step.undone': (e) => ({ what: 'step undone', detail: { step: e.step } }),
  'step.books': (e) => ({ what: 'books', detail: { mapping: e.mapping, ...e.books } }),
  'check.answered': ({ step, answer: { title, verdict, examined, wrong } }) => ({
    what: 'asked',
    detail: { step, title, verdict, examined, wrong },
  }),
  'run.waiting': (e) => ({ what: 'waits', detail: { step: e.step, why: e.why } }),
  'run.paused': (e) => ({ what: 'run paused', detail: e.note ?? null }),
  'run.failed': (e) => ({ what: 'run failed', detail: { code: e.error.code, message: e.error.message } }),
  'run.finished': () => ({ what: 'run finished' }),
  'run.undone': () => ({ what: 'run undone' }),
}

export const toAudit = (events: readonly Event[], run: number, plan: string): Entry[] =>
  events.flatMap((e) => {
    const words = inWords[e.type] as ((e: Event) => Sealed) | undefined
    return words ? [{ run, plan, ...words(e) }] : []
  })
