// Triggers by which columns of a row follow others of it, with every write.
import { partsOf } from '../engine-words.ts'
import { besides, literal, named, nameFor, quote, relation } from './words.ts'

export interface Follower {
  readonly id: string
  /** It is called after this one. */
  readonly column: string
}

/** Triggers of a row fire in the order of their names: this one sees what the others have made of it. */
export const triggerOf = ({ column }: Follower): string => nameFor('zzz_godwit', column, 'follows')
const functionOf = ({ id, column }: Follower): string => besides(id, nameFor('godwit', partsOf(id).name, column, 'follows'))

/** Names mean in the function what they mean to Godwit, whoever writes; a bare one is a column of `godwit_row`. */
export const followed = (f: Follower, body: string, declared = ''): string =>
  `create or replace function ${functionOf(f)}() returns trigger language plpgsql set search_path from current as $godwit$
#variable_conflict use_column
${declared}begin
${body}
  return new;
end $godwit$`

export const follow = (f: Follower): string =>
  `create trigger ${quote(triggerOf(f))} before insert or update on ${named(f.id)} for each row execute function ${functionOf(f)}()`

export const unfollow = (f: Follower): string[] => [
  `drop trigger if exists ${quote(triggerOf(f))} on ${named(f.id)}`,
  `drop function if exists ${functionOf(f)}()`,
]

export const isFollowed = (f: Follower): string =>
  `exists (select from pg_trigger where tgrelid = ${relation(f.id)} and tgname = ${literal(triggerOf(f))})`

/** Of a trigger by its alias. */
export const isFollower = (trigger: string): string => `${trigger}.tgname like 'zzz\\_godwit\\_%'`
/** Whether a column, by the alias of its attribute, is filled by one of them. */
export const isFilled = (attribute: string): string =>
  `exists (select from pg_trigger f join pg_proc p on p.oid = f.tgfoid where f.tgrelid = ${attribute}.attrelid and ${isFollower('f')} and strpos(p.prosrc, 'new."' || replace(${attribute}.attname, '"', '""') || '"') > 0)`
