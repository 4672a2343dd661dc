// One row of the stage for each source row: whether it goes, and all that it makes. Every statement of a unit reads from it.

import { cannotPlan } from '../errors/plan.ts'
import type { Node, Value } from '../expr/node.ts'
import { unheld, whereIs } from '../schema/schema.ts'
import type { SqlType } from '../schema/type.ts'
import { reasonKey, unreadRows } from '../schema/unread.ts'
import { assign } from './assign.ts'
import { stageFill } from './fill.ts'
import { guardChecks, guardForeignKeys, looksAround, pointsAround } from './guards.ts'
import { isOwn, keyElsewhere, ownKey, sourceKey } from './keys.ts'
import type { RuleBook } from './rules.ts'
import { keyText, type OutputShape, type Setting, type Shape } from './shape.ts'
import { groupKey, hasAggregate, refuseWithGroup, stageGroup, type Without } from './shared.ts'
import { guardUniques, type TwinQuestion, usedBy } from './uniques.ts'
import { type Refusal, RowWriter, type Surroundings } from './writer.ts'

export interface Staging {
  /** All rows, or those of one range or list: `where` is put into the innermost select. */
  select(where: string): string
  readonly columns: readonly string[]
  /** The source row as JSON of texts, without loss. */
  readonly raw: string
  readonly twins: readonly TwinQuestion[]
  readonly windows: readonly { readonly sql: string; readonly type: SqlType }[]
  readonly computes: readonly { readonly node: Node; readonly args: readonly Value[] }[]
  readonly writer: RowWriter
  /** Columns that must have a value and are given what may be null, without a word on what null means. */
  readonly undecided: readonly { readonly into: string; readonly at: string | undefined }[]
  /** Target columns that are filled in a second pass. */
  readonly later: ReadonlyMap<number, ReadonlySet<string>>
  /** What is filled in names rows of the same mapping: these may come later. */
  readonly fillsLater: boolean
}

