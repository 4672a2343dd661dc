// The source cut into ranges of keys, as it is walked; on a resumed pass only what is left between and behind the units done.
import type { Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import type { Pace } from './pace.ts'

export type Key = readonly string[] | null

export interface Range {
  /** The last key before it; null: from the beginning. */
  readonly after: Key
  /** Its last key. */
  readonly upto: Key
  readonly rows: number
  /** How many rows stood before it, for numbers that are drawn in order. */
  readonly first: bigint
  /** How many numbers are its own, where the next range already has its numbers. */
  readonly allotted: bigint
}

/** `upto`: the next unit that is done begins there; null: nothing done behind it. */
interface Gap {
  readonly after: Key
  readonly upto: Key
  readonly first: bigint
  readonly room: bigint | undefined
}
interface Done {
  readonly after: Key
  readonly upto: Key
  readonly first: bigint
  readonly read: bigint
}

const same = (a: Key, b: Key): boolean => JSON.stringify(a) === JSON.stringify(b)

export class Ranges {
  private readonly session: Session
  private readonly mapping: MappingPlan
  private readonly pace: Pace
  private readonly gaps: Gap[]
  private left: number
  private turn: Promise<unknown> = Promise.resolve()

  private constructor(session: Session, mapping: MappingPlan, pace: Pace, done: readonly Done[], limit: number | undefined) {
    this.session = session
    this.mapping = mapping
    this.pace = pace
    this.gaps = gapsBetween(done)
    this.left = limit ?? Number.POSITIVE_INFINITY
  }

  static async open(
    session: Session,
    mapping: MappingPlan,
    pace: Pace,
    at: { run: number; pass: number },
    limit: number | undefined,
  ): Promise<Ranges> {
    const { rows } = await session.query(
      `select array_to_json(after)::text as after, array_to_json(upto)::text as upto, coalesce(first, 0)::text as first, read::text as read from godwit.unit
        where run = $1 and mapping = $2 and pass = $3 and upto is not null order by ${mapping.keyOrder.map((cast, j) => `(upto[${j + 1}])${cast}`).join(', ')}`,
      [at.run, mapping.shape.name, at.pass],
    )
    const key = (s: string | null): Key => (s === null ? null : (JSON.parse(s) as string[]))
    return new Ranges(
      session,
      mapping,
      pace,
      rows.map((r) => ({ after: key(r['after']!), upto: key(r['upto']!), first: BigInt(r['first']!), read: BigInt(r['read']!) })),
      limit,
    )
  }

  /** The next range, or none. Several workers may ask at once: they are answered one after the other. */
  next(): Promise<Range | undefined> {
    const answer = this.turn.then(() => this.cut())
    this.turn = answer.catch(() => undefined)
    return answer
  }

  private async cut(): Promise<Range | undefined> {
    while (this.gaps.length && this.left > 0) {
      const gap = this.gaps[0]!
      const range = gap.upto && same(gap.after, gap.upto) ? undefined : await this.within(gap, Math.min(this.pace.rows, this.left))
      if (!range) {
        this.gaps.shift()
        continue
      }
      this.left -= range.rows
      const rows = BigInt(range.rows)
      this.gaps[0] = {
        ...gap,
        after: range.upto,
        first: range.first + rows,
        room: gap.room === undefined ? undefined : gap.room > rows ? gap.room - rows : 0n,
      }
      return range
    }
    return undefined
  }

  /** The gap ends where the next unit that is done begins, wherever the cut would have been. */
  private async within(gap: Gap, rows: number): Promise<Range | undefined> {
    const found = await bound(this.session, this.mapping, gap, rows)
    if (!found) return undefined
    const allotted = gap.room === undefined || gap.room > BigInt(found.rows) ? BigInt(found.rows) : gap.room
    return { after: gap.after, upto: found.upto, rows: found.rows, first: gap.first, allotted }
  }
}

/** The last key of the next so many rows of a stretch. */
export async function bound(
  session: Session,
  mapping: MappingPlan,
  stretch: { readonly after: Key; readonly upto: Key },
  rows: number,
): Promise<{ upto: readonly string[]; rows: number } | undefined> {
  const all = Array<null>(mapping.shape.key.length).fill(null)
  const { rows: found } = await session.query(mapping.bound, [...(stretch.after ?? all), ...(stretch.upto ?? all), rows])
  return found.length ? { upto: mapping.shape.key.map((_, j) => found[0]![`k${j}`]!), rows: Number(found[0]!['n']) } : undefined
}

/** Units in the order of their keys: where one does not begin at the end of the last, something is left to do. */
function gapsBetween(done: readonly Done[]): Gap[] {
  const gaps: Gap[] = []
  let after: Key = null
  let first = 0n
  for (const u of done) {
    if (!same(u.after, after)) gaps.push({ after, upto: u.after, first, room: u.first - first })
    after = u.upto
    first = u.first + u.read
  }
  gaps.push({ after, upto: null, first, room: undefined })
  return gaps
}
