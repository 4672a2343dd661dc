// A webhook of one's own: the notice as JSON, signed.
import { aLine, type ChannelKind, type Letter, Unfit } from '../channel.ts'
import { hookOf, post } from '../http.ts'
import { signed } from '../signature.ts'

export interface WebhookChannel {
  /** Where to. May hold `${NAME}`. */
  readonly webhook: string
  /** What messages are signed with: 16 characters or more, known to both sides: `${NAME}`. */
  readonly key: string
}

const shortestKey = 16

export const webhook: ChannelKind<WebhookChannel> = {
  kind: 'webhook',
  keys: { webhook: aLine(`a URL (it may hold \${NAME})`), key: aLine(`the key that messages are signed with, by \${NAME}`) },
  needs: ['key'],
  open({ webhook: address, key }) {
    const hook = hookOf(address, 'webhook')
    if (key.length < shortestKey) throw new Unfit('key', `must have ${shortestKey} characters or more`)
    return {
      to: hook.host,
      secrets: [...hook.secrets, key],
      send(letter, { now, signal }) {
        const body = bodyOf(letter)
        return post(hook, { body, headers: { 'idempotency-key': letter.id, ...signed(key, body, now()) } }, signal)
      },
    }
  },
}

/** What programs are given: the same text each time. */
export const bodyOf = ({ id, notice: { key: _, ...notice } }: Letter): string => JSON.stringify({ godwit: 1, id, ...notice })
