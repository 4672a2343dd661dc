// The expressions of a mapping, written to be asked of the source where it stands: before anything is brought, staged or kept.
import { RowWriter, type Surroundings } from '../../dialects/writer.ts'
import type { Found, Node, Relation, Value } from '../../expr/node.ts'
import { isColumn } from '../../expr/words/column.ts'
import type { SqlType } from '../../schema/type.ts'
import type { Spelling } from '../spelling/spelling.ts'
import { unspoken } from '../spelling/spelling.ts'
import { InlineWriter } from './inline.ts'

/** Tables that the migration itself fills: what is found in them is known when it has been run. */
export type Filled = ReadonlySet<string>

const around: Surroundings = {
  keyOf: () => unspoken('it needs the key of a row that is made when it is run'),
  window: () => unspoken('it looks at other rows of the source'),
  computed: () => unspoken('it is computed by a function, outside of the database'),
}

export function writerFor(spelling: Spelling, roots: readonly Node[], columns: readonly string[], filled: Filled): RowWriter {
  return new (spelling.engine === 'postgres' ? Layered : Inline)(spelling, roots, columns, filled)
}

class Layered extends RowWriter {
  private readonly filled: Filled
  constructor(spelling: Spelling, roots: readonly Node[], columns: readonly string[], filled: Filled) {
    super(spelling.sql, around, roots, columns)
    this.filled = filled
  }
  override find(relation: Relation, on: readonly (readonly [string, Value])[], take: string): Found {
    refuseFilled(relation, this.filled)
    return super.find(relation, on, take)
  }
}

/** What a column is stored as and what the mapping takes it to be can be two things. */
class Inline extends InlineWriter {
  private readonly spelling: Spelling
  private readonly filled: Filled
  constructor(spelling: Spelling, roots: readonly Node[], columns: readonly string[], filled: Filled) {
    super(spelling.sql, around, roots, columns)
    this.spelling = spelling
    this.filled = filled
  }
  override value(node: Node): Value {
    if (!isColumn(node)) return super.value(node)
    const { name, type, nullable } = node.params as { name: string; type: SqlType; nullable: boolean }
    return { sql: this.spelling.column(name, type), type, nullable }
  }
  override find(relation: Relation, on: readonly (readonly [string, Value])[], take: string): Found {
    refuseFilled(relation, this.filled)
    return super.find(relation, on, take)
  }
}

function refuseFilled({ id, query }: Relation, filled: Filled): void {
  const named = (table: string) => new RegExp(`\\b${table.slice(table.indexOf('.') + 1).replace(/\W/g, '\\$&')}\\b`, 'i').test(query ?? '')
  if (filled.has(id) || [...filled].some(named)) unspoken('it looks into rows that the migration itself makes')
}
