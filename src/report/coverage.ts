// Where every column of a source goes, read off the plan: nothing is asked of the database.
import type { FillShape } from '../dialects/fill.ts'
import type { OutputShape, Shape } from '../dialects/shape.ts'
import { type Node, walk } from '../expr/node.ts'
import { isColumn } from '../expr/words/column.ts'
import type { Plan } from '../plan/plan.ts'
import type { ColumnFacts } from '../schema/column.ts'
import { type LiveColumn, shownId } from '../schema/schema.ts'
import { typeLabel } from '../schema/type.ts'
import type { Coverage } from './report.ts'

export const coverageOf = (plan: Plan): Coverage[] => plan.steps.flatMap((s) => (s.mapping ? [coverageOfMapping(s.mapping.shape)] : []))

function coverageOfMapping(s: Shape): Coverage {
  const uses = usesOf(s)
  const columns = Object.entries(s.facts.from.columns as Record<string, ColumnFacts>).map(([column, c]) => ({
    column,
    type: typeLabel(c.type),
    key: s.facts.from.key.includes(column),
    usedFor: [...(uses.get(column) ?? []), ...(s.fill && !uses.has(column) ? [staysIn(s.fill, column)] : [])],
    ignored: s.facts.ignored[column],
  }))
  return { mapping: s.name, source: shownId(s.facts.from.id), columns, unfed: unfedBy(s) }
}

const staysIn = (f: FillShape, column: string): string =>
  f.columns.some((c) => c.column.name === column) ? 'filled in place' : 'stays in its row'

function usesOf(s: Shape): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>()
  const note = (root: Node, use: string) =>
    walk(root, (n) => {
      if (!isColumn(n)) return
      const name = n.params['name'] as string
      uses.set(name, (uses.get(name) ?? new Set()).add(use))
    })
  for (const f of s.facts.filters) note(f.keep, `rule "${f.name}"`)
  for (const o of s.outputs) {
    for (const [column, node] of Object.entries(o.output.values)) note(node, `${o.table.name}.${column}`)
    if (o.output.when) note(o.output.when, `whether ${o.output.name} is made`)
  }
  for (const { column, node } of s.fill?.columns ?? []) note(node, `${s.fill!.table.name}.${column.name} (in place)`)
  if (s.fill?.fill.when) note(s.fill.fill.when, `whether ${s.fill.fill.name} is filled`)
  return uses
}

function unfedBy(s: Shape): Coverage['unfed'] {
  const byTable = Map.groupBy(s.outputs, (o) => o.table.id)
  return [...byTable].flatMap(([table, outputs]) => unfedOf(shownId(table), outputs))
}

function unfedOf(table: string, outputs: readonly OutputShape[]): Coverage['unfed'] {
  const fed = new Set(outputs.flatMap((o) => [...Object.keys(o.output.values), ...o.key.columns.map((c) => c.name)]))
  return outputs[0]!.table.columns.filter((c) => !fed.has(c.name)).map((c) => ({ table, column: c.name, gets: whatItGets(c) }))
}

const whatItGets = (c: LiveColumn): string =>
  c.generated === undefined ? (c.default ?? (c.identity ? 'a number of its own' : 'nothing')) : `computed: ${c.generated}`
