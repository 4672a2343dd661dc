// SQL dealt out statement by statement, each with what stands above it.
import { withoutPsql } from '../../lint/read.ts'
import { split } from '../../lint/split.ts'
import type { Migration } from '../types.ts'
import type { Group, Uncut } from './writer.ts'

/** One text a group. */
export function cutSql(text: string, { dialect }: Migration, groups: readonly Group[], way: 'up' | 'down', many: number): string[] | Uncut {
  if (/StatementBegin/i.test(text)) return { why: 'it has marks of its own around statements' }
  const pieces = split(withoutPsql(text), { mysql: dialect === 'mysql' })
  if (pieces.length !== many) return { why: 'its statements cannot be told apart' }
  const within = pieces.find(({ from, to }) => /^(begin|start\s+transaction|commit|end|rollback|savepoint)\b/i.test(text.slice(from, to)))
  if (within) return { why: 'it begins and ends transactions itself' }
  const ends = pieces.map(({ to }) => endOf(text, to))
  const stretches = ends.map((end, i) => text.slice(ends[i - 1] ?? 0, i === ends.length - 1 ? text.length : end))
  return groups.map((g) => {
    const own = stretches.filter((_, i) => g[way].has(i)).join('')
    return own && !own.endsWith('\n') ? `${own}\n` : own
  })
}

/** With its semicolon, and with what is said behind it. */
function endOf(text: string, to: number): number {
  const semicolon = /^\s*;/.exec(text.slice(to))
  const after = to + (semicolon?.[0].length ?? 0)
  return after + (/^[^\S\n]*(?:--[^\n]*)?\n?/.exec(text.slice(after))?.[0].length ?? 0)
}
