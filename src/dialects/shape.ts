// A mapping met with a schema: which table each output writes, how its keys come about, what stands in the ledger for it.

import { tableMissing } from '../errors/plan.ts'
import type { Node, Relation, SqlWords } from '../expr/node.ts'
import { walk } from '../expr/node.ts'
import { isColumn } from '../expr/words/column.ts'
import { type MappingFacts, type Output, relationOf, rootsOf } from '../mapping/mapping.ts'
import type { ColumnFacts } from '../schema/column.ts'
import { column, type LiveColumn, type LiveSchema, type LiveTable } from '../schema/schema.ts'
import { isTable } from '../schema/table.ts'
import { isInteger, type SqlType } from '../schema/type.ts'
import { didYouMean } from '../text.ts'
import { type FillShape, fillShape, readsItself, unfilled } from './fill.ts'
import { type KeyPlan, keyPlan } from './keying.ts'
import { shortName } from './postgres.ts'

export interface OutputShape {
  readonly output: Output
  readonly index: number
  readonly table: LiveTable
  readonly key: KeyPlan
  /** Columns that are mapped, the key's not among them. */
  readonly columns: readonly { readonly column: LiveColumn; readonly node: Node }[]
  /** The ledger of the groups, for an output with `per`. */
  readonly groups: string
}

export interface Shape {
  readonly facts: MappingFacts
  readonly name: string
  readonly slug: string
  readonly key: readonly { readonly name: string; readonly type: SqlType }[]
  /** Where the rows are read from: the table itself, or a query brought into the ledger's schema. */
  readonly source: string
  readonly query: string | undefined
  readonly outputs: readonly OutputShape[]
  /** Columns that are filled in the source row itself. */
  readonly fill: FillShape | undefined
  /** Some target key cannot be computed from the source key, so a row a source row is kept. */
  readonly stores: boolean
  readonly reserves: boolean
  readonly ledger: string
  readonly extents: string
  readonly stage: string
  readonly keys: string
  /** Staged rows that go and hold no number yet, counted through in the order of their keys. */
  readonly wants: string
  readonly aside: string
  readonly twins: string
}

export interface Setting {
  readonly sql: SqlWords
  readonly schema: LiveSchema
  readonly migration: string
  /** Mappings whose integer source keys lie close enough together for reserved stretches. */
  readonly dense: ReadonlySet<string>
}

export function tableOf(schema: LiveSchema, id: string, at: string | undefined): LiveTable {
  const table = schema.tables.get(id)
  if (!table) throw tableMissing({ table: id, near: didYouMean(id, schema.tables.keys()), at })
  return table
}

/** `queryOf`: the query of a relation that is none of the database's tables; asked for once all mappings have a shape. */
export function shapeOf(facts: MappingFacts, setting: Setting, queryOf: (r: Relation) => string | undefined): Shape {
  const slug = shortName(`${setting.migration}_${facts.name}`)
  const key = facts.from.key.map((name) => ({ name, type: (facts.from.columns[name] as ColumnFacts).type }))
  const dense = key.length === 1 && isInteger(key[0]!.type) && setting.dense.has(facts.name)
  const inLedger = (kind: string) => `godwit.${setting.sql.quote(`${kind}_${slug}`)}`
  const outputs = facts.outputs.map((output, index): OutputShape => {
    const table = tableOf(setting.schema, output.to.id, output.at)
    const plan = keyPlan(output, table, dense)
    const isKey = new Set(plan.columns.map((c) => c.name))
    const columns = Object.entries(output.values)
      .filter(([name]) => !isKey.has(name))
      .map(([name, node]) => ({ column: column(table, name)!, node }))
    return { output, index, table, key: plan, columns, groups: inLedger(`group${index}`) }
  })
  const fill = facts.fill && fillShape(facts.fill, tableOf(setting.schema, facts.fill.to.id, facts.fill.at), inLedger('before'))
  const table = setting.sql.table(facts.from.id)
  return {
    facts,
    name: facts.name,
    slug,
    key,
    get query() {
      return queryOf(relationOf(facts.from))
    },
    source: !isTable(facts.from)
      ? inLedger('source')
      : fill && readsItself(fill, columnsRead(facts))
        ? unfilled(fill, facts.from.key, setting.sql)
        : table,
    outputs,
    fill,
    stores: outputs.some((o) => stored(o)),
    reserves: outputs.some((o) => o.key.keying === 'reserved'),
    ledger: inLedger('row'),
    extents: inLedger('extent'),
    aside: inLedger('aside'),
    twins: inLedger('twin'),
    stage: `pg_temp.${setting.sql.quote(`unit_${slug}`)}`,
    keys: `pg_temp.${setting.sql.quote(`keys_${slug}`)}`,
    wants: `pg_temp.${setting.sql.quote(`wants_${slug}`)}`,
  }
}

export const stored = (o: OutputShape): boolean => o.key.keying === 'drawn' || o.key.keying === 'given' || o.key.keying === 'derived'

/** Source columns that the expressions of a mapping read. */
export function columnsRead(facts: MappingFacts): Set<string> {
  const read = new Set<string>(facts.from.key)
  for (const root of rootsOf(facts))
    walk(root, (n) => {
      if (isColumn(n)) read.add(n.params['name'] as string)
    })
  return read
}

/** Relations made of others that the expressions of a mapping look into. */
export function lookedInto({ facts }: Pick<Shape, 'facts'>): Relation[] {
  const found = new Map<string, Relation>()
  for (const root of rootsOf(facts))
    walk(root, (n) => {
      const relation = n.params['relation'] as Relation | undefined
      if (relation?.derived) found.set(relation.id, relation)
    })
  return [...found.values()]
}

/** The source key as one text, as the quarantine and people know it. */
export const keyText = (columns: readonly string[]): string =>
  columns.length === 1 ? `(${columns[0]})::text` : `jsonb_build_array(${columns.map((c) => `(${c})::text`).join(', ')})::text`

/** Which rows of a table are ours: true for those that some output of this migration made. */
export function owned(table: string, alias: string, shapes: readonly Shape[], sql: SqlWords): string {
  const claims = shapes.flatMap((s) => s.outputs.filter((o) => o.table.id === table).map((o) => claim(s, o, alias, sql)))
  return claims.length ? `(${claims.join(' or ')})` : 'false'
}

function claim(s: Shape, o: OutputShape, alias: string, sql: SqlWords): string {
  const key = o.key.columns.map((c) => `${alias}.${sql.quote(c.name)}`)
  if (o.key.keying === 'reserved')
    return `exists (select 1 from ${s.extents} x where ${key[0]} between x.b${o.index} and x.b${o.index} + (x.hi - x.lo))`
  if (o.key.keying === 'grouped')
    return `exists (select 1 from ${o.groups} g where g.made and ${key.map((k, j) => `g.t${j} = ${k}`).join(' and ')})`
  return `exists (select 1 from ${s.ledger} l where ${key.map((k, j) => `l.o${o.index}k${j} = ${k}`).join(' and ')})`
}
