// A rehearsal: all of it up to the verification on a copy, timed, and taken back again; the copy must then be what it was.
import type { Database } from '../databases/database.ts'
import { canonicalDigest } from '../databases/postgres/canonical.ts'
import type { Event } from '../events/event.ts'
import type { Migration } from '../migration/migration.ts'
import { type Clock, wallClock } from './clock.ts'
import { type PlanOptions, planned } from './planned.ts'
import { run } from './run.ts'
import type { Around } from './surroundings.ts'
import { type Undone, undo } from './undo.ts'

export interface RehearsedStep {
  readonly id: string
  readonly title: string
  readonly seconds: number
  readonly rows: number | null
}

export interface Rehearsed {
  readonly migration: string
  readonly plan: string
  readonly at: string
  /** What the copy was made of. */
  readonly of: string
  readonly steps: readonly RehearsedStep[]
  readonly books: readonly {
    readonly mapping: string
    readonly read: number
    readonly migrated: number
    readonly quarantined: number
    readonly filtered: number
  }[]
  readonly undo: {
    readonly seconds: number
    /** Digests of the copy before the run and after the undo: of all of it, or of the rows that are not ours. */
    readonly before: string
    readonly after: string
    readonly same: boolean
  }
}

interface Expecting {
  readonly id: string
  readonly title: string
  readonly rows?: number | undefined
}

/** How long a step would take, by how long it took then: rows by rows, all else as it was. Steps that ring bells were left out, and so numbers may differ. */
export function expectedSeconds(rehearsed: Rehearsed | undefined, { id, title, rows }: Expecting): number | undefined {
  const phaseOf = (step: string) => step.slice(0, step.indexOf('.'))
  const then = rehearsed?.steps.find((s) => s.title === title && phaseOf(s.id) === phaseOf(id))
  if (!then) return undefined
  return then.rows && rows !== undefined ? (then.seconds * rows) / then.rows : then.seconds
}

export interface RehearseOptions extends PlanOptions, Around {
  readonly of: string
  readonly observe?: (event: Event) => void
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** Only what moves rows: what would ring a bell outside is not rung in a rehearsal. */
const rowsOnly = (migration: Migration): Migration => ({
  ...migration,
  after: [],
  steps: migration.steps.filter(({ phase, step }) => !step.doing && ['expand', 'backfill', 'verify'].includes(phase)),
})

/** `copy`: a database that is of no further use. `plan`: the id of the plan that is rehearsed, of which the copy's is a part. */
export async function rehearse(migration: Migration, plan: string, copy: Database, options: RehearseOptions): Promise<Rehearsed> {
  const clock = options.clock ?? wallClock
  const timed = new Timed()
  const observe = (event: Event) => {
    timed.take(event)
    options.observe?.(event)
  }
  const made = await planned(rowsOnly(migration), copy, options)
  const before = await digestOf(copy)
  const view = await run(made, copy, { ...options, clock, observe, to: 'verify' })
  const began = clock.now()
  const undone = await undo(made, copy, { ...options, clock, ...(options.observe ? { observe: options.observe } : {}) })
  const seconds = (clock.now() - began) / 1000
  const after = await digestOf(copy)
  return {
    migration: migration.name,
    plan,
    at: new Date(clock.now()).toISOString(),
    of: options.of,
    steps: timed.steps(new Map(made.steps.map((s) => [s.id, s.rows ?? null]))),
    books: view.steps
      .flatMap((s) => s.books)
      .map(({ mapping, totals: { read, migrated, quarantined, filtered } }) => ({ mapping, read, migrated, quarantined, filtered })),
    undo: { seconds, ...compared(before, after, undone) },
  }
}

function compared(before: string | undefined, after: string | undefined, { digest }: Undone) {
  const [was, is] = [before ?? digest.before, after ?? digest.after]
  return { before: was, after: is, same: was === is && digest.before === digest.after }
}

/** Where the rows are worked on elsewhere, the undo's own proof has to do. */
async function digestOf(copy: Database): Promise<string | undefined> {
  if (copy.elsewhere) return undefined
  return copy.session(async (s) => (await canonicalDigest(s, { exclude: ['godwit'] })).digest)
}

class Timed {
  private readonly began = new Map<string, number>()
  private readonly took: { id: string; seconds: number }[] = []
  private readonly titles = new Map<string, string>()

  take(e: Event): void {
    if (e.type === 'run.started') for (const s of e.steps) this.titles.set(s.id, s.title)
    if (e.type === 'step.started') this.began.set(e.step, e.at)
    if (e.type === 'step.done') this.took.push({ id: e.step, seconds: (e.at - this.began.get(e.step)!) / 1000 })
  }

  steps(rows: ReadonlyMap<string, number | null>): RehearsedStep[] {
    return this.took.map(({ id, seconds }) => ({ id, title: this.titles.get(id)!, seconds, rows: rows.get(id) ?? null }))
  }
}
