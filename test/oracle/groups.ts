// Outputs that make one row of many: the groups, and what their rows come to.
import type { MappingFacts, Output } from '../../src/mapping/mapping.ts'
import { broken, type Draft, hasAggregate, type Part, put, type Setting, sceneOf } from './draft.ts'
import { evaluate } from './evaluate.ts'
import { type Cell, tuple } from './value.ts'
import { type Row, tableOf, type World } from './world.ts'

export interface Group {
  readonly mapping: MappingFacts
  readonly output: Output
  readonly name: string
  readonly members: readonly Draft[]
  readonly row: Row
  readonly refusals: readonly string[]
  /** The row that was there already, and is used as it is. */
  readonly adopted: Row | undefined
}

export const groupName = (output: Output, row: Row): string => tuple(output.per!.map((p) => row.get(p) ?? null))

export function adoptable(world: World, output: Output, name: string): Row | undefined {
  return output.adopt ? tableOf(world, output.to.id).rows.find((row) => groupName(output, row) === name) : undefined
}

export function groupsOf(setting: Setting, drafts: readonly Draft[]): Group[] {
  const found = new Map<string, { part: Part; members: Draft[] }>()
  for (const d of drafts) {
    for (const part of d.parts.filter((p) => p.output.per)) {
      const id = `${d.mapping.name}/${part.output.name}/${groupName(part.output, part.row)}`
      const there = found.get(id)
      if (there) there.members.push(d)
      else found.set(id, { part, members: [d] })
    }
  }
  return [...found.values()].map(({ part, members }) => groupOf(setting, part, members))
}

function groupOf(setting: Setting, { output, row }: Part, members: readonly Draft[]): Group {
  const { mapping, source } = members[0]!
  const name = groupName(output, row)
  const adopted = adoptable(setting.world, output, name)
  const notes = { refusals: [] as string[] }
  const whole =
    adopted ?? filled(setting, output, row, { ...sceneOf(setting, mapping, source), group: members.map((m) => m.source) }, notes)
  const refusals = adopted ? [] : [...notes.refusals, ...broken(tableOf(setting.world, output.to.id), whole)]
  return { mapping, output, name, members, row: whole, refusals, adopted }
}

function filled(setting: Setting, output: Output, row: Row, scene: ReturnType<typeof sceneOf>, notes: { refusals: string[] }): Row {
  const table = tableOf(setting.world, output.to.id)
  const whole = new Map<string, Cell>(row)
  for (const [column, node] of Object.entries(output.values)) {
    if (!hasAggregate(node)) continue
    const { value, refusals } = evaluate(node, scene)
    notes.refusals.push(...refusals)
    whole.set(column, refusals.length ? null : put(value, column, table, notes))
  }
  return whole
}
