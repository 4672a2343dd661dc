// The statements of a unit: rows of the stage made into quarantine, target rows, ledger and counters, in one transaction.

import type { ForeignKey } from '../schema/schema.ts'
import { filledByUs } from './fill.ts'
import { hangingOn } from './hanging.ts'
import { loosenStatements, pointsAtKey } from './loosen.ts'
import { gone } from './rules.ts'
import { type OutputShape, type Setting, type Shape, stored } from './shape.ts'

type Columns = readonly string[]
const pairs = (o: OutputShape, left: (j: number) => string, right: (j: number) => string, by = ' and '): string =>
  o.key.columns.map((_, j) => `${left(j)} = ${right(j)}`).join(by)

export interface WriteStatements {
  /** All new rows of all outputs at once: foreign keys are looked at when the statement ends, so cycles are no matter. */
  readonly insertFirst: string
  /** The same, leaving alone what is there already. */
  readonly insert: string
  /** Rows that are not ours and point at those that are about to be removed: in which table, how many, for instance which. */
  readonly hanging: string | undefined
  /** Our rows that point at those that are about to be removed. */
  readonly loosen: readonly string[]
  /** Rows that are there already and should not be, or should be otherwise. */
  readonly remove: string
  readonly update: string
  readonly ledgerChange: string | undefined
}

const perRow = (s: Shape): readonly OutputShape[] => s.outputs.filter((o) => !o.output.per)

/** Columns of an output that are written: the key's, then the mapped. */
function targets(o: OutputShape): readonly { name: string; from: string }[] {
  return [
    ...o.key.columns.map((k, j) => ({ name: k.name, from: `u.o${o.index}k${j}` })),
    ...o.columns.map(({ column: c }, j) => ({ name: c.name, from: `u.o${o.index}c${j}` })),
  ]
}

const always = (o: OutputShape): string =>
  o.table.columns.some((c) => c.identity === 'always' && targets(o).some((t) => t.name === c.name)) ? ' overriding system value' : ''

function insertOne(s: Shape, o: OutputShape, { sql }: Setting, only: string): string {
  const list = targets(o)
  return `insert into ${sql.table(o.table.id)} (${list.map((t) => sql.quote(t.name)).join(', ')})${always(o)} select ${list.map((t) => t.from).join(', ')} from ${s.stage} u where u.o${o.index}${only} returning 1`
}

function counted(parts: readonly { name: string; sql: string }[]): string {
  if (!parts.length) return 'select'
  return `with ${parts.map((p) => `${p.name} as (${p.sql})`).join(',\n')}\nselect ${parts.map((p) => `(select count(*) from ${p.name}) as ${p.name}`).join(', ')}`
}

export function writeStatements(s: Shape, shapes: readonly Shape[], setting: Setting): WriteStatements {
  const outputs = perRow(s)
  const insert = (only: (o: OutputShape) => string, first: boolean) =>
    counted([
      ...outputs.map((o) => ({ name: `w${o.index}`, sql: insertOne(s, o, setting, only(o)) })),
      ...(s.stores ? [{ name: 'ledger', sql: ledgerInsert(s, first) }] : []),
    ])
  return {
    insertFirst: insert(() => '', true),
    insert: insert((o) => missing(o, setting), false),
    hanging: hanging(s, outputs, shapes, setting),
    loosen: outputs.flatMap((o) => loosenStatements(s, o, removal(o), shapes, setting)),
    remove: counted(outputs.map((o) => ({ name: `d${o.index}`, sql: removeOne(s, o, setting) }))),
    update: counted(outputs.flatMap((o) => updateOne(s, o, setting))),
    ledgerChange: s.stores ? ledgerChange(s) : undefined,
  }
}

/** A row that is there is left to `update`; one that is there and that we never made is another's, and the server says so. */
function missing(o: OutputShape, { sql }: Setting): string {
  const absent = `not exists (select 1 from ${sql.table(o.table.id)} t where ${pairs(
    o,
    (j) => `t.${sql.quote(o.key.columns[j]!.name)}`,
    (j) => `u.o${o.index}k${j}`,
  )})`
  return stored(o) ? ` and (${heldDiffers(o)} or ${absent})` : ` and ${absent}`
}

const heldDiffers = (o: OutputShape): string =>
  o.key.columns.map((_, j) => `u.o${o.index}h${j} is distinct from u.o${o.index}k${j}`).join(' or ')

function removeOne(s: Shape, o: OutputShape, { sql }: Setting): string {
  const key = (j: number) => `t.${sql.quote(o.key.columns[j]!.name)}`
  return `delete from ${sql.table(o.table.id)} t using ${s.stage} u where ${pairs(o, key, (j) => `u.o${o.index}h${j}`)} and ${removal(o)} returning 1`
}

function hanging(s: Shape, outputs: readonly OutputShape[], shapes: readonly Shape[], setting: Setting): string | undefined {
  const { sql } = setting
  const parts = outputs.flatMap((o) => {
    const key = pairs(
      o,
      (j) => `t.${sql.quote(o.key.columns[j]!.name)}`,
      (j) => `u.o${o.index}h${j}`,
    )
    const from = `${s.stage} u join ${sql.table(o.table.id)} t on ${key}`
    // what was filled is emptied first, which is done by the key
    const told = (f: ForeignKey) => (pointsAtKey(f, o) ? filledByUs(f.table, f.columns, 'c', shapes, sql) : 'false')
    return hangingOn(o, { from, where: removal(o), told }, shapes, setting)
  })
  return parts.length ? parts.join(' union all ') : undefined
}

