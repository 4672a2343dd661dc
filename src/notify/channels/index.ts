// All kinds of channels there are, and how one is opened.
import type { Channel, ChannelKind } from '../channel.ts'
import { type Occasion, occasions } from '../notice.ts'
import { type CommandChannel, command } from './command.ts'
import { type MailChannel, mail } from './mail.ts'
import { type SlackChannel, slack } from './slack.ts'
import { type WebhookChannel, webhook } from './webhook.ts'

/** One of `slack`, `webhook`, `mail` and `command`, with what belongs to it. */
export type NotifyChannel = (SlackChannel | WebhookChannel | MailChannel | CommandChannel) & {
  /** What it is told of. Default all: 'phase', 'waiting', 'failed', 'incident', 'finished', 'undone'. */
  readonly on?: readonly Occasion[] | undefined
}

// each reads only its own keys, and the configuration has checked that there are no others
export const channelKinds: readonly ChannelKind<any>[] = [slack, webhook, mail, command]

/** With all variables put in. Throws `Unfit` for a value that makes no channel. */
export function openChannel(name: string, { on = occasions, ...said }: NotifyChannel, root: string): Channel {
  const kind = channelKinds.find((k) => k.kind in said)!
  return { ...kind.open(said, { root }), name, kind: kind.kind, on: new Set(on) }
}
