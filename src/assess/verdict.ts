// What the findings come to.
import { plural } from '../text.ts'
import { type Assessment, type Finding, gradesOf, type Unlooked, type Volume } from './assessment.ts'

export function verdictOf(
  findings: readonly Finding[],
  notLookedAt: readonly Unlooked[],
  tables: readonly Volume[],
): Assessment['verdict'] {
  const [errors, warnings] = [gradesOf(findings, 'error'), gradesOf(findings, 'warning')]
  const unlooked = notLookedAt.length
    ? [
        `${plural(notLookedAt.length, 'thing')} ${notLookedAt.length === 1 ? 'was' : 'were'} not looked at, and ${notLookedAt.length === 1 ? 'is' : 'are'} listed with the reason.`,
      ]
    : []
  const sources = tables.filter((t) => t.roles.includes('source'))
  if (sources.length > 0 && sources.every((t) => t.rows === 0))
    return {
      outcome: 'nothing to migrate',
      says: ['All sources are empty, so there is nothing to migrate, and nothing could be verified.', ...unlooked],
      next: 'Look whether this is the right database, and whether this role sees the rows.',
    }
  if (errors.length)
    return {
      outcome: 'not ready',
      says: [
        `${plural(errors.length, 'error')} to mend first${warnings.length ? `, and ${plural(warnings.length, 'warning')}` : ''}.`,
        ...unlooked,
      ],
      next: 'Each finding says what to do. Then: godwit assess',
    }
  if (warnings.length)
    return {
      outcome: 'ready with warnings',
      says: [`Ready, with ${plural(warnings.length, 'warning')} to know of.`, ...unlooked],
      next: 'godwit run',
    }
  return { outcome: 'ready', says: ['Nothing was found that stands in the way.', ...unlooked], next: 'godwit run' }
}

const order = ['error', 'warning', 'note'] as const
/** What the others add up to. */
const first = ['volumes', 'quarantine']

/** Errors first; within a grade by what they are about, what is about most rows before the others. */
export const sorted = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted(
    (a, b) =>
      order.indexOf(a.grade) - order.indexOf(b.grade) ||
      first.indexOf(b.kind) - first.indexOf(a.kind) ||
      a.kind.localeCompare(b.kind) ||
      (b.found ?? 0) - (a.found ?? 0) ||
      a.title.localeCompare(b.title),
  )

/** What is not there to be migrated is as bad as what must not be. */
export const failsAt = ({ findings, verdict }: Assessment, grade: 'error' | 'warning'): boolean =>
  verdict.outcome === 'nothing to migrate' || findings.some((f) => f.grade === 'error' || f.grade === grade)
