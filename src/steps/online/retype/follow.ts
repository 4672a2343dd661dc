// Triggers by which one column follows the other: the new one while it is filled, the old one once it has given up its place.
import { partsOf } from '../../engine-words.ts'
import { brief, type Move } from '../move.ts'
import { besides, columnThere, literal, named, nameFor, quote, relation } from '../words.ts'
import type { Pair } from './retype.ts'

/** Triggers of a row fire in the order of their names: this one sees what the others have made of it. */
const triggerOf = ({ column }: Pair): string => nameFor('zzz_godwit', column, 'follows')
const functionOf = ({ id, column }: Pair): string => besides(id, nameFor('godwit', partsOf(id).name, column, 'follows'))

const follows = (pair: Pair, body: string): string[] => [
  // names mean in the trigger what they mean to Godwit, whoever writes
  `create or replace function ${functionOf(pair)}() returns trigger language plpgsql set search_path from current as $godwit$
#variable_conflict use_column
begin
${body}
  return new;
end $godwit$`,
  `create trigger ${quote(triggerOf(pair))} before insert or update on ${named(pair.id)} for each row execute function ${functionOf(pair)}()`,
]

export const unfollow = (pair: Pair): string[] => [
  `drop trigger if exists ${quote(triggerOf(pair))} on ${named(pair.id)}`,
  `drop function if exists ${functionOf(pair)}()`,
]

const isFollowed = (pair: Pair): string =>
  `exists (select from pg_trigger where tgrelid = ${relation(pair.id)} and tgname = ${literal(triggerOf(pair))})`

export const follower = (pair: Pair): Move =>
  brief({
    name: 'follow',
    sql: follows(pair, `  select (${pair.using}) into new.${quote(pair.fresh)} from (select new.*) as godwit_row;`),
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
