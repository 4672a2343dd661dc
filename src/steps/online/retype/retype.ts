// A column of another type: a second column beside it that follows every write, is filled a few rows at a time, has what the first one
// has, and takes its place in one short transaction. The first one stays, and follows in its turn, until it is purged.
import { onlineRefused } from '../../../errors/online.ts'
import { undoRefused } from '../../../errors/run.ts'
import { milliseconds } from '../../../events/duration.ts'
import { origin } from '../../../expr/origin.ts'
import type { Table } from '../../../schema/table.ts'
import type { Hands, Plain } from '../../hands.ts'
import { awayColumn } from '../../retire/names.ts'
import { shelfOf } from '../../retire/shelf.ts'
import type { Retyped, Step } from '../../step.ts'
import { altersOf } from '../elsewhere/alters.ts'
import type { Alters, Retype } from '../elsewhere/engine.ts'
import { unfollow } from '../follower.ts'
import { asItWas, type Told, told } from '../hanging/as-it-was.ts'
import { hangingAgain, hangingAgainst, hangingAway } from '../hanging/hanging.ts'
import { brief, holds, type Move, online } from '../move.ts'
import { notNullMoves } from '../not-null.ts'
import { columnNumber, columnThere, idOf, isNotNull, named, nameFor, quote, short } from '../words.ts'
import { attachedMove, attachedTo } from './attached.ts'
import { follower } from './follow.ts'
import { speaksAgainst } from './reasons.ts'
import { swapBack, swapped } from './swap.ts'

export interface Retyping {
  /** As SQL: `bigint` */
  readonly to: string
  /** The new value, as SQL over the row; left out, a cast. */
  readonly using?: string
  /** The old value of what is written from now on, as SQL over the row; left out, a cast. What has none is null. */
  readonly back?: string
  /** How long the old column stays before `godwit purge` may drop it; default '7 days'. */
  readonly keep?: string
}

/** What the moves know of each other. */
export type Pair = Omit<Retyped, 'keep'>

/** A part of a migration: what is prepared in expand, and the change of places in cutover. */
export function retype(
  table: Table | string,
  column: string,
  { to, using, back, keep = '7 days' }: Retyping,
): { readonly expand: readonly [Step]; readonly cutover: readonly [Step] } {
  const pair: Pair = {
    id: idOf(table),
    column,
    fresh: nameFor('godwit', column, 'new'),
    away: awayColumn(column),
    to,
    using: using ?? `${quote(column)}::${to}`,
    back,
  }
  const at = origin()
  const words = (engine: Alters) => engine.retype({ ...pair, using })
  const retypes = { ...pair, keep }
  return { expand: [{ ...prepare(pair, words, at), retypes }], cutover: [{ ...takePlace(pair, words, keep, at), retypes }] }
}

const isSwapped = ({ id, away }: Pair): string => columnThere(id, away)

type Words = (engine: Alters) => Retype

function prepare(pair: Pair, words: Words, at: string | undefined): Step {
  const { id, column, fresh, to, using } = pair
  const table = named(id)
  return online({
    kind: 'online retype',
    title: `${short(id)}.${column} as ${to}, beside it`,
    at,
    changes: [id],
    params: { ...pair },
    elsewhere: (engine) => words(engine).expand,
    against: (hands) => speaksAgainst(hands, pair),
    moves: [
      brief({
        name: 'add',
        sql: `alter table ${table} add column ${quote(fresh)} ${to}`,
        there: `${columnThere(id, fresh)} or ${isSwapped(pair)}`,
        back: [`alter table if exists ${table} drop column if exists ${quote(fresh)}`],
      }),
      follower(pair),
      fill(pair, using),
      ...notNullMoves(id, fresh).map((m) => whereNotNull(pair, m)),
      attachedMove(pair),
    ],
  })
}

const fill = (pair: Pair, using: string): Move => {
  const left = `${quote(pair.fresh)} is distinct from (${using})`
  return {
    name: 'fill',
    says: `update ${named(pair.id)} set ${quote(pair.fresh)} = ${using}: a few rows at a time`,
    there: (hands) => holds(hands, `not exists (select from ${named(pair.id)} where ${left})`),
    do: async (hands) => {
      const rows = await hands.schema.sweep({ table: pair.id, set: `${quote(pair.fresh)} = ${using}`, where: left })
      hands.tell(`${rows} rows have their new value`)
    },
  }
}

