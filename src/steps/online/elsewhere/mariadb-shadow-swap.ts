// The two columns of a MariaDB table change names under a lock of a moment; the first one stays, and follows in its turn, until it is purged.
import { onlineRefused } from '../../../errors/online.ts'
import { undoRefused } from '../../../errors/run.ts'
import { partsOf } from '../../engine-words.ts'
import type { Hands } from '../../hands.ts'
import { cut } from '../../retire/names.ts'
import type { Kept } from '../../retire/retire.ts'
import type { Move } from '../move.ts'
import { short } from '../words.ts'
import { counted, holds } from './asking.ts'
import { taken } from './carry-out.ts'
import type { Retyped } from './engine.ts'
import { misfit } from './mariadb-fits.ts'
import {
  aside,
  backwardTriggers,
  carried,
  dropTriggers,
  follow,
  follows,
  forwardTriggers,
  hasAway,
  hasFresh,
  indexesOver,
  mustOf,
  newValue,
  sayable,
  unfilled,
} from './mariadb-shadow.ts'
import { fillInSteps, keyOf } from './mariadb-steps.ts'
import { asRead, at, columnLine, columnOf, mayLack, mustHave, named, quote, tableThere } from './mariadb-words.ts'

export const retires = async (r: Retyped, hands: Hands): Promise<Kept | undefined> => {
  const { ask } = hands.target
  if (!(await hasFresh(ask, r))) return undefined
  const [row] = await ask(
    `select concat(table_schema, '.', table_name) as its, (select cast(count(*) as char) from ${named(r.id)}) as n from information_schema.tables where ${at(r.id)}`,
  )
  return { at: hands.clock.now(), retired: [{ table: row!['its']!, column: r.column, rows: row!['n']!, bytes: null }] }
}

const behind = (name: string): string => cut(`godwit_away_${name}`, 63)

/** Names of columns and of what they have; nothing else, so that it takes no time. */
const renaming = (r: Retyped, indexes: readonly string[]): string =>
  [
    `rename column ${quote(r.column)} to ${quote(r.away)}`,
    `rename column ${quote(r.fresh)} to ${quote(r.column)}`,
    ...indexes.flatMap((i) => [`rename index ${quote(i)} to ${quote(behind(i))}`, `rename index ${quote(aside(i))} to ${quote(i)}`]),
  ].join(', ')
const renamingBack = (r: Retyped, indexes: readonly string[]): string =>
  [
    `rename column ${quote(r.column)} to ${quote(r.fresh)}`,
    `rename column ${quote(r.away)} to ${quote(r.column)}`,
    ...indexes.flatMap((i) => [`rename index ${quote(i)} to ${quote(aside(i))}`, `rename index ${quote(behind(i))} to ${quote(i)}`]),
  ].join(', ')

/** Nobody writes between the old triggers and the new ones. */
const locked = (r: Retyped, rename: string, triggers: readonly string[]): string[] => [
  ...asRead[0],
  `lock tables ${named(r.id)} write`,
  ...dropTriggers(r),
  `alter table ${named(r.id)} ${rename}, algorithm=instant`,
  ...triggers,
  'unlock tables',
  ...asRead[1],
]

export async function swap(r: Retyped, hands: Hands): Promise<void> {
  const { ask } = hands.target
  // whoever was broken off between the triggers has rows that did not follow
  if (!(await follows(ask, r))) await follow(hands, r)
  if (await holds(ask, await unfilled(ask, r))) await fillInSteps(hands, r.id, `${quote(r.fresh)} = (${newValue(r)})`)
  const indexes = await indexesOver(ask, r, r.column)
  const triggers = await backwardTriggers(ask, r, await mustOf(hands, r))
  if (await taken(hands, [locked(r, renaming(r, indexes), triggers)])) return
  await follow(hands, r)
  throw onlineRefused({
    what: `${short(r.id)}.${r.column} is ${r.to}`,
    reasons: ['the server does not change names in a moment there'],
    at: undefined,
  })
}

/** A table of keys of the rows that were written while the first column did not follow. */
const gapOf = ({ id, column }: Retyped): string => `${partsOf(id).schema}.${cut(`godwit_gap_${partsOf(id).name}_${column}`, 63)}`

