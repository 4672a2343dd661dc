// An incoming webhook of Slack, or of what understands the same (Mattermost, Rocket.Chat).
import { aLine, type ChannelKind, type Letter } from '../channel.ts'
import { hookOf, post } from '../http.ts'
import type { Notice } from '../notice.ts'
import { line } from '../words.ts'

export interface SlackChannel {
  /** The URL of an incoming webhook. All of it is a secret: `${NAME}`. */
  readonly slack: string
}

export const slack: ChannelKind<SlackChannel> = {
  kind: 'slack',
  keys: { slack: aLine(`the URL of an incoming webhook (it may hold \${NAME})`) },
  needs: [],
  open(said) {
    const hook = hookOf(said.slack, 'slack')
    return {
      to: hook.host,
      secrets: hook.secrets,
      send: async (letter, { signal }) =>
        void (await post(hook, { body: JSON.stringify(messageOf(letter)), headers: { 'idempotency-key': letter.id } }, signal)),
    }
  },
}

const plain = (text: string, most: number) => ({ type: 'plain_text', text: line(text, most), emoji: false })
const signs: Readonly<Record<Notice['occasion'], string>> = {
  phase: '✓',
  waiting: '⏸',
  failed: '✗',
  incident: '‼',
  finished: '✓',
  undone: '↶',
  test: '·',
}

/** Blocks are plain text throughout: nothing in it is read as markup, wherever a name comes from. */
export function messageOf({ notice: n }: Letter): object {
  const head = `${signs[n.occasion]} ${n.migration}: ${n.title}`
  const says = n.says.map((s) => `• ${s}`).join('\n')
  return {
    text: inert(head),
    blocks: [
      { type: 'header', text: plain(head, 150) },
      ...(says ? [{ type: 'section', text: { ...plain('', 1), text: says.slice(0, 2900) } }] : []),
      ...(n.next.length ? [{ type: 'section', text: { ...plain('', 1), text: `Next: ${n.next.join('   or   ')}`.slice(0, 2900) } }] : []),
      { type: 'context', elements: [plain(`${n.environment} · ${n.database} · run ${n.run} · plan ${n.plan} · ${n.at}`, 300)] },
    ],
  }
}

/** The line for lists and lock screens is read as markup: no mention, link or entity of it is to be one. */
export const inert = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/@(?=\S)/g, '@\u200b')
    .replaceAll('](', ']\u200b(')
    .replaceAll('://', ':\u200b//')
