// Values that may stand in one row only: by an index that is built beside everybody and then taken for the constraint.
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import type { Step } from '../step.ts'
import { duplicates, indexMove, indexReasons } from './index.ts'
import { brief, type Move, online, reasonsOf } from './move.ts'
import { constraintThere, idOf, literal, named, nameFor, quote, relation, short } from './words.ts'

export interface UniqueOptions {
  /** What Postgres would call it, if left out. */
  readonly name?: string
  readonly deferrable?: boolean
}

export function unique(table: Table | string, columns: readonly string[], { name: given, deferrable }: UniqueOptions = {}): Step {
  const id = idOf(table)
  const name = given ?? nameFor(id.slice(id.indexOf('.') + 1), ...columns, 'key')
  return online({
    kind: 'online unique',
    title: `${short(id)}: one row for each ${columns.join(', ')}`,
    at: origin(),
    changes: [id],
    params: { table: id, columns, name, deferrable },
    moves: uniqueMoves(id, columns, name, deferrable ? ' deferrable' : ''),
    elsewhere: (words) => words.unique(id, columns, name),
    against: async (hands) => {
      const plain = await reasonsOf(hands, `${indexReasons(id, name)} union all ${notApart(id, columns)}`)
      return plain.length ? plain : reasonsOf(hands, duplicates(id, columns))
    },
  })
}

/** `manner`: ` deferrable`, or nothing. */
export const uniqueMoves = (id: string, columns: readonly string[], name: string, manner: string): Move[] => [
  indexMove(id, columns, name, { unique: true }, { definition: `unique (${columns.map(quote).join(', ')})${manner}`, manner }),
  brief({
    name: 'bound',
    sql: `alter table ${named(id)} add constraint ${quote(name)} unique using index ${quote(name)}${manner}`,
    there: constraintThere(id, name),
    back: [`alter table if exists ${named(id)} drop constraint if exists ${quote(name)}`],
  }),
]

/** Postgres looks for a value within a partition only. */
const notApart = (id: string, columns: readonly string[]): string =>
  `select 'it is partitioned by ' || pg_get_partkeydef(partrelid) || ', and has to be unique by that as well' as reason from pg_partitioned_table
    where partrelid = ${relation(id)} and exists (select from unnest(partattrs) k where k = 0 or not exists (select from pg_attribute a where a.attrelid = partrelid and a.attnum = k and a.attname in (${columns.map(literal).join(', ')})))`
