// Events go to whoever looks on. One that throws is dropped, and the run goes on: who observes cannot steer.
import type { Event, EventBody, Observe } from './event.ts'
import { fold, type View } from './view.ts'

export class Bus {
  private observers: readonly Observe[]
  private readonly now: () => number
  private seq = 0
  private current: View | undefined
  /** Told, but not yet kept in the ledger. */
  private unkept: Event[] = []

  constructor(now: () => number, observers: readonly Observe[]) {
    this.now = now
    this.observers = observers
  }

  emit(body: EventBody): void {
    const event = { ...body, seq: ++this.seq, at: this.now() } as Event
    this.current = fold(this.current, event)
    // progress is for those who watch; the ledger's units say the same
    if (event.type !== 'step.progress') this.unkept.push(event)
    for (const observe of this.observers) {
      try {
        observe(event)
      } catch {
        this.observers = this.observers.filter((o) => o !== observe)
      }
    }
  }

  take(): Event[] {
    const taken = this.unkept
    this.unkept = []
    return taken
  }

  get view(): View {
    return this.current!
  }
}
