// What an approval comes to: a question that was put, the answers to it, and whether they are enough. Pure.
import { list } from '../text.ts'
import { moment, span } from './times.ts'

/** A question as it was put to people: kept by the gate, and answered by commands that know nothing of the migration's files. */
export interface Asked {
  /** Its own id: an answer to it answers no other question, were it in the same words. */
  readonly request: string
  readonly plan: string
  readonly question: string
  /** Roles that must each have said yes. */
  readonly roles: readonly string[]
  /** How many different people. */
  readonly people: number
  readonly fourEyes: boolean
  readonly expiresMs: number | null
  readonly at: number
  /** Who began the run, and who came to this question: under four eyes neither of them answers. */
  readonly own: readonly string[]
}

export interface Given {
  readonly person: string
  /** The roles that the answer is given in. */
  readonly roles: readonly string[]
  readonly verdict: 'approved' | 'rejected'
  readonly at: number
  readonly note: string | undefined
  /** `signed` with the person's key, or only `claimed`. */
  readonly proof: 'signed' | 'claimed'
}

/** How far the clocks of two machines may be apart. */
export const clocksApartMs = 300_000

export interface Standing {
  /** The word of somebody who said no and has not said yes since. */
  readonly rejected: Given | undefined
  readonly counted: readonly Given[]
  /** What is still to be had, in words; none, and the gate opens. */
  readonly lacking: readonly string[]
  /** Answers that do not count, and why. */
  readonly aside: readonly string[]
}

export function standingOf(asked: Asked, given: readonly Given[], now: number): Standing {
  const last = [...new Map(given.toSorted((a, b) => a.at - b.at).map((g) => [g.person, g])).values()]
  const asideOf = (g: Given) => whyAside(asked, g, now)
  const yes = last.filter((g) => g.verdict === 'approved')
  const counted = yes.filter((g) => asideOf(g) === undefined)
  return {
    rejected: last.find((g) => g.verdict === 'rejected'),
    counted,
    lacking: lackingOf(asked, counted),
    aside: yes.flatMap((g) => asideOf(g) ?? []),
  }
}

function whyAside({ expiresMs, fourEyes, own }: Asked, { person, at }: Given, now: number): string | undefined {
  if (at > now + clocksApartMs) return `that of ${person} is of ${moment(at)}, which has not come yet by this clock`
  if (expiresMs !== null && now - at >= expiresMs) return `that of ${person} of ${moment(at)} has expired after ${span(expiresMs)}`
  if (fourEyes && own.includes(person)) return `that of ${person} is self-given`
  return undefined
}

function lackingOf({ roles, people }: Asked, counted: readonly Given[]): string[] {
  const silent = roles.filter((role) => !counted.some((g) => g.roles.includes(role)))
  const more = people - counted.length
  const besides = more - silent.length
  return [
    ...silent.map((role) => `somebody of ${role}`),
    ...(besides > 0 ? [besides === 1 ? 'one more person' : `${besides} more people`] : []),
  ]
}

/** `ada (dba; signed)` */
export const named = ({ person, roles, proof }: Given): string =>
  `${person} (${[...(roles.length ? [list(roles)] : []), proof === 'signed' ? 'signed' : 'claimed, not proved'].join('; ')})`
