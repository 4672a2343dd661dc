// An index built beside everybody. One that could not be built whole is dropped and built again.
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import type { Step } from '../step.ts'
import { alone, holds, type Move, online, reasonsOf } from './move.ts'
import { type Building, buildOnParts, dropFromParts, isPartitioned, partReasons } from './partitions.ts'
import { besides, idOf, indexThere, indexValid, named, nameFor, quote, reason, reasonFor, relation, short } from './words.ts'

export interface IndexOptions {
  /** What Postgres would call it, if left out. */
  readonly name?: string
  readonly unique?: boolean
  /** `gin`, `gist`, … */
  readonly using?: string
  readonly include?: readonly string[]
  readonly where?: string
}

/** `on`: columns by their names, and expressions in brackets: `(lower(email))`, `(created_at) desc`. */
export function index(table: Table | string, on: readonly string[], options: IndexOptions = {}): Step {
  const id = idOf(table)
  const name = options.name ?? nameFor(id.slice(id.indexOf('.') + 1), ...on.map((o) => o.replace(/\W+/g, '_').replace(/^_|_$/g, '')), 'idx')
  return online({
    kind: 'online index',
    title: `${options.unique ? 'unique index' : 'index'} ${name} on ${short(id)}`,
    at: origin(),
    changes: [id],
    params: { table: id, on, name, options },
    elsewhere: (words) => words.index(id, on, name, options),
    moves: [indexMove(id, on, name, options)],
    against: (hands) => reasonsOf(hands, indexReasons(id, name)),
  })
}

export const indexReasons = (id: string, name: string): string =>
  [
    reason(`${relation(id)} is null`, `there is no table ${short(id)}`),
    reason(indexThere(id, name), `there is something called ${name} already`),
    partReasons(id, name),
  ].join(' union all ')

/** On a partitioned table it is made of those of the partitions; `bound` where it is made for a constraint. */
export function indexMove(
  id: string,
  on: readonly string[],
  name: string,
  { unique, using, include, where }: IndexOptions,
  bound?: Building['bound'],
): Move {
  const drop = `drop index concurrently if exists ${besides(id, name)}`
  const parts = on.map((o) => (o.startsWith('(') ? o : quote(o))).join(', ')
  const sql = (words: string, called: string, table: string) =>
    [
      `create ${unique ? 'unique ' : ''}index${words && ` ${words}`} ${quote(called)} on ${table}`,
      ...(using ? [`using ${using}`] : []),
      `(${parts})`,
      ...(include ? [`include (${include.map(quote).join(', ')})`] : []),
      ...(where === undefined ? [] : [`where ${where}`]),
    ].join(' ')
  const whole = alone({
    name: 'build',
    sql: sql('concurrently', name, named(id)),
    there: indexValid(id, name),
    repair: [drop],
    back: [drop],
  })
  return {
    ...whole,
    do: async (hands) =>
      (await holds(hands, isPartitioned(id))) ? buildOnParts(hands, id, name, { sql, ...(bound ? { bound } : {}) }) : whole.do(hands),
    undo: async (hands) => ((await holds(hands, isPartitioned(id))) ? dropFromParts(hands, id, name) : whole.undo!(hands)),
  }
}

/** How many values stand in more than one row. */
export const duplicates = (id: string, columns: readonly string[]): string =>
  reasonFor(
    `select count(*) as n from (select from ${named(id)} where ${columns.map((c) => `${quote(c)} is not null`).join(' and ')} group by ${columns.map(quote).join(', ')} having count(*) > 1) d`,
    `value of ${columns.join(', ')} stands in more than one row`,
    `values of ${columns.join(', ')} stand in more than one row`,
  )
