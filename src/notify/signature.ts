// A message that can be known to come from us, and from now: an HMAC over the time and the body.
import { createHmac, timingSafeEqual } from 'node:crypto'

/** How far the clocks of both sides may be apart, and how long a message that somebody has caught can be used. */
export const replayWindowMs = 300_000

export const timestampHeader = 'godwit-timestamp'
export const signatureHeader = 'godwit-signature'

const macOf = (key: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`

/** The headers of a body that is sent now. */
export function signed(key: string, body: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  return { [timestampHeader]: timestamp, [signatureHeader]: macOf(key, timestamp, body) }
}

export interface Received {
  /** As they came, or with names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The very text: parsed and written again it is another one. */
  readonly body: string
  /** Milliseconds. */
  readonly now: number
}

/** For a receiver: whether a message is signed with this key, and was sent at most five minutes from now. */
export function isSigned(key: string, { headers, body, now }: Received): boolean {
  const header = (wanted: string) => Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1]
  const [timestamp, signature] = [header(timestampHeader), header(signatureHeader)]
  if (typeof timestamp !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(timestamp)) return false
  const [given, wanted] = [signature, macOf(key, timestamp, body)].map((s) => Buffer.from(s))
  if (given!.length !== wanted!.length || !timingSafeEqual(given!, wanted!)) return false
  return Math.abs(now - Number(timestamp) * 1000) <= replayWindowMs
}
