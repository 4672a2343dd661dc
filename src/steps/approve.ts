// A gate for people: it stays shut until those who are asked have said yes to this very plan.
import { randomUUID } from 'node:crypto'
import { rejected } from '../errors/gates.ts'
import { cannotPlan } from '../errors/plan.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import { list, plural } from '../text.ts'
import { type Asked, named, type Standing, standingOf } from './approval.ts'
import type { Hands, Plain } from './hands.ts'
import type { Done, Step, Waiting } from './step.ts'
import { moment, span } from './times.ts'

interface Terms {
  readonly question: string
  readonly roles: readonly string[]
  readonly people: number
  readonly fourEyes: boolean
  readonly expiresMs: number | null
}

/**
 * `by`: roles, each of which must say yes; left out, anybody may. `fourEyes`: so many different people (true: two), none of whom began the
 * run. `expires`: for how long a yes counts.
 */
export function approve(
  question: string,
  options: { readonly by?: readonly string[]; readonly fourEyes?: true | number; readonly expires?: string } = {},
): Step {
  const at = origin()
  const { by = [], fourEyes, expires } = options
  const terms: Terms = {
    question,
    roles: [...new Set(by)],
    people: fourEyes === undefined ? 1 : fourEyes === true ? 2 : fourEyes,
    fourEyes: fourEyes !== undefined,
    expiresMs: expires === undefined ? null : milliseconds(expires, at),
  }
  const why = whyUseless(terms)
  if (why) throw cannotPlan({ what: `approve: ${question}`, why, hint: 'A gate that asks nobody opens by itself.', at })
  return {
    kind: 'approve',
    title: `approve: ${question}`,
    at,
    params: { ...terms },
    doing: { says: [saysOf(terms)], gate: true, do: (hands) => ask(hands, terms) },
  }
}

function whyUseless({ question, roles, people, fourEyes, expiresMs }: Terms): string | undefined {
  if (!question.trim() || /[\u0000-\u001f]/.test(question)) return 'its question is empty, or more than one line'
  if (roles.some((role) => !role.trim() || /[\u0000-\u001f,]/.test(role))) return 'a role needs a name, without commas'
  if (fourEyes && (!Number.isSafeInteger(people) || people < 2)) return `four eyes are those of two people or more, and not of ${people}`
  return expiresMs === 0 ? 'an approval that has expired when it is given opens nothing' : undefined
}

function saysOf({ roles, people, fourEyes, expiresMs }: Terms): string {
  const who = roles.length ? `until ${list(roles)} ${roles.length === 1 ? 'says' : 'say'} yes` : 'until somebody says yes'
  const eyes = fourEyes ? `, ${plural(people, 'different person', 'different people')}, none of whom began the run` : ''
  return `waits ${who}${eyes}${expiresMs === null ? '' : `; a yes counts for ${span(expiresMs)}`}`
}

async function ask(hands: Hands, terms: Terms): Promise<Done | Waiting> {
  const { asked, note } = await question(hands, terms)
  const standing = standingOf(asked, await hands.approvals.given(asked.request), hands.clock.now())
  const { rejected: no, counted, lacking } = standing
  if (no)
    throw rejected({ question: asked.question, person: no.person, why: no.note ?? 'without a reason', at: moment(no.at), run: hands.run })
  if (lacking.length) return waiting(hands, asked, standing, note)
  return {
    done: `approved by ${list(counted.map(named))}`,
    detail: { request: asked.request, by: counted.map(({ person, roles, at, proof }) => ({ person, roles, at, proof })) },
  }
}

/** Put once for a plan: another plan is another question, and what was said of the one before opens nothing. */
async function question(hands: Hands, terms: Terms): Promise<{ asked: Asked; note: string | undefined }> {
  const before = (await hands.memory.read()) as (Asked & { readonly note?: string }) | undefined
  if (before?.plan === hands.plan) return { asked: before, note: before.note }
  const voided = before ? await hands.approvals.given(before.request) : []
  const people = list([...new Set(voided.map((g) => g.person))])
  const note = voided.length ? `the plan is ${hands.plan} now: what ${people} said was said of plan ${before!.plan}` : undefined
  const own = [...new Set([...(await hands.approvals.beganBy()), hands.by])]
  const asked: Asked = { request: randomUUID(), plan: hands.plan, ...terms, at: hands.clock.now(), own }
  await hands.memory.write({ ...asked, ...(note === undefined ? {} : { note }) } as unknown as Plain)
  return { asked, note }
}

function waiting({ run }: Hands, { question: of, roles }: Asked, standing: Standing, note: string | undefined): Waiting {
  const { counted, lacking, aside } = standing
  const so = counted.length ? `; ${list(counted.map(named))} said yes` : ''
  const needs = roles.length || counted.length || lacking.join() !== 'one more person' ? ` (needs ${list(lacking)}${so})` : ''
  return {
    waits: [`waiting for approval: ${of}${needs}`, ...(note ? [note] : []), ...aside].join('; '),
    next: [`godwit approve ${run}`, `godwit reject ${run} --why "…"`],
  }
}
