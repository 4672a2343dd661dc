// A query as one writes it, with named, typed columns.
import type { Scribe } from '../../expr/node.ts'
import { type Columns, relation, type Table } from '../../schema/table.ts'
import { relationOf } from '../mapping.ts'
import { derive } from './derived.ts'

/**
 * A query with named, typed columns, to map from or to look into where a table will not do. Its key must be unique.
 * With a function, tables are named by what it is given: those of other databases, and relations that are made of others, too.
 */
export function query<const C extends Columns>(
  name: string,
  columns: C,
  sql: string | ((named: (t: Table) => string) => string),
): Table<C> {
  if (typeof sql === 'string') return relation(`query.${name}`, columns, [], { query: sql })
  const of: Table[] = []
  const text = sql((t) => `\0${of.includes(t) ? of.indexOf(t) : of.push(t) - 1}\0`)
  const write = (scribe: Scribe) => text.replace(/\0(\d+)\0/g, (_, n: string) => scribe.from(relationOf(of[Number(n)]!)))
  return derive(name, columns, { of, nodes: [], says: ['query', text, of.map((t) => t.id)], write })
}
