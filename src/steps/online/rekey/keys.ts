// Old key to new key, and new key to old: two functions, and a table of the pairs that no rule gives. The pairs outlive everything: who
// begins anew gets the same keys.
import { literal, named, nameFor, quote, short } from '../words.ts'
import type { Member, Rekeying } from './graph.ts'

/** What keys become. */
export const typeOf = 'uuid'

export const ownName = (what: string, { id }: Rekeying): string => `godwit.${quote(nameFor(what, short(id).replace('.', '_')))}`

/** Pairs: `old_key`, `new_key`. */
export const pairsOf = (r: Rekeying): string => ownName('keys_of', r)
export const newKey = (r: Rekeying): string => ownName('new_key_of', r)
/** Of a number that no row has: nothing. */
const foundKey = (r: Rekeying): string => ownName('found_key_of', r)
export const oldKey = (r: Rekeying): string => ownName('old_key_of', r)

/** They are asked for whoever writes, with the rights of whoever has made them. */
export const guarded = `security definer set search_path = pg_catalog, pg_temp`

const random = 'gen_random_uuid()'
/** Begins with the time, so that rows that came together stand together in an index. */
const timed = `(lpad(to_hex(floor(extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid`
/** What the database gives to a row that comes without a key. */
export const drawn = ({ ids }: Rekeying): string => (ids === 'v7' ? timed : random)

/** Of all rows that are there. */
export const pairsForAll = (r: Rekeying, { id, column }: Member): string[] => {
  const rows = `from ${named(id)} t where not exists (select from ${pairsOf(r)} p where p.old_key = t.${quote(column)})`
  const made =
    r.ids === 'derived' ? derivedAll(r, `select t.${quote(column)} as n ${rows}`) : `select t.${quote(column)}, ${drawn(r)} ${rows}`
  return [`insert into ${pairsOf(r)} ${made} on conflict do nothing`, `analyze ${pairsOf(r)}`]
}

/** What `godwit.uuid_of` says, for many at once: a call of it costs as much as ten rows. */
const derivedAll = ({ id }: Rekeying, keys: string): string =>
  `select n, encode(set_byte(set_byte(h, 6, (get_byte(h, 6) & 15) | 128), 8, greatest(get_byte(h, 8) & 63, 1) | 128), 'hex')::uuid
    from (select n, substr(sha256(convert_to(${literal(`${Buffer.byteLength(id)}:${id}`)} || octet_length(n::text) || ':' || n::text, 'UTF8')), 1, 16) as h from (${keys}) k offset 0) x`

/** Those that the rule gives again; what was drawn is kept. */
export const pairsForgotten = (r: Rekeying): string[] =>
  r.ids === 'derived'
    ? [
        `delete from ${pairsOf(r)} p using (${derivedAll(r, `select old_key as n from ${pairsOf(r)}`)}) d(n, made) where p.old_key = d.n and p.new_key = d.made`,
      ]
    : []

/** New keys of all old ones from one number to another, in their order, as a query. */
export const listed = (r: Rekeying, from: string, to: string): string =>
  `select array(select coalesce(p.new_key, ${literal(noKey)}) from generate_series(${from}::bigint, ${to}::bigint) g(n) left join ${pairsOf(r)} p on p.old_key = g.n order by g.n)`
/** What stands in a list where there is no key. */
export const noKey = '00000000-0000-0000-0000-000000000000'

/** The new key of what stands in a column. */
export const keyIn = (r: Rekeying, { loose }: Member): string => (loose?.dangling === 'null' ? foundKey(r) : newKey(r))

export const keysMade = (r: Rekeying): string[] => [
  `create table if not exists ${pairsOf(r)} (old_key bigint primary key, new_key uuid not null unique)`,
  r.ids === 'derived' ? derived(r) : stored(r),
  `create or replace function ${foundKey(r)}(n bigint) returns uuid language sql stable ${guarded} as $$ select p.new_key from ${pairsOf(r)} p where p.old_key = n $$`,
]

/** A pair of an application's own making comes before the rule: it was written while the new keys were in use. */
const derived = (r: Rekeying): string =>
  `create or replace function ${newKey(r)}(n bigint) returns uuid language sql stable ${guarded} as $$
  select coalesce((select p.new_key from ${pairsOf(r)} p where p.old_key = n), godwit.uuid_of(${literal(r.id)}, n::text)) $$`

const stored = (r: Rekeying): string =>
  `create or replace function ${newKey(r)}(n bigint) returns uuid language plpgsql volatile ${guarded} as $$
declare k uuid;
begin
  if n is null then return null; end if;
  select p.new_key into k from ${pairsOf(r)} p where p.old_key = n;
  if k is null then
    insert into ${pairsOf(r)} values (n, ${drawn(r)}) on conflict (old_key) do nothing;
    select p.new_key into k from ${pairsOf(r)} p where p.old_key = n;
  end if;
  return k;
end $$`

/** From the change of places on: an old key for whoever points at a new one, also where the row itself comes later. */
export const oldKeysMade = (r: Rekeying, key: string, away: string): string =>
  `create or replace function ${oldKey(r)}(k uuid) returns bigint language plpgsql volatile ${guarded} as $$
declare n bigint;
begin
  if k is null then return null; end if;
  select p.old_key into n from ${pairsOf(r)} p where p.new_key = k;
  if n is null then select t.${quote(away)} into n from ${named(r.id)} t where t.${quote(key)} = k; end if;
  if n is null then
    insert into ${pairsOf(r)} values (nextval(${sequenceOf(r, away)}), k) on conflict (new_key) do nothing;
    select p.old_key into n from ${pairsOf(r)} p where p.new_key = k;
  end if;
  return n;
end $$`

/** The one that its numbers have always come from. */
export const sequenceOf = ({ id }: Rekeying, column: string): string => `pg_get_serial_sequence(${literal(named(id))}, ${literal(column)})`

export const keysGone = (r: Rekeying): string[] => [
  `drop function if exists ${foundKey(r)}(bigint)`,
  `drop function if exists ${newKey(r)}(bigint)`,
  `drop function if exists ${oldKey(r)}(uuid)`,
  `do $$ begin if to_regclass(${literal(pairsOf(r))}) is not null then
    if not exists (select from ${pairsOf(r)}) then drop table ${pairsOf(r)}; end if;
  end if; end $$`,
]

export const isKept = (r: Rekeying): string =>
  `to_regclass(${literal(pairsOf(r))}) is not null and to_regproc(${literal(newKey(r))}) is not null`
