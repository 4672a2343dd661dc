// Triggers by which every table of the graph fills the keys that are not in use yet, and from the change of places on those that were.
import { partsOf } from '../../engine-words.ts'
import { literal, named, nameFor, quote, relation, short } from '../words.ts'
import { type Graph, type Member, membersIn, type Rekeying } from './graph.ts'
import { guarded, keyIn, oldKey, pairsOf, sequenceOf } from './keys.ts'

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
declare n bigint;
begin
${lines.join('\n')}
  return new;
end $godwit$`,
  `create trigger ${quote(triggerOf(r))} before insert or update on ${named(table)} for each row execute function ${functionOf(r, table)}()`,
]

const fills = (from: string, into: string, by: string): string =>
  `  if tg_op = 'INSERT' or new.${quote(from)} is distinct from old.${quote(from)} or new.${quote(into)} is null then new.${quote(into)} := ${by}(new.${quote(from)}); end if;`

export const followNew = (r: Rekeying, graph: Graph, table: string): string[] =>
  following(
    r,
    table,
    membersIn(graph, table).flatMap((m) => [fills(m.column, m.fresh, keyIn(r, m)), ...(m.isKey ? [noted(r, m)] : [])]),
  )

/** Whoever looks for it by its old key, where no foreign key leads, finds it among the pairs. */
const noted = (r: Rekeying, { column, fresh }: Member): string =>
  `  if tg_op = 'INSERT' or new.${quote(column)} is distinct from old.${quote(column)} then insert into ${pairsOf(r)} values (new.${quote(column)}, new.${quote(fresh)}) on conflict do nothing; end if;`

export const followOld = (r: Rekeying, graph: Graph, table: string): string[] =>
  following(
    r,
    table,
    membersIn(graph, table).map((m) => (m.isKey ? numbers(r, m) : fills(m.column, m.away, oldKey(r)))),
  )

/** A new row gets its number from where numbers have always come from, unless somebody who points at it has drawn one for it. */
const numbers = (r: Rekeying, { column, away }: Member): string => {
  const [key, number] = [`new.${quote(column)}`, `new.${quote(away)}`]
  return `  if tg_op = 'INSERT' or ${key} is distinct from old.${quote(column)} then
    select p.old_key into n from ${pairsOf(r)} p where p.new_key = ${key};
    if n is not null then ${number} := n; end if;
    if ${number} is null then ${number} := nextval(${sequenceOf(r, away)}); end if;
    insert into ${pairsOf(r)} values (${number}, ${key}) on conflict (old_key) do update set new_key = excluded.new_key;
  end if;`
}
