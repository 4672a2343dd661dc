// A whole database read into a value, in seven questions however many tables there are.
import { nameAmbiguous } from '../../errors/database.ts'
import type {
  CheckConstraint,
  ForeignKey,
  ForeignKeyAction,
  Index,
  LiveColumn,
  LiveSchema,
  LiveTable,
  Trigger,
  Unique,
} from '../../schema/schema.ts'
import type { Row, Session } from '../database.ts'
import * as catalogue from './catalogue.ts'
import { columnType } from './column-type.ts'
import { textArray } from './names.ts'

/** `only`: ids, in which * stands for anything: `bo.*`, `pad.pad_request`. */
export async function readSchema(session: Session, only?: readonly string[]): Promise<LiveSchema> {
  const server = (await session.query(catalogue.server)).rows[0]!
  const relations = (await session.query(catalogue.relations, [only ? textArray(only.map(likePattern)) : null])).rows
  const read = await readParts(session, relations)
  const tables = new Map<string, LiveTable>()
  for (const relation of relations) {
    const table = tableOf(relation, read)
    if (tables.has(table.id)) throw nameAmbiguous({ id: table.id })
    tables.set(table.id, table)
  }
  return { serverVersion: Number(server.version), database: server.database!, user: server.user!, tables }
}

/** For LIKE, from an id in which * stands for anything. */
export const likePattern = (glob: string): string => glob.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%')

interface Parts {
  readonly relations: ReadonlyMap<string, Row>
  readonly partitions: ReadonlyMap<string, readonly Row[]>
  readonly labels: ReadonlyMap<string, readonly string[]>
  readonly columns: ReadonlyMap<string, readonly Row[]>
  readonly constraints: ReadonlyMap<string, readonly Row[]>
  readonly indexes: ReadonlyMap<string, readonly Row[]>
  readonly triggers: ReadonlyMap<string, readonly Row[]>
}

async function readParts(session: Session, relations: readonly Row[]): Promise<Parts> {
  const oids = textArray(relations.map((r) => r.oid!))
  const ask = async (sql: string) => groupBy((await session.query(sql, [oids])).rows, 'relation')
  const labels = (await session.query(catalogue.enumLabels)).rows
  return {
    relations: new Map(relations.map((r) => [r.oid!, r])),
    partitions: groupBy(
      relations.filter((r) => r.parent !== null),
      'parent',
    ),
    labels: new Map(labels.map((r) => [r.type_oid!, JSON.parse(r.labels!) as string[]])),
    columns: await ask(catalogue.columns),
    constraints: await ask(catalogue.constraints),
    indexes: await ask(catalogue.indexes),
    triggers: await ask(catalogue.triggers),
  }
}

function groupBy(rows: readonly Row[], by: string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row[by]!)
    if (group) group.push(row)
    else groups.set(row[by]!, [row])
  }
  return groups
}

const kinds: Readonly<Record<string, LiveTable['kind']>> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
}

const idOf = (relation: Row): string => `${relation.schema}.${relation.name}`
const list = (json: string | null | undefined): string[] => (json ? (JSON.parse(json) as string[]) : [])
const yes = (text: string | null | undefined): boolean => text === 'true'

function tableOf(relation: Row, read: Parts): LiveTable {
  const oid = relation.oid!
  const id = idOf(relation)
  const constraints = read.constraints.get(oid) ?? []
  const indexes = read.indexes.get(oid) ?? []
  const overTime = constraints.filter((c) => yes(c.over_time))
  const ordinary = constraints.filter((c) => !yes(c.over_time))
  const of = (kind: string) => ordinary.filter((c) => c.kind === kind)
  const parent = relation.parent === null ? undefined : read.relations.get(relation.parent!)
  return {
    id,
    schema: relation.schema!,
    name: relation.name!,
    kind: relation.kind !== 'p' && yes(relation.is_partition) ? 'partition' : kinds[relation.kind!]!,
    owner: relation.owner!,
    columns: (read.columns.get(oid) ?? []).map((row) => columnOf(row, read.labels)),
    primaryKey: list(constraints.find((c) => c.kind === 'p')?.columns),
    uniques: indexes.filter((i) => yes(i.unique) && yes(i.valid) && !yes(i.exclusion)).map(uniqueOf),
    checks: of('c').map(checkOf),
    foreignKeys: of('f').map((row) => foreignKeyOf(row, id)),
    // WITHOUT OVERLAPS and PERIOD hold over spans: taken for a plain key they would say something false
    exclusions: [...of('x'), ...overTime].map((row) => row.definition!),
    triggers: (read.triggers.get(oid) ?? []).map(triggerOf),
    estimate: estimateOf(relation, read),
    bytes: bytesOf(relation, read),
    rowSecurity: yes(relation.row_security),
    indexes: indexes.map(indexOf),
    ...(relation.comment === null ? {} : { comment: relation.comment! }),
    ...(relation.bound === null ? {} : { partition: { ...(parent ? { of: idOf(parent) } : {}), bound: relation.bound! } }),
  }
}

