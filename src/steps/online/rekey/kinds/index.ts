// Kinds of new keys, by what is asked for and by what the old ones are.
import type { Rekeying } from '../graph.ts'
import { isWhole } from '../old-key.ts'
import type { Giving, KeyKind } from './kind.ts'
import { numbered } from './numbered.ts'
import { ruled } from './ruled.ts'
import { derived, drawn } from './uuids.ts'
import { widened } from './widened.ts'

const kinds: Readonly<Record<Rekeying['ids'], (giving: Giving) => KeyKind>> = {
  derived,
  v4: drawn,
  v7: drawn,
  ruled,
  numbers: (giving) => (isWhole(giving.old) ? widened(giving) : numbered(giving)),
}

export const kindOf = (giving: Giving): KeyKind => kinds[giving.r.ids](giving)
