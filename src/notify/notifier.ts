// Tells people of a run while it goes on: beside it, never in its way, and never a reason for it to stop.
import type { Database, Session } from '../databases/database.ts'
import { delivered } from '../databases/workshop/delivered.ts'
import type { Event, Observe } from '../events/event.ts'
import { type Clock, wallClock } from '../run/clock.ts'
import type { Channel } from './channel.ts'
import { deliver, type Office } from './deliver.ts'
import { type Notice, type Scene, type Tell, teller } from './notice.ts'
import { entries, nextDue, watch } from './outbox.ts'
import { catchUp, scrubbed, wanting, writeDown } from './write-down.ts'

export interface NotifierOptions {
  readonly channels: readonly Channel[]
  readonly environment?: string | undefined
  readonly clock?: Clock
  readonly scrub?: (text: string) => string
}

export interface Unsent {
  readonly channel: string
  readonly title: string
  readonly error: string | undefined
}

export interface Notifier {
  readonly observe: Observe
  /** At the end: writes down what is not written down yet, and sends for at most so long. What is left is sent by the next command. */
  settle(withinMs?: number): Promise<readonly Unsent[]>
}

const patienceMs = 5_000
const restMs = 15_000
const nobody = (text: string): string => text

export function notifier(db: Database, options: NotifierOptions): Notifier {
  const { channels, environment = 'default', clock = wallClock, scrub = nobody } = options
  const beside = new Beside({ db, channels, clock, scrub }, { environment, database: db.name })
  return { observe: (event) => beside.observe(event), settle: (withinMs = patienceMs) => beside.settle(withinMs) }
}

class Beside {
  private readonly office: Office
  private readonly scene: Scene
  private readonly names: readonly string[]
  /** No more rounds after this one. */
  private readonly stop = new AbortController()
  /** Not even what is on its way. */
  private readonly over = new AbortController()
  private rest = new AbortController()
  private first: (Event & { readonly type: 'run.started' }) | undefined
  private tell: Tell | undefined
  private pending: Event[] = []
  /** Made of events, and not written down yet. */
  private notices: Notice[] = []
  private working: Promise<void> | undefined

  constructor(office: Office, scene: Scene) {
    this.office = office
    this.scene = scene
    this.names = office.channels.map((c) => c.name)
  }

  observe(event: Event): void {
    // of these there may be thousands, and they are for who watches
    if (event.type === 'step.progress' || event.type === 'step.waiting') return
    if (event.type === 'run.started') this.first ??= event
    this.pending.push(event)
    // in a workshop nothing has happened before all of it is taken to the target: nobody is told before
    if (this.office.db.elsewhere || !this.first) return
    this.working ??= this.work()
    this.rest.abort()
  }

  async settle(withinMs: number): Promise<readonly Unsent[]> {
    this.stop.abort()
    const patience = this.office.clock.sleep(withinMs, this.over.signal).then(() => this.over.abort())
    await this.working
    const unsent = this.first ? ((await this.last()) ?? (await this.direct())) : []
    this.over.abort()
    await patience
    return unsent
  }

  private async work(): Promise<void> {
    while (!this.stop.signal.aborted) {
      this.rest = new AbortController()
      await attempt(async () => {
        await this.write()
        await deliver(this.office, this.over.signal)
      })
      await this.pause()
    }
  }

  /** Until the next is due, something new is to be told, or the run is over. */
  private async pause(): Promise<void> {
    const { db, clock } = this.office
    const due = await attempt(() => db.session((s) => nextDue(s, this.names)))
    const ms = due === undefined ? restMs : Math.max(1, Math.min(due - clock.now(), restMs))
    const woken = AbortSignal.any([this.rest.signal, this.stop.signal])
    // a sleep that begins too late to be woken would be slept to its end
    if (!woken.aborted) await clock.sleep(ms, woken)
  }

  private last(): Promise<readonly Unsent[] | undefined> {
    const { db } = this.office
    return attempt(() =>
      delivered(db, async () => {
        await this.write()
        await deliver(this.office, this.over.signal)
        return db.session((s) => unsentIn(s, this.names))
      }),
    )
  }

  /** The ledger is out of reach, and that may be the very news: it is sent without being written down. */
  private async direct(): Promise<readonly Unsent[]> {
    const { channels, clock, scrub } = this.office
    const unsent: Unsent[] = []
    const tell = this.tell ?? teller(this.scene)
    for (const notice of [...this.notices, ...this.pending.flatMap((e) => tell(e) ?? [])])
      for (const channel of wanting(channels, notice))
        await channel
          .send({ id: crypto.randomUUID(), notice: scrubbed(notice, scrub) }, { now: () => clock.now(), signal: this.over.signal })
          .catch((error: Error) => unsent.push({ channel: channel.name, title: notice.title, error: scrub(error.message) }))
    return unsent
  }

  private async write(): Promise<void> {
    await this.office.db.session(async (s) => {
      const tell = (this.tell ??= await this.begin(s))
      this.notices.push(...this.pending.splice(0).flatMap((e) => tell(e) ?? []))
      for (let notice = this.notices[0]; notice; notice = this.notices[0]) {
        await writeDown(s, this.office, notice)
        this.notices.shift()
      }
    })
  }

  /** What a process that is gone has left untold comes first. */
  private async begin(session: Session): Promise<Tell> {
    const { run } = this.first!
    const tell = await catchUp(session, this.office, this.scene, run, this.first)
    await watch(session, run, this.names)
    return tell
  }
}

async function unsentIn(session: Session, names: readonly string[]): Promise<Unsent[]> {
  const left = (await entries(session)).filter((e) => e.state !== 'sent' && names.includes(e.channel))
  return left.map(({ channel, title, error }) => ({ channel, title, error }))
}

/** Whatever goes wrong here is not the run's business. What was not written down is written later. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}
