// A service that is called as a part of the change. What takes it back stands beside it.
import { createHash } from 'node:crypto'
import { callRefused } from '../errors/cutover.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import { doOnce, patiently } from './begun.ts'
import { refuseUnsafe } from './command.ts'
import { type Filling, filledAll, filling, lastLines } from './filled.ts'
import type { Hands, Plain, Reply } from './hands.ts'
import { hostOf, inJson, missingIn } from './reply.ts'
import type { Irreversible, Step } from './step.ts'

/** `${NAME}` in the address, the headers and the body is looked up when it is its turn. */
export interface CallRequest {
  readonly url: string
  /** Default 'POST'. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** As JSON. */
  readonly body?: Plain
}

export interface Expected {
  /** Default: any from 200 to 299. */
  readonly status?: number | readonly number[]
  /** What must stand in the reply; more may. */
  readonly json?: Plain
}

export interface CallGiven {
  readonly request: CallRequest
  /** Null where there is nothing to take back. */
  readonly undo: CallRequest | Irreversible | null
  readonly expect?: Expected
  /** Answered as expected where it is done already. */
  readonly there?: CallRequest
  /** Default '30s'. */
  readonly timeout?: string
  /** No harm is done where it is called twice: so with GET, PUT and DELETE unless said otherwise, and with a key. */
  readonly repeatable?: boolean
  /** How often it is tried again when it fails; only what is repeatable. */
  readonly retries?: number
  /** Before the first of them; doubles each time. Default '1s'. */
  readonly pause?: string
  /** A header that is the same whenever this step of this run calls: the service sees that it is the same call. `true`: Idempotency-Key. */
  readonly idempotencyKey?: true | string
}

interface Calling {
  readonly title: string
  readonly expect: Expected
  readonly timeoutMs: number
  readonly key: string | undefined
}

export function call(title: string, given: CallGiven): Step {
  const at = origin()
  const { request, undo, there, expect = {}, timeout = '30s', retries = 0, pause = '1s', idempotencyKey } = given
  const key = idempotencyKey === true ? 'idempotency-key' : idempotencyKey
  const repeatable = given.repeatable ?? (key !== undefined || isIdempotent(request.method))
  refuseUnsafe(title, retries, repeatable, at)
  const c: Calling = { title, expect, timeoutMs: milliseconds(timeout), key }
  const patience = { retries, pauseMs: milliseconds(pause) }
  const host = hostOf(request.url)
  const act = async (hands: Hands) => {
    const { status, ms } = await patiently(patience, hands, host, () => called(request, c, hands))
    return { done: `${host} answered ${status}`, detail: { status, ms: Math.round(ms) } }
  }
  const seen = there && { there: (hands: Hands) => answersWell(there, c, hands) }
  return {
    kind: 'call',
    title,
    at,
    params: {
      request: plainOf(request),
      undo: undo && plainOf(undo),
      there: there ? plainOf(there) : null,
      expect,
      repeatable,
      key: key ?? null,
    },
    doing: {
      says: [`${request.method ?? 'POST'} ${host}`],
      do: (hands) => doOnce({ title, what: `the call of ${host}`, safeTwice: repeatable, ...seen, act }, hands),
      ...(undo === null ? {} : { undo: 'irreversible' in undo ? undo : (hands: Hands) => calledBack(undo, c, hands) }),
    },
  }
}

const isIdempotent = (method = 'POST'): boolean => ['GET', 'HEAD', 'PUT', 'DELETE'].includes(method.toUpperCase())
const plainOf = (r: CallRequest | Irreversible): Plain => ({ ...r }) as Plain

async function calledBack(undo: CallRequest, { title, timeoutMs, key }: Calling, hands: Hands): Promise<void> {
  await called(undo, { title: `taking back ${title}`, expect: {}, timeoutMs, key: key && `${key}-undo` }, hands)
}

async function called(request: CallRequest, c: Calling, hands: Hands): Promise<Reply> {
  const f = filling(hands, c.title)
  const reply = await sent(request, c, f, hands)
  const wrong = notAsExpected(reply, c.expect)
  if (wrong) throw callRefused({ step: c.title, host: hostOf(request.url), how: f.hide(wrong), said: lastLines(reply.body, f) })
  return reply
}

async function answersWell(there: CallRequest, c: Calling, hands: Hands): Promise<boolean> {
  const reply = await sent({ method: 'GET', ...there }, { ...c, key: undefined }, filling(hands, c.title), hands)
  return notAsExpected(reply, c.expect) === undefined
}

function sent({ url, method = 'POST', headers = {}, body }: CallRequest, { timeoutMs, key }: Calling, f: Filling, hands: Hands) {
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const once = key === undefined ? {} : { [key]: keyOf(hands) }
  return hands.request({
    url: f.fill(url),
    method,
    headers: { ...json, ...once, ...filledAll(headers, f) },
    ...(body === undefined ? {} : { body: f.fill(JSON.stringify(body)) }),
    timeoutMs,
  })
}

const keyOf = ({ migration, run, step }: Hands): string =>
  createHash('sha256').update([migration, run, step].join('\n')).digest('hex').slice(0, 32)

export function notAsExpected({ status, body }: Reply, { status: wanted, json }: Expected): string | undefined {
  const well = wanted === undefined ? status >= 200 && status < 300 : [wanted].flat().includes(status)
  if (!well) return `answered ${status}${wanted === undefined ? '' : `, expected ${[wanted].flat().join(' or ')}`}`
  const wrong = json === undefined ? undefined : missingIn(inJson(body, ''), json)
  return wrong && `answered ${status}, and ${wrong}`
}
