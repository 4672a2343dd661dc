// A service that answers with what it has computed.
import { milliseconds } from '../../events/duration.ts'
import { outputOfText, Unreadable } from '../../shadow/output.ts'
import { hostOf } from '../reply.ts'
import { type Asked, allFilled, filled, ranBy, type Side } from './side.ts'

export interface HttpSide {
  readonly http: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Default 1 min. */
  readonly timeout?: string
}

export function httpSide({ http, method = 'GET', headers = {}, body, timeout = '1 min' }: HttpSide): Side {
  const timeoutMs = milliseconds(timeout)
  const by = `http ${JSON.stringify([method, http, Object.entries(headers).toSorted(), body ?? ''])}`
  return {
    says: `${method} ${hostOf(http)}`,
    by,
    params: { http, method, headers, body: body ?? null, timeout },
    run: (asked) =>
      ranBy(by, asked, async () => {
        const reply = await asked.hands.request({
          url: filled(http, asked),
          method,
          headers: headersFor(headers, asked),
          ...(body === undefined ? {} : { body: filled(body, asked) }),
          timeoutMs,
        })
        if (reply.status < 200 || reply.status > 299) throw new Unreadable(`it answered with ${reply.status}`)
        return { output: outputOfText(reply.body, asked.told), ms: reply.ms }
      }),
  }
}

const headersFor = (headers: Readonly<Record<string, string>>, asked: Asked): Record<string, string> => ({
  ...allFilled(headers, asked),
  ...(asked.input === undefined ? {} : { 'x-godwit-input-sha256': asked.input }),
})
