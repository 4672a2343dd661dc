// A column of MariaDB of another type. Where the server takes it without the table being copied, it is said at once, in expand: such a type
// only holds more. Otherwise a second column stands beside it (`mariadb-shadow.ts`); where none can, the table is copied in cutover, if it is small.
import { undoRefused } from '../../../errors/run.ts'
import type { Hands } from '../../hands.ts'
import { type Move, wasBefore } from '../move.ts'
import { short } from '../words.ts'
import { counted, first, missing, present } from './asking.ts'
import { carry, circumstances, taken } from './carry-out.ts'
import type { Ask, Retype, Retyped, Several } from './engine.ts'
import { comesBack, misfit, sameType } from './mariadb-fits.ts'
import { addShadow, againstShadow, dropShadow, hasAway, hasFresh, rowOf } from './mariadb-shadow.ts'
import { shadowMoves } from './mariadb-shadow-moves.ts'
import { purged, retires, swap, swapBack, swapMoves } from './mariadb-shadow-swap.ts'
import { asRead, columnLine, columnOf, named, noColumn, noTable, quote, ways, withOrder } from './mariadb-words.ts'

export const retype = (r: Retyped): Retype => ({ expand: prepared(r), cutover: takesPlace(r), purge: (hands) => purged(r, hands) })

const titleOf = ({ id, column }: Retyped, to: string): string => `${short(id)}.${column} is ${to}`

/** The line that SHOW CREATE TABLE writes, with the new type; letters keep the order that they have. */
async function retold(ask: Ask, r: Retyped): Promise<string> {
  const line = (await columnLine(ask, r.id, r.column))!
  const { type, collation } = (await columnOf(ask, r.id, r.column))!
  const begins = line.indexOf(type)
  const rest = line.slice(begins + type.length).replace(/^( CHARACTER SET \w+)?( COLLATE \w+)?/, '')
  return `${line.slice(0, begins)}${withOrder(r.to, collation)}${rest}`
}

const isOtherThan = async (ask: Ask, { id, column }: Retyped, line: string): Promise<boolean> =>
  (await columnLine(ask, id, column)) !== line

/** Rows whose value is none of the type. */
const misfits = async (ask: Ask, r: Retyped, value: string, type: string): Promise<readonly string[]> => {
  const says = misfit(`(${value})`, type)
  return says === undefined
    ? [`which values are a ${type} cannot be told beforehand`]
    : counted(
        ask,
        `select count(*) as n from (${await rowOf(ask, r)}) godwit_row where ${says}`,
        `has a value of ${r.column} that is no ${type}: mend it, or say using`,
        `have a value of ${r.column} that is no ${type}: mend them, or say using`,
      )
}

async function speaksAgainst(ask: Ask, r: Retyped): Promise<readonly string[]> {
  const { id, column, to, using } = r
  const missed = await missing(ask, [noTable(id), noColumn(id, column)])
  if (missed.length) return missed
  const { type, given } = (await columnOf(ask, id, column))!
  if (sameType(type, to)) return [`${short(id)}.${column} is ${to} already`]
  return first(
    async () => {
      const none = given === null ? undefined : misfit(`(${given})`, to)
      return none === undefined
        ? []
        : present(ask, [[`select 1 as one from dual where ${none}`, `its default ${given} is no ${to}: say setDefault first`]])
    },
    () => misfits(ask, r, using ?? quote(column), to),
    async () => {
      const beside = await againstShadow(ask, r)
      return beside.length && (using !== undefined || !comesBack(type, to)) ? beside : []
    },
  )
}

function prepared(r: Retyped): Several {
  const ready: Move = {
    name: 'ready',
    says: `${r.to} where the server takes it without a copy; otherwise a column ${r.fresh} beside it`,
    there: async (hands) => {
      const { ask } = hands.target
      const { line } = await wasBefore(hands)
      const stands = (await hasFresh(ask, r)) || (await hasAway(ask, r)) || (await isOtherThan(ask, r, line!))
      return stands || (await againstShadow(ask, r)).length > 0
    },
    do: async (hands) => {
      const { ask } = hands.target
      const beside = { ask, copyUpTo: -1 }
      const direct =
        r.using === undefined && (await taken(hands, await ways(r.id, `modify column ${await retold(ask, r)}`, beside, asRead)))
      if (!direct) await carry(hands, await addShadow(r, beside), titleOf(r, r.to), undefined)
    },
    undo: async (hands) => {
      if (await hasFresh(hands.target.ask, r)) await carry(hands, await dropShadow(r, circumstances(hands)), titleOf(r, r.to), undefined)
      else await saidAsBefore(r, hands)
    },
  }
  return {
    was: async ({ target }) => ({
      line: (await columnLine(target.ask, r.id, r.column))!,
      type: (await columnOf(target.ask, r.id, r.column))!.type,
    }),
    against: ({ target }) => speaksAgainst(target.ask, r),
    moves: [ready, ...shadowMoves(r)],
  }
}

/** Back to the line that was read, unless a row does not go with it any more. */
async function saidAsBefore(r: Retyped, hands: Hands): Promise<void> {
  const { ask } = hands.target
  const { line, type } = await wasBefore(hands)
  if (!(await isOtherThan(ask, r, line!))) return
  const reasons = await misfits(ask, r, quote(r.column), type!)
  if (reasons.length) throw undoRefused({ reasons, hint: 'Give these rows another value; then undo again.' })
  await carry(hands, await ways(r.id, `modify column ${line}`, circumstances(hands), asRead), titleOf(r, type!), undefined)
}

const expected = async (hands: Hands, r: Retyped): Promise<string | undefined> => {
  const kept = (await hands.memory.of('online retype', `${short(r.id)}.${r.column} as ${r.to}, beside it`)) as
    | { readonly was?: { readonly line: string } }
    | undefined
  return kept?.was?.line
}

function takesPlace(r: Retyped): Several {
  const change: Move = {
    name: 'swap',
    says: `${named(r.id)}: ${quote(r.fresh)} and ${quote(r.column)} change names; a small table without the one is copied`,
    there: async (hands) => {
      const { ask } = hands.target
      if (await hasFresh(ask, r)) return false
      return (await hasAway(ask, r)) || isOtherThan(ask, r, (await expected(hands, r)) ?? (await wasBefore(hands))['line']!)
    },
    do: async (hands) => {
      const { ask } = hands.target
      if (await hasFresh(ask, r)) return swap(r, hands)
      await carry(
        hands,
        await ways(r.id, `modify column ${await retold(ask, r)}`, circumstances(hands), asRead),
        titleOf(r, r.to),
        undefined,
      )
    },
    undo: async (hands) => {
      if (await hasAway(hands.target.ask, r)) await swapBack(r, hands)
      else await saidAsBefore(r, hands)
    },
  }
  return {
    was: async ({ target }) => ({
      line: (await columnLine(target.ask, r.id, r.column))!,
      type: (await columnOf(target.ask, r.id, r.column))!.type,
    }),
    retires: (hands) => retires(r, hands),
    against: async ({ target }) => {
      if (await hasFresh(target.ask, r)) return []
      return misfits(target.ask, r, quote(r.column), r.to)
    },
    moves: [change, ...swapMoves(r)],
  }
}
