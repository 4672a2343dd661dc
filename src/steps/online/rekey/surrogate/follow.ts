// Triggers by which the new columns follow the old ones with every write, and the old ones the new ones: whoever writes either has written
// both, before the change of keys and after it.
import { partsOf } from '../../../engine-words.ts'
import { literal, named, nameFor, quote, relation, short } from '../../words.ts'
import { guarded } from '../keys.ts'
import { inOrder, keyColumns, keyFor, type NaturalKey, type Pointer, pairsOf, type Shape, type Surrogate } from './natural.ts'

/** It sees what others have made of a row, and what keys of other tables have: those fire before it. */
const triggerOf = ({ id }: Surrogate): string => nameFor('zzz_godwit', partsOf(id).name, 'surrogate')
const functionOf = (s: Surrogate, table: string): string => `godwit.${quote(nameFor('surrogates', s.id, 'in', short(table)))}`

export const followed = (s: Surrogate, table: string): string =>
  `exists (select from pg_trigger where tgrelid = ${relation(table)} and tgname = ${literal(triggerOf(s))})`

export const unfollow = (s: Surrogate, table: string): string[] => [
  `drop trigger if exists ${quote(triggerOf(s))} on ${named(table)}`,
  `drop function if exists ${functionOf(s, table)}()`,
]

export const follow = (s: Surrogate, { natural, pointers }: Shape, table: string): string[] => [
  ...unfollow(s, table),
  `create function ${functionOf(s, table)}() returns trigger language plpgsql ${guarded} as $godwit$
begin
${[...(table === s.id ? [ofRow(s, natural)] : []), ...pointers.filter((p) => p.link.id === table).map((p) => ofPointer(s, natural, p))].join('\n')}
  return new;
end $godwit$`,
  `create trigger ${quote(triggerOf(s))} before insert or update on ${named(table)} for each row execute function ${functionOf(s, table)}()`,
]

const fresh = (column: string): string => `new.${quote(column)}`
const was = (column: string): string => `old.${quote(column)}`
const differ = (columns: readonly string[]): string => columns.map((c) => `${fresh(c)} is distinct from ${was(c)}`).join(' or ')

/** A row keeps its key whatever becomes of its old one. */
const ofRow = (s: Surrogate, natural: NaturalKey): string => {
  const key = fresh(s.key)
  const awaited = `select p.godwit_key from ${pairsOf(s)} p where ${natural.columns.map((c) => `p.${quote(c)} = ${fresh(c)}`).join(' and ')} and p.godwit_awaited`
  return `  if tg_op = 'INSERT' then ${key} := coalesce((${awaited}), ${key}); end if;
  if ${key} is null then ${key} := ${keyFor(s)}(${keyColumns(natural, fresh)}); end if;
  if tg_op = 'INSERT' or ${differ([s.key, ...natural.columns])} then
    delete from ${pairsOf(s)} p where p.godwit_key = ${key} and (${natural.columns.map((c) => `p.${quote(c)} <> ${fresh(c)}`).join(' or ')});
    insert into ${pairsOf(s)} as p (${keyColumns(natural)}, godwit_key, godwit_awaited) values (${keyColumns(natural, fresh)}, ${key}, false)
      on conflict (${keyColumns(natural)}) do update set godwit_key = excluded.godwit_key, godwit_awaited = false where p.godwit_awaited or p.godwit_key <> excluded.godwit_key;
  end if;`
}

/** The new column says more than the old ones, where both are written. */
const ofPointer = (s: Surrogate, natural: NaturalKey, { link, column }: Pointer): string => {
  const given = `${keyFor(s)}(${inOrder(link, natural, fresh)})`
  const emptied = link.emptied.length ? link.emptied : link.columns
  const there = `from ${pairsOf(s)} p where p.godwit_key = ${fresh(column)}`
  const back = `if exists (select ${there}) then select ${keyColumns(natural, (c) => `p.${quote(c)}`)} into ${inOrder(link, natural, fresh)} ${there}; end if;`
  return `  if tg_op = 'INSERT' then
    if ${fresh(column)} is null then ${fresh(column)} := ${given};
    else ${back} end if;
  elsif ${differ([column])} then
    if ${fresh(column)} is not null then ${back}
    elsif not (${differ(link.columns)}) then ${emptied.map((c) => `${fresh(c)} := null;`).join(' ')} end if;
  elsif ${differ(link.columns)} or ${fresh(column)} is null then ${fresh(column)} := ${given};
  end if;`
}
