// Columns filled in the source row itself: staged like an output, written by update, taken back from what stood there before.
import type { Node, SqlWords } from '../expr/node.ts'
import type { Fill } from '../mapping/fill.ts'
import { column, type LiveColumn, type LiveTable } from '../schema/schema.ts'
import { assign } from './assign.ts'
import { guardChecks, guardForeignKeys, looksAround } from './guards.ts'
import type { Setting, Shape } from './shape.ts'
import { differ } from './unit.ts'
import type { RowWriter } from './writer.ts'

export interface FillShape {
  readonly fill: Fill
  readonly table: LiveTable
  readonly columns: readonly { readonly column: LiveColumn; readonly node: Node }[]
  /** What stood there before, and what was written: a row for each row that was changed. */
  readonly before: string
}

export interface FillStatements {
  readonly ledger: string
  readonly staged: readonly string[]
  /** What stands there now is kept before it is written over; the rows stay locked until then. */
  readonly keep: string
  /** In later passes: the rows are locked; what others have put there is theirs from now on; what is written is known. */
  readonly again: readonly string[]
  readonly change: string
  /** Of the rows that were changed just now, those of which more than the filled columns is another: a trigger's doing. */
  readonly stray: string
  /** Rows that are not to be filled any more. */
  readonly back: string
  readonly forget: string
  /** $1: how many rows at a time. */
  readonly undo: string
  /** Rows whose filled columns somebody has changed since. */
  readonly changed: string
}

export function fillShape(fill: Fill, table: LiveTable, before: string): FillShape {
  const columns = Object.entries(fill.values).flatMap(([name, node]) => {
    const there = column(table, name)
    return there ? [{ column: there, node }] : []
  })
  return { fill, table, columns, before }
}

/** Does any expression of the mapping read what it fills? Then it must go on reading what stood there before. */
export const readsItself = (f: FillShape, used: ReadonlySet<string>): boolean => f.columns.some((c) => used.has(c.column.name))

/** The rows as they were: where a column holds what was filled in, what it held before. */
export function unfilled(f: FillShape, key: readonly string[], sql: SqlWords): string {
  const q = sql.quote
  const filled = new Map(f.columns.map((c, j) => [c.column.name, { j, type: c.column.type.name }]))
  const columns = f.table.columns.map((c) => {
    const at = filled.get(c.name)
    if (!at) return `t.${q(c.name)}`
    return `case when b.k0 is not null and not ${differ(`t.${q(c.name)}`, `b.w${at.j}`, at.type)} then b.b${at.j} else t.${q(c.name)} end as ${q(c.name)}`
  })
  return `(select ${columns.join(', ')} from ${sql.table(f.table.id)} t left join ${f.before} b on ${key.map((k, j) => `b.k${j} = t.${q(k)}`).join(' and ')})`
}

/** The values as the columns will hold them, and whether this row is filled. */
export function stageFill(s: Shape, f: FillShape, w: RowWriter, undecided: (into: string, at: string | undefined) => void) {
  const q = w.sql.quote
  const given = new Map(Object.keys(s.facts.from.columns).map((name) => [name, `s.${q(name)}`]))
  const later = f.columns.some(({ node }) => looksAround(node, s))
  const values = f.columns.map(({ column: c, node }) => {
    const value = w.value(node)
    const into = `${f.table.id}.${c.name}`
    if (value.nullable && !c.nullable) undecided(into, node.at ?? f.fill.at)
    const fitted = assign(value, c, { columns: w.columnsOf(node), at: node.at ?? f.fill.at, into }, w)
    const sql = w.once(w.sql.cast(fitted, c.type), c.type, c.nullable).sql
    given.set(c.name, sql)
    return sql
  })
  const touched = (columns: readonly string[]) => columns.some((c) => f.columns.some((x) => x.column.name === c))
  const guarded = {
    output: f.fill,
    table: {
      ...f.table,
      checks: f.table.checks.filter((c) => touched(c.columns)),
      foreignKeys: f.table.foreignKeys.filter((k) => touched(k.columns)),
    },
  }
  guardChecks(guarded, given, w)
  guardForeignKeys(s, guarded, given, w)
  return { columns: values.map((v, j) => `${v} as f${j}`), later }
}