const removal = (o: OutputShape): string => `(not u.o${o.index} or ${heldDiffers(o)})`

function updateOne(s: Shape, o: OutputShape, { sql }: Setting) {
  const mapped = o.columns.filter(({ column: c }) => !c.generated)
  if (!mapped.length) return []
  const at = (c: { column: { name: string } }) => `u.o${o.index}c${o.columns.findIndex((x) => x.column.name === c.column.name)}`
  const set = mapped.map((c) => `${sql.quote(c.column.name)} = ${at(c)}`)
  const differs = mapped.map((c) => differ(`t.${sql.quote(c.column.name)}`, at(c), c.column.type.name))
  const key = (j: number) => `t.${sql.quote(o.key.columns[j]!.name)}`
  return [
    {
      name: `u${o.index}`,
      sql: `update ${sql.table(o.table.id)} t set ${set.join(', ')} from ${s.stage} u where u.o${o.index} and ${pairs(o, key, (j) => `u.o${o.index}k${j}`)} and ${pairs(
        o,
        (j) => `u.o${o.index}h${j}`,
        (j) => `u.o${o.index}k${j}`,
      )} and (${differs.join(' or ')}) returning 1`,
    },
  ]
}

/** json knows no equality; and text that a collation takes for equal is still other text. */
export function differ(left: string, right: string, type: string): string {
  if (type === 'json' || type === 'char' || type === 'other' || type === 'array')
    return `((${left})::text is distinct from (${right})::text)`
  if (type === 'text' || type === 'varchar') return `((${left}) collate "C" is distinct from (${right}) collate "C")`
  return `(${left} is distinct from ${right})`
}

const ledgerColumns = (s: Shape) =>
  s.outputs
    .filter(stored)
    .flatMap((o) =>
      o.key.columns.map((_, j) => ({ name: `o${o.index}k${j}`, value: `case when u.o${o.index} then u.o${o.index}k${j} end` })),
    )
const sourceKeys = (s: Shape): Columns => s.key.map((_, j) => `k${j}`)
const anyMade = (s: Shape): string =>
  `(${s.outputs
    .filter(stored)
    .map((o) => `u.o${o.index}`)
    .join(' or ')})`
const sameKey = (s: Shape, a: string, b: string): string =>
  sourceKeys(s)
    .map((k) => `${a}.${k} = ${b}.${k}`)
    .join(' and ')

function ledgerInsert(s: Shape, first: boolean): string {
  const columns = ledgerColumns(s)
  return `insert into ${s.ledger} (${[...sourceKeys(s), ...columns.map((c) => c.name)].join(', ')}) select ${[...sourceKeys(s).map((k) => `u.${k}`), ...columns.map((c) => c.value)].join(', ')} from ${s.stage} u where ${anyMade(s)}${first ? '' : ` and not exists (select 1 from ${s.ledger} l where ${sameKey(s, 'l', 'u')})`} returning 1`
}

function ledgerChange(s: Shape): string {
  const columns = ledgerColumns(s)
  const differs = columns.map((c) => `l.${c.name} is distinct from ${c.value}`).join(' or ')
  return counted([
    {
      name: 'dropped',
      sql: `delete from ${s.ledger} l using ${s.stage} u where ${sameKey(s, 'l', 'u')} and not ${anyMade(s)} returning 1`,
    },
    {
      name: 'changed',
      sql: `update ${s.ledger} l set ${columns.map((c) => `${c.name} = ${c.value}`).join(', ')} from ${s.stage} u where ${sameKey(s, 'l', 'u')} and ${anyMade(s)} and (${differs}) returning 1`,
    },
  ])
}

/** Source keys on the list that have no row any more: whatever was made of them goes. */
export function stageGone(s: Shape, setting: Setting): string {
  const x = s.reserves ? ` left join ${s.extents} x on k.k0 between x.lo and x.hi` : ''
  const l = s.stores ? ` left join ${s.ledger} l on ${sameKey(s, 'l', 'k')}` : ''
  const held = perRow(s).flatMap((o) =>
    o.key.columns.map((k, j) => ({
      name: `o${o.index}h${j}`,
      value: o.key.keying === 'reserved' ? setting.sql.cast(`x.b${o.index} + (k.k0 - x.lo)`, k.type) : `l.o${o.index}k${j}`,
    })),
  )
  const columns = [...sourceKeys(s), 'key', 'rule', ...s.outputs.map((o) => `o${o.index}`), ...held.map((h) => h.name)]
  const values = [...sourceKeys(s).map((k) => `k.${k}`), 'k.key', `${gone}`, ...s.outputs.map(() => 'false'), ...held.map((h) => h.value)]
  return `insert into ${s.stage} (${columns.join(', ')}) select ${values.join(', ')} from ${s.keys} k${x}${l} where not exists (select 1 from ${s.stage} u where ${sameKey(s, 'u', 'k')})`
}

/** Counted from the stage, so that what is booked is what was decided. */
export function tally(s: Shape, refused: readonly number[], filtered: readonly number[]): string {
  const of = (list: readonly number[]) => `count(*) filter (where rule in (${list.join(', ') || 'null'}))`
  return `select count(*) filter (where rule is distinct from ${gone}) as read, count(*) filter (where rule is null) as migrated, ${of(refused)} as quarantined, ${of(filtered)} as filtered, count(*) filter (where warned is not null) as warned${s.outputs.map((o) => `, count(*) filter (where o${o.index}) as made${o.index}`).join('')} from ${s.stage}`
}
