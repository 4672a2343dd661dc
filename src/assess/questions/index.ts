// All kinds of questions about a table. A new kind adds its file and its line here.
import type { Kind } from '../question.ts'
import { checks } from './checks.ts'
import { collation } from './collation.ts'
import { dates } from './dates.ts'
import { keys } from './keys.ts'
import { missing } from './missing.ts'
import { nullsInUnique } from './nulls-in-unique.ts'
import { orphans } from './orphans.ts'
import { pointingHere } from './pointing-here.ts'
import { stored } from './stored.ts'
import { triggers } from './triggers.ts'
import { undeclared } from './undeclared.ts'

export const kinds: readonly Kind[] = [
  orphans,
  undeclared,
  pointingHere,
  missing,
  nullsInUnique,
  checks,
  dates,
  stored,
  keys,
  triggers,
  collation,
]
