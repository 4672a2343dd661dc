// Triggers by which every table of the graph fills the keys that are not in use yet, and from the change of places on those that were.
import { partsOf } from '../../engine-words.ts'
import { literal, named, nameFor, quote, relation, short } from '../words.ts'
import { membersIn, type Rekeying } from './graph.ts'
import { guarded } from './keys.ts'
import type { Rekeyed } from './rekeyed.ts'

/** Triggers of a row fire in the order of their names: this one sees what the others have made of it. */
const triggerOf = ({ id }: Rekeying): string => nameFor('zzz_godwit', partsOf(id).name, 'keys')
const functionOf = (r: Rekeying, table: string): string => `godwit.${quote(nameFor('keys', r.id, 'in', short(table)))}`

export const followed = (r: Rekeying, table: string): string =>
  `exists (select from pg_trigger where tgrelid = ${relation(table)} and tgname = ${literal(triggerOf(r))})`

export const unfollow = (r: Rekeying, table: string): string[] => [
  `drop trigger if exists ${quote(triggerOf(r))} on ${named(table)}`,
  `drop function if exists ${functionOf(r, table)}()`,
]

const following = (r: Rekeying, table: string, lines: readonly string[]): string[] => [
  ...unfollow(r, table),
  `create function ${functionOf(r, table)}() returns trigger language plpgsql ${guarded} as $godwit$
begin
${lines.join('\n')}
  return new;
end $godwit$`,
  `create trigger ${quote(triggerOf(r))} before insert or update on ${named(table)} for each row execute function ${functionOf(r, table)}()`,
]

export const followNew = (r: Rekeying, graph: Rekeyed, table: string): string[] =>
  following(
    r,
    table,
    membersIn(graph, table).flatMap((m) => graph.kind.fillsNew(m)),
  )

export const followOld = (r: Rekeying, graph: Rekeyed, table: string): string[] =>
  following(
    r,
    table,
    membersIn(graph, table).flatMap((m) => graph.kind.fillsOld(m)),
  )
