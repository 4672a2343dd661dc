// What mappings make of a world: which rows migrate, which are filtered, which are kept back and why.
import type { Node, Slot } from '../../src/expr/node.ts'
import type { MappingFacts, Output } from '../../src/mapping/mapping.ts'
import { type Made, orphans, sharing, taken } from './constraints.ts'
import { type Draft, draft, type Setting } from './draft.ts'
import type { KeyAnswer } from './evaluate.ts'
import { type Group, groupsOf } from './groups.ts'
import { Keys, within } from './keys.ts'
import type { Cell } from './value.ts'
import { type Row, tableOf, type World } from './world.ts'

export type Fate = 'migrated' | { readonly filtered: string } | { readonly quarantined: ReadonlySet<string> }

export interface ExpectedRow {
  readonly mapping: string
  readonly output: string
  readonly table: string
  readonly row: Row
}

export interface Expected {
  /** By mapping, then by the key of the source row. */
  readonly fates: ReadonlyMap<string, ReadonlyMap<string, Fate>>
  readonly rows: readonly ExpectedRow[]
  readonly warnings: readonly { readonly mapping: string; readonly key: string; readonly at: Node }[]
}

export const mapAll = (world: World, mappings: readonly MappingFacts[]): Expected => new Mapper(world, mappings).result()

interface MadeRow extends Made<Draft> {
  readonly mapping: MappingFacts
  readonly output: Output
}

class Mapper {
  private readonly world: World
  private readonly mappings: ReadonlyMap<string, MappingFacts>
  private readonly keys: Keys
  private readonly setting: Setting
  /** Why rows are kept back, by mapping and row. It only grows, so that it comes to an end. */
  private readonly blocked = new Map<string, Set<string>>()
  private readonly drafted = new Map<string, Draft>()

  constructor(world: World, mappings: readonly MappingFacts[]) {
    this.world = world
    this.mappings = new Map(parentsFirst(mappings).map((m) => [m.name, m]))
    this.keys = new Keys(world, this.mappings, (m, row) => this.blocked.has(this.keys.id(m, row)))
    this.setting = {
      world,
      keyOf: (m: MappingFacts, row: Row, slot: Slot, source?: readonly Cell[]): KeyAnswer => this.keys.keyOf(m, row, slot, source),
    }
  }

  result(): Expected {
    for (;;) {
      const drafts = this.drafts()
      const going = drafts.filter((d) => d.filtered === undefined && !this.isBlocked(d))
      const groups = groupsOf(this.setting, going)
      if (!this.settle(going, groups)) return this.told(drafts, going, groups)
    }
  }

  /** One round, until something is found: rows by themselves and against what is there, then against each other, parents first. */
  private settle(going: readonly Draft[], groups: readonly Group[]): boolean {
    const made = this.made(going, groups)
    const byItself = [
      ...going.map((d) =>
        this.block(
          d,
          d.refusals.filter((r) => !r.endsWith(within)),
        ),
      ),
      this.blockAll(orphans(this.world, made), 'FK_ORPHAN'),
      this.blockAll(taken(this.world, made), 'UNIQUE_CONFLICT', 'TARGET_FOREIGN_ROW'),
    ]
    if (byItself.includes(true)) return true
    if (groups.flatMap((g) => g.members.map((m) => this.block(m, g.refusals))).includes(true)) return true
    const shared = sharing(this.world, made)
    if (
      [...this.mappings.values()].some((m) =>
        this.blockAll(
          shared.filter((x) => x.members[0]!.mapping === m),
          'UNIQUE_CONFLICT',
        ),
      )
    )
      return true
    return going.map((d) => this.block(d, d.refusals)).includes(true)
  }

  private drafts(): Draft[] {
    return [...this.mappings.values()].flatMap((m) => tableOf(this.world, m.from.id).rows.map((row) => this.draft(m, row)))
  }

  /** Drawn up anew in each round only where it may depend on what became of other rows. */
  private draft(m: MappingFacts, row: Row): Draft {
    const id = this.keys.id(m, row)
    const there = this.drafted.get(id)
    if (there && !usesKeys(m)) return there
    const made = draft(this.setting, m, row)
    this.drafted.set(id, made)
    return made
  }

