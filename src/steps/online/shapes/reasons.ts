// What speaks against two shapes of a table: what a view cannot pass on, names that clash, values that one shape cannot give.
import { partsOf } from '../../engine-words.ts'
import type { Hands } from '../../hands.ts'
import { isFilled, isFollower } from '../follower.ts'
import { reasonsOf } from '../move.ts'
import { viewReasons } from '../stand-in.ts'
import { hangsOn, triggersSay } from '../still-said.ts'
import { columnThere, literal, quote, reason, relation, short } from '../words.ts'
import { type Columns, columnsAsTheyAre, columnsOf, viewOf } from './shape.ts'
import type { Known, Shapes } from './shapes.ts'

/** Before anything is changed, both are asked. */
export async function hinderingOld(hands: Hands, s: Shapes): Promise<readonly string[]> {
  const names = s.tables.map(({ id }) => partsOf(id).name)
  const twice = [...new Set(names.filter((n, i) => names.indexOf(n) !== i))].map((n) => `two tables are called ${n}`)
  const same = s.old === s.new ? [`both shapes are called ${s.old}`] : []
  const clear = [...twice, ...same, ...(s.tables.length ? [] : ['no table is named'])]
  if (clear.length) return clear
  const questions = [
    ...[s.old, s.new].map(taken),
    ...s.tables.flatMap((t) => of(t, [...viewReasons(t.id), waiting(t), ...t.gone.map((c) => missing(t, c))])),
  ]
  return reasonsOf(hands, questions.join(' union all '))
}

/** The tables have by now what the new version needs. */
export async function hinderingNew(hands: Hands, s: Shapes, old: Columns): Promise<readonly string[]> {
  const known = columnsOf(await columnsAsTheyAre(hands, s, 'new'))
  const clashes = s.tables.flatMap(({ id }) => {
    const names = known[id]!.map(([, name]) => name)
    return [...new Set(names.filter((n, i) => names.indexOf(n) !== i))].map(
      (n) => `${short(id)}: ${s.new} would have two columns called ${n}`,
    )
  })
  if (clashes.length) return clashes
  const questions = [
    taken(s.new),
    ...s.tables.flatMap((t) => of(t, [waiting(t), ...Object.keys(t.called).flatMap((c) => [missing(t, c), followersSay(t, c)])])),
    ...s.tables.flatMap((t) =>
      of(t, [
        needed(t, `attname in (${inList(t.gone)})`, s.new),
        needed(t, `attnum not in (${old[t.id]!.map(([n]) => n).join(', ')})`, s.old),
      ]),
    ),
  ]
  return reasonsOf(hands, questions.join(' union all '))
}

const inList = (names: readonly string[]): string => (names.length ? names.map(literal).join(', ') : `''`)

const of = ({ id }: Known, questions: readonly string[]): string[] =>
  questions.map((q) => `select ${literal(`${short(id)}: `)} || reason as reason from (${q}) x(reason)`)

const taken = (schema: string): string =>
  reason(`exists (select from pg_namespace where nspname = ${literal(schema)})`, `there is a schema ${schema} already`)
const missing = ({ id }: Known, column: string): string => reason(`not ${columnThere(id, column)}`, `there is no column ${column}`)

/** A column of ours that is to take the place of another is not to be written meanwhile. */
const waiting = ({ id, instead }: Known): string =>
  `select 'column ' || attname || ' waits to take the place of another, by a change that is not of these shapes' from pg_attribute where attrelid = ${relation(id)} and attnum > 0 and not attisdropped and attname like 'godwit\\_%' and attname not in (${inList(Object.keys(instead))})`

/** A row that comes in by a shape has no value in what the shape does not have. */
const needed = ({ id }: Known, where: string, schema: string): string =>
  `select 'column ' || attname || ' must have a value, and ' || ${literal(schema)} || ' does not have it: give it a default, or let it be empty' from pg_attribute a
    where attrelid = ${relation(id)} and attnum > 0 and not attisdropped and attnotnull and not atthasdef and attidentity = '' and ${where} and not ${isFilled('a')}`

/** What a split or a merge says of a column would mean nothing once it has the other name. */
const followersSay = ({ id }: Known, column: string): string => `${triggersSay(id, column)} and ${isFollower('t')}`

/** Before a shape goes. */
export const stillUsed = (hands: Hands, schema: string, tables: readonly Known[]): Promise<readonly string[]> => {
  const namespace = `to_regnamespace(${literal(quote(schema))})`
  const questions = [
    ...tables.flatMap(({ id }) => hangsOn(viewOf(schema, id))),
    `select 'there is ' || oid::regclass || ' in it' from pg_class where relnamespace = ${namespace} and relkind <> 'i' and relname not in (${tables.map(({ id }) => literal(partsOf(id).name)).join(', ')})`,
    `select 'there is function ' || oid::regprocedure || ' in it' from pg_proc where pronamespace = ${namespace}`,
  ]
  return reasonsOf(hands, questions.join(' union all '))
}

/** Whoever said the new shape says the table from then on. */
export const notItself = (hands: Hands, schema: string, tables: readonly Known[]): Promise<readonly string[]> =>
  reasonsOf(
    hands,
    tables
      .map(
        ({ id }) =>
          `select ${literal(`${short(id)} has no column `)} || attname || ${literal(`, and ${schema} has it`)} as reason from pg_attribute v where attrelid = ${relation(viewOf(schema, id))} and attnum > 0
            and not exists (select from pg_attribute a where a.attrelid = ${relation(id)} and a.attname = v.attname and not a.attisdropped)`,
      )
      .join(' union all '),
  )