export function stage(s: Shape, shapes: ReadonlyMap<string, Shape>, setting: Setting, book: RuleBook, without: Without = {}): Staging {
  const windows: { sql: string; type: SqlType }[] = []
  const computes: { node: Node; args: readonly Value[] }[] = []
  const w = new RowWriter(
    setting.sql,
    surroundings(s, shapes, setting, without, windows, computes),
    rootsOf(s),
    Object.keys(s.facts.from.columns),
  )
  const later = new Map<number, Set<string>>()
  const undecided: { into: string; at: string | undefined }[] = []
  const tests: { when: string; n: number }[] = []
  const warnings: { when: string; n: number }[] = []
  const note = (refusals: readonly Refusal[], under?: string) => {
    for (const r of refusals) {
      const n = book.number(r.warns ? 'warn' : 'refuse', r.reason)
      const test = { when: under ? `(${under}) and (${r.when})` : r.when, n }
      const same = r.warns && warnings.find((x) => x.n === n)
      // an expression that several outputs share warns once
      if (same) same.when = `(${same.when}) or (${test.when})`
      // and refuses once
      else if (r.warns) warnings.push(test)
      else if (!tests.some((x) => x.n === n && x.when === test.when)) tests.push(test)
    }
  }

  if (whereIs(s.facts.from.id)) tests.push(...unread(s, setting, book))
  for (const f of s.facts.filters) {
    const keep = w.value(f.keep)
    note(w.takeRefusals())
    const columns = w.columnsOf(f.keep)
    tests.push({
      when: `${keep.sql} is false`,
      n: book.number('filter', { code: f.name, columns, at: f.keep.at, says: `is left out by the rule "${f.name}"` }),
    })
    if (keep.nullable)
      tests.push({
        when: `${keep.sql} is null`,
        n: book.number('refuse', {
          code: 'FILTER_NULL',
          columns,
          at: f.keep.at,
          says: `leaves the rule "${f.name}" undecided: it is neither true nor false`,
        }),
      })
  }

  const made: string[] = []
  let filled: string | undefined
  const columns: string[] = []
  const twins: TwinQuestion[] = []
  for (const o of s.outputs) {
    const when = o.output.when && w.value(o.output.when)
    note(w.takeRefusals())
    const goes = when ? `(${when.sql}) is true` : 'true'
    made.push(goes)
    if (o.output.per && !without.groups) refuseWithGroup(s, o, [...shapes.values()], setting, w)
    const one = stageOutput(s, o, [...shapes.values()], w, without, later, undecided)
    note(w.takeRefusals(), when ? goes : undefined)
    for (const t of one.twins) if (!without.twins) note(twinRefusal(s, t, w), when ? goes : undefined)
    twins.push(...one.twins)
    columns.push(...one.columns)
  }
  let fillsLater = false
  if (s.fill) {
    const when = s.fill.fill.when && w.value(s.fill.fill.when)
    note(w.takeRefusals())
    filled = when ? `(${when.sql}) is true` : 'true'
    const staged = stageFill(s, s.fill, w, (into, at) => undecided.push({ into, at }))
    note(w.takeRefusals(), when ? filled : undefined)
    columns.push(...staged.columns)
    fillsLater = staged.later
  }
  const taken = [...made, ...(filled === undefined ? [] : [filled])]
  if (taken.every((m) => m !== 'true'))
    tests.push({
      when: `not (${taken.join(' or ')})`,
      n: book.number('filter', { code: 'makes nothing', columns: [], at: s.facts.at, says: 'is taken by no output' }),
    })

  const rule = tests.length ? `case ${tests.map((t) => `when ${t.when} then ${t.n}`).join(' ')} end::smallint` : 'null::smallint'
  const warned = warnings.length
    ? `case when ${warnings.map((t) => `(${t.when})`).join(' or ')} then array_remove(array[${warnings.map((t) => `case when ${t.when} then ${t.n} end`).join(', ')}]::smallint[], null) end`
    : 'null::smallint[]'
  const ruleColumn = w.layers.once(rule, { name: 'int2' }, true).sql
  const refused = () => book.of('refuse').filter((n) => tests.some((t) => t.n === n))
  const asTexts = rawOf(s, setting)
  const raw = `case when ${ruleColumn} in (${refused().join(', ') || 'null'}) then ${asTexts} end`
  const goes = made.map((m, i) => `(${ruleColumn} is null and ${m}) as o${i}`)
  const key = sourceKey(s, w)
  const list = [
    ...key.map((k, j) => `${k} as k${j}`),
    `${keyText(key)} as key`,
    `${ruleColumn} as rule`,
    `case when ${ruleColumn} is null then ${warned} end as warned`,
    `${raw} as raw`,
    ...goes,
    ...(filled === undefined ? [] : [`(${ruleColumn} is null and ${filled}) as f`]),
    ...columns,
  ]
  const names = list.map((c) => c.slice(c.lastIndexOf(' as ') + 4))
  return {
    select: (where) => `select ${list.join(', ')} from ${w.layers.from(s.source, where)}`,
    columns: names,
    raw: asTexts,
    undecided,
    twins,
    windows,
    computes,
    writer: w,
    later,
    fillsLater,
  }
}

/** Rows of another place that could not be read, or hold what no text can; the last of the reasons is for what names none. */
function unread(s: Shape, { sql }: Setting, book: RuleBook): { when: string; n: number }[] {
  const kept = `s.${sql.quote(unheld)}`
  return Object.entries(unreadRows).map(([code, says]) => ({
    when: code === 'ENCODING' ? `${kept} is not null` : `(${kept})::jsonb ->> ${sql.literal(reasonKey)} = ${sql.literal(code)}`,
    n: book.number('refuse', { code, columns: [], at: s.facts.at, says }),
  }))
}