/** A partitioned table has no rows of its own, and autovacuum never counts it: what its partitions have. */
function estimateOf(relation: Row, read: Parts): number {
  if (relation.kind !== 'p') return Number(relation.estimate)
  const known = (read.partitions.get(relation.oid!) ?? []).map((p) => estimateOf(p, read)).filter((n) => n >= 0)
  return known.length > 0 ? known.reduce((a, b) => a + b, 0) : Number(relation.estimate)
}

function bytesOf(relation: Row, read: Parts): number {
  return (read.partitions.get(relation.oid!) ?? []).reduce((sum, p) => sum + bytesOf(p, read), Number(relation.bytes))
}

function columnOf(row: Row, labels: ReadonlyMap<string, readonly string[]>): LiveColumn {
  const generated = row.generated !== ''
  return {
    name: row.name!,
    type: columnType(row, labels),
    nullable: yes(row.nullable),
    ...(row.default !== null && { [generated ? 'generated' : 'default']: row.default! }),
    ...(row.identity !== '' && { identity: row.identity === 'a' ? ('always' as const) : ('by default' as const) }),
    ...(row.sequence !== null && { sequence: row.sequence! }),
    ...(row.collation !== null && { collation: row.collation! }),
    ...(row.comment !== null && { comment: row.comment! }),
  }
}

function uniqueOf(row: Row): Unique {
  const expressions = yes(row.has_expressions)
  return {
    name: row.name!,
    columns: expressions ? [] : list(row.columns),
    deferrable: yes(row.deferrable),
    nullsNotDistinct: yes(row.nulls_not_distinct),
    primary: yes(row.primary),
    ...(row.where !== null && { where: row.where! }),
    ...(expressions && { expressions: row.definition!, parts: list(row.parts) }),
    ...((expressions || row.where !== null) && { uses: list(row.uses) }),
  }
}

const indexOf = (row: Row): Index => ({
  name: row.name!,
  columns: yes(row.has_expressions) ? [] : list(row.columns),
  unique: yes(row.unique),
  valid: yes(row.valid),
  sql: row.definition!,
})

const checkOf = (row: Row): CheckConstraint => ({
  name: row.name!,
  sql: row.condition!,
  columns: list(row.columns),
  validated: yes(row.validated),
})

const actions: Readonly<Record<string, ForeignKeyAction>> = { a: 'no action', r: 'restrict', c: 'cascade', n: 'set null', d: 'set default' }

const foreignKeyOf = (row: Row, table: string): ForeignKey => ({
  name: row.name!,
  table,
  columns: list(row.columns),
  to: row.to!,
  toColumns: list(row.to_columns),
  onDelete: actions[row.on_delete!]!,
  onUpdate: actions[row.on_update!]!,
  match: row.match === 'f' ? 'full' : 'simple',
  deferrable: yes(row.deferrable),
  validated: yes(row.validated),
})

const enabled: Readonly<Record<string, Trigger['enabled']>> = { A: 'always', O: 'origin', R: 'replica', D: 'disabled' }
/** The bits of pg_trigger.tgtype. */
const bit = { row: 1, before: 2, insert: 4, delete: 8, update: 16, truncate: 32, instead: 64 }

function triggerOf(row: Row): Trigger {
  const type = Number(row.type)
  const has = (flag: number) => (type & flag) !== 0
  return {
    name: row.name!,
    enabled: enabled[row.enabled!]!,
    sql: row.sql!,
    events: (['insert', 'update', 'delete', 'truncate'] as const).filter((event) => has(bit[event])),
    timing: has(bit.instead) ? 'instead of' : has(bit.before) ? 'before' : 'after',
    perRow: has(bit.row),
  }
}
