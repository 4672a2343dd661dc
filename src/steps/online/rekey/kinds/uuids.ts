// UUIDs: told from the old key by a rule, or drawn once and kept.
import { literal, named, quote } from '../../words.ts'
import type { Giving, KeyKind } from './kind.ts'
import { keysByRule, keysKept, paired } from './paired.ts'

/** `v7` begins with the time, so that rows that came together stand together in an index. */
export const draws = {
  v4: 'gen_random_uuid()',
  v7: `(lpad(to_hex(floor(extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid`,
}

export const derived = (giving: Giving): KeyKind =>
  paired(giving, { type: 'uuid', ...keysByRule(giving, fromTable(giving)), made: [], ...byDefault(giving, draws.v4) })

const fromTable = ({ r: { id } }: Giving) => ({
  one: `godwit.uuid_of(${literal(id)}, n::text)`,
  all: (keys: string) => derivedAll(id, keys),
})

/** What `godwit.uuid_of` says, for many at once: a call of it costs as much as ten rows. */
const derivedAll = (id: string, keys: string): string =>
  `select n, encode(set_byte(set_byte(h, 6, (get_byte(h, 6) & 15) | 128), 8, greatest(get_byte(h, 8) & 63, 1) | 128), 'hex')::uuid
    from (select n, substr(sha256(convert_to(${literal(`${Buffer.byteLength(id)}:${id}`)} || octet_length(n::text) || ':' || n::text, 'UTF8')), 1, 16) as h from (${keys}) k offset 0) x`

export const drawn = (giving: Giving): KeyKind => {
  const draw = giving.r.ids === 'v7' ? draws.v7 : draws.v4
  return paired(giving, { type: 'uuid', ...keysKept(giving, 'uuid', draw), made: [], ...byDefault(giving, draw) })
}

/** What the database gives to a row that comes without a key. */
export const byDefault = ({ key: { id, column } }: Giving, draw: string) => ({
  givenFrom: [`alter table ${named(id)} alter column ${quote(column)} set default ${draw}`],
  givenNoMore: [`alter table ${named(id)} alter column ${quote(column)} drop default`],
})