export function swapMoves(r: Retyped): readonly Move[] {
  const { id, column } = r
  const swapped = (move: Move): Move => ({ ...move, there: async (hands) => !(await hasAway(hands.target.ask, r)) || move.there(hands) })
  return [
    {
      name: 'follows back',
      says: `triggers by which the first ${column} follows the second, and rows that were written before there were`,
      there: async ({ target }: Hands) => (await follows(target.ask, r)) && !(await holds(target.ask, tableThere(gapOf(r)))),
      do: (hands: Hands) => closeGap(r, hands),
    },
    {
      name: 'tighten',
      says: `${column} must have a value, if it had to`,
      there: async (hands: Hands) => !(await mustOf(hands, r)) || !(await columnOf(hands.target.ask, id, column))!.mayLack,
      do: async (hands: Hands) => carried(hands, r, `modify column ${mustHave((await columnLine(hands.target.ask, id, column))!)}`),
      undo: async (hands: Hands) => {
        const { ask } = hands.target
        if ((await hasAway(ask, r)) && !(await columnOf(ask, id, column))!.mayLack)
          await carried(hands, r, `modify column ${mayLack((await columnLine(ask, id, column))!)}`)
      },
    },
  ].map(swapped)
}

/** A row whose new value is not made of its old one has been written since. */
async function closeGap(r: Retyped, hands: Hands): Promise<void> {
  const { ask } = hands.target
  const { column, away, back } = r
  const gap = named(gapOf(r))
  const [key, columns] = [await keyOf(ask, r.id), await sayable(ask, r)]
  const asBefore = columns.map((c) => (c === column ? `${quote(away)} as ${quote(c)}` : quote(c))).join(', ')
  const keys = key.map((k, i) => `${quote(k)} as godwit_k${i}`).join(', ')
  const value = back ?? `t.${quote(column)}`
  const { type } = (await columnOf(ask, r.id, away))!
  const none = misfit(value, type) ?? 'false'
  await taken(hands, [
    [
      ...asRead[0],
      ...(await backwardTriggers(ask, r, await mustOf(hands, r))).map((sql) => sql.replace(/^create trigger/, 'create or replace trigger')),
      'set session transaction isolation level read committed',
      `create or replace table ${gap} select ${keys} from (select ${asBefore}, ${quote(column)} as godwit_now from ${named(r.id)}) godwit_row where not (godwit_now <=> (${newValue(r)}))`,
      'set session transaction isolation level repeatable read',
      `update ${named(r.id)} t join ${gap} g on ${key.map((k, i) => `t.${quote(k)} = g.godwit_k${i}`).join(' and ')} set t.${quote(away)} = case when ${none} then null else ${value} end`,
      `drop table ${gap}`,
      ...asRead[1],
    ],
  ])
}

export async function swapBack(r: Retyped, hands: Hands): Promise<void> {
  const { ask } = hands.target
  const { id, column, away } = r
  const reasons = await counted(
    ask,
    `select count(*) as n from ${named(id)} where ${quote(away)} is null and ${quote(column)} is not null`,
    `of ${short(id)} has a value of ${column} now that the old type does not hold`,
    `of ${short(id)} have a value of ${column} now that the old type does not hold`,
  )
  if (reasons.length)
    throw undoRefused({
      reasons,
      hint: `Give these rows another value, or say in back: what they are to be in the old column; then undo again.`,
    })
  const triggers = await forwardTriggers(ask, r, await mustOf(hands, r))
  await taken(hands, [locked(r, renamingBack(r, await indexesOver(ask, r, column)), triggers)])
}

/** The first column goes for good, with all that it has. */
export async function purged(r: Retyped, hands: Hands): Promise<void> {
  const { ask } = hands.target
  if (!(await hasAway(ask, r))) return
  await taken(hands, [dropTriggers(r)])
  for (const name of await indexesOver(ask, r, r.away)) await carried(hands, r, `drop key ${quote(name)}`)
  await carried(hands, r, `drop column ${quote(r.away)}`)
}