  private made(going: readonly Draft[], groups: readonly Group[]): MadeRow[] {
    const single = going.flatMap((d) =>
      d.parts.filter((p) => !p.output.per).map((p) => this.one(d.mapping, p.output, p.row, [d], this.keys.name(d.mapping, d.source))),
    )
    const grouped = groups.filter((g) => !g.adopted).map((g) => this.one(g.mapping, g.output, g.row, g.members, g.name))
    return [...single, ...grouped]
  }

  private one(mapping: MappingFacts, output: Output, row: Row, members: readonly Draft[], name: string): MadeRow {
    const chosen = [...tableOf(this.world, output.to.id).columns].filter(([column, rule]) => rule.default === 'chosen' && !row.has(column))
    const whole = new Map([...row, ...chosen.map(([column]): [string, Cell] => [column, this.keys.symbol(mapping, output, name)])])
    return { mapping, output, table: output.to.id, row: whole, members }
  }

  private isBlocked(d: Draft): boolean {
    return this.blocked.has(this.keys.id(d.mapping, d.source))
  }

  private blockAll(made: readonly Made<Draft>[], ...codes: string[]): boolean {
    return made.flatMap((m) => m.members.map((d) => this.block(d, codes))).includes(true)
  }

  private block(d: Draft, codes: readonly string[]): boolean {
    if (!codes.length) return false
    const id = this.keys.id(d.mapping, d.source)
    const there = this.blocked.get(id)
    this.blocked.set(id, new Set([...(there ?? []), ...codes.map((c) => c.replace(within, ''))]))
    return !there
  }

  private told(drafts: readonly Draft[], going: readonly Draft[], groups: readonly Group[]): Expected {
    // what holds of a row now that all the others are settled is a reason, too
    for (const d of drafts) if (this.isBlocked(d)) this.block(d, d.refusals)
    const fates = new Map<string, Map<string, Fate>>([...this.mappings.keys()].map((name) => [name, new Map()]))
    for (const d of drafts) fates.get(d.mapping.name)!.set(d.key, this.fateOf(d))
    const rows = this.made(going, groups).map(({ mapping, output, table, row }) => ({
      mapping: mapping.name,
      output: output.name,
      table,
      row,
    }))
    return { fates, rows, warnings: going.flatMap((d) => [...d.warnings].map((at) => ({ mapping: d.mapping.name, key: d.key, at }))) }
  }

  private fateOf(d: Draft): Fate {
    const codes = this.blocked.get(this.keys.id(d.mapping, d.source))
    if (codes) return { quarantined: codes }
    return d.filtered === undefined ? 'migrated' : { filtered: d.filtered }
  }
}

/** A mapping comes after those whose keys it asks for. */
function parentsFirst(mappings: readonly MappingFacts[]): MappingFacts[] {
  const asks = (m: MappingFacts, of: MappingFacts) => m !== of && nodesOf(m).some((n) => namesSlot(n, of.name))
  const left = [...mappings]
  const found: MappingFacts[] = []
  while (left.length) {
    const next = left.find((m) => !left.some((other) => asks(m, other))) ?? left[0]!
    found.push(...left.splice(left.indexOf(next), 1))
  }
  return found
}
const namesSlot = (node: Node, mapping: string): boolean =>
  (node.word.name === 'key' && (node.params.slot as Slot).mapping === mapping) || node.args.some((a) => namesSlot(a, mapping))

const nodesOf = (m: MappingFacts): Node[] => [
  ...m.filters.map((f) => f.keep),
  ...m.outputs.flatMap((o) => [...Object.values(o.values), ...(o.when ? [o.when] : [])]),
]
const usesKey = (node: Node): boolean => node.word.name === 'key' || node.args.some(usesKey)
const known = new WeakMap<MappingFacts, boolean>()
function usesKeys(m: MappingFacts): boolean {
  const there = known.get(m)
  if (there !== undefined) return there
  const uses = nodesOf(m).some(usesKey)
  known.set(m, uses)
  return uses
}
