// A column of another type, where two versions of an application are at work: the old one knows it as it was, the new one as it will be, by
// one name. Until the old version is gone it is two columns, and whichever is written, the other follows in the same write.
import { onlineRefused } from '../../../errors/online.ts'
import { undoRefused } from '../../../errors/run.ts'
import { milliseconds } from '../../../events/duration.ts'
import { plural } from '../../../text.ts'
import type { Hands, Plain } from '../../hands.ts'
import type { Retired } from '../../retire/engine.ts'
import { shelfOf } from '../../retire/shelf.ts'
import type { Retyped, Step } from '../../step.ts'
import { unfollow } from '../follower.ts'
import { hangingAgain, hangingAgainst, hangingAway } from '../hanging/hanging.ts'
import { holds, type Move, online } from '../move.ts'
import { notNullMoves } from '../not-null.ts'
import { bothWays, following, oldFollow } from '../recut/follow.ts'
import { speaksAgainst as againstBothWays } from '../recut/reasons.ts'
import { beside, fill, type Recut, settled } from '../recut/recut.ts'
import { attachedMove, attachedTo } from '../retype/attached.ts'
import { speaksAgainst as againstTheType } from '../retype/reasons.ts'
import { swapBack, swapped } from '../retype/swap.ts'
import { columnNumber, columnThere, isNotNull, literal, named, nameFor, quote, relation, short } from '../words.ts'

/** The old value, made of a row in which the column has the new type, as the new version knows it. */
const back = ({ column, fresh }: Retyped, value: string): string =>
  `(select (${value}) from (select ${quote(fresh)} as ${quote(column)}) as godwit_new)`

const cutBy = (r: Retyped, value: string): Recut => ({
  id: r.id,
  column: r.column,
  old: [{ name: r.column, away: r.away, back: back(r, value), orNull: false }],
  fresh: [{ name: r.fresh, type: r.to, up: r.using, notNull: false, unique: false, orNull: false }],
  left: nameFor('godwit', r.column, 'left'),
})

/** As the table has it once the old column has given up its place. */
const cutAway = (r: Retyped, value: string): Recut => ({
  ...cutBy(r, value),
  old: [{ name: r.column, away: r.away, back: value, orNull: true }],
  fresh: [{ name: r.column, type: r.to, up: r.using, notNull: false, unique: false, orNull: false }],
})

/** What is said, or a cast to what the column is. */
async function oldValue(hands: Hands, r: Retyped): Promise<string> {
  if (r.back !== undefined) return r.back
  const [row] = await hands.target.ask(
    `select format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = ${relation(r.id)} and attname in (${literal(r.away)}, ${literal(r.column)}) order by attname = ${literal(r.away)} desc limit 1`,
  )
  return row ? `${quote(r.column)}::${row['type']!}` : quote(r.column)
}
const cutOf = async (hands: Hands, r: Retyped): Promise<Recut> => cutBy(r, await oldValue(hands, r))

/** The type of the old column is known once somebody looks. */
function ofCut(r: Retyped, make: (cut: Recut) => Move): Move {
  const { name, says } = make(cutBy(r, r.back ?? quote(r.column)))
  return {
    name,
    says,
    there: async (hands) => make(await cutOf(hands, r)).there(hands),
    do: async (hands) => make(await cutOf(hands, r)).do(hands),
    undo: async (hands) => make(await cutOf(hands, r)).undo?.(hands),
  }
}

const isSwapped = ({ id, away }: Retyped): string => columnThere(id, away)

export function besideIt(r: Retyped, at: string | undefined): Step {
  const { id, column, fresh, to } = r
  const needed = (move: Move): Move => ({
    ...move,
    there: async (hands) => !(await holds(hands, isNotNull(id, column))) || move.there(hands),
  })
  const step = online({
    kind: 'online retype for both',
    title: `${short(id)}.${column} as ${to}, beside it, and both are written`,
    at,
    changes: [id],
    params: { ...r },
    against: async (hands) => {
      const reasons = await againstTheType(hands, r)
      return reasons.length ? reasons : againstBothWays(hands, await cutOf(hands, r))
    },
    moves: [...[beside, fill, settled].map((make) => ofCut(r, make)), ...notNullMoves(id, fresh).map(needed), attachedMove(r)],
  })
  return { ...step, brings: [{ table: id, column: fresh, type: to }] }
}

