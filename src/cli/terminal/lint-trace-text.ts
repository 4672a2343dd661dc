// What was seen of each statement on a copy, for people; what the rules said otherwise stands below it.
import { type Held, keepsOut, strength } from '../../lint/seen.ts'
import { list, plainText, plural } from '../../text.ts'
import type { TracedFile } from '../lint-trace.ts'
import type { Screen } from './screen.ts'

export function traceText(traced: readonly TracedFile[], screen: Screen): string[] {
  const all = traced.flatMap((f) => f.seen)
  if (all.length === 0) return []
  const wrong = all.filter((s) => s.disagrees.length > 0).length
  const empty = traced.some((f) => !f.filled) ? ' Some tables were empty: rows that were made up stood in the way.' : ''
  return [
    '',
    ...traced.flatMap((f) => f.seen.flatMap((s) => statement(f, s, screen))),
    `${plural(all.length, 'statement')} run on a copy: ${wrong ? `${plural(wrong, 'time')} the rules said otherwise` : 'as the rules say'}.${empty}`,
  ]
}

function statement({ file, sql }: TracedFile, s: TracedFile['seen'][number], { paint, width }: Screen): string[] {
  const [first = ''] = sql.slice(s.from, s.to).split('\n')
  return [
    `trace  ${plainText(file)}:${s.line}  ${plainText(first).slice(0, Math.max(20, width - file.length - 20))}`,
    `       ${plainText(whatHappened(s))}`,
    ...s.disagrees.map((d) => `       ${paint.red(`disagrees: ${plainText(d)}`)}`),
  ]
}

/** Of each table the strongest lock, where others wait for it. */
function strongest(locks: readonly Held[]): Held[] {
  const byTable = Map.groupBy(
    locks.filter((h) => keepsOut(h.mode)),
    (h) => h.table,
  )
  return [...byTable.values()].map((held) => held.toSorted((a, b) => strength(b.mode) - strength(a.mode))[0]!)
}

function whatHappened({ refused, locks, scanned, rewritten }: TracedFile['seen'][number]): string {
  if (refused !== undefined) return `refused: ${refused}`
  const held = strongest(locks ?? [])
  const modes = [...Map.groupBy(held, (h) => h.mode)].map(
    ([mode, tables]) => `${mode} on ${list([...new Set(tables.map((h) => h.table))])}`,
  )
  const parts = [
    ...modes,
    ...(scanned.length ? [`read ${list(scanned)}`] : []),
    ...(rewritten.length ? [`wrote ${list(rewritten)} anew`] : []),
    ...(locks ? [] : ['in no transaction: its locks were gone before anybody could look']),
  ]
  return parts.length ? parts.join(' · ') : 'nobody waits'
}
