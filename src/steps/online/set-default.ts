// What a column is where nothing is said: for new rows only; the rows that are there stay as they are.
import { undoRefused } from '../../errors/run.ts'
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import type { Hands, Row } from '../hands.ts'
import type { Step } from '../step.ts'
import { online, reasonsOf, wasBefore } from './move.ts'
import { columnThere, idOf, literal, named, quote, reason, relation, short } from './words.ts'

/** `value` as SQL: `'open'`, `now()`; null takes the default away. */
export function setDefault(table: Table | string, column: string, value: string | null): Step {
  const id = idOf(table)
  const change = changeTo(id, column, value)
  return online({
    kind: 'online set default',
    title: value === null ? `${short(id)}.${column} has no default` : `${short(id)}.${column} is ${value} by default`,
    at: origin(),
    changes: [id],
    params: { table: id, column, value },
    elsewhere: (words) => words.setDefault(id, column, value),
    moves: [
      {
        name: 'set',
        says: change,
        there: async (hands) => (await defaultOf(hands, id, column)) === (await asPostgresSays(hands, id, column, change)),
        do: (hands) => hands.schema.reshape([change]),
        undo: (hands) => back(hands, id, column, change),
      },
    ],
    already: async (hands) =>
      !(await against(hands, id, column)).length &&
      (await defaultOf(hands, id, column)) === (await asPostgresSays(hands, id, column, change)),
    against: (hands) => against(hands, id, column),
    was: async (hands): Promise<Row> => ({ default: await defaultOf(hands, id, column) }),
  })
}

const changeTo = (id: string, column: string, value: string | null): string =>
  `alter table ${named(id)} alter column ${quote(column)} ${value === null ? 'drop default' : `set default ${value}`}`

const expression = (table: string, column: string): string =>
  `select (select pg_get_expr(adbin, adrelid) from pg_attribute join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid = ${table} and attname = ${literal(column)}) as is`

const defaultOf = async (hands: Hands, id: string, column: string): Promise<string | null> =>
  (await hands.target.ask(expression(relation(id), column)))[0]!['is']!

/** It writes an expression in its own way: tried on a table like it without rows. */
async function asPostgresSays(hands: Hands, id: string, column: string, change: string): Promise<string | null> {
  const like = 'pg_temp.godwit_trial'
  const [row] = await hands.schema.trial(
    [`create temp table godwit_trial (like ${named(id)})`, change.replace(named(id), like)],
    expression(`'${like}'::regclass`, column),
  )
  return row!['is']!
}

const against = (hands: Hands, id: string, column: string): Promise<readonly string[]> => {
  const has = (what: string) =>
    `exists (select from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)} and ${what} <> '')`
  return reasonsOf(
    hands,
    [
      reason(`not ${columnThere(id, column)}`, `there is no column ${short(id)}.${column}`),
      reason(has('attgenerated'), 'it is computed from others'),
      reason(has('attidentity'), 'its numbers come from a sequence of its own'),
    ].join(' union all '),
  )
}

async function back(hands: Hands, id: string, column: string, change: string): Promise<void> {
  const { default: was } = await wasBefore(hands)
  const is = await defaultOf(hands, id, column)
  if (is === was) return
  if (is !== (await asPostgresSays(hands, id, column, change)))
    throw undoRefused({
      reasons: [`somebody else has given ${short(id)}.${column} another default since: ${is ?? 'none'}`],
      hint: 'Set it to what it is to be, by hand, to what this step made of it; then undo again.',
    })
  await hands.schema.reshape([changeTo(id, column, was!)])
}
