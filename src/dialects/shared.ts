// Rows that several source rows share, as the stage of their mapping sees them.
import { cannotPlan } from '../errors/plan.ts'
import { type Node, type Value, walk } from '../expr/node.ts'
import { isAggregate } from '../expr/words/aggregate.ts'
import { isCompute } from '../expr/words/compute.ts'
import { assign } from './assign.ts'
import { comparable } from './comparable.ts'
import { groupGuards } from './groups.ts'
import { columnType } from './keys.ts'
import type { OutputShape, Setting, Shape } from './shape.ts'
import type { TwinQuestion } from './uniques.ts'
import type { RowWriter } from './writer.ts'

/** What is left out: `later` in the first pass; `twins` and `groups` while these are themselves being found. */
export interface Without {
  /** No row has been made yet. */
  readonly first?: boolean
  readonly later?: boolean
  readonly twins?: boolean
  readonly groups?: boolean
}

const hasCompute = (n: Node): boolean => isCompute(n) || n.args.some(hasCompute)

export function hasAggregate(n: Node): boolean {
  return isAggregate(n) || n.args.some(hasAggregate)
}

/** A group's row is made elsewhere; here stand what tells groups apart, and what is aggregated. */
export function stageGroup(
  s: Shape,
  o: OutputShape,
  w: RowWriter,
  about: (name: string, node: Node) => { columns: readonly string[]; at: string | undefined; into: string },
) {
  const columns: string[] = []
  const named = Object.entries(o.output.values)
  for (const [j, [name, node]] of named.entries()) {
    if (isAggregate(node)) {
      if (node.args[0]) columns.push(`${w.value(node.args[0]).sql} as o${o.index}g${j}`)
      continue
    }
    if (hasCompute(node))
      throw cannotPlan({
        what: `${o.table.id}.${name}`,
        why: 'is shared by several rows, and computed in Node',
        hint: 'Compute it in SQL, or in a mapping of its own.',
        at: node.at,
      })
    if (namesOwnKey(node, s))
      throw cannotPlan({
        what: `${o.table.id}.${name}`,
        why: 'is the key of a row of this mapping, and stands in a row that several source rows share',
        hint: 'Make the one that it points at in a mapping of its own, and name it here with keyOf(…).',
        at: node.at,
      })
    if (hasAggregate(node))
      throw cannotPlan({
        what: `${o.table.id}.${name}`,
        why: 'puts a sum, count, min or max inside another word',
        hint: 'Aggregate alone, or aggregate in a query() and map from that.',
        at: node.at,
      })
    const type = columnType(o, name)
    const column = o.table.columns.find((c) => c.name === name)!
    const per = o.output.per!.includes(name)
    const sql = assign(w.value(node), per ? { ...column, nullable: false } : column, about(name, node), w)
    columns.push(`${w.sql.cast(sql, type)} as o${o.index}g${j}`)
  }
  return { columns, twins: [] as TwinQuestion[] }
}

/** Shared rows are made before any of the rows of their mapping have keys. */
function namesOwnKey(node: Node, s: Shape): boolean {
  let found = false
  walk(node, (n) => {
    if (n.word.name === 'key' && (n.params['slot'] as { mapping: string }).mapping === s.name) found = true
  })
  return found
}

export function groupKey(s: Shape, o: OutputShape, w: RowWriter, without: Without): Value {
  const type = o.key.columns[0]!.type
  if (without.groups) return { sql: w.sql.cast('null', type), type, nullable: false }
  const [key, refusal] = groupOf(o, w)
  w.refuse(`${key} is null and ${refusal} is null`, {
    code: 'PARENT_MISSING',
    columns: o.output.per!.flatMap((p) => w.columnsOf(o.output.values[p]!)),
    at: o.output.at,
    says: `came after the shared rows of ${o.output.name} were made; the next run takes it`,
    blockedBy: s.name,
  })
  return { sql: key!, type, nullable: false }
}

function groupOf(o: OutputShape, w: RowWriter): readonly string[] {
  const values = o.output.per!.map((p) => w.value(o.output.values[p]!))
  const agree = (a: string) =>
    o.output.per!.map((p, j) => comparable(`${a}.p${j}`, columnType(o, p), values[j]!, w.sql).join(' = ')).join(' and ')
  return w.layers.join(
    (a) => `left join ${o.groups} ${a} on ${agree(a)}`,
    (a) => [`${a}.t0`, `${a}.refusal`],
  )
}

/** Where the row that several share cannot be, none of these goes. */
export function refuseWithGroup(s: Shape, o: OutputShape, shapes: readonly Shape[], setting: Setting, w: RowWriter): void {
  const { reasons } = groupGuards(s, o, shapes, setting)
  if (!reasons.length) return
  const [, refusal] = groupOf(o, w)
  const columns = [...new Set(o.output.per!.flatMap((p) => w.columnsOf(o.output.values[p]!)))]
  for (const [n, reason] of reasons.entries()) w.refuse(`${refusal} = ${n + 1}`, { ...reason, columns })
}