export function fillStatements(s: Shape, f: FillShape, { sql }: Setting): FillStatements {
  const q = sql.quote
  const table = sql.table(f.table.id)
  const keys = s.key.map((_, j) => `k${j}`)
  const type = (name: LiveColumn) => sql.typeName(name.type)
  const is = (j: number) => `t.${q(f.columns[j]!.column.name)}`
  const each = (text: (j: number) => string): string[] => f.columns.map((_, j) => text(j))
  const differs = (other: string) => `(${each((j) => differ(is(j), `${other}${j}`, f.columns[j]!.column.type.name)).join(' or ')})`
  const same = (a: string, b: string) => keys.map((k) => `${a}.${k} = ${b}.${k}`).join(' and ')
  const target = (a: string) => s.key.map((k, j) => `t.${q(k.name)} = ${a}.k${j}`).join(' and ')
  const written = (a: string) => each((j) => `${q(f.columns[j]!.column.name)} = ${a}${j}`).join(', ')
  const renewed = each(
    (j) => `b${j} = case when ${differ(is(j), `b.w${j}`, f.columns[j]!.column.type.name)} then ${is(j)} else b.b${j} end`,
  )
  const others = f.table.columns.filter((c) => !f.columns.some((x) => x.column.name === c.name)).map((c) => `t.${q(c.name)}`)
  const rest = `hashtextextended((row(${others.join(', ')}))::text, 0)`
  const moved = `(${each((j) => differ(`b.w${j}`, `u.f${j}`, f.columns[j]!.column.type.name)).join(' or ')})`
  return {
    ledger: `create table if not exists ${f.before} (${[...s.key.map((k, j) => `k${j} ${sql.typeName(k.type)} not null`), ...f.columns.flatMap((c, j) => [`b${j} ${type(c.column)}`, `w${j} ${type(c.column)}`]), 'rest bigint not null', 'stray boolean'].join(', ')}, primary key (${keys.join(', ')}))`,
    staged: ['f boolean', ...f.columns.map((c, j) => `f${j} ${type(c.column)}`)],
    keep: `insert into ${f.before} (${[...keys, ...each((j) => `b${j}`), ...each((j) => `w${j}`), 'rest'].join(', ')}) select ${[...keys.map((k) => `u.${k}`), ...each(is), ...each((j) => `u.f${j}`), rest].join(', ')} from ${s.stage} u join ${table} t on ${target('u')} where u.f and ${differs('u.f')} and not exists (select 1 from ${f.before} b where ${same('b', 'u')}) for update of t`,
    again: [
      `select count(*) from (select 1 from ${s.stage} u join ${table} t on ${target('u')} where u.f and ${differs('u.f')} for update of t) x`,
      `update ${f.before} b set ${[...renewed, `rest = ${rest}`, 'stray = null'].join(', ')} from ${s.stage} u join ${table} t on ${target('u')} where u.f and ${same('b', 'u')} and ${differs('u.f')}`,
      `update ${f.before} b set ${each((j) => `w${j} = u.f${j}`).join(', ')} from ${s.stage} u where u.f and ${same('b', 'u')} and ${moved}`,
    ],
    change: `update ${table} t set ${written('u.f')} from ${s.stage} u where u.f and ${target('u')} and ${differs('u.f')}`,
    stray: `update ${f.before} b set stray = ${rest} <> b.rest from ${s.stage} u join ${table} t on ${target('u')} where u.f and ${same('b', 'u')} and b.stray is not false`,
    back: `update ${table} t set ${written('b.b')} from ${f.before} b join ${s.stage} u on ${same('u', 'b')} where u.f is not true and ${target('b')} and not ${differs('b.w')}`,
    forget: `delete from ${f.before} b using ${s.stage} u where u.f is not true and ${same('u', 'b')}`,
    undo: `with gone as (delete from ${f.before} where ctid = any (array(select ctid from ${f.before} limit $1::bigint)) returning *),
back as (update ${table} t set ${written('g.b')} from gone g where ${target('g')} returning 1)
select (select count(*) from gone) as took, (select count(*) from back) as filled`,
    changed: `select count(*)::text as n, min((${s.key.map((k) => `t.${q(k.name)}`).join(', ')})::text) as example from ${f.before} b join ${table} t on ${target('b')} where ${differs('b.w')}`,
  }
}

/** Rows that hold in these columns what we filled in: true for those that an undo gives their own values back. */
export function filledByUs(table: string, columns: readonly string[], alias: string, shapes: readonly Shape[], sql: SqlWords): string {
  const claims = shapes.flatMap((s) => {
    const f = s.fill
    if (!f || f.table.id !== table || !columns.every((c) => f.columns.some((x) => x.column.name === c))) return []
    const at = (c: string) => f.columns.findIndex((x) => x.column.name === c)
    const key = s.key.map((k, j) => `b.k${j} = ${alias}.${sql.quote(k.name)}`)
    const held = columns.map((c) => `not ${differ(`${alias}.${sql.quote(c)}`, `b.w${at(c)}`, f.columns[at(c)]!.column.type.name)}`)
    return [`exists (select 1 from ${f.before} b where ${[...key, ...held].join(' and ')})`]
  })
  return claims.length ? `(${claims.join(' or ')})` : 'false'
}

/** Rows that hold in these columns a key that we filled in, and that goes: what stood there before is put back. */
export function emptyFilled(
  going: { readonly from: string; readonly where: string },
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  alias: string,
  shapes: readonly Shape[],
  sql: SqlWords,
): string[] {
  return shapes.flatMap((s) => {
    const f = s.fill
    if (!f || f.table.id !== table || !columns.every((c) => f.columns.some((x) => x.column.name === c))) return []
    const at = (c: string) => f.columns.findIndex((x) => x.column.name === c)
    const keys = s.key.map((_, j) => `k${j}`)
    const held = columns.map((c) => `not ${differ(`${alias}.${sql.quote(c)}`, `b.w${at(c)}`, f.columns[at(c)]!.column.type.name)}`)
    const is = [...s.key.map((k, j) => `b.k${j} = ${alias}.${sql.quote(k.name)}`), ...held]
    return [
      `with emptied as (update ${sql.table(table)} ${alias} set ${columns.map((c) => `${sql.quote(c)} = b.b${at(c)}`).join(', ')} from ${going.from}, ${f.before} b where ${[...is, going.where].join(' and ')} returning ${keys.map((k) => `b.${k}`).join(', ')})
update ${f.before} b set ${columns.map((c) => `w${at(c)} = b${at(c)}`).join(', ')} from emptied e where ${keys.map((k) => `e.${k} = b.${k}`).join(' and ')}`,
    ]
  })
}

/** Rows that were changed in place, and how many of them are otherwise changed. */
export const straysIn = (f: FillShape): string =>
  `select count(*)::text as examined, (count(*) filter (where stray))::text as wrong from ${f.before}`

/** Columns of a table that some mapping fills: the rest of its rows is nobody's business but their own. */
export const filledColumns = (table: string, shapes: Iterable<Shape>): ReadonlySet<string> =>
  new Set([...shapes].flatMap((s) => (s.fill?.table.id === table ? s.fill.columns.map((c) => c.column.name) : [])))
