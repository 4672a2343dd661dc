// A reference, and the type of its column while it holds old keys: read from the catalogue, or from the schema that a plan was made with.
import type { LiveSchema } from '../../../../schema/schema.ts'
import type { SqlType } from '../../../../schema/type.ts'
import type { Hands } from '../../../hands.ts'
import { literal, relation } from '../../words.ts'
import { memberOf, type Reference } from './reference.ts'

export interface Typed {
  readonly ref: Reference
  readonly type: string
}

export async function typed(hands: Hands, ref: Reference): Promise<Typed> {
  const { column, away } = memberOf(ref)
  const [row] = await hands.target.ask(
    `select format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = ${relation(ref.id)} and attname in (${literal(column)}, ${literal(away)}) and not attisdropped order by attname = ${literal(away)} desc limit 1`,
  )
  return { ref, type: row!['type']! }
}

/** Nothing where there is no such column. */
export function typedIn(schema: LiveSchema, ref: Reference): Typed | undefined {
  const { id, column, away } = memberOf(ref)
  const columns = schema.tables.get(id)?.columns ?? []
  const found = columns.find((c) => c.name === away) ?? columns.find((c) => c.name === column)
  return found ? { ref, type: spelt(found.type) } : undefined
}

const spellings: Readonly<Record<string, string>> = { int2: 'smallint', int4: 'integer', int8: 'bigint', varchar: 'character varying' }

/** As Postgres writes it, without a length. */
const spelt = (type: SqlType): string => (type.name === 'array' ? `${spelt(type.of)}[]` : (spellings[type.name] ?? type.name))
