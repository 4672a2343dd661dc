// UUIDs: told from the old key by a rule, or drawn once and kept.
import { named, quote } from '../../words.ts'
import type { Giving, KeyKind } from './kind.ts'
import { keysDerived, keysKept, paired } from './paired.ts'

const random = 'gen_random_uuid()'
/** Begins with the time, so that rows that came together stand together in an index. */
const timed = `(lpad(to_hex(floor(extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid`

export const derived = (giving: Giving): KeyKind =>
  paired(giving, { type: 'uuid', ...keysDerived(giving), made: [], ...byDefault(giving, random) })

export const drawn = (giving: Giving): KeyKind => {
  const draw = giving.r.ids === 'v7' ? timed : random
  return paired(giving, { type: 'uuid', ...keysKept(giving, 'uuid', draw), made: [], ...byDefault(giving, draw) })
}

/** What the database gives to a row that comes without a key. */
const byDefault = ({ key: { id, column } }: Giving, draw: string) => ({
  givenFrom: [`alter table ${named(id)} alter column ${quote(column)} set default ${draw}`],
  givenNoMore: [`alter table ${named(id)} alter column ${quote(column)} drop default`],
})
