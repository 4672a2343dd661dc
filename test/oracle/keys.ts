// The keys of rows that are made: known by name before the database has chosen them.
import type { Slot } from '../../src/expr/node.ts'
import type { MappingFacts, Output } from '../../src/mapping/mapping.ts'
import { type Draft, draft, type Part, type Setting } from './draft.ts'
import type { KeyAnswer } from './evaluate.ts'
import { adoptable, groupName } from './groups.ts'
import { type Cell, symbol, tuple } from './value.ts'
import { type Row, tableOf, type World } from './world.ts'

/** Rows of one mapping that point at each other are looked at when all else is settled. */
export const within = ' within the mapping'

const missing: KeyAnswer = { refused: 'PARENT_MISSING' }
const waiting: KeyAnswer = { refused: 'PARENT_QUARANTINED' }

export class Keys {
  private readonly world: World
  private readonly mappings: ReadonlyMap<string, MappingFacts>
  private readonly isBlocked: (m: MappingFacts, row: Row) => boolean
  private readonly hopes = new Map<string, Draft>()
  private readonly hopeful: Setting

  constructor(world: World, mappings: ReadonlyMap<string, MappingFacts>, isBlocked: (m: MappingFacts, row: Row) => boolean) {
    this.world = world
    this.mappings = mappings
    this.isBlocked = isBlocked
    const keyOf = (m: MappingFacts, row: Row, slot: Slot, source?: readonly Cell[]): KeyAnswer => ({
      value: this.symbol({ name: slot.mapping }, { name: slot.name }, source ? tuple(source) : this.name(m, row)),
    })
    this.hopeful = { world, keyOf }
  }

  name(m: MappingFacts, row: Row): string {
    return tuple(tableOf(this.world, m.from.id).key.map((k) => row.get(k)!))
  }

  id(m: MappingFacts, row: Row): string {
    return `${m.name}/${this.name(m, row)}`
  }

  symbol(mapping: { readonly name: string }, output: { readonly name: string }, of: string): Cell {
    return symbol(`${mapping.name}/${output.name}/${of}`)
  }

  keyOf(from: MappingFacts, row: Row, slot: Slot, source: readonly Cell[] | undefined): KeyAnswer {
    const m = this.mappings.get(slot.mapping)
    const output = m?.outputs.find((o) => o.name === slot.name)
    if (!m || !output) throw new Error(`no output ${slot.mapping}/${slot.name}`)
    if (!source) return this.own(from, row, output)
    const answer = output.per ? this.ofGroup(m, output, tuple(source)) : this.ofRow(m, output, tuple(source))
    return m === from && 'refused' in answer ? { refused: `${answer.refused}${within}` } : answer
  }

  /** What a row would make if all that it points at were there. */
  private hope(m: MappingFacts, row: Row): Draft {
    const there = this.hopes.get(this.id(m, row))
    if (there) return there
    const hoped = draft(this.hopeful, m, row)
    this.hopes.set(this.id(m, row), hoped)
    return hoped
  }

  private own(m: MappingFacts, row: Row, output: Output): KeyAnswer {
    const part = this.hope(m, row).parts.find((p) => p.output === output)
    return { value: part ? this.keyIn(m, part, row) : null }
  }

  private ofRow(m: MappingFacts, output: Output, name: string): KeyAnswer {
    const row = tableOf(this.world, m.from.id).rows.find((r) => this.name(m, r) === name)
    if (!row) return missing
    const { parts, refusals } = this.hope(m, row)
    if (this.isBlocked(m, row) || refusals.length) return waiting
    const part = parts.find((p) => p.output === output)
    return part ? { value: this.keyIn(m, part, row) } : missing
  }

  /** The group is there as long as one of its rows goes. */
  private ofGroup(m: MappingFacts, output: Output, name: string): KeyAnswer {
    const members = tableOf(this.world, m.from.id).rows.flatMap((row) =>
      this.hope(m, row)
        .parts.filter((p) => p.output === output && groupName(output, p.row) === name)
        .map((part) => ({ row, part })),
    )
    const going = members.find(({ row }) => !this.isBlocked(m, row) && !this.hope(m, row).refusals.length)
    if (going) return { value: this.keyIn(m, going.part, going.row) }
    return members.length ? waiting : missing
  }

  private keyIn(m: MappingFacts, { output, row }: Part, source: Row): Cell {
    const [column, ...more] = output.to.key
    if (column === undefined || more.length) throw new Error(`the key of ${output.to.id} is not one column`)
    const group = output.per && groupName(output, row)
    const adopted = group === undefined ? undefined : adoptable(this.world, output, group)
    if (adopted) return adopted.get(column) ?? null
    return row.has(column) ? row.get(column)! : this.symbol(m, output, group ?? this.name(m, source))
  }
}
