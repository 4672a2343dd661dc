import { type Node, strings } from '../ast.ts'
import type { At } from '../at.ts'
import { beside } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'

export const uniqueAcrossPartitions: Rule = {
  id: 'unique-across-partitions',
  name: 'A key of a partitioned table that leaves out what it is partitioned by',
  when: 'PRIMARY KEY, UNIQUE or a unique index of a partitioned table, without all columns that it is partitioned by.',
  harm: 'The server refuses: each partition only knows its own rows.',
  instead: 'A key that has these columns too; or a unique index on each partition, if that is enough.',
  bad: {
    schema: 'CREATE TABLE log (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);',
    sql: 'ALTER TABLE log ADD PRIMARY KEY (id);',
  },
  good: { schema: '', sql: 'CREATE TABLE log (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);' },
  on: ['CreateStmt', 'IndexStmt', 'AT_AddConstraint'],
  always: true,
  check(act, at) {
    const parted = partedBy(act, at)
    const short = parted && keysOf(act).find((columns) => !parted.every((p) => columns.includes(p)))
    return short
      ? { categories: ['fails'], message: `(${short.join(', ')}) has not all of (${parted.join(', ')}): the server refuses` }
      : undefined
  },
}

/** Columns only: an expression among them takes no key at all, and is left to the server. */
function partedBy({ kind, node }: Act, at: At): readonly string[] | undefined {
  if (kind !== 'CreateStmt') return node.relation?.inh === false ? undefined : at.table?.partitionKey
  const names: (string | undefined)[] | undefined = node.partspec?.partParams?.map((p: Node) => p.PartitionElem?.name)
  return names?.every((n) => n !== undefined) ? (names as string[]) : undefined
}

const unique = ['CONSTR_PRIMARY', 'CONSTR_UNIQUE']

function keysOf({ kind, node }: Act): readonly string[][] {
  if (kind === 'IndexStmt') return node.unique ? [(node.indexParams ?? []).map((p: Node) => p.IndexElem?.name ?? '')] : []
  const constraints: Node[] =
    kind === 'CreateStmt' ? (node.tableElts ?? []).map((e: Node) => e.Constraint ?? {}) : [node.def?.Constraint ?? {}]
  const columns: Node[] = kind === 'CreateStmt' ? (node.tableElts ?? []).flatMap((e: Node) => e.ColumnDef ?? []) : []
  return [
    ...constraints.filter((c) => unique.includes(c.contype) && c.keys).map((c) => strings(c.keys)),
    ...columns.filter((c) => unique.some((kindOf) => beside(c, kindOf))).map((c) => [c.colname ?? '']),
  ]
}
