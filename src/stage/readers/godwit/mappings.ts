// What a mapping does, as SQL that names the same tables and columns. What it makes of a value stands in the migration.
import { type Node, type Relation, walk } from '../../../expr/node.ts'
import { type MappingFacts, rootsOf } from '../../../mapping/mapping.ts'
import { type Read, tablesUnder } from '../../../schema/table.ts'
import type { Operation } from '../../types.ts'
import { anything } from '../holes.ts'
import { quoted } from '../quoting.ts'
import { lineOf, named } from './words.ts'

export function brought(mapping: MappingFacts): Operation[] {
  const { outputs, fill, at } = mapping
  const line = lineOf(at)
  const sources = [...new Set([mapping.from, ...lookedInto(mapping)].flatMap(sourcesOf))]
  const made = outputs.map(({ to, values }): Operation => {
    const columns = Object.keys(values)
    const taken = columns.map((c) => columnOf(values[c]!) ?? anything)
    const sql = `insert into ${named(to.id)} (${columns.map(quoted).join(', ')}) select ${taken.join(', ')} from ${sources.join(', ')}`
    return { kind: 'mapping', sql, line, ...(taken.includes(anything) || sources.length > 1 ? { holes: true } : {}) }
  })
  return fill ? [...made, { kind: 'fill', sql: filled(fill.to.id, fill.values), line, holes: true }] : made
}

/** Rows that it made are taken out by their keys, and what it wrote over is put back. */
export const broughtBack = ({ outputs, fill, at }: MappingFacts): Operation[] => [
  ...outputs.map(({ to }) => ({ kind: 'mapping', sql: `delete from ${named(to.id)} where $1`, line: lineOf(at), holes: true })),
  ...(fill ? [{ kind: 'fill', sql: filled(fill.to.id, fill.values), line: lineOf(at), holes: true }] : []),
]

const filled = (id: string, values: Readonly<Record<string, Node>>): string =>
  `update ${named(id)} set ${Object.keys(values)
    .map((c) => `${quoted(c)} = ${anything}`)
    .join(', ')}`

const columnOf = ({ word, params }: Node): string | undefined => (word.name === 'column' ? quoted(params['name'] as string) : undefined)

/** A query as it was written, and of what is made of others the tables that it is made of. */
const sourcesOf = (read: Read): string[] =>
  read.query === undefined ? tablesUnder(read).map((t) => named(t.id)) : [`(${read.query}) ${quoted(read.id)}`]

function lookedInto(mapping: MappingFacts): Relation[] {
  const found: Relation[] = []
  const visit = (n: Node): void => {
    if (n.word.name === 'lookup') found.push(n.params['relation'] as Relation)
  }
  for (const root of rootsOf(mapping)) walk(root, visit)
  return found
}
