// Which of a target's tables a migration may look at: every one that it names, also in SQL of its own, and what hangs on those that it writes.
import { writtenBy } from '../../mapping/mapping.ts'
import type { Migration } from '../../migration/migration.ts'
import type { ColumnFacts } from '../../schema/column.ts'
import { type SqlType, sameType } from '../../schema/type.ts'
import type { TargetEngine, TargetTable } from './engine.ts'

export interface Wanted {
  /** All texts that stand anywhere in the migration. */
  readonly texts: string
  /** Tables that its mappings write. */
  readonly writes: ReadonlySet<string>
  /** What its tables say of their columns, by table. */
  readonly typed: ReadonlyMap<string, ReadonlyMap<string, SqlType>>
  /** Columns that it gives a value, by table that it writes. */
  readonly given: ReadonlyMap<string, readonly ReadonlySet<string>[]>
}

export function wantedBy(migration: Migration): Wanted {
  const texts: string[] = []
  const typed = new Map<string, Map<string, SqlType>>()
  const seen = new Set<object>()
  const look = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value)
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    if ('id' in value && 'columns' in value && 'key' in value && typeof value.id === 'string')
      noteTypes(typed, value.id, value.columns as object)
    for (const each of Object.values(value)) look(each)
  }
  look(migration)
  const outputs = migration.mappings.flatMap((m) => m.outputs)
  const given = Map.groupBy(outputs, (o) => o.to.id)
  return {
    texts: texts.join('\n'),
    writes: new Set(migration.mappings.flatMap((m) => writtenBy(m).map((t) => t.id))),
    typed,
    given: new Map([...given].map(([id, of]) => [id, of.map((o) => new Set(Object.keys(o.values)))])),
  }
}

/** Two that say otherwise of a column agree on text. */
function noteTypes(typed: Map<string, Map<string, SqlType>>, id: string, columns: object): void {
  const types = typed.get(id) ?? new Map<string, SqlType>()
  for (const [name, { type }] of Object.entries(columns as Record<string, ColumnFacts>)) {
    const other = types.get(name)
    if (type) types.set(name, other && !sameType(other, type) ? { name: 'text' } : type)
  }
  typed.set(id, types)
}

export interface Chosen {
  readonly tables: readonly TargetTable[]
  /** Those in which something may change: what is written, and what hangs on it. */
  readonly tracked: ReadonlySet<string>
}

export function chosenOf(all: readonly TargetTable[], { texts, writes, typed }: Wanted, engine: Pick<TargetEngine, 'carries'>): Chosen {
  const lower = texts.toLowerCase()
  const named = all.filter((t) => writes.has(t.id) || names(lower, t.name.toLowerCase()))
  const tracked = hangingOn(all, new Set(all.filter((t) => writes.has(t.id)).map((t) => t.id)))
  const parents = all.filter((t) => writes.has(t.id)).flatMap((t) => t.foreignKeys.map((f) => f.to))
  const ids = new Set([...named.map((t) => t.id), ...tracked, ...parents])
  return { tables: all.filter((t) => ids.has(t.id)).map((t) => asSaid(t, typed.get(t.id), engine)), tracked }
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

/** Where an engine lets any value into a column, or has fewer types than people, the migration's own table says what the values are. */
function asSaid(t: TargetTable, types: ReadonlyMap<string, SqlType> | undefined, engine: Pick<TargetEngine, 'carries'>): TargetTable {
  if (!types?.size) return t
  const columns = t.columns.map((c) => {
    const type = types.get(c.name)
    return type && !sameType(type, c.type) && engine.carries(c, type) ? { ...c, type } : c
  })
  return { ...t, columns }
}
