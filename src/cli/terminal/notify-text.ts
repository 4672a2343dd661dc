// Channels, and what was sent by them or waits, to read.
import type { Retried } from '../../notify/by-hand.ts'
import type { Entry } from '../../notify/outbox.ts'
import { count, plural } from '../../text.ts'
import { oneLine, table } from './layout.ts'
import type { Screen } from './screen.ts'

type Paper = Pick<Screen, 'paint' | 'width'>

interface Shown {
  readonly name: string
  readonly kind: string
  readonly to: string
  readonly on: readonly string[]
}

const newest = 5

export function outboxText(channels: readonly Shown[], notices: readonly Entry[], paper: Paper): string[] {
  const { paint } = paper
  if (!channels.length && !notices.length)
    return [
      'Nobody is told: there are no channels. Add one to godwit.config.ts:',
      "  notify: { channels: { team: { slack: '${SLACK_WEBHOOK}' } } }",
    ]
  const sent = notices.filter((n) => n.state === 'sent')
  const open = notices.filter((n) => n.state !== 'sent')
  return [
    ...table(
      channels.map((c) => [paint.bold(c.name), c.kind, oneLine(c.to), c.on.join(', ')]),
      { gap: 3 },
    ),
    '',
    ...(open.length
      ? [paint.yellow(`${plural(open.length, 'message')} not sent`), ...open.flatMap((n) => openLines(n, channels, paper))]
      : ['Nothing waits to be sent.']),
    ...(sent.length ? ['', paint.dim(`sent so far: ${count(sent.length)}${sent.length > newest ? ', the last of them' : ''}`)] : []),
    ...table(
      sent.slice(-newest).map((n) => [n.sent ?? '', n.channel, `${oneLine(n.migration)}: ${oneLine(n.title)}`]),
      { indent: '  ' },
    ),
    ...(open.length ? ['', 'Next: godwit notify retry sends all of them now'] : []),
  ]
}

function openLines(n: Entry, channels: readonly Shown[], { paint }: Paper): string[] {
  const gone = channels.some((c) => c.name === n.channel) ? '' : '   the configuration has no such channel any more'
  const state = n.state === 'failed' ? paint.red('given up') : `again at ${n.due}`
  return [
    `  ${n.channel}   ${oneLine(n.migration)}: ${oneLine(n.title)}   ${paint.dim(n.since)}`,
    `    ${state}, ${plural(n.attempts, 'attempt')}${n.error ? `: ${oneLine(n.error)}` : ''}${gone}`,
  ]
}

export function retriedText({ sent, left }: Retried, { paint }: Paper): string[] {
  const done = sent ? `${paint.green('✓')} ${plural(sent, 'message')} sent.` : 'No message was sent.'
  if (!left.length) return [sent ? done : 'Nothing waits to be sent.']
  return [
    done,
    `${paint.red('✗')} ${plural(left.length, 'message')} not taken:`,
    ...left.map((n) => `  ${n.channel}   ${oneLine(n.title)}: ${oneLine(n.error ?? 'not tried')}`),
  ]
}
