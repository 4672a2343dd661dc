// Numbers for rows that have been told from each other by something else: in the order of the old keys, and from a sequence from then on.
import { literal } from '../../words.ts'
import { numbersOf, pairsOf } from '../keys.ts'
import { drawsNoMore, drawsOn } from '../numbers.ts'
import type { Giving, KeyKind } from './kind.ts'
import { keysKept, paired } from './paired.ts'

export const numbered = (giving: Giving): KeyKind => {
  const { r, key } = giving
  const sequence = numbersOf(r)
  return paired(giving, {
    type: 'bigint',
    ...keysKept(giving, 'bigint', `nextval(${literal(sequence)})`),
    // pairs may be there from a time before, and their numbers are given
    made: [
      `create sequence if not exists ${sequence}`,
      `select setval(${literal(sequence)}, m) from (select max(new_key) as m from ${pairsOf(r)}) x where m is not null`,
    ],
    givenFrom: drawsOn(key.id, key.column, sequence),
    givenNoMore: drawsNoMore(key.id, key.column, sequence),
  })
}
