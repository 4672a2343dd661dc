// A primary key: columns that must have a value, over an index that is built beside everybody and then taken for the key.
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import { partsOf } from '../engine-words.ts'
import type { Step } from '../step.ts'
import { duplicates, indexMove, indexReasons } from './index.ts'
import { brief, online, reasonsOf } from './move.ts'
import { notNullMoves, without } from './not-null.ts'
import { columnThere, constraintThere, idOf, named, nameFor, quote, reason, relation, short } from './words.ts'

/** `name`: what Postgres would call it, if left out. */
export function primaryKey(table: Table | string, columns: readonly string[], { name: given }: { readonly name?: string } = {}): Step {
  const id = idOf(table)
  const name = given ?? nameFor(partsOf(id).name, 'pkey')
  return online({
    kind: 'online primary key',
    title: `${short(id)} is known by ${columns.join(', ')}`,
    at: origin(),
    changes: [id],
    params: { table: id, columns, name },
    elsewhere: (words) => words.primaryKey(id, columns, name),
    moves: [
      ...columns.flatMap((c) => notNullMoves(id, c).map((m) => ({ ...m, name: `${c} ${m.name}` }))),
      indexMove(id, columns, name, { unique: true }, { definition: `primary key (${columns.map(quote).join(', ')})`, manner: '' }),
      brief({
        name: 'key',
        sql: `alter table ${named(id)} add constraint ${quote(name)} primary key using index ${quote(name)}`,
        there: constraintThere(id, name),
        back: [`alter table if exists ${named(id)} drop constraint if exists ${quote(name)}`],
      }),
    ],
    against: async (hands) => {
      const plain = await reasonsOf(
        hands,
        [
          indexReasons(id, name),
          reason(`exists (select from pg_constraint where conrelid = ${relation(id)} and contype = 'p')`, `${short(id)} has a primary key`),
          reason(
            `exists (select from pg_class where oid = ${relation(id)} and relkind <> 'r')`,
            `${short(id)} is no table, or is partitioned`,
          ),
          ...columns.map((c) =>
            reason(`${relation(id)} is not null and not ${columnThere(id, c)}`, `there is no column ${short(id)}.${c}`),
          ),
        ].join(' union all '),
      )
      return plain.length ? plain : reasonsOf(hands, [...columns.map((c) => without(id, c)), duplicates(id, columns)].join(' union all '))
    },
  })
}