/** A function takes a hundred arguments at most. */
function rawOf(s: Shape, { sql }: Setting): string {
  const names = Object.keys(s.facts.from.columns)
  const pieces: string[] = []
  for (let i = 0; i < names.length; i += 49)
    pieces.push(
      `jsonb_build_object(${names
        .slice(i, i + 49)
        .map((c) => `${sql.literal(c)}::text, (s.${sql.quote(c)})::text`)
        .join(', ')})`,
    )
  // where a text could not be carried, its bytes stand in its place
  if (whereIs(s.facts.from.id)) pieces.push(`coalesce((s.${sql.quote(unheld)})::jsonb, '{}')`)
  return `(${pieces.join(' || ')})`
}

function rootsOf(s: Shape): Node[] {
  const outputs = s.outputs.filter((o) => !o.output.per).flatMap((o) => Object.values(o.output.values))
  const grouped = s.outputs.filter((o) => o.output.per).flatMap((o) => Object.values(o.output.values).filter((n) => !hasAggregate(n)))
  return [
    ...s.facts.filters.map((f) => f.keep),
    ...s.outputs.flatMap((o) => (o.output.when ? [o.output.when] : [])),
    ...outputs,
    ...grouped,
  ]
}

function stageOutput(
  s: Shape,
  o: OutputShape,
  shapes: readonly Shape[],
  w: RowWriter,
  without: Without,
  later: Map<number, Set<string>>,
  undecided: { into: string; at: string | undefined }[],
) {
  const given = new Map<string, string>()
  const columns: string[] = []
  const i = o.index
  const about = (name: string, node: Node) => ({ columns: w.columnsOf(node), at: node.at ?? o.output.at, into: `${o.table.name}.${name}` })
  if (o.output.per) return stageGroup(s, o, w, about)

  const own = ownKey(s, o, w, without.first === true)
  const wanted = o.key.columns.map((k, j) => {
    const node = o.output.values[k.name]
    const sql = own.wanted[j] ?? assign(w.value(node!), { name: k.name, type: k.type, nullable: false }, about(k.name, node!), w)
    return node ? w.once(sql, k.type, false).sql : sql
  })
  for (const [j, k] of o.key.columns.entries()) given.set(k.name, wanted[j]!)
  columns.push(
    ...wanted.map((sql, j) => `${sql} as o${i}k${j}`),
    ...(own.held.length ? own.held.map((h, j) => `${h} as o${i}h${j}`) : wanted.map((sql, j) => `${sql} as o${i}h${j}`)),
  )

  for (const [j, { column, node }] of o.columns.entries()) {
    const around = looksAround(node, s) || pointsAround(s, o, column.name)
    if (around) {
      if (!column.nullable)
        throw cannotPlan({
          what: `${o.table.id}.${column.name}`,
          why: 'names another row of the same mapping, and may not be null until that row is there',
          hint: 'Make the column nullable for the time of the migration, or map the parents first in a mapping of their own.',
          at: node.at,
        })
      later.set(i, (later.get(i) ?? new Set()).add(column.name))
    }
    const value = around && without.later ? { sql: 'null', type: column.type, nullable: true } : w.value(node)
    if (value.nullable && !column.nullable && !saidByAuthor(node))
      undecided.push({ into: `${o.table.id}.${column.name}`, at: node.at ?? o.output.at })
    const sql = around && without.later ? w.sql.cast('null', column.type) : assign(value, column, about(column.name, node), w)
    given.set(column.name, checked(o, column.name) ? w.once(sql, column.type, true).sql : sql)
    columns.push(`${given.get(column.name)} as o${i}c${j}`)
  }
  guardChecks(o, given, w)
  guardForeignKeys(s, o, given, w)
  return { columns, twins: guardUniques(s, o, given, shapes, w) }
}

/** SQL and plain functions have the type that their author gave them; what they give after all is looked at row by row. */
const saidByAuthor = (n: Node): boolean => n.word.name === 'sql' || n.word.name === 'compute' || n.args.some(saidByAuthor)