/** Only where the old column must have a value as well. */
const whereNotNull = ({ id, column }: Pair, move: Move): Move => ({
  ...move,
  there: async (hands) => !(await holds(hands, isNotNull(id, column))) || move.there(hands),
})

type Undo = (hands: Hands) => Promise<void>

interface Kept {
  readonly at: number
  readonly retired: readonly { readonly table: string; readonly column: string; readonly rows: string; readonly bytes: string | null }[]
  readonly notNull: boolean
  readonly hanging?: Told
}

function takePlace(pair: Pair, words: Words, keep: string, at: string | undefined): Step {
  const { id, column, to } = pair
  const keepMs = milliseconds(keep)
  const about = { kind: 'online swap', title: `${short(id)}.${column} is ${to}`, at, changes: [id], params: { ...pair, keep } }
  const there = online({ ...about, moves: [], elsewhere: (engine) => words(engine).cutover }).doing!
  const elsewhere = ({ target }: Hands) => altersOf(target.engine)
  return {
    ...about,
    doing: {
      says: [
        `the new column takes the place of ${short(id)}.${column} in one short transaction`,
        `the old one follows it, and is kept for ${keep}`,
      ],
      saysElsewhere: there.saysElsewhere!,
      do: (hands) => (elsewhere(hands) ? there.do(hands) : swap(pair, at, hands)),
      undo: (hands) => (elsewhere(hands) ? (there.undo as Undo)(hands) : back(pair, hands)),
      purge: {
        keepMs,
        drop: (hands) => {
          const engine = elsewhere(hands)
          return engine ? words(engine).purge(hands) : drop(pair, hands)
        },
      },
    },
  }
}

async function swap(pair: Pair, at: string | undefined, hands: Hands) {
  if (!(await holds(hands, isSwapped(pair)))) {
    const { id, column } = pair
    const reasons = await hangingAgainst(hands, columnNumber(pair), 'it')
    if (reasons.length) throw onlineRefused({ what: `${short(id)}.${column} as ${pair.to}`, reasons, at })
    if (!(await hands.memory.read())) {
      const measured = await shelfOf('postgres').measure({ table: id, column }, hands.target)
      const notNull = await holds(hands, isNotNull(id, column))
      const retired = [{ table: id, column, rows: measured.rows, bytes: measured.bytes }]
      await hands.memory.write({ at: hands.clock.now(), retired, notNull } satisfies Kept as unknown as Plain)
    }
    const hanging = await told(hands, columnNumber(pair), () => exchange(pair, hands, swapped))
    if (hanging) await hands.memory.write({ ...((await hands.memory.read()) as object), hanging } as unknown as Plain)
  }
  return { done: `${short(pair.id)}.${pair.column} is ${pair.to}` }
}

async function exchange(pair: Pair, hands: Hands, places: typeof swapped, was?: Told): Promise<void> {
  await hands.schema.reshape([
    ...hangingAway(columnNumber(pair), [pair.id], asItWas(was)),
    ...places(pair, await attachedTo(hands, pair)),
    hangingAgain,
  ])
}

async function back(pair: Pair, hands: Hands): Promise<void> {
  if (!(await holds(hands, isSwapped(pair)))) return
  const { id, column, away } = pair
  const [row] = await hands.target.ask(
    `select count(*)::text as n from ${named(id)} where ${quote(away)} is null and ${quote(column)} is not null`,
  )
  if (row!['n'] !== '0')
    throw undoRefused({
      reasons: [`${row!['n']} rows of ${short(id)} have a value of ${column} now that the old type does not hold`],
      hint: `Give these rows another value, or say in back: what they are to be in the old column; then undo again.`,
    })
  const kept = (await hands.memory.read()) as unknown as Kept | undefined
  // the last of these moves is asked for whatever stands there: an undo may have been broken off between them
  if (kept?.notNull) for (const move of notNullMoves(id, away)) if (!(await move.there(hands))) await move.do(hands)
  await exchange(pair, hands, swapBack, kept?.hanging)
}

async function drop(pair: Pair, hands: Hands): Promise<void> {
  if (!(await holds(hands, isSwapped(pair)))) return
  await hands.schema.reshape([...unfollow(pair), `alter table ${named(pair.id)} drop column ${quote(pair.away)}`])
}
