// What should stand in the target, said in another way than the writer says it: no stage, no layers, no numbered rules.
// One flat select over the whole source, held against the whole target by a full join.

import { exactly } from '../expr/exact.ts'
import type { Node, SqlWords, Value } from '../expr/node.ts'
import { isCompute } from '../expr/words/compute.ts'
import { isNumber, isText, type SqlType } from '../schema/type.ts'
import type { FillShape } from './fill.ts'
import { FlatWriter } from './flat-writer.ts'
import { columnType } from './keys.ts'
import { keyText, type OutputShape, type Setting, type Shape, stored } from './shape.ts'
import { hasAggregate } from './shared.ts'
import { differ } from './unit.ts'

/** Source rows that are to go: not in quarantine, and not left out by a rule. */
function going(s: Shape, w: FlatWriter, { sql, migration }: Setting): string {
  const key = keyText(s.key.map((k) => `s.${sql.quote(k.name)}`))
  const filters = s.facts.filters.map((f) => `(${w.value(f.keep).sql}) is true`)
  return [
    ...filters,
    `not exists (select 1 from godwit.quarantine q where q.migration = ${sql.literal(migration)} and q.mapping = ${sql.literal(s.name)} and q.key = ${key})`,
  ].join(' and ')
}

export interface Comparison {
  readonly wrong: string
  /** How many were compared, and how many of them are wrong: one walk over both sides. */
  readonly counts: string
  readonly notCompared: readonly string[]
}

/** Every row of an output as it should be against every row as it is. */
export function compareRows(s: Shape, o: OutputShape, shapes: ReadonlyMap<string, Shape>, setting: Setting): Comparison {
  return o.output.per ? compareGroups(s, o, shapes, setting) : comparePerRow(s, o, shapes, setting)
}

const usesCompute = (n: Node): boolean => isCompute(n) || n.args.some(usesCompute)

/** As the column would show it, but without what a cast to it does silently: numbers are not rounded, texts not cut. */
function uncut(given: Value, type: SqlType, sql: SqlWords): string {
  const value = given.sql
  if (type.name === 'float4' || type.name === 'float8') return sql.cast(value, type)
  if (isNumber(type)) return exactly(given, sql)
  // the blanks that char(n) is filled up with are no part of what it says
  const said = given.type.name === 'char' ? sql.cast(value, { name: 'text' }) : value
  return isText(type) && type.name !== 'char' ? sql.cast(value, { name: 'text' }) : sql.cast(said, type)
}

function comparePerRow(s: Shape, o: OutputShape, shapes: ReadonlyMap<string, Shape>, setting: Setting): Comparison {
  const { sql } = setting
  const w = new FlatWriter(s, shapes, setting)
  const source = s.key.map((k) => ({ sql: `s.${sql.quote(k.name)}`, type: k.type, nullable: false }))
  const keys = o.key.columns.map(
    (k, j) =>
      `${o.key.keying === 'given' && !usesCompute(o.output.values[k.name]!) ? sql.cast(w.value(o.output.values[k.name]!).sql, k.type) : w.keyFrom(s, o, source, j)} as t${j}`,
  )
  const compared = o.columns.filter((c) => !usesCompute(c.node))
  const columns = compared.map((c, j) => `${uncut(w.value(c.node), c.column.type, sql)} as c${j}`)
  const where = [going(s, w, setting), ...(o.output.when ? [`(${w.value(o.output.when).sql}) is true`] : [])].join(' and ')
  const expected = `select ${[`${keyText(source.map((k) => k.sql))} as source`, ...keys, ...columns].join(', ')} from ${w.from()} where ${where} offset 0`
  const target = sql.table(o.table.id)
  const actual = stored(o)
    ? `select t.*, ${keyText(s.key.map((_, j) => `l.k${j}`))} as ${madeOf(o, sql)} from ${s.ledger} l join ${target} t on ${o.key.columns.map((k, j) => `t.${sql.quote(k.name)} = l.o${o.index}k${j}`).join(' and ')}`
    : `select t.*, (t.${sql.quote(o.key.columns[0]!.name)} - x.b${o.index} + x.lo)::text as ${madeOf(o, sql)} from ${s.extents} x join ${target} t on t.${sql.quote(o.key.columns[0]!.name)} between x.b${o.index} and x.b${o.index} + (x.hi - x.lo)`
  return fullJoin(
    o,
    sql,
    expected,
    actual,
    compared,
    o.columns.filter((c) => usesCompute(c.node)).map((c) => c.column.name),
  )
}

