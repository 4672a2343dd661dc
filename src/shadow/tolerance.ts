// How far two values may lie apart. Each way of saying so judges one pair of values, and gives the verdict, the cause and the distance.
import { cannotPlan } from '../errors/plan.ts'
import type { Verdict } from '../events/event.ts'
import { compare, type Decimal, decimal, isZero, minus, quotient, ratio, shown, size, times } from './decimal.ts'

/** In part of the old value (`within`) or as it is (`apart`). Neither: the same number. */
export interface Tolerance {
  /** '1 %', or 0.01. */
  readonly within?: string | number
  readonly apart?: string | number
  /** Where the old value is zero, no part of it says anything: how far the new one may lie from it there. */
  readonly floor?: string | number
  /** The distance must stay below the limit; false: it may reach it. */
  readonly strict?: boolean
  /** For people. */
  readonly unit?: string
}
/** 'exact': the same text, to the letter. */
export type Rule = 'exact' | Tolerance

export type Cause =
  | 'differs'
  | 'at the limit'
  | 'zero before'
  | 'filled with zeros'
  | 'missing before'
  | 'missing now'
  | 'no number before'
  | 'no number now'
  | 'nothing on either side'

export interface Judged {
  readonly verdict: Verdict
  readonly cause?: Cause
  /** How far apart, for people. */
  readonly off?: string
  /** How far apart, in parts of what is allowed: 1 is the limit. For drawings. */
  readonly share?: string
}

export interface Limit {
  /** `< 1 %` */
  readonly says: string
  judge(before: string, now: string): Judged
}

/** A value against another, of which either may be missing. */
export function judged(limit: Limit, before: string | null | undefined, now: string | null | undefined): Judged {
  const [was, is] = [before ?? undefined, now ?? undefined]
  if (was === undefined && is === undefined) return { verdict: 'not verified', cause: 'nothing on either side' }
  if (was === undefined) return { verdict: 'not verified', cause: 'missing before' }
  if (is === undefined) return { verdict: 'failed', cause: 'missing now' }
  return limit.judge(was, is)
}

export function limitOf(rule: Rule, name: string, at?: string): Limit {
  if (rule === 'exact') return exactly
  const wrong = (why: string) => wrongRule(name, why, at)
  const { within, apart, floor, strict = true, unit = '' } = rule
  const tail = unit && ` ${unit}`
  if (within !== undefined && apart !== undefined) throw wrong('says both `within` and `apart`')
  const given = { strict, unit: tail, floor: floor === undefined ? undefined : numberOf(floor, 'floor', wrong) }
  if (within !== undefined) return relative({ ...given, part: partOf(within, wrong) })
  if (floor !== undefined) throw wrong('says a `floor`, which only belongs to `within`')
  const most = apart === undefined ? nothing : numberOf(apart, 'apart', wrong)
  return isZero(most) ? equal(tail) : absolute({ ...given, most })
}

const wrongRule = (name: string, why: string, at: string | undefined) =>
  cannotPlan({
    what: `the tolerance of ${name}`,
    why,
    hint: "Write 'exact' for texts; { within: '1 %', floor: '0.05' } for a part of the old value; { apart: '0.01' } for a distance; {} for equal numbers.",
    at,
  })

type Wrong = (why: string) => Error
const nothing: Decimal = { digits: 0n, scale: 0 }

function numberOf(given: string | number, what: string, wrong: Wrong): Decimal {
  const found = decimal(String(given))
  if (!found || found.digits < 0n) throw wrong(`says ${what}: ${JSON.stringify(given)}, which is no number from 0 on`)
  return found
}

/** '1 %' → 0.01 */
function partOf(given: string | number, wrong: Wrong): Decimal {
  const [, number, percent] = /^\s*(.*?)\s*(%?)\s*$/.exec(String(given))!
  if (typeof given === 'string' && !percent) throw wrong(`says within: '${given}', without %; a distance is said by \`apart\``)
  const part = numberOf(number!, 'within', wrong)
  return percent ? { digits: part.digits, scale: part.scale + 2 } : part
}

const exactly: Limit = {
  says: 'the same text',
  judge: (before, now) => (before === now ? { verdict: 'passed', share: '0' } : { verdict: 'failed', cause: 'differs' }),
}

const equal = (unit: string): Limit => ({
  says: 'equal',
  judge: numbers((was, is) => {
    const apart = size(minus(is, was))
    if (isZero(apart)) return { verdict: 'passed', off: `0${unit}`, share: '0' }
    return { verdict: 'failed', cause: isZero(is) ? 'filled with zeros' : 'differs', off: `${shown(apart)}${unit}` }
  }),
})

interface Bounds {
  readonly strict: boolean
  readonly unit: string
}

const absolute = ({ most, strict, unit }: Bounds & { most: Decimal }): Limit => ({
  says: `${strict ? '<' : '≤'} ${shown(most)}${unit}`,
  judge: numbers((was, is) => {
    const apart = size(minus(is, was))
    return { ...held(apart, most, strict, is), off: `${shown(apart)}${unit}` }
  }),
})

function relative({ part, floor, strict, unit }: Bounds & { part: Decimal; floor: Decimal | undefined }): Limit {
  const sign = strict && !isZero(part) ? '<' : '≤'
  const percent = { digits: part.digits * 100n, scale: part.scale }
  const whole = { digits: 100n, scale: 0 }
  return {
    says: `${sign} ${shown(percent)} %${floor ? `, at zero ${sign} ${shown(floor)}${unit}` : ''}`,
    judge: numbers((was, is) => {
      const apart = size(minus(is, was))
      if (isZero(was)) return fromZero(apart, floor, strict, unit)
      const off = `${ratio(times(apart, whole), size(was), 4)} %`
      return { ...held(apart, times(part, size(was)), strict && !isZero(part), is), off }
    }),
  }
}

/** No part of zero is anything: there the floor decides, and without one only zero is like zero. */
function fromZero(apart: Decimal, floor: Decimal | undefined, strict: boolean, unit: string): Judged {
  const off = `${shown(apart)}${unit}`
  if (isZero(apart)) return { verdict: 'passed', off, share: '0' }
  if (!floor) return { verdict: 'failed', cause: 'zero before', off }
  return { ...held(apart, floor, strict, apart), off }
}

function held(apart: Decimal, most: Decimal, strict: boolean, now: Decimal): Judged {
  const side = compare(apart, most)
  const share = isZero(most) ? (isZero(apart) ? '0' : '1') : shown(quotient(apart, most, 4))
  if (side < 0 || (side === 0 && !strict)) return { verdict: 'passed', share }
  if (isZero(now)) return { verdict: 'failed', cause: 'filled with zeros', share }
  return { verdict: 'failed', cause: side === 0 ? 'at the limit' : 'differs', share }
}

const numbers =
  (judge: (was: Decimal, is: Decimal) => Judged): Limit['judge'] =>
  (before, now) => {
    const [was, is] = [decimal(before), decimal(now)]
    if (!was) return { verdict: 'not verified', cause: 'no number before' }
    if (!is) return { verdict: 'failed', cause: 'no number now' }
    return judge(was, is)
  }