interface Kept {
  readonly at: number
  readonly retired: readonly Retired[]
  readonly notNull: boolean
}

/** A view that knows the column by its number: taken down where names go back, and put up again over the same column. */
export interface NewView {
  down(hands: Hands): Promise<readonly string[]>
  up(hands: Hands): Promise<readonly string[]>
}

export function takePlace(r: Retyped, view: NewView, at: string | undefined): Step {
  const { id, column, to, keep } = r
  return {
    kind: 'online swap for both',
    title: `${short(id)}.${column} is ${to} for everybody`,
    at,
    changes: [id],
    params: { ...r },
    doing: {
      says: [
        `the new column takes the place of ${short(id)}.${column} in one short transaction`,
        `the old one follows it, and is kept for ${keep}`,
      ],
      do: (hands) => swap(r, at, hands),
      undo: (hands) => swappedBack(r, view, hands),
      purge: { keepMs: milliseconds(keep), drop: (hands) => drop(r, hands) },
    },
  }
}

async function swap(r: Retyped, at: string | undefined, hands: Hands) {
  const { id, column } = r
  if (!(await holds(hands, isSwapped(r)))) {
    const reasons = await hangingAgainst(hands, columnNumber(r), 'it')
    if (reasons.length) throw onlineRefused({ what: `${short(id)}.${column} as ${r.to}`, reasons, at })
    if (!(await hands.memory.read())) await hands.memory.write((await asItIs(r, hands)) as unknown as Plain)
    const cut = cutAway(r, await oldValue(hands, r))
    await hands.schema.reshape([
      ...hangingAway(columnNumber(r), [id]),
      ...swapped(r, await attachedTo(hands, r)),
      oldFollow(cut),
      hangingAgain,
    ])
  }
  return { done: `${short(id)}.${column} is ${r.to}` }
}

async function asItIs({ id, column }: Retyped, hands: Hands): Promise<Kept> {
  const { rows, bytes } = await shelfOf('postgres').measure({ table: id, column }, hands.target)
  return { at: hands.clock.now(), retired: [{ table: id, column, rows, bytes }], notNull: await holds(hands, isNotNull(id, column)) }
}

async function swappedBack(r: Retyped, view: NewView, hands: Hands): Promise<void> {
  if (!(await holds(hands, isSwapped(r)))) return
  const { id, column, away } = r
  const [row] = await hands.schema.ask(
    `select count(*)::text as n from ${named(id)} where ${quote(away)} is null and ${quote(column)} is not null`,
  )
  if (row!['n'] !== '0')
    throw undoRefused({
      reasons: [`${plural(Number(row!['n']), 'row')} of ${short(id)} with a value of ${column} that the old type does not hold`],
      hint: 'Give these rows another value, or say in back: what they are to be in the old column; then undo again.',
    })
  const kept = (await hands.memory.read()) as unknown as Kept | undefined
  if (kept?.notNull) for (const move of notNullMoves(id, away)) if (!(await move.there(hands))) await move.do(hands)
  const [down, up] = [await view.down(hands), await view.up(hands)]
  const cut = await cutOf(hands, r)
  await hands.schema.reshape([
    ...down,
    ...hangingAway(columnNumber(r), [id]),
    ...swapBack(r, await attachedTo(hands, r)),
    // or every new row would be one of the new version
    `alter table ${named(id)} alter column ${quote(r.fresh)} drop default`,
    ...unfollow(cut),
    bothWays(cut, 'settled'),
    ...following(cut),
    hangingAgain,
    ...up,
  ])
}

async function drop(r: Retyped, hands: Hands): Promise<void> {
  if (!(await holds(hands, isSwapped(r)))) return
  await hands.schema.reshape([...unfollow(r), `alter table ${named(r.id)} drop column ${quote(r.away)}`])
}
