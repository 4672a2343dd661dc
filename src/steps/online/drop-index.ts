// An index dropped beside everybody; an undo builds it again as it was.
import { origin } from '../../expr/origin.ts'
import { qualified } from '../../schema/schema.ts'
import type { Hands, Row } from '../hands.ts'
import type { Step } from '../step.ts'
import { holds, online, reasonsOf, wasBefore } from './move.ts'
import { literal, named, reason, relation, short } from './words.ts'

export function dropIndex(name: string): Step {
  const id = qualified(name)
  const says = `drop index concurrently ${named(id)}`
  return online({
    kind: 'online drop index',
    title: `drop index ${short(id)}`,
    at: origin(),
    params: { name: id },
    elsewhere: (words) => words.dropIndex(id),
    moves: [
      {
        name: 'drop',
        says,
        there: (hands) => holds(hands, `${relation(id)} is null`),
        do: (hands) => hands.schema.alone([`drop index concurrently if exists ${named(id)}`]),
        undo: (hands) => rebuild(hands, id),
      },
    ],
    was: (hands) => definition(hands, id),
    against: (hands) =>
      reasonsOf(
        hands,
        [
          reason(`${relation(id)} is null`, `there is no index ${short(id)}`),
          `select 'the constraint ' || conname || ' of ' || conrelid::regclass || ' lives by it' as reason from pg_constraint where conindid = ${relation(id)}`,
          `select 'it belongs to a partitioned table' as reason from pg_class where oid = ${relation(id)} and (relkind = 'I' or relispartition)`,
        ].join(' union all '),
      ),
  })
}

const definition = async (hands: Hands, id: string): Promise<Row> =>
  (
    await hands.target.ask(
      `select pg_get_indexdef(oid) as made, obj_description(oid, 'pg_class') as comment from pg_class where oid = ${relation(id)}`,
    )
  )[0]!

async function rebuild(hands: Hands, id: string): Promise<void> {
  if (await holds(hands, `exists (select from pg_index where indexrelid = ${relation(id)} and indisvalid)`)) return
  const { made, comment } = await wasBefore(hands)
  const statements = [`drop index concurrently if exists ${named(id)}`, made!.replace(/ INDEX /, ' INDEX CONCURRENTLY ')]
  await hands.schema.alone(comment == null ? statements : [...statements, `comment on index ${named(id)} is ${literal(comment)}`])
}
