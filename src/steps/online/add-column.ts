// A column more. Its default is given to the rows that are there without the table being written anew, or row by row, a few at a time.
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import type { Hands } from '../hands.ts'
import type { Step } from '../step.ts'
import { brief, holds, type Move, online, reasonsOf } from './move.ts'
import { notNullMoves } from './not-null.ts'
import { columnThere, hasDefault, idOf, literal, named, quote, reason, relation, short } from './words.ts'

export interface NewColumn {
  /** As SQL: `numeric(12, 2)` */
  readonly type: string
  /** One value for all rows that are there, and for new ones, as SQL: `'open'`, `now()`. */
  readonly default?: string
  /** A value of its own for each row, as SQL: `gen_random_uuid()`, `lower(email)`. New rows get it by default, if it names no column. */
  readonly each?: string
  readonly notNull?: boolean
}

export function addColumn(table: Table | string, name: string, column: NewColumn): Step {
  const id = idOf(table)
  const add = `alter table ${named(id)} add column ${quote(name)} ${column.type}${column.default === undefined ? '' : ` default ${column.default}`}`
  const step = online({
    kind: 'online add column',
    title: `add ${short(id)}.${name}`,
    at: origin(),
    changes: [id],
    params: { table: id, name, column },
    moves: [
      brief({
        name: 'add',
        sql: add,
        there: columnThere(id, name),
        back: [`alter table if exists ${named(id)} drop column if exists ${quote(name)}`],
      }),
      ...(column.each === undefined ? [] : eachMoves(id, name, column.each)),
      ...(column.notNull ? notNullMoves(id, name) : []),
    ],
    elsewhere: (words) => words.addColumn(id, name, column),
    against: (hands) => against(hands, id, name, column, add),
  })
  return { ...step, brings: [{ table: id, column: name, type: column.type }] }
}

const eachMoves = (id: string, name: string, each: string): Move[] => [
  {
    ...brief({
      name: 'default',
      sql: `alter table ${named(id)} alter column ${quote(name)} set default ${each}`,
      there: hasDefault(id, name),
    }),
  },
  fillMove(id, name, each),
]

function fillMove(id: string, name: string, each: string): Move {
  const left = `${quote(name)} is null`
  const there = (hands: Hands) => holds(hands, `not exists (select from ${named(id)} where ${left})`)
  return {
    name: 'fill',
    says: `update ${named(id)} set ${quote(name)} = ${each} where ${left}: a few rows at a time`,
    there,
    async do(hands) {
      let rows = 0
      // a row that the application changes meanwhile moves, still without a value, to where the sweep has been
      for (let passes = 0; passes < mostPasses && !(await there(hands)); passes++)
        rows += await hands.schema.sweep({ table: id, set: `${quote(name)} = ${each}`, where: left })
      hands.tell(`${rows} rows have a value`)
    },
  }
}

/** Each leaves only rows that were changed while it was under way. */
const mostPasses = 20

async function against(hands: Hands, id: string, name: string, column: NewColumn, add: string): Promise<readonly string[]> {
  const plain = await reasonsOf(
    hands,
    [
      reason(`${relation(id)} is null`, `there is no table ${short(id)}`),
      reason(columnThere(id, name), `${short(id)}.${name} is there already`),
    ].join(' union all '),
  )
  if (plain.length) return plain
  if (column.default === undefined || !(await rewrites(hands, id, add))) return []
  return [
    `its default ${column.default} is another one for each row, so the whole table would be written anew: say each: ${literal(column.default)}`,
  ]
}

/** Tried on a table like it without rows: what writes that anew would write this one anew. */
async function rewrites(hands: Hands, id: string, add: string): Promise<boolean> {
  const like = 'pg_temp.godwit_trial'
  const [row] = await hands.schema.trial(
    [
      `create temp table godwit_trial (like ${named(id)})`,
      `create temp table godwit_before as select pg_relation_filenode('${like}') as file`,
      add.replace(named(id), like),
    ],
    `select (file <> pg_relation_filenode('${like}'))::text as anew from pg_temp.godwit_before`,
  )
  return row!['anew'] === 'true'
}
