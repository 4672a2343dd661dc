// An answer in a form that can be signed in one place and recorded in another: what it says, in whose name, and by which key.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { replyUnreadable } from '../../errors/gates.ts'

export interface Reply {
  /** `r4` */
  readonly run: string
  /** `cutover.1`; `quarantine` where rows in quarantine are accepted. */
  readonly step: string
  readonly plan: string
  readonly verdict: 'approved' | 'rejected'
  readonly by: string
  /** The roles that it is given in; left out, all that the person has. */
  readonly as?: readonly string[]
  /** ISO 8601, with its zone. */
  readonly at: string
  /** Used once. */
  readonly nonce: string
  /** How many rows in quarantine are accepted. */
  readonly rows?: number
  readonly note?: string
}
export interface SignedReply extends Reply {
  readonly signature: string
}

/** What is signed: a line for each part, in this order, those that are left out empty. No part has a line break in it. */
export const signedText = (r: Reply): string =>
  ['godwit-approval-1', r.run, r.step, r.plan, r.verdict, r.by, (r.as ?? []).join(','), r.at, r.nonce, r.rows ?? '', r.note ?? ''].join(
    '\n',
  )

export const signatureOf = (key: string, reply: Reply): string => `v1=${createHmac('sha256', key).update(signedText(reply)).digest('hex')}`

export const signReply = (key: string, reply: Reply): SignedReply => ({ ...reply, signature: signatureOf(key, reply) })

export function isSignedBy(key: string, reply: SignedReply): boolean {
  const [given, wanted] = [reply.signature, signatureOf(key, reply)].map((s) => Buffer.from(s))
  return given!.length === wanted!.length && timingSafeEqual(given!, wanted!)
}

const oneLine = (v: unknown): v is string => typeof v === 'string' && v !== '' && v.length <= 2_000 && !/[\u0000-\u001f]/.test(v)
const optional = (holds: (v: unknown) => boolean) => (v: unknown) => v === undefined || holds(v)
const isRole = (v: unknown) => oneLine(v) && !v.includes(',')

const parts: Readonly<Record<keyof SignedReply, readonly [(v: unknown) => boolean, string]>> = {
  run: [oneLine, 'a run such as r4'],
  step: [oneLine, 'a step such as cutover.1'],
  plan: [oneLine, "the plan's id"],
  verdict: [(v) => v === 'approved' || v === 'rejected', "'approved' or 'rejected'"],
  by: [oneLine, 'a name'],
  as: [optional((v) => Array.isArray(v) && v.length > 0 && v.every(isRole)), 'a list of roles'],
  at: [(v) => oneLine(v) && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(v), 'a time such as 2026-12-01T09:00:00Z'],
  nonce: [(v) => oneLine(v) && v.length >= 16 && v.length <= 200, 'a text of at least 16 characters that is used once'],
  rows: [optional((v) => Number.isSafeInteger(v) && (v as number) > 0), 'a number of rows'],
  note: [optional(oneLine), 'one line of text'],
  signature: [oneLine, 'v1= and the HMAC of what it says'],
}

/** Of text that anybody may have sent. */
export function readReply(text: string): SignedReply {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw replyUnreadable({ what: 'it is not JSON' })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw replyUnreadable({ what: 'it is no JSON object' })
  const given = value as Readonly<Record<string, unknown>>
  const strange = Object.keys(given).find((name) => !Object.hasOwn(parts, name))
  if (strange !== undefined) throw replyUnreadable({ what: `it has '${strange.slice(0, 40)}', which is no part of one` })
  for (const [name, [holds, wanted]] of Object.entries(parts))
    if (!holds(given[name])) throw replyUnreadable({ what: `${name} must be ${wanted}` })
  const reply = given as unknown as SignedReply
  if ((reply.step === 'quarantine') !== (reply.rows !== undefined)) throw replyUnreadable({ what: 'rows belong to the step quarantine' })
  return reply
}
