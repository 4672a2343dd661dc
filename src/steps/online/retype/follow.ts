// One column follows the other: the new one while it is filled, the old one once it has given up its place.
import { follow, followed, isFollowed, unfollow } from '../follower.ts'
import { brief, type Move } from '../move.ts'
import { columnThere, literal, quote, relation } from '../words.ts'
import type { Pair } from './retype.ts'

const follows = (pair: Pair, body: string): string[] => [followed(pair, body), follow(pair)]

export const followNew = (pair: Pair): string[] =>
  follows(pair, `  select (${pair.using}) into new.${quote(pair.fresh)} from (select new.*) as godwit_row;`)

export const follower = (pair: Pair): Move =>
  brief({
    name: 'follow',
    sql: followNew(pair),
    there: `${isFollowed(pair)} or ${columnThere(pair.id, pair.away)}`,
    back: unfollow(pair),
  })

/** From the change of places on: what the old type does not hold is no reason to refuse a write. */
export const followBack = (pair: Pair): string[] => {
  const old = `${quote(pair.column)}::'||(select format_type(atttypid, atttypmod) from pg_attribute where attrelid = ${relation(pair.id)} and attname = ${literal(pair.away)})||'`
  const value = pair.back === undefined ? old : pair.back.replaceAll("'", "''")
  const [made, trigger] = follows(
    pair,
    `  begin
    select (%%VALUE%%) into new.${quote(pair.away)} from (select new.*) as godwit_row;
  exception when data_exception then
    new.${quote(pair.away)} := null;
  end;`,
  )
  const [before, after] = made!.replaceAll("'", "''").split('%%VALUE%%')
  return [...unfollow(pair), `do $do$ begin execute '${before}${value}${after}'; end $do$`, trigger!]
}
