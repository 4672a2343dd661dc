// Columns cut another way: one into several, several into one. The new ones stand beside the old ones, and whichever side is written, the
// other follows in the same write. When the old ones give up their place they stay, and follow in their turn, until they are purged.
import { origin } from '../../../expr/origin.ts'
import type { Step } from '../../step.ts'
import { isFollowed, unfollow } from '../follower.ts'
import { brief, holds, type Move, online } from '../move.ts'
import { notNullMoves } from '../not-null.ts'
import { uniqueMoves } from '../unique.ts'
import { columnThere, named, nameFor, quote, short } from '../words.ts'
import { bothWays, following } from './follow.ts'
import { giveUpPlace, isAway } from './give-up-place.ts'
import { speaksAgainst } from './reasons.ts'
import { rights } from './rights.ts'

/** SQL over the row, where what has no value on the other side may be null; otherwise the write is refused. */
export type Back = string | { readonly sql: string; readonly orNull: true }

export interface Fresh {
  readonly name: string
  readonly type: string
  readonly up: string
  readonly notNull: boolean
  readonly unique: boolean
  readonly orNull: boolean
}
export interface Old {
  readonly name: string
  /** What it is called when it has given up its place. */
  readonly away: string
  readonly back: string
  readonly orNull: boolean
}
/** What the moves know of each other. */
export interface Recut {
  readonly id: string
  /** What follows is called after it. */
  readonly column: string
  readonly old: readonly Old[]
  readonly fresh: readonly Fresh[]
  /** The column that is true in rows that nobody has brought over yet. */
  readonly left: string
}
export interface Part {
  readonly expand: readonly [Step]
  readonly cutover: readonly [Step]
}

export const namesOf = (all: readonly { readonly name: string }[]): string => all.map((c) => c.name).join(', ')

export function recut(cut: Omit<Recut, 'left' | 'column'>, keep = '7 days'): Part {
  const at = origin()
  const column = cut.old[0]!.name
  const whole: Recut = { ...cut, column, left: nameFor('godwit', column, 'left') }
  return { expand: [prepare(whole, at)], cutover: [giveUpPlace(whole, keep, at)] }
}

function prepare(cut: Recut, at: string | undefined): Step {
  const { id, old, fresh } = cut
  const step = online({
    kind: 'online recut',
    title: `${short(id)}: ${namesOf(old)} as ${namesOf(fresh)}, beside ${old.length === 1 ? 'it' : 'them'}`,
    at,
    changes: [id],
    params: { ...cut },
    against: (hands) => speaksAgainst(hands, cut),
    moves: [
      beside(cut),
      fill(cut),
      settled(cut),
      ...fresh.filter((f) => f.notNull).flatMap((f) => notNullMoves(id, f.name).map((m) => ofColumn(cut, f, m))),
      ...fresh.filter((f) => f.unique).flatMap((f) => uniqueMoves(id, [f.name], uniqueName(cut, f), '').map((m) => ofColumn(cut, f, m))),
    ],
  })
  return { ...step, brings: fresh.map((f) => ({ table: id, column: f.name, type: f.type })) }
}

export const uniqueName = ({ id }: Recut, { name }: Fresh): string => nameFor(id.slice(id.indexOf('.') + 1), name, 'key')

/** From the first moment in which the columns are there they follow: no row comes in without. */
export function beside(cut: Recut): Move {
  const { id, fresh, left } = cut
  const columns = [...fresh.map((f) => `add column ${quote(f.name)} ${f.type}`), `add column ${quote(left)} boolean default true`]
  return brief({
    name: 'beside',
    sql: [`alter table ${named(id)} ${columns.join(', ')}`, ...rights(cut), bothWays(cut, 'filling'), ...following(cut)],
    there: `${isFollowed(cut)} or ${isAway(cut)}`,
    back: [
      ...unfollow(cut),
      `alter table if exists ${named(id)} ${[...fresh.map((f) => f.name), left].map((c) => `drop column if exists ${quote(c)}`).join(', ')}`,
    ],
  })
}

/** What the columns are is known to the trigger alone: it brings a row over whenever it is written. */
export const fill = ({ id, left, fresh }: Recut): Move => ({
  name: 'fill',
  says: `every row of ${named(id)} is written once, a few at a time, and the trigger gives it its ${namesOf(fresh)}`,
  there: async (hands) =>
    !(await holds(hands, columnThere(id, left))) || holds(hands, `not exists (select from ${named(id)} where ${quote(left)})`),
  do: async (hands) => {
    const rows = await hands.schema.sweep({ table: id, set: `${quote(left)} = false`, where: quote(left) })
    hands.tell(`${rows} rows are brought over`)
  },
})

/** All rows are brought over. */
export const settled = (cut: Recut): Move =>
  brief({
    name: 'settled',
    sql: [`alter table ${named(cut.id)} drop column if exists ${quote(cut.left)}`, bothWays(cut, 'settled')],
    there: `not ${columnThere(cut.id, cut.left)}`,
  })

/** Moves of several columns have names of their own; one that is gone takes what was made of it along. */
const ofColumn = ({ id }: Recut, { name }: Fresh, move: Move): Move => ({
  ...move,
  name: `${move.name} ${name}`,
  undo: async (hands) => {
    if (await holds(hands, columnThere(id, name))) await move.undo?.(hands)
  },
})
