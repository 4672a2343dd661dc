// What old keys and new keys of a table are told from each other by: a table of pairs and functions, and their names.
import { literal, named, nameFor, quote, short } from '../words.ts'
import type { Rekeying } from './graph.ts'

/** What keys become. */
export const typeOf = ({ ids }: Rekeying): 'uuid' | 'bigint' => (ids === 'numbers' ? 'bigint' : 'uuid')

export const ownName = (what: string, { id }: Rekeying): string => `godwit.${quote(nameFor(what, short(id).replace('.', '_')))}`

/** Pairs: `old_key`, `new_key`. */
export const pairsOf = (r: Rekeying): string => ownName('keys_of', r)
export const newKey = (r: Rekeying): string => ownName('new_key_of', r)
/** Of a value that no row has: nothing. */
export const foundKey = (r: Rekeying): string => ownName('found_key_of', r)
export const oldKey = (r: Rekeying): string => ownName('old_key_of', r)

/** They are asked for whoever writes, with the rights of whoever has made them. */
export const guarded = `security definer set search_path = pg_catalog, pg_temp`

/** The one that its numbers have always come from. */
export const sequenceOf = ({ id }: Rekeying, column: string): string => `pg_get_serial_sequence(${literal(named(id))}, ${literal(column)})`

/** Gives numbers to rows that were there. */
export const numbersOf = (r: Rekeying): string => ownName('numbers_of', r)

/** Pairs that no rule gives are kept. */
export const keysGone = (r: Rekeying): string[] => [
  ...[foundKey(r), newKey(r), oldKey(r)].map((name) => `drop function if exists ${name}`),
  `drop sequence if exists ${numbersOf(r)}`,
  `do $$ begin if to_regclass(${literal(pairsOf(r))}) is not null then
    if not exists (select from ${pairsOf(r)}) then drop table ${pairsOf(r)}; end if;
  end if; end $$`,
]