/** Does a constraint look at this column, so that its value is needed twice? */
const checked = (o: OutputShape, name: string): boolean =>
  o.table.checks.some((c) => c.columns.includes(name)) ||
  o.table.foreignKeys.some((f) => f.columns.includes(name)) ||
  o.table.uniques.some((u) => usedBy(u).includes(name))

function twinRefusal(s: Shape, t: TwinQuestion, w: RowWriter): readonly Refusal[] {
  const agree = (a: string) =>
    sourceKey(s, w)
      .map((k, j) => `${a}.k${j} = ${k}`)
      .join(' and ')
  const which = w.sql.literal(`${t.output.output.name}.${t.unique.name}`)
  const [twin] = w.layers.join(
    (a) => `left join ${s.twins} ${a} on ${agree(a)} and ${a}.which = ${which}`,
    (a) => [`(${a}.which is not null)`],
  )
  const columns = usedBy(t.unique).flatMap((c) => {
    const n = t.output.output.values[c]
    return n ? w.columnsOf(n) : []
  })
  return [
    {
      when: twin!,
      warns: false,
      reason: {
        code: 'UNIQUE_CONFLICT',
        columns,
        at: t.output.output.at,
        says: `is the same in several rows, and ${t.output.table.id} (${t.unique.name}) keeps one`,
      },
    },
  ]
}

function surroundings(
  s: Shape,
  shapes: ReadonlyMap<string, Shape>,
  setting: Setting,
  without: Without,
  windows: { sql: string; type: SqlType }[],
  computes: { node: Node; args: readonly Value[] }[],
): Surroundings {
  const agree = (w: RowWriter) => (a: string) =>
    sourceKey(s, w)
      .map((k, j) => `${a}.k${j} = ${k}`)
      .join(' and ')
  return {
    keyOf(slot, source, node, w) {
      const o = slot.mapping === s.name ? s.outputs.find((x) => x.output.name === slot.name) : undefined
      if (o && isOwn(s, slot, node)) return o.output.per ? groupKey(s, o, w, without) : ownValue(s, o, w, node, without)
      return keyElsewhere(slot, source ?? [], node, shapes, setting.migration, w)
    },
    window(sql, type, nullable, w) {
      let at = windows.findIndex((x) => x.sql === sql)
      if (at < 0) at = windows.push({ sql, type }) - 1
      const [value] = w.layers.join(
        (a) => `left join ${s.aside} ${a} on ${agree(w)(a)}`,
        (a) => [`${a}.w${at}`],
      )
      return { sql: value!, type, nullable }
    },
    computed(node, args, w) {
      let at = computes.findIndex((x) => x.node === node)
      if (at < 0) at = computes.push({ node, args }) - 1
      const table = `pg_temp.${w.sql.quote(`computed_${s.slug}`)}`
      const [value, error] = w.layers.join(
        (a) => `left join ${table} ${a} on ${agree(w)(a)}`,
        (a) => [`${a}.v${at}`, `${a}.e${at}`],
      )
      w.refuse(`${error} is not null`, {
        code: 'COMPUTE_ERROR',
        columns: w.columnsOf(node),
        at: node.at,
        says: 'is not taken by the function',
      })
      return { sql: value!, type: node.params['type'] as SqlType, nullable: true }
    },
  }
}

function ownValue(s: Shape, o: OutputShape, w: RowWriter, node: Node, without: Without): Value {
  const type = o.key.columns[0]!.type
  if (o.key.columns.length > 1)
    throw cannotPlan({
      what: `the key of ${o.table.id}`,
      why: 'has several columns, and key() stands for one',
      hint: 'Map the columns one by one from what they are made of.',
      at: node.at,
    })
  const own = ownKey(s, o, w, without.first === true)
  if (own.wanted.length === 0) return w.value(o.output.values[o.key.columns[0]!.name]!)
  return { sql: own.wanted[0]!, type, nullable: false }
}