/** A name for the source key beside the target's own columns, whatever these are called. */
function madeOf(o: OutputShape, sql: SqlWords): string {
  let name = 'godwit source'
  while (o.table.columns.some((c) => c.name === name)) name += '·'
  return sql.quote(name)
}

type Compared = readonly { readonly column: { readonly name: string; readonly type: SqlType } }[]

function fullJoin(
  o: OutputShape,
  sql: SqlWords,
  expected: string,
  actual: string,
  compared: Compared,
  notCompared: readonly string[],
): Comparison {
  const q = sql.quote
  const is = (name: string) => `a.${q(name)}`
  const on = o.key.columns.map((k, j) => `${is(k.name)} = e.t${j}`).join(' and ')
  const diffs = compared.map((c, j) => differ(is(c.column.name), `e.c${j}`, c.column.type.name))
  const first = is(o.key.columns[0]!.name)
  const what = `case when ${first} is null then 'missing' when e.source is null then 'extra' else 'differs' end`
  const named = compared.map(
    (c, j) =>
      `case when ${diffs[j]} then jsonb_build_object('column', ${sql.literal(c.column.name)}, 'is', (${is(c.column.name)})::text, 'should be', (e.c${j})::text) end`,
  )
  const columns = named.length
    ? `case when ${first} is not null and e.source is not null then to_jsonb(array_remove(array[${named.join(', ')}]::jsonb[], null)) end`
    : 'null::jsonb'
  const key =
    o.key.columns.length === 1
      ? `coalesce((${first})::text, (e.t0)::text)`
      : `coalesce(jsonb_build_array(${o.key.columns.map((k) => `(${is(k.name)})::text`).join(', ')})::text)`
  const both = `(${expected}) e full join (${actual}) a on ${on}`
  const bad = `(${first} is null or e.source is null${diffs.length ? ` or ${diffs.join(' or ')}` : ''})`
  return {
    wrong: `select ${what} as what, coalesce(e.source, a.${madeOf(o, sql)}) as source, ${sql.literal(o.table.id)} as "table", ${key} as target, ${columns} as columns from ${both} where ${bad}`,
    counts: `select count(*)::text as examined, (count(*) filter (where ${bad}))::text as wrong from ${both}`,
    notCompared,
  }
}

function compareGroups(s: Shape, o: OutputShape, shapes: ReadonlyMap<string, Shape>, setting: Setting): Comparison {
  const { sql } = setting
  const w = new FlatWriter(s, shapes, setting)
  const per = o.output.per!
  const values = Object.entries(o.output.values).filter(([, n]) => !usesCompute(n))
  const columns = values.map(([name, node], j) => {
    if (hasAggregate(node)) return `${uncut(w.value(node), columnType(o, name), sql)} as c${j}`
    const value = w.value(node).sql
    return `${sql.cast(per.includes(name) ? `min((${value})::text)` : `min((${value})::text)`, columnType(o, name))} as c${j}`
  })
  const where = [going(s, w, setting), ...(o.output.when ? [`(${w.value(o.output.when).sql}) is true`] : [])].join(' and ')
  const by = per.map((p) => `(${w.value(o.output.values[p]!).sql})`)
  const wanted = `select ${columns.join(', ')} from ${w.from()} where ${where} group by ${by.join(', ')}`
  const at = (name: string) => values.findIndex(([n]) => n === name)
  const expected = `select g.t0::text as source, ${o.key.columns.map((_, j) => `g.t${j}`).join(', ')}, w.* from (${wanted}) w left join ${o.groups} g on ${per.map((p, j) => `g.p${j} = w.c${at(p)}`).join(' and ')} where g.made is not false`
  const actual = `select t.*, g.t0::text as ${madeOf(o, sql)} from ${o.groups} g join ${sql.table(o.table.id)} t on ${o.key.columns.map((k, j) => `t.${sql.quote(k.name)} = g.t${j}`).join(' and ')} where g.made`
  const compared = values.map(([name]) => ({ column: { name, type: columnType(o, name) } }))
  return fullJoin(
    o,
    sql,
    expected,
    actual,
    compared,
    Object.entries(o.output.values)
      .filter(([, n]) => usesCompute(n))
      .map(([name]) => name),
  )
}

