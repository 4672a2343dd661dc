// A message over HTTP: to an address that is a secret, with an answer that says whether it was taken.
import { GodwitError } from '../errors/error.ts'
import { callOver } from '../run/hands/request.ts'
import type { Reply } from '../steps/hands.ts'
import { Undelivered, Unfit } from './channel.ts'

const patienceMs = 10_000
const longestPauseMs = 3_600_000

export interface Hook {
  readonly url: string
  readonly host: string
  readonly secrets: readonly string[]
}

const thisMachine = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** Only over TLS, but for this machine: what runs between machines can be read. */
export function hookOf(text: string, key: string): Hook {
  const url = URL.parse(text.trim())
  if (!url) throw new Unfit(key, 'must be a URL that can be read')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && thisMachine.test(url.hostname)))
    throw new Unfit(key, 'must begin with https:// (http:// only to this machine)')
  if (url.username || url.password) throw new Unfit(key, 'must not have a user or a password in it: no receiver reads them there')
  // what a host is called is no secret; what stands behind it is what lets one in
  const behind = `${url.pathname}${url.search}`
  return { url: url.href, host: url.host, secrets: [text.trim(), url.href, ...(behind.length >= 8 ? [behind] : [])] }
}

interface Body {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

export async function post(hook: Hook, { body, headers }: Body, signal: AbortSignal): Promise<void> {
  const reply = await called(hook, { body, headers }, signal)
  if (reply.status >= 200 && reply.status < 300) return
  throw refused(hook, reply)
}

async function called(hook: Hook, { body, headers }: Body, signal: AbortSignal): Promise<Reply> {
  const all = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'godwit', ...headers }
  try {
    return await callOver({ url: hook.url, method: 'POST', headers: all, body, timeoutMs: patienceMs }, signal)
  } catch (error) {
    if (signal.aborted) throw new Undelivered('broken off')
    throw new Undelivered(error instanceof GodwitError ? error.message : `${hook.host}: ${(error as Error).name}`)
  }
}

/** Too many, too early, or its own mistake: later it may take it. Anything else it would refuse again. */
function refused({ host }: Hook, { status, headers }: Reply): Undelivered {
  const passing = status >= 500 || status === 408 || status === 425 || status === 429
  const words = status >= 300 && status < 400 ? 'answers with a redirect, which is not followed' : 'does not take it'
  return new Undelivered(`${host} ${words}: HTTP ${status}`, {
    final: !passing,
    againMs: passing ? pauseIn(headers['retry-after']) : undefined,
  })
}

const pauseIn = (seconds: string | undefined): number | undefined =>
  seconds !== undefined && /^\d{1,6}$/.test(seconds) ? Math.min(Number(seconds) * 1000, longestPauseMs) : undefined
