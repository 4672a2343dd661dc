// A run as it goes: a line that moves on a terminal, a line now and then elsewhere. Draws the view, and the view is the fold of events.
import type { Event } from '../../events/event.ts'
import { fold, type StepView, type View } from '../../events/view.ts'
import { count, duration } from '../../text.ts'
import { answersInWords } from './answers.ts'
import { booksInWords } from './books.ts'
import { cut, oneLine, wrapped } from './layout.ts'
import type { Screen } from './screen.ts'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const phaseWidth = 9
const margin = ' '.repeat(phaseWidth + 3)

const isUndo = ({ title }: StepView): boolean => title.startsWith('take back ')
const labelOf = (step: StepView): string => (isUndo(step) ? 'undo' : step.phase).padEnd(phaseWidth)
/** Of rows from one table to others, the first says enough: the plan has named the rest. */
const titleOf = (step: StepView): string =>
  oneLine(step.title.replace(/^take back /, '')).replace(step.phase === 'backfill' ? / → .*/ : /^$/, '')

export interface Progress {
  readonly observe: (event: Event) => void
  readonly view: () => View | undefined
  stop(): void
}

/** `now`: the time, for speed and for lines without a terminal. `resumedAt`: where a run that was broken off goes on, in words. */
export function showProgress(screen: Screen, now: () => number, resumedAt = ''): Progress {
  const shown = new Shown(screen, now, resumedAt)
  // a terminal is drawn anew often enough to look alive; elsewhere one looks now and then whether ten seconds are over
  const timer = screen.json ? undefined : setInterval(() => shown.tick(), screen.live ? 90 : 1000)
  return {
    observe: (event) => shown.take(event),
    view: () => shown.view,
    stop: () => {
      clearInterval(timer)
      screen.draw('')
    },
  }
}

class Shown {
  view: View | undefined
  private readonly screen: Screen
  private readonly now: () => number
  private readonly resumedAt: string
  private frame = 0
  private lastLine = 0
  private waiting: string | undefined
  private speed = new Speed()

  constructor(screen: Screen, now: () => number, resumedAt: string) {
    this.screen = screen
    this.now = now
    this.resumedAt = resumedAt
  }

  take(event: Event): void {
    this.view = fold(this.view, event)
    if (this.screen.json) {
      this.asJson(event)
      return
    }
    if (event.type === 'step.waiting') this.waiting = event.why
    if (event.type === 'step.progress') {
      this.waiting = undefined
      this.speed.add(event.at, event.done)
    }
    if (event.type === 'step.started') {
      this.waiting = undefined
      this.speed = new Speed()
      this.lastLine = this.now()
      this.begin(event.step)
    }
    if (event.type === 'step.done' || event.type === 'step.undone') this.end(event.step)
    if (event.type === 'run.waiting') this.wait(event.step, event.why)
    if (event.type === 'run.started') this.head()
  }

  /** Progress comes a hundred times a second; whoever reads lines wants one a second. */
  private asJson(event: Event): void {
    if (event.type === 'step.progress') {
      if (event.at - this.lastLine < 1000) return
      this.lastLine = event.at
    }
    this.screen.event({ godwit: 1, event })
  }

  private say(text: string): void {
    this.screen.say(
      this.screen.live
        ? text
        : text
            .split('\n')
            .map((line, i) => (i === 0 ? `${new Date(this.now()).toISOString()}  ${line}` : line))
            .join('\n'),
    )
  }

  private head(): void {
    const { migration, run, plan, pass, resumed, steps } = this.view!
    const { paint } = this.screen
    if (steps.some(isUndo)) return
    this.say(
      `${paint.bold(oneLine(migration))}  run ${run}${pass > 1 ? `, pass ${pass}` : ''}${resumed ? ` resumed${this.resumedAt}` : ''}  plan ${plan}`,
    )
  }

  private begin(id: string): void {
    const step = this.view?.steps.find((s) => s.id === id)
    if (step && this.screen.live) this.tick()
  }

  private end(id: string): void {
    const step = this.view?.steps.find((s) => s.id === id)
    if (!step) return
    const { paint, width } = this.screen
    const took = step.startedAt !== undefined && step.endedAt !== undefined ? duration((step.endedAt - step.startedAt) / 1000) : ''
    const words = step.phase === 'verify' && step.answers.length ? answersInWords(step.answers) : titleOf(step)
    const [first = '', ...more] = wrapped(words, '', width - margin.length - took.length - 3, '').split('\n')
    const lines = [`${paint.green('✓')} ${labelOf(step)} ${first}   ${paint.dim(took)}`, ...more.map((l) => margin + l)]
    for (const { totals } of step.books) lines.push(margin + booksInWords(totals))
    if (step.note) lines.push(wrapped(oneLine(step.note), margin, width))
    this.say(lines.join('\n'))
  }

  private wait(id: string, why: string): void {
    const step = this.view?.steps.find((s) => s.id === id)
    if (step)
      this.say(`${this.screen.paint.yellow('⏸')} ${labelOf(step)} ${wrapped(oneLine(why), margin, this.screen.width, '').trimStart()}`)
  }

  tick(): void {
    const step = this.view?.steps.find((s) => s.state === 'doing')
    if (!step) return
    if (this.screen.live) {
      const { paint } = this.screen
      const line = cut(`${labelOf(step)} ${this.words(step)}`, this.screen.width - 3)
      this.screen.draw(`${paint.cyan(frames[this.frame++ % frames.length]!)} ${line}`)
    } else if (this.now() - this.lastLine >= 10_000) {
      this.lastLine = this.now()
      this.say(`  ${labelOf(step)} ${this.words(step)}`)
    }
  }

  private words(step: StepView): string {
    if (this.waiting) return oneLine(this.waiting)
    const answered = step.answers.length ? oneLine(step.answers.at(-1)!.title) : ''
    const title = titleOf(step)
    const { done, of } = step
    if (of === undefined || of === 0 || step.phase === 'verify') return answered || title
    if (done === 0) return `${title}   reading ${count(of)} rows`
    const perSecond = this.speed.perSecond(this.now())
    const share = Math.min(1, done / of)
    const eta = share >= 0.01 && share < 1 && perSecond > 0 ? `   ETA ${duration((of - done) / perSecond)}` : ''
    const speed = perSecond ? `   ${count(Math.round(perSecond))} rows/s` : ''
    const bad = step.quarantined ? `   quarantined ${count(step.quarantined)}` : ''
    return `${title}   ${Math.floor(share * 100)} %   ${count(done)} / ${count(of)}${speed}${bad}${eta}`
  }
}

/** Rows a second over the last ten seconds. */
class Speed {
  private points: { at: number; done: number }[] = []

  add(at: number, done: number): void {
    // rows are gone over again, from the first on
    if (done < (this.points.at(-1)?.done ?? 0)) this.points = []
    this.points.push({ at, done })
    while (this.points.length > 2 && at - this.points[0]!.at > 10_000) this.points.shift()
  }

  perSecond(now: number): number {
    const [first] = this.points
    const last = this.points.at(-1)
    if (!first || !last || last.done === first.done) return 0
    return ((last.done - first.done) * 1000) / Math.max(now - first.at, 1)
  }
}
