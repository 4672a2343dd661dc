// What is going to happen, told to those whom it concerns: what it means for them, what they have to do, and whom to ask.
import type { Plan } from '../../plan/plan.ts'
import type { Rehearsed } from '../../run/rehearse.ts'
import { list, plural } from '../../text.ts'
import {
  changesOf,
  expectedInAll,
  few,
  gatesOf,
  heldUpBy,
  howKnown,
  inTime,
  irreversibleIn,
  movesOf,
  proofOf,
  rowsOf,
  shown,
} from '../outlook.ts'
import { type Window, windowFor, windowInWords, windowsIn } from './window.ts'

export const audiences = ['users', 'team', 'management'] as const
export type Audience = (typeof audiences)[number]

export interface Occasion {
  readonly environment: string
  /** Left out where the plan has one; given, it must be the plan's. */
  readonly window: Window | undefined
  /** Of this very plan. */
  readonly rehearsed?: Rehearsed | undefined
  readonly contacts: Readonly<Record<string, string>>
  /** The target's engine, where all is delivered to it at the end. */
  readonly elsewhere?: string | undefined
}

/** All that a template may ask for: one line, or several. */
export interface Facts {
  readonly migration: string
  readonly environment: string
  readonly plan: string
  readonly window: string
  readonly duration: string
  readonly rows: string
  readonly moves: readonly string[]
  readonly changes: readonly string[]
  readonly impact: readonly string[]
  readonly todo: readonly string[]
  readonly gates: readonly string[]
  readonly proof: string
  readonly back: readonly string[]
  readonly contacts: readonly string[]
}

export function factsOf(plan: Plan, audience: Audience, occasion: Occasion): Facts {
  const { environment, rehearsed, contacts, elsewhere } = occasion
  const window = windowFor(plan, occasion.window)
  const span = expectedInAll(plan, rehearsed)
  const announced = windowsIn(plan).flatMap((w) => w.announce ?? [])
  return {
    migration: shown(plan.migration),
    environment: shown(environment),
    plan: plan.id,
    window: window ? windowInWords(window) : 'not decided yet',
    duration: `${inTime(span)} (${howKnown(rehearsed)})`,
    rows: plural(rowsOf(plan), 'row'),
    moves: few(movesOf(plan)),
    changes: few(changesOf(plan)),
    impact: [
      ...announced.map((a) => shown(`${a.audience}: ${a.impact}`)),
      ...impactFor[audience](plan),
      ...atOnce(elsewhere),
      ...tooShort(span.most, window),
    ],
    todo: [
      ...announced.flatMap((a) => (a.instructions ? [shown(`${a.audience}: ${a.instructions}`)] : [])),
      ...todoFor[audience](plan, window),
    ],
    gates: few(gatesOf(plan).map((s) => [shown(s.title), ...s.doing!.says.map(shown)].join(': '))),
    proof: proofOf(plan),
    back: wayBack(plan),
    contacts: Object.entries(contacts).map(([what, who]) => `${shown(what)}: ${shown(who)}`),
  }
}

const atOnce = (engine: string | undefined): string[] =>
  engine === undefined ? [] : [`${engine} takes all rows in one transaction at the end: until it is through, others that write wait.`]

const tooShort = (most: number, window: Window | undefined): string[] =>
  window && most > window.minutes * 60 ? ['The window is shorter than the estimate: it may have to go on in another one.'] : []

const impactFor: Readonly<Record<Audience, (plan: Plan) => string[]>> = {
  users: (plan) => {
    const held = heldUpBy(plan)
    return held.length
      ? ['You can go on working. For moments, pages may wait until a change is through.']
      : ['You can go on working: nothing that you use is locked.']
  },
  team: (plan) => {
    const held = heldUpBy(plan).map(({ step, says }) => `${step.id} ${shown(step.title)}: ${says} while it is made`)
    return [
      ...(held.length ? few(held) : ['No table is locked against reading or writing.']),
      ...(plan.writes.length ? ['Rows are written in short transactions beside the application.'] : []),
    ]
  },
  management: (plan) => {
    const held = heldUpBy(plan).length
    return [
      held ? `The application goes on, with ${plural(held, 'short wait')}.` : 'The application goes on without interruption.',
      `${plural(rowsOf(plan), 'row')} are moved.`,
    ]
  },
}

const todoFor: Readonly<Record<Audience, (plan: Plan, window: Window | undefined) => string[]>> = {
  users: (plan, window) =>
    heldUpBy(plan).length && window
      ? ['Save what you are working on before it begins.', 'Tell us if something looks wrong afterwards.']
      : ['Nothing. Tell us if something looks wrong afterwards.'],
  team: (plan) => [
    `No deploys and no changes of ${list(plan.writes.map((t) => shown(t.replace(/^public\./, ''))).slice(0, 8)) || 'the schema'} from the beginning until it is done.`,
    'godwit status shows where it stands; godwit runbook is what whoever carries it out goes by.',
  ],
  management: (plan) => {
    const gates = gatesOf(plan)
    return gates.length
      ? [`Be within reach for ${plural(gates.length, 'decision')}: ${list(gates.map((g) => `"${shown(g.title)}"`))}.`]
      : ['Nothing has to be decided on the way.']
  },
}

function wayBack(plan: Plan): string[] {
  const stuck = irreversibleIn(plan)
  if (!stuck.length) return ['All of it can be taken back, and that the rest is as before is proved then.']
  return ['It can be taken back, but for:', ...few(stuck.map(({ step, why }) => `${step.id} ${shown(step.title)}: ${shown(why)}`))]
}
