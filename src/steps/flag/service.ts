// A flag of a service that is asked and told over HTTP.
import { flagUnreadable } from '../../errors/cutover.ts'
import { milliseconds } from '../../events/duration.ts'
import { filledAll, filling, lastLines } from '../filled.ts'
import type { Hands, Plain } from '../hands.ts'
import { hostOf, inJson } from '../reply.ts'
import type { FlagPlace } from './store.ts'

interface Told {
  readonly url: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** As JSON. */
  readonly body?: Plain
}

export interface FlagService {
  /** Where it is asked, and where in the reply the value stands: `data.enabled`. */
  readonly get: { readonly url: string; readonly headers?: Readonly<Record<string, string>>; readonly at: string }
  readonly set: (value: string) => Told
  /** Takes it away again, where it was not set before. */
  readonly unset?: Told
  /** Default '30s'. */
  readonly timeout?: string
}

/** `${NAME}` in addresses, headers and bodies is looked up when it is its turn. */
export function flagService({ get, set, unset, timeout = '30s' }: FlagService): FlagPlace {
  const timeoutMs = milliseconds(timeout)
  const place = hostOf(get.url)
  const ask = async (flag: string, { url, method = 'PUT', headers = {}, body }: Told, hands: Hands) => {
    const f = filling(hands, flag)
    const sent = body === undefined ? {} : { body: f.fill(JSON.stringify(body)) }
    const said = body === undefined ? {} : { 'content-type': 'application/json' }
    const reply = await hands.request({ url: f.fill(url), method, headers: { ...said, ...filledAll(headers, f) }, ...sent, timeoutMs })
    if (reply.status >= 200 && reply.status < 300) return reply.body
    throw flagUnreadable({ flag, place, said: `answered ${reply.status}: ${lastLines(reply.body, f)}` })
  }
  return {
    says: place,
    params: { get: { ...get, headers: get.headers ?? {} }, set: toldAs(set('VALUE')), unset: unset ? toldAs(unset) : null },
    canUnset: unset !== undefined,
    async get(flag, hands) {
      const found = inJson(await ask(flag, { ...get, method: 'GET' }, hands), get.at)
      if (typeof found === 'object' && found !== null) throw flagUnreadable({ flag, place, said: `has no plain value at ${get.at}` })
      return found === undefined || found === null ? null : String(found)
    },
    set: async (flag, value, hands) => void (await ask(flag, value === null ? unset! : set(value), hands)),
  }
}

const toldAs = ({ url, method, headers, body }: Told): Plain => ({
  url,
  method: method ?? 'PUT',
  headers: headers ?? {},
  body: body ?? null,
})
