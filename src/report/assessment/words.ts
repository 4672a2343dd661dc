// How an assessment says things, the same in every format.
import type { Assessment, Example, Finding, Grade, Readiness, Role, Volume } from '../../assess/assessment.ts'
import { gradesOf } from '../../assess/assessment.ts'
import { bytes, count, list, plural } from '../../text.ts'
import { visible } from '../words.ts'

export const signs: Readonly<Record<Readiness, string>> = {
  ready: '✓',
  'ready with warnings': '✓',
  'not ready': '✗',
  'nothing to migrate': '?',
}

export const marks: Readonly<Record<Grade, string>> = { error: '✗', warning: '!', note: '·' }

/** `ready with 3 warnings`: the verdict as it is said. */
export function said({ verdict, findings }: Assessment): string {
  return verdict.outcome === 'ready with warnings'
    ? `ready with ${plural(gradesOf(findings, 'warning').length, 'warning')}`
    : verdict.outcome
}

export const grades: readonly (readonly [Grade, string])[] = [
  ['error', 'Errors'],
  ['warning', 'Warnings'],
  ['note', 'Notes'],
]

const roles: Readonly<Record<Role, string>> = { source: 'source', read: 'only read', written: 'written', rekeyed: 'gets other keys' }
export const rolesOf = (v: Volume): string =>
  list((v.roles.length > 1 ? v.roles.filter((r) => r !== 'read') : v.roles).map((r) => roles[r]))

export const rowsOf = (v: Volume): string => (v.rows === undefined ? 'not counted' : `${v.counted ? '' : 'about '}${count(v.rows)}`)
export const sizeOf = (v: Volume): string => (v.bytes === undefined ? '' : bytes(v.bytes))

export function exampleOf({ key, values, rows }: Example): string {
  const named = Object.entries(values).map(([name, value]) => `${name} ${value === null ? 'null' : `'${value}'`}`)
  return visible(
    [...(key === undefined ? [] : [key]), named.join(' · '), ...(rows === undefined ? [] : [`× ${count(rows)}`])]
      .filter(Boolean)
      .join('  '),
  )
}

export const more = (f: Finding): string => {
  const shown = f.examples.reduce((n, e) => n + (e.rows ?? 1), 0)
  return f.found !== undefined && f.examples.length > 0 && f.found > shown ? `… and ${count(f.found - shown)} more` : ''
}

export const titleOf = (f: Finding): string => visible(f.sampled === undefined ? f.title : `${f.title} (in a sample: ${f.sampled})`)

export const masking = 'Values are shown by their shape: letters as x, digits as 9. Keys are shown as they are. --show-values shows them.'

/** For the report of a run: its errors and warnings, one line each, and what was left out. */
export const digest = (a: Assessment): string[] => [
  ...a.verdict.says.map(visible),
  ...[...gradesOf(a.findings, 'error'), ...gradesOf(a.findings, 'warning')].map((f) => `${f.grade} ${f.kind}: ${titleOf(f)}`),
]
