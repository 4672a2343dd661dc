// The classes of a migration, gravest first, and how what the linter finds is one of them.
import type { Finding } from '../../lint/judge.ts'
import type { Category } from '../../lint/rule.ts'

export const classes = ['destructive-breaking', 'data-migration', 'lock-heavy', 'caution', 'safe-additive'] as const
export type Class = (typeof classes)[number]

/** Rules of the way it is run, and not of what it does. */
const ofTheWay = new Set(
  `missing-lock-timeout schema-and-data-mixed many-exclusive-tables work-under-exclusive-lock transaction-shape syntax not-there not-read
  concurrently-in-transaction enum-value-in-transaction concurrently-impossible version column-used-by-view drop-dependents
  validate-in-same-transaction`.split(/\s+/),
)

/** What the linter only notes is no class: what changes behaviour is told in effects.ts. */
const byCategory: Readonly<Partial<Record<Category, Class>>> = {
  destructive: 'destructive-breaking',
  breaking: 'destructive-breaking',
  'lock-heavy': 'lock-heavy',
  rewrite: 'lock-heavy',
}

export const tellsWhatIsDone = (rule: string): boolean => !ofTheWay.has(rule)

/** What a rule's finding says of the class. */
export function classesOf({ categories, lock }: Pick<Finding, 'categories' | 'lock'>): Class[] {
  const found = new Set(categories.flatMap((c) => byCategory[c] ?? []))
  // one that is over at once does not grow with the table
  if (lock?.work.startsWith('for a moment') && found.delete('lock-heavy')) found.add('caution')
  return [...found]
}
