// What a mapping will do with the rows as they are: which it will refuse and why, which take a default, which will meet a twin.
import { assign } from '../../dialects/assign.ts'
import type { Refusal, RowWriter } from '../../dialects/writer.ts'
import { GodwitError } from '../../errors/error.ts'
import type { Node } from '../../expr/node.ts'
import { walk } from '../../expr/node.ts'
import { keyWord } from '../../expr/words/key.ts'
import { type MappingFacts, type Output, rootsOf } from '../../mapping/mapping.ts'
import type { LiveTable } from '../../schema/schema.ts'
import { isText } from '../../schema/type.ts'
import type { Unlooked } from '../assessment.ts'
import type { Place } from '../place.ts'
import { Unspoken } from '../spelling/spelling.ts'
import { type Filled, writerFor } from './writer.ts'

/** One reason why rows do not go, or go with a warning: where it holds. */
export interface Refused {
  readonly reason: Refusal['reason']
  readonly warns: boolean
  readonly where: string
}
/** What tells the rows of an output apart in its table. */
export interface Told {
  readonly output: Output
  readonly unique: string
  readonly columns: readonly string[]
  readonly values: Readonly<Record<string, string>>
  readonly texts: readonly string[]
  /** The target itself takes for the same what differs in case, blanks or accents. */
  readonly folds: boolean
  readonly where: string
}
export interface Replaced {
  readonly columns: readonly string[]
  readonly where: string
  readonly at: string | undefined
}

export interface Met {
  /** Where the rows are read from, with all that the conditions look at beside them. */
  readonly from: string
  readonly refused: readonly Refused[]
  readonly told: readonly Told[]
  readonly replaced: readonly Replaced[]
  /** All rules that leave rows out could be said. */
  readonly ruled: boolean
  readonly notLookedAt: readonly Unlooked[]
}

/** `source`: the rows as the place reads them. `into`: the tables that are written, where they are known. */
export function meet(m: MappingFacts, place: Place, source: string, into: (id: string) => LiveTable | undefined, filled: Filled): Met {
  const { sql } = place.spelling
  const w = writerFor(place.spelling, rootsOf(m), Object.keys(m.from.columns), filled)
  const notes = new Notes(m, w)
  const kept = m.filters.map((f) => notes.said(f.keep, `the rule "${f.name}"`, undefined)).flatMap((v) => (v ? [`(${v.sql}) is true`] : []))
  notes.base = kept.join(' and ') || undefined
  const told: Told[] = []
  for (const o of m.outputs) told.push(...outputOf(o, into(o.to.id), notes, w, sql.quote))
  if (m.fill) {
    const goes = goesWhere(m.fill.when, notes)
    for (const [column, node] of Object.entries(m.fill.values)) notes.said(node, `${m.fill.to.id}.${column}`, goes)
  }
  const replaced = notes.replaced()
  return {
    from: w.layers.from(source, ''),
    refused: notes.all(),
    told,
    replaced,
    ruled: kept.length === m.filters.length,
    notLookedAt: notes.left(),
  }
}

function outputOf(o: Output, table: LiveTable | undefined, notes: Notes, w: RowWriter, quote: (name: string) => string): Told[] {
  const goes = goesWhere(o.when, notes)
  const values = new Map<string, string>()
  for (const [name, node] of Object.entries(o.values)) {
    const column = table?.columns.find((c) => c.name === name)
    const about = { columns: w.columnsOf(node), at: node.at ?? o.at, into: `${table?.name ?? o.to.id}.${name}` }
    const value = notes.said(node, about.into, goes)
    if (!value) continue
    values.set(name, value.sql)
    // a row that comes under a shared one is looked at with its group
    if (column && !o.per) notes.said(node, about.into, goes, (v) => void assign(v, column, about, w), 'fits')
  }
  if (!table || o.per) return []
  return uniquesOf(table, o).flatMap((u) => {
    if (!u.columns.every((c) => values.has(c))) return []
    const by = Object.fromEntries(u.columns.map((c) => [c, values.get(c)!]))
    const there = u.columns.map((c) => `${by[c]} is not null`)
    const texts = u.columns.filter((c) => isText(table.columns.find((x) => x.name === c)!.type))
    const where = [...(notes.base ? [notes.base] : []), ...(goes ? [goes] : []), ...there].join(' and ')
    return [
      { output: o, unique: u.columns.map(quote).join(', '), columns: u.columns, values: by, texts, folds: u.parts !== undefined, where },
    ]
  })
}

const uniquesOf = (table: LiveTable, o: Output) =>
  table.uniques.filter((u) => u.columns.length > 0 && u.where === undefined && u.columns.every((c) => o.values[c] !== undefined))

function goesWhere(when: Node | undefined, notes: Notes): string | undefined {
  const value = when && notes.said(when, 'a condition', undefined)
  return value && `(${value.sql}) is true`
}

/** What came of writing the expressions, each with where it counts. */
class Notes {
  base: string | undefined
  private readonly mapping: MappingFacts
  private readonly writer: RowWriter
  private readonly found = new Map<string, { reason: Refusal['reason']; warns: boolean; where: Set<string> }>()
  private readonly unsaid = new Map<string, Set<string>>()

  constructor(mapping: MappingFacts, writer: RowWriter) {
    this.mapping = mapping
    this.writer = writer
  }

  /** Undefined where it cannot be said here; `then` is done with the value, and may refuse as well. */
  said(node: Node, what: string, goes: string | undefined, then?: (v: ReturnType<RowWriter['value']>) => void, quietly?: 'fits') {
    // the key of another row of ours: there is nothing to be said of it before
    if (node.word.name === keyWord.name) return undefined
    try {
      const value = this.writer.value(node)
      then?.(value)
      for (const r of this.writer.takeRefusals()) this.note(r, goes)
      return value
    } catch (problem) {
      this.writer.takeRefusals()
      if (!(problem instanceof Unspoken || problem instanceof GodwitError)) throw problem
      if (!quietly) this.unsaid.set(problem.message, (this.unsaid.get(problem.message) ?? new Set()).add(what))
      return undefined
    }
  }

  private note({ when, reason, warns }: Refusal, goes: string | undefined): void {
    // of another row it is known when that row has been tried
    if (reason.blockedBy !== undefined) return
    const id = JSON.stringify([reason.code, reason.columns, reason.at, reason.says, warns])
    const there = this.found.get(id) ?? { reason, warns, where: new Set<string>() }
    there.where.add([...(this.base ? [this.base] : []), ...(goes ? [goes] : []), `(${when})`].join(' and '))
    this.found.set(id, there)
  }

  all(): Refused[] {
    return [...this.found.values()].map(({ reason, warns, where }) => ({
      reason,
      warns,
      where: `(${[...where].map((w) => `(${w})`).join(' or ')})`,
    }))
  }

  /** Where a default that is written in the mapping stands in for what is missing. */
  replaced(): Replaced[] {
    const found = new Map<Node, Replaced>()
    for (const root of rootsOf(this.mapping))
      walk(root, (n) => {
        const [of] = n.args
        if (n.word.name !== 'orElse' || !of || found.has(n)) return
        const columns = this.writer.columnsOf(of)
        if (!columns.length) return
        const value = this.said(of, 'a default', undefined)
        if (value?.nullable)
          found.set(n, { columns, where: [...(this.base ? [this.base] : []), `${value.sql} is null`].join(' and '), at: n.at })
      })
    return [...found.values()]
  }

  left(): Unlooked[] {
    return [...this.unsaid].map(([why, what]) => ({ what: `mapping ${this.mapping.name}: ${[...what].join(', ')}`, why }))
  }
}
