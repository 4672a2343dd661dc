// The columns of a graph as the catalogue counts them.
import { literal, relation } from '../words.ts'
import type { Graph } from './graph.ts'

/** Table and columns, as a row source: `oid`, `num`. */
export const memberNumbers = ({ members }: Pick<Graph, 'members'>): string =>
  `(select a.attrelid as oid, a.attnum as num from pg_attribute a join (values ${members.map((m) => `(${relation(m.id)}, ${literal(m.column)})`).join(', ')}) m(oid, name) on a.attrelid = m.oid and a.attname = m.name)`
