// Which locks a statement takes, by the kind of statement: what an application that works beside it would meet.
import type { LiveSchema } from '../schema/schema.ts'

const name = String.raw`("(?:[^"]|"")+"|[a-z_][\w$]*)(?:\.("(?:[^"]|"")+"|[a-z_][\w$]*))?`
const pattern = (before: string): RegExp => new RegExp(`\\b${before}\\s+${name}`, 'gi')

/** The first that fits a piece of the text says the lock; what comes later in this list is weaker. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [pattern('alter\\s+table(?:\\s+if\\s+exists)?(?:\\s+only)?'), 'ACCESS EXCLUSIVE'],
  [pattern('drop\\s+(?:table|view|index)(?:\\s+if\\s+exists)?'), 'ACCESS EXCLUSIVE'],
  [pattern('truncate(?:\\s+table)?'), 'ACCESS EXCLUSIVE'],
  [pattern('create\\s+(?:constraint\\s+)?trigger\\b[\\s\\S]*?\\bon'), 'SHARE ROW EXCLUSIVE'],
  [pattern('create\\s+(?:unique\\s+)?index\\s+concurrently\\b[\\s\\S]*?\\bon(?:\\s+only)?'), 'SHARE UPDATE EXCLUSIVE'],
  [pattern('create\\s+(?:unique\\s+)?index(?!\\s+concurrently)\\b[\\s\\S]*?\\bon(?:\\s+only)?'), 'SHARE'],
  [pattern('references'), 'SHARE ROW EXCLUSIVE'],
  [pattern('insert\\s+into'), 'ROW EXCLUSIVE'],
  [pattern('(?<!for\\s)update(?:\\s+only)?'), 'ROW EXCLUSIVE'],
  [pattern('delete\\s+from(?:\\s+only)?'), 'ROW EXCLUSIVE'],
  [pattern('(?:from|join)'), 'ACCESS SHARE'],
]

const strength = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'ACCESS EXCLUSIVE',
]

/** `ROW EXCLUSIVE on pad.pad_request, pad.audit_log`, the strongest first. Tables of a session are nobody else's business. */
export function locksOf(sql: string, schema: LiveSchema): string[] {
  const text = sql.replace(/'(?:[^']|'')*'/g, "''").replace(/--[^\n]*/g, '')
  const held = new Map<string, string>()
  const take = (id: string, lock: string) => {
    if (id.startsWith('pg_temp.') || id.startsWith('pg_catalog.')) return
    const now = held.get(id)
    if (now === undefined || strength.indexOf(lock) > strength.indexOf(now)) held.set(id, lock)
  }
  for (const [kind, lock] of kinds) {
    for (const match of text.matchAll(kind)) {
      const id = idOf(match[1]!, match[2])
      // names without a schema are those of this very statement, unless the database has such a table
      if (match[2] === undefined && !schema.tables.has(id)) continue
      take(id, weaker(text, match.index, lock))
      if (lock === 'ROW EXCLUSIVE' && !/^delete/i.test(match[0]))
        for (const f of schema.tables.get(id)?.foreignKeys ?? []) take(f.to, 'ROW SHARE')
    }
  }
  const byLock = Map.groupBy(held, ([, lock]) => lock)
  return strength.toReversed().flatMap((lock) =>
    byLock.has(lock)
      ? [
          `${lock} on ${byLock
            .get(lock)!
            .map(([id]) => id)
            .join(', ')}`,
        ]
      : [],
  )
}

/** Some changes of a table let others go on. */
function weaker(text: string, at: number, lock: string): string {
  if (lock !== 'ACCESS EXCLUSIVE' || !/^alter/i.test(text.slice(at))) return lock
  const rest = text.slice(at)
  if (/\bvalidate\s+constraint\b/i.test(rest)) return 'SHARE UPDATE EXCLUSIVE'
  return /\badd\s+(?:constraint\s+\S+\s+)?foreign\s+key\b/i.test(rest) ? 'SHARE ROW EXCLUSIVE' : lock
}

const bare = (part: string): string => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part)
const idOf = (first: string, second: string | undefined): string =>
  second === undefined ? `public.${bare(first)}` : `${bare(first)}.${bare(second)}`
