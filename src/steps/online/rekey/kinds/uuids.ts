// UUIDs: told from the old key by a rule, or drawn once and kept.
import { named, quote } from '../../words.ts'
import type { Giving, KeyKind } from './kind.ts'
import { keysDerived, keysKept, paired } from './paired.ts'

/** `v7` begins with the time, so that rows that came together stand together in an index. */
export const draws = {
  v4: 'gen_random_uuid()',
  v7: `(lpad(to_hex(floor(extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid`,
}

export const derived = (giving: Giving): KeyKind =>
  paired(giving, { type: 'uuid', ...keysDerived(giving), made: [], ...byDefault(giving, draws.v4) })

export const drawn = (giving: Giving): KeyKind => {
  const draw = giving.r.ids === 'v7' ? draws.v7 : draws.v4
  return paired(giving, { type: 'uuid', ...keysKept(giving, 'uuid', draw), made: [], ...byDefault(giving, draw) })
}

/** What the database gives to a row that comes without a key. */
const byDefault = ({ key: { id, column } }: Giving, draw: string) => ({
  givenFrom: [`alter table ${named(id)} alter column ${quote(column)} set default ${draw}`],
  givenNoMore: [`alter table ${named(id)} alter column ${quote(column)} drop default`],
})
