// In the order in which they are put up again where neither needs the other, and taken down the other way round.
import type { Kind } from './kind.ts'
import { policy } from './policy.ts'
import { publication } from './publication.ts'
import { routine } from './routine.ts'
import { rule } from './rule.ts'
import { trigger } from './trigger.ts'
import { view } from './view.ts'
import { viewDefault } from './view-default.ts'

export const kinds: readonly Kind[] = [publication, rule, trigger, policy, viewDefault, routine, view]
