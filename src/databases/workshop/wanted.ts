// Which of a target's tables a migration may look at: every one that it names, also in SQL of its own, and what hangs on those that it writes.
import { writtenBy } from '../../mapping/mapping.ts'
import type { Migration } from '../../migration/migration.ts'
import type { ColumnFacts } from '../../schema/column.ts'
import type { TargetTable } from './engine.ts'

export interface Wanted {
  /** All texts that stand anywhere in the migration. */
  readonly texts: string
  /** Tables that its mappings write. */
  readonly writes: ReadonlySet<string>
  /** Columns that its tables call text, by table. */
  readonly texted: ReadonlyMap<string, ReadonlySet<string>>
  /** Columns that it gives a value, by table that it writes. */
  readonly given: ReadonlyMap<string, readonly ReadonlySet<string>[]>
}

export function wantedBy(migration: Migration): Wanted {
  const texts: string[] = []
  const texted = new Map<string, Set<string>>()
  const seen = new Set<object>()
  const look = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value)
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    if ('id' in value && 'columns' in value && 'key' in value && typeof value.id === 'string')
      noteTexts(texted, value.id, value.columns as object)
    for (const each of Object.values(value)) look(each)
  }
  look(migration)
  const outputs = migration.mappings.flatMap((m) => m.outputs)
  const given = Map.groupBy(outputs, (o) => o.to.id)
  return {
    texts: texts.join('\n'),
    writes: new Set(migration.mappings.flatMap((m) => writtenBy(m).map((t) => t.id))),
    texted,
    given: new Map([...given].map(([id, of]) => [id, of.map((o) => new Set(Object.keys(o.values)))])),
  }
}

function noteTexts(texted: Map<string, Set<string>>, id: string, columns: object): void {
  const names = Object.entries(columns as Record<string, ColumnFacts>).flatMap(([name, c]) => (c.type?.name === 'text' ? [name] : []))
  texted.set(id, new Set([...(texted.get(id) ?? []), ...names]))
}

export interface Chosen {
  readonly tables: readonly TargetTable[]
  /** Those in which something may change: what is written, and what hangs on it. */
  readonly tracked: ReadonlySet<string>
}

export function chosenOf(all: readonly TargetTable[], { texts, writes, texted }: Wanted): Chosen {
  const lower = texts.toLowerCase()
  const named = all.filter((t) => writes.has(t.id) || names(lower, t.name.toLowerCase()))
  const tracked = hangingOn(all, new Set(all.filter((t) => writes.has(t.id)).map((t) => t.id)))
  const parents = all.filter((t) => writes.has(t.id)).flatMap((t) => t.foreignKeys.map((f) => f.to))
  const ids = new Set([...named.map((t) => t.id), ...tracked, ...parents])
  return { tables: all.filter((t) => ids.has(t.id)).map((t) => asTexts(t, texted.get(t.id))), tracked }
}

const inWord = /[\p{L}\p{N}_]/u

/** As a word of its own. */
function names(texts: string, name: string): boolean {
  for (let at = texts.indexOf(name); at >= 0; at = texts.indexOf(name, at + 1)) {
    const around = (texts[at - 1] ?? ' ') + (texts[at + name.length] ?? ' ')
    if (!inWord.test(around)) return true
  }
  return false
}

function hangingOn(all: readonly TargetTable[], ids: Set<string>): Set<string> {
  for (let more = true; more; ) {
    const found = all.filter((t) => !ids.has(t.id) && t.foreignKeys.some((f) => ids.has(f.to)))
    for (const t of found) ids.add(t.id)
    more = found.length > 0
  }
  return ids
}

/** What the migration calls text is text, whatever it is declared as: any value can be written as one. */
const asTexts = (t: TargetTable, columns: ReadonlySet<string> | undefined): TargetTable =>
  columns?.size ? { ...t, columns: t.columns.map((c) => (columns.has(c.name) && !c.numbered ? { ...c, type: { name: 'text' } } : c)) } : t
