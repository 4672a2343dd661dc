// Mappings in the order in which they can go: one that asks for another's keys comes after it.
import { cannotPlan } from '../errors/plan.ts'
import { type Derived, type Node, type Relation, walk } from '../expr/node.ts'
import { type MappingFacts, rootsOf } from '../mapping/mapping.ts'
import type { Read } from '../schema/table.ts'

export function inOrder(mappings: readonly MappingFacts[]): MappingFacts[] {
  const byName = new Map<string, MappingFacts>()
  for (const m of mappings) {
    if (byName.has(m.name))
      throw cannotPlan({
        what: `Two mappings are called ${m.name}`,
        why: 'the ledger tells them apart by name',
        hint: "Name one: mapping(table, …, { name: '…' }).",
        at: m.at,
      })
    byName.set(m.name, m)
  }
  const out: MappingFacts[] = []
  const state = new Map<string, 'doing' | 'done'>()
  const visit = (m: MappingFacts, path: readonly string[]) => {
    if (state.get(m.name) === 'done') return
    if (state.get(m.name) === 'doing')
      throw cannotPlan({
        what: `The mappings ${[...path, m.name].join(' → ')} wait for each other`,
        why: 'each asks for keys that the next makes',
        hint: 'Map the shared rows in a mapping of their own, or make both outputs of one mapping.',
        at: m.at,
      })
    state.set(m.name, 'doing')
    for (const name of needs(m)) {
      const other = byName.get(name)
      if (other && other !== m) visit(other, [...path, m.name])
    }
    state.set(m.name, 'done')
    out.push(m)
  }
  for (const m of mappings) visit(m, [])
  return out
}

function needs(m: MappingFacts): Set<string> {
  const names = new Set<string>()
  const look = (root: Node): void =>
    walk(root, (n) => {
      if (n.word.name === 'key') names.add((n.params['slot'] as { mapping: string }).mapping)
      under((n.params['relation'] as Relation | undefined)?.derived)
    })
  // what a relation is made with may ask for keys, too
  const under = (derived: Read['derived']): void => {
    for (const n of (derived as Derived | undefined)?.nodes ?? []) look(n)
    for (const t of derived?.of ?? []) under(t.derived)
  }
  under(m.from.derived)
  for (const root of rootsOf(m)) look(root)
  return names
}
