// What people are told of a run: made of its events alone, so that whoever reads them again makes the same.
import { incident } from '../errors/shadow.ts'
import { rolledBack } from '../errors/steps.ts'
import type { BooksTotals, Event } from '../events/event.ts'
import { fold, type StepView, type View } from '../events/view.ts'
import { count, duration, plural } from '../text.ts'
import { line, masked } from './words.ts'

export const occasions = ['phase', 'waiting', 'failed', 'incident', 'finished', 'undone'] as const
export type Occasion = (typeof occasions)[number]

export interface Notice {
  /** Within its run the same for the same thing, however often it is made: what is told once. */
  readonly key: string
  readonly occasion: Occasion | 'test'
  readonly run: string
  readonly migration: string
  readonly environment: string
  readonly database: string
  readonly plan: string
  /** ISO, UTC. */
  readonly at: string
  /** What happened, in one line. */
  readonly title: string
  readonly says: readonly string[]
  /** What one can do now: commands or words. */
  readonly next: readonly string[]
}

/** Where the run is: events do not say it. */
export interface Scene {
  readonly environment: string
  readonly database: string
}

type Told = Pick<Notice, 'key' | 'occasion' | 'title'> & Partial<Pick<Notice, 'says' | 'next'>>
type Telling<E extends Event> = (event: E, after: View, before: View) => Told | undefined

/** By kind of event what there is to tell; of most there is nothing. */
const tellings: { readonly [T in Event['type']]?: Telling<Event & { readonly type: T }> } = {
  'step.done': (e, after) => phaseDone(e.step, after),
  'step.skipped': (e, after) => phaseDone(e.step, after),
  'run.waiting': (e, after) => ({
    key: `waiting ${after.pass} ${after.plan} ${e.step}`,
    occasion: 'waiting',
    title: `waits at ${e.step}: ${e.why}`,
    says: [titleOf(after, e.step), ...(e.until === undefined ? [] : [`opens by itself at ${iso(e.until)}`])],
    next: e.next,
  }),
  'run.failed': stopped,
  'run.finished': (_, after) => ({
    key: `finished ${after.pass}`,
    occasion: 'finished',
    title: `done${inPass(after)}${booksOf(after.steps)}`,
    says: answered(after.steps),
    next: ['godwit report', ...(totals(after.steps).quarantined ? ['godwit quarantine'] : [])],
  }),
  'run.paused': (_, after) =>
    after.steps.some((s) => s.state === 'undone')
      ? {
          key: 'cutover undone',
          occasion: 'undone',
          title: 'the cutover was taken back',
          says: ['The rows are still there.'],
          next: ['godwit run'],
        }
      : undefined,
  'run.undone': () => ({ key: 'undone', occasion: 'undone', title: 'taken back', next: ['godwit status'] }),
}

export type Tell = (event: Event) => Notice | undefined

/** Watches a run, best from its first event on, and says of each event what people are to be told. */
export function teller({ environment, database }: Scene): Tell {
  let view: View | undefined
  let turns = 0
  return (event) => {
    // what comes after something was taken back is not what came before it
    if (event.type === 'step.undone') turns++
    const before = view ?? fold(undefined, event)
    view = fold(view, event)
    const telling = tellings[event.type] as Telling<Event> | undefined
    const told = telling?.(event, view, before)
    if (!told) return undefined
    const { run, migration, plan } = view
    const lines = (all: readonly string[] = []) => all.map((l) => line(l, 500)).filter(Boolean)
    return {
      ...told,
      key: turns ? `${told.key} after ${turns}` : told.key,
      run,
      migration: line(migration, 100),
      environment,
      database,
      plan,
      at: iso(event.at),
      title: line(told.title, 200),
      says: lines(told.says),
      next: lines(told.next),
    }
  }
}

/** A phase is through when all its steps are; one in which nothing was done this time is no news. */
function phaseDone(id: string, view: View): Told | undefined {
  const phase = view.steps.find((s) => s.id === id)?.phase
  const steps = view.steps.filter((s) => s.phase === phase)
  if (!phase || !steps.every((s) => s.state === 'done' || s.state === 'skipped')) return undefined
  if (steps.every((s) => s.state === 'skipped')) return undefined
  return {
    key: `phase ${view.pass} ${phase}`,
    occasion: 'phase',
    title: `${phase} done${inPass(view)}${booksOf(steps)}`,
    says: [...steps.filter((s) => s.state === 'done').map(stepDone), ...answered(steps)],
  }
}

/** What is more than a run that stopped: the new way is in use, or was. */
const incidents: Readonly<Record<string, string>> = {
  [rolledBack.code]: 'the cutover was taken back',
  [incident.code]: 'something is wrong after the cutover',
}

function stopped({ at, seq, error }: Event & { readonly type: 'run.failed' }, _: View, before: View): Told {
  const grave = incidents[error.code]
  const lines = (text: string) => masked(text).split('\n').filter(Boolean).slice(0, 3)
  return {
    key: `failed ${at} ${seq}`,
    occasion: grave === undefined ? 'failed' : 'incident',
    title: grave ?? `stopped with ${error.code}`,
    says: [...before.steps.filter((s) => s.state === 'doing').map((s) => `in ${s.id}, ${s.title}`), ...lines(error.message)],
    next: [...lines(error.hint), `godwit explain ${error.code}`],
  }
}

function stepDone(s: StepView): string {
  const took = s.startedAt === undefined || s.endedAt === undefined ? '' : `   ${duration((s.endedAt - s.startedAt) / 1000)}`
  return `${s.title}${took}`
}

const titleOf = (view: View, step: string): string => view.steps.find((s) => s.id === step)?.title ?? ''

const inPass = ({ pass }: View): string => (pass > 1 ? `, pass ${pass}` : '')

/** Nothing where these steps moved no rows, or did so in another process. */
function booksOf(steps: readonly StepView[]): string {
  if (!steps.some((s) => s.books.length)) return ''
  const { read, migrated, quarantined } = totals(steps)
  return `: ${count(migrated)} of ${plural(read, 'row')} migrated${quarantined ? `, ${count(quarantined)} in quarantine` : ''}`
}

function totals(steps: readonly StepView[]): Pick<BooksTotals, 'read' | 'migrated' | 'quarantined'> {
  const books = steps.flatMap((s) => s.books.map((b) => b.totals))
  const sum = (of: 'read' | 'migrated' | 'quarantined') => books.reduce((n, b) => n + b[of], 0)
  return { read: sum('read'), migrated: sum('migrated'), quarantined: sum('quarantined') }
}

function answered(steps: readonly StepView[]): string[] {
  const answers = steps.flatMap((s) => s.answers)
  const passed = answers.filter((a) => a.verdict === 'passed').length
  return answers.length ? [`${count(passed)} of ${plural(answers.length, 'answer')} passed`] : []
}

const iso = (ms: number): string => new Date(ms).toISOString()