/** Every row that is filled in place, and every one that should not be. */
export function compareFill(s: Shape, f: FillShape, shapes: ReadonlyMap<string, Shape>, setting: Setting): Comparison {
  const { sql } = setting
  const q = sql.quote
  const w = new FlatWriter(s, shapes, setting)
  const compared = f.columns.filter((c) => !usesCompute(c.node))
  const values = compared.map((c, j) => `${uncut(w.value(c.node), c.column.type, sql)} as e${j}`)
  const goes = [going(s, w, setting), ...(f.fill.when ? [`(${w.value(f.fill.when).sql}) is true`] : [])].join(' and ')
  const key = keyText(s.key.map((k) => `s.${q(k.name)}`))
  const keys = s.key.map((k, j) => `s.${q(k.name)} as k${j}`)
  const expected = `select ${[...keys, `${key} as source`, `(${goes}) as goes`, ...values].join(', ')} from ${w.from()} offset 0`
  const differs = compared.map((c, j) => differ(`t.${q(c.column.name)}`, `e.e${j}`, c.column.type.name))
  const both = `(${expected}) e join ${sql.table(f.table.id)} t on ${s.key.map((k, j) => `t.${q(k.name)} = e.k${j}`).join(' and ')} left join ${f.before} b on ${s.key.map((_, j) => `b.k${j} = e.k${j}`).join(' and ')}`
  const bad = `case when e.goes then (${differs.join(' or ') || 'false'}) else b.k0 is not null end`
  const named = compared.map(
    (c, j) =>
      `case when ${differs[j]} then jsonb_build_object('column', ${sql.literal(c.column.name)}, 'is', (t.${q(c.column.name)})::text, 'should be', (e.e${j})::text) end`,
  )
  return {
    wrong: `select case when e.goes then 'differs' else 'extra' end as what, e.source, ${sql.literal(f.table.id)} as "table", e.source as target, to_jsonb(array_remove(array[${named.join(', ')}]::jsonb[], null)) as columns from ${both} where ${bad}`,
    counts: `select (count(*) filter (where e.goes))::text as examined, (count(*) filter (where ${bad}))::text as wrong from ${both}`,
    notCompared: f.columns.filter((c) => usesCompute(c.node)).map((c) => c.column.name),
  }
}

/** Source rows by what became of them, asked of the data alone: each must be in exactly one place. */
export function compareBooks(s: Shape, shapes: ReadonlyMap<string, Shape>, setting: Setting): { wrong: string; counts: string } {
  const { sql, migration } = setting
  const w = new FlatWriter(s, shapes, setting)
  const source = s.key.map((k) => ({ sql: `s.${sql.quote(k.name)}`, type: k.type, nullable: false }))
  const key = keyText(source.map((k) => k.sql))
  const quarantined = `exists (select 1 from godwit.quarantine q where q.migration = ${sql.literal(migration)} and q.mapping = ${sql.literal(s.name)} and q.key = ${key})`
  const kept = s.facts.filters.map((f) => `((${w.value(f.keep).sql}) is not false)`)
  const taken = s.outputs.map((o) => (o.output.when ? `((${w.value(o.output.when).sql}) is true)` : 'true'))
  if (s.fill) taken.push(s.fill.fill.when ? `((${w.value(s.fill.fill.when).sql}) is true)` : 'true')
  const filtered = `not (${[...kept, `(${taken.join(' or ')})`].join(' and ')})`
  const there = s.outputs
    .filter((o) => !o.output.per)
    .map((o) => {
      const keys = o.key.columns.map((_, j) => w.keyFrom(s, o, source, j))
      return `exists (select 1 from ${sql.table(o.table.id)} t where ${o.key.columns.map((k, j) => `t.${sql.quote(k.name)} = ${keys[j]}`).join(' and ')})`
    })
  const intoGroups = s.outputs.flatMap((o, i) => (o.output.per ? [taken[i]!] : []))
  // what leaves nothing of its own in the target went if nothing kept it from going
  if (s.fill) intoGroups.push(taken.at(-1)!)
  const migrated = `(${[...there, ...(intoGroups.length ? [`((${intoGroups.join(' or ')}) and not (${filtered}) and not ${quarantined})`] : [])].join(' or ')})`
  const fates = `select ${key} as source, (${quarantined}) as quarantined, (${filtered}) as left_out, ${migrated} as migrated from ${w.from()}`
  return {
    wrong: `select source, case when quarantined and migrated then 'in quarantine and in the target' when not quarantined and not left_out and not migrated then 'nowhere' else 'left out and in the target' end as what from (${fates}) f where (quarantined and migrated) or (not quarantined and not left_out and not migrated) or (left_out and migrated and not quarantined)`,
    counts: `select count(*) as read, count(*) filter (where migrated and not quarantined) as migrated, count(*) filter (where quarantined) as quarantined, count(*) filter (where left_out and not quarantined) as filtered from (${fates}) f`,
  }
}
