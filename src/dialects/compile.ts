// A mapping as statements: all that a run, a second run, a retry and an undo of it will ever send.

import { cannotPlan } from '../errors/plan.ts'
import type { Node } from '../expr/node.ts'
import { column } from '../schema/schema.ts'
import { isTable } from '../schema/table.ts'
import type { SqlType } from '../schema/type.ts'
import { type FillStatements, fillStatements } from './fill.ts'
import { queryOf } from './flat-writer.ts'
import { type GroupStatements, groupStatements } from './groups.ts'
import { type Rule, RuleBook } from './rules.ts'
import { keyText, lookedInto, type OutputShape, type Setting, type Shape, stored } from './shape.ts'
import { hasAggregate } from './shared.ts'
import { type Staging, stage } from './staged.ts'
import { type UndoStatements, undoStatements } from './undo.ts'
import { hangsOnShared, told } from './uniques.ts'
import { stageGone, tally, type WriteStatements, writeStatements } from './unit.ts'
import { RowWriter } from './writer.ts'

export interface Compute {
  readonly node: Node
  readonly types: readonly SqlType[]
}

export interface MappingPlan {
  readonly shape: Shape
  readonly rules: readonly Rule[]
  readonly undecided: Staging['undecided']
  /** Tables of the ledger that this mapping wants. */
  readonly ledger: readonly string[]
  /** A query's rows, brought where they can be read in ranges. */
  readonly bring: readonly string[]
  /** Tables of a session. */
  readonly session: readonly string[]
  /** The next range: its last key and how many rows it has. $1…: the key after which it begins, and the last that it may have. Last parameter: how many rows. */
  readonly bound: string
  /** Casts that give the text of a key column its type and collation back. */
  readonly keyOrder: readonly string[]
  readonly stageFirst: string
  readonly stageRange: string
  readonly stageKeys: string
  readonly stageGone: string
  /** Counts the staged rows that go and hold no number. */
  readonly want: string | undefined
  /** Outputs that draw numbers; the first number of each comes after the bounds, as a parameter. */
  readonly pools: readonly OutputShape[]
  /** A row that the server refused for a reason that no rule saw coming: put on the list, then marked. */
  readonly poison: { readonly list: string; readonly mark: string; readonly put: string }
  readonly tally: string
  readonly write: WriteStatements
  readonly quarantine: { readonly clear: string; readonly put: string }
  readonly warnings: { readonly clear: string; readonly put: string }
  readonly groups: readonly {
    readonly output: OutputShape
    readonly gather: readonly string[]
    readonly gatherSettled: readonly string[]
    readonly statements: GroupStatements
  }[]
  readonly windows: readonly string[]
  readonly twins: readonly string[]
  /** Twins by the key of a row that they share: found when these rows are there. */
  readonly sharedTwins: readonly string[]
  /** What the slow lane is fed with: key and arguments of every row of the range, as text. */
  readonly computes: { readonly list: readonly Compute[]; readonly feedRange: string; readonly feedKeys: string } | undefined
  /** Some columns can only be filled once all rows are there. */
  readonly secondPass: boolean
  /** Source keys of which something was made, and which are no more. $1: how many at most. */
  readonly vanished: string
  readonly fill: FillStatements | undefined
  readonly undo: UndoStatements
}

export function compileMapping(s: Shape, shapes: ReadonlyMap<string, Shape>, setting: Setting): MappingPlan {
  const book = new RuleBook()
  const full = stage(s, shapes, setting, book)
  const first = stage(s, shapes, setting, book, { later: true, first: true })
  const q = setting.sql.quote
  const range = rangeOf(s, setting)
  const inList = `(${s.key.map((k) => `s.${q(k.name)}`).join(', ')}) in (select ${s.key.map((_, j) => `k${j}`).join(', ')} from ${s.keys})`
  const pools = s.outputs.filter((o) => o.key.keying === 'drawn')
  const [refused, filtered] = [book.of('refuse'), book.of('filter')]
  const fill = s.fill && fillStatements(s, s.fill, setting)
  return {
    shape: s,
    rules: book.rules,
    undecided: full.undecided,
    ledger: ledgerTables(s, full, fill, setting),
    bring: [...bring(s, setting), ...madeFor(s, shapes, setting)],
    session: sessionTables(s, full, fill, setting),
    bound: boundOf(s, setting),
    keyOrder: s.key.map((k) => `::${setting.sql.typeName(k.type)}${collation(s, k.name, setting)}`),
    stageFirst: into(s, first, first.select(range), pools, 2 * s.key.length),
    stageRange: into(s, full, full.select(range), pools, 2 * s.key.length),
    stageKeys: into(s, full, full.select(inList), pools, 0),
    stageGone: stageGone(s, setting),
    pools,
    want: wantOf(s, pools),
    poison: poisonOf(s, full, range, setting),
    tally: tally(s, [0, ...refused], filtered),
    write: writeStatements(s, [...shapes.values()], setting),
    quarantine: quarantineOf(s, [0, ...refused], setting),
    warnings: warningsOf(s, setting),
    groups: groupsOf(s, shapes, setting, book),
    windows: windowsOf(s, full),
    twins: twinsOf(s, shapes, setting, full, false),
    sharedTwins: twinsOf(s, shapes, setting, full, true),
    computes: computesOf(s, full, range, inList),
    secondPass: full.later.size > 0 || full.fillsLater,
    fill,
    vanished: vanishedOf(s, setting),
    undo: undoStatements(s, full.later, setting),
  }
}

const keyList = (s: Shape): string => s.key.map((_, j) => `k${j}`).join(', ')

function into(s: Shape, staging: Staging, select: string, pools: readonly OutputShape[], parametersBefore: number): string {
  const text = `insert into ${s.stage} (${staging.columns.join(', ')}) ${select}`
  return pools.reduce((t, o, n) => t.replaceAll(`\0pool${o.index} `, `$${parametersBefore + n + 1}::bigint `), text)
}

function wantOf(s: Shape, pools: readonly OutputShape[]): string | undefined {
  if (!pools.length) return undefined
  const wants = (o: OutputShape) => `o${o.index} and o${o.index}h0 is null`
  const counted = pools.map((o) => `count(*) filter (where ${wants(o)}) over (order by ${keyList(s)}) - 1`)
  return `insert into ${s.wants} (${keyList(s)}, ${pools.map((o) => `n${o.index}`).join(', ')}) select ${keyList(s)}, ${counted.join(', ')} from ${s.stage} where ${pools.map((o) => `(${wants(o)})`).join(' or ')}`
}

/** $1… is the key after which the range begins (null: at the beginning), the next ones its last key (null: to the end). */
function rangeOf(s: Shape, { sql }: Setting): string {
  const n = s.key.length
  const keys = s.key.map((k) => `s.${sql.quote(k.name)}`).join(', ')
  const params = (from: number) => s.key.map((k, j) => sql.cast(`$${from + j}::text`, k.type)).join(', ')
  return `($1::text is null or (${keys}) > (${params(1)})) and ($${n + 1}::text is null or (${keys}) <= (${params(n + 1)}))`
}

function boundOf(s: Shape, setting: Setting): string {
  const keys = s.key.map((k) => `s.${setting.sql.quote(k.name)}`)
  const inner = `select ${keys.map((k, j) => `${k} as k${j}`).join(', ')} from ${s.source} s where ${rangeOf(s, setting)} order by ${keys.join(', ')} limit $${2 * s.key.length + 1}::bigint`
  return `select ${s.key.map((_, j) => `k${j}::text as k${j}`).join(', ')}, n from (select ${keyList(s)}, count(*) over () as n from (${inner}) k) k order by ${s.key.map((_, j) => `k.k${j} desc`).join(', ')} limit 1`
}

/** Keys must be put in order as the source's index does it. */
function collation(s: Shape, name: string, { schema }: Setting): string {
  const given = isTable(s.facts.from) ? column(schema.tables.get(s.facts.from.id)!, name)?.collation : undefined
  return given ? ` collate ${given}` : ''
}

function ledgerTables(s: Shape, full: Staging, fill: FillStatements | undefined, { sql }: Setting): string[] {
  const keys = s.key.map((k, j) => `k${j} ${sql.typeName(k.type)} not null`).join(', ')
  const primary = `primary key (${keyList(s)})`
  const out: string[] = []
  if (fill) out.push(fill.ledger)
  if (s.stores) {
    const columns = s.outputs.filter(stored).flatMap((o) => o.key.columns.map((k, j) => `o${o.index}k${j} ${sql.typeName(k.type)}`))
    out.push(`create table if not exists ${s.ledger} (${keys}, ${columns.join(', ')}, ${primary})`)
  }
  if (s.reserves)
    out.push(
      `create table if not exists ${s.extents} (lo numeric not null, hi numeric not null, ${s.outputs
        .filter((o) => o.key.keying === 'reserved')
        .map((o) => `b${o.index} bigint not null`)
        .join(', ')}, primary key (lo), check (hi >= lo))`,
    )
  for (const o of s.outputs.filter((x) => x.output.per)) {
    const type = (p: string) =>
      sql.typeName((o.key.columns.find((c) => c.name === p) ?? o.columns.find((c) => c.column.name === p)!.column).type)
    const per = o.output.per!.map((p, j) => `p${j} ${type(p)} not null`)
    out.push(
      `create table if not exists ${o.groups} (${[...per, ...o.key.columns.map((k, j) => `t${j} ${sql.typeName(k.type)}`)].join(', ')}, made boolean not null, refusal smallint, check (refusal is not null or t0 is not null), primary key (${o.output.per!.map((_, j) => `p${j}`).join(', ')}))`,
    )
  }
  if (full.windows.length)
    out.push(
      `create unlogged table if not exists ${s.aside} (${keys}, ${full.windows.map((x, j) => `w${j} ${sql.typeName(x.type)}`).join(', ')}, ${primary})`,
    )
  if (full.twins.length)
    out.push(`create unlogged table if not exists ${s.twins} (${keys}, which text not null, primary key (${keyList(s)}, which))`)
  if (!isTable(s.facts.from))
    out.push(
      `create unlogged table if not exists ${s.source} (${Object.entries(s.facts.from.columns as Record<string, { type: SqlType }>)
        .map(([name, c]) => `${sql.quote(name)} ${sql.typeName(c.type)}`)
        .join(', ')}, primary key (${s.key.map((k) => sql.quote(k.name)).join(', ')}))`,
    )
  return out
}

/** Unlogged tables are empty after a crash of the server, so they are filled anew whenever a pass begins. */
function bring(s: Shape, { sql }: Setting): string[] {
  if (s.query === undefined) return []
  const columns = Object.keys(s.facts.from.columns).map(sql.quote).join(', ')
  return [`truncate ${s.source}`, `insert into ${s.source} (${columns}) select ${columns} from (${s.query}) s`, `analyze ${s.source}`]
}

/** Relations made of others that the rows of a mapping look into: made once, not for each unit. */
function madeFor(s: Shape, shapes: ReadonlyMap<string, Shape>, setting: Setting): string[] {
  const { sql } = setting
  return lookedInto(s).flatMap((r) => {
    const table = sql.table(r.id)
    const columns = Object.entries(r.columns).map(([name, c]) => `${sql.quote(name)} ${sql.typeName(c.type)}`)
    const key = r.key.length ? [`primary key (${r.key.map(sql.quote).join(', ')})`] : []
    const names = Object.keys(r.columns).map(sql.quote).join(', ')
    return [
      `drop table if exists ${table}`,
      `create unlogged table ${table} (${[...columns, ...key].join(', ')})`,
      `insert into ${table} (${names}) select ${names} from (${queryOf(r, shapes, setting)}) s`,
      `analyze ${table}`,
    ]
  })
}

function sessionTables(s: Shape, full: Staging, fill: FillStatements | undefined, { sql }: Setting): string[] {
  const plain = (name: string) => name.slice('pg_temp.'.length)
  const keys = s.key.map((k, j) => `k${j} ${sql.typeName(k.type)}`).join(', ')
  const outputs = s.outputs.flatMap((o) => [
    `o${o.index} boolean`,
    ...(o.output.per
      ? []
      : o.key.columns.flatMap((k, j) => [`o${o.index}k${j} ${sql.typeName(k.type)}`, `o${o.index}h${j} ${sql.typeName(k.type)}`])),
    ...(o.output.per
      ? Object.entries(o.output.values).flatMap(([, node], j) =>
          hasAggregate(node) && !node.args.length ? [] : [`o${o.index}g${j} ${groupColumn(o, j, node, sql.typeName)}`],
        )
      : o.columns.map((c, j) => `o${o.index}c${j} ${sql.typeName(c.column.type)}`)),
  ])
  const filled = fill?.staged ?? []
  const out = [
    `create temp table if not exists ${plain(s.stage)} (${keys}, key text, rule smallint, warned smallint[], raw jsonb, ${[...outputs, ...filled].join(', ')}) on commit delete rows`,
    `create temp table if not exists ${plain(s.keys)} (${keys}, key text) on commit delete rows`,
  ]
  const pools = s.outputs.filter((o) => o.key.keying === 'drawn')
  if (pools.length)
    out.push(
      `create temp table if not exists ${plain(s.wants)} (${keys}, ${pools.map((o) => `n${o.index} bigint`).join(', ')}) on commit delete rows`,
    )
  if (full.computes.length)
    out.push(
      `create temp table if not exists ${sql.quote(`computed_${s.slug}`)} (${keys}, ${full.computes.map((c, j) => `v${j} ${sql.typeName(c.node.params['type'] as SqlType)}, e${j} text`).join(', ')}) on commit delete rows`,
    )
  return out
}

/** What is summed may be wider than the column that the sum goes into; text takes it all. */
function groupColumn(o: OutputShape, j: number, node: Node, typeName: (t: SqlType) => string): string {
  if (hasAggregate(node)) return node.params['fn'] === 'sum' ? 'numeric' : typeName(aggregatedType(o, j))
  return typeName(aggregatedType(o, j))
}
function aggregatedType(o: OutputShape, j: number): SqlType {
  const name = Object.keys(o.output.values)[j]!
  return (o.key.columns.find((c) => c.name === name) ?? o.columns.find((c) => c.column.name === name)!.column).type
}

function quarantineOf(s: Shape, refused: readonly number[], { sql, migration }: Setting) {
  const list = refused.join(', ')
  const mine = `q.migration = ${sql.literal(migration)} and q.mapping = ${sql.literal(s.name)}`
  return {
    // one that stands there for the same reason with the same values stays, and with it what people said of it
    clear: `delete from godwit.quarantine q using ${s.stage} u where ${mine} and q.key = u.key and (u.rule is null or u.rule not in (${list}) or q.rule <> u.rule or q.raw is distinct from u.raw)`,
    put: `insert into godwit.quarantine (migration, mapping, key, run, rule, code, columns, at, says, blocked_by, raw) select ${sql.literal(migration)}, ${sql.literal(s.name)}, u.key, $1::integer, u.rule, r.code, r.columns, r.at, r.says, r.blocked_by, u.raw from ${s.stage} u join godwit.rule r on r.migration = ${sql.literal(migration)} and r.mapping = ${sql.literal(s.name)} and r.n = u.rule where r.kind = 'refuse' and not exists (select 1 from godwit.quarantine q where ${mine} and q.key = u.key)`,
  }
}

function poisonOf(s: Shape, full: Staging, range: string, { sql, migration }: Setting) {
  const keys = s.key.map((k) => `s.${sql.quote(k.name)}`)
  return {
    list: `insert into ${s.keys} (${keyList(s)}, key) select ${keys.join(', ')}, ${keyText(keys)} from ${s.source} s where ${range}`,
    mark: `update ${s.stage} u set rule = 0, raw = ${full.raw} from ${s.source} s where ${keys.map((k, j) => `${k} = u.k${j}`).join(' and ')}`,
    put: `insert into godwit.quarantine (migration, mapping, key, run, rule, code, columns, says, detail, raw) select ${sql.literal(migration)}, ${sql.literal(s.name)}, u.key, $1::integer, 0, $2, array_remove(array[$3::text], null), 'was refused by the server', $4, u.raw from ${s.stage} u where u.rule = 0 and not exists (select 1 from godwit.quarantine q where q.migration = ${sql.literal(migration)} and q.mapping = ${sql.literal(s.name)} and q.key = u.key)`,
  }
}

function warningsOf(s: Shape, { sql, migration }: Setting) {
  const mine = `q.migration = ${sql.literal(migration)} and q.mapping = ${sql.literal(s.name)}`
  return {
    clear: `delete from godwit.warning q using ${s.stage} u where ${mine} and q.key = u.key and (u.warned is null or not q.rule = any (u.warned))`,
    put: `insert into godwit.warning (migration, mapping, key, rule) select ${sql.literal(migration)}, ${sql.literal(s.name)}, u.key, w.rule from ${s.stage} u cross join lateral unnest(u.warned) as w(rule) where not exists (select 1 from godwit.warning q where ${mine} and q.key = u.key and q.rule = w.rule)`,
  }
}

function groupsOf(s: Shape, shapes: ReadonlyMap<string, Shape>, setting: Setting, book: RuleBook): MappingPlan['groups'] {
  const grouped = s.outputs.filter((o) => o.output.per)
  if (!grouped.length) return []
  const staged = unpooled(stage(s, shapes, setting, book, { groups: true, later: true, first: true }).select(''), s)
  return grouped.map((output) => {
    const statements = groupStatements(s, output, [...shapes.values()], setting)
    return {
      output,
      gather: statements.gather(staged),
      gatherSettled: statements.gather(
        `select u.* from (${staged}) u where not exists (select 1 from godwit.quarantine q where q.migration = ${setting.sql.literal(setting.migration)} and q.mapping = ${setting.sql.literal(s.name)} and q.key = u.key)`,
      ),
      statements,
    }
  })
}

/** Where only fates are asked for, drawn numbers do not matter. */
const unpooled = (text: string, s: Shape): string => s.outputs.reduce((t, o) => t.replaceAll(`\0pool${o.index} `, '0 '), text)

function windowsOf(s: Shape, full: Staging): string[] {
  if (!full.windows.length) return []
  const order = s.key.map((k) => `s.${full.writer.sql.quote(k.name)}`).join(', ')
  const columns = full.windows.map((x, j) => `${x.sql.replaceAll('\0key', () => order)} as w${j}`)
  const keys = s.key.map((k, j) => `s.${full.writer.sql.quote(k.name)} as k${j}`).join(', ')
  return [
    `truncate ${s.aside}`,
    `insert into ${s.aside} select ${keys}, ${columns.join(', ')} from ${unpooled(full.writer.layers.from(s.source, ''), s)}`,
    `analyze ${s.aside}`,
  ]
}

function twinsOf(s: Shape, shapes: ReadonlyMap<string, Shape>, setting: Setting, full: Staging, shared: boolean): string[] {
  const asked = full.twins.filter((t) => hangsOnShared(t, s) === shared)
  if (shared ? !asked.length : !full.twins.length) return []
  const staged = stage(s, shapes, setting, new RuleBook(), { twins: true, groups: !shared, later: true, first: true })
  const select = unpooled(staged.select(''), s)
  const out = shared ? [] : [`truncate ${s.twins}`]
  for (const t of asked) {
    const at = (name: string) => {
      const j = t.output.key.columns.findIndex((c) => c.name === name)
      return j >= 0 ? `u.o${t.output.index}k${j}` : `u.o${t.output.index}c${t.output.columns.findIndex((c) => c.column.name === name)}`
    }
    const { values, looks } = told(t.unique, t.output, at, setting.sql.quote)
    const which = setting.sql.literal(`${t.output.output.name}.${t.unique.name}`)
    out.push(
      `insert into ${s.twins} (${keyList(s)}, which) select ${keyList(s)}, ${which} from (select ${s.key.map((_, j) => `u.k${j}`).join(', ')}, count(*) over (partition by ${values.join(', ')}) as n from (${select}) u where u.rule is null and u.o${t.output.index} and ${looks}) u where n > 1`,
    )
  }
  return [...out, `analyze ${s.twins}`]
}

function computesOf(s: Shape, full: Staging, range: string, inList: string): MappingPlan['computes'] {
  if (!full.computes.length) return undefined
  const list = full.computes.map((c) => ({ node: c.node, types: c.args.map((a) => a.type) }))
  const nested = (node: Node): never => {
    throw cannotPlan({
      what: 'compute() of what another compute() gives',
      why: 'the rows would have to leave the database twice',
      hint: 'Do both in one function.',
      at: node.at,
    })
  }
  const late = (node: Node): never => {
    throw cannotPlan({
      what: 'compute() of a key or of a window',
      why: 'these are only known once the functions have been called',
      hint: 'Take a column of the source, or of a query().',
      at: node.at,
    })
  }
  // the arguments are compiled apart: the stage's own layers already need the results
  const w = new RowWriter(
    full.writer.sql,
    { computed: nested, keyOf: (_slot, _source, node) => late(node), window: () => late(list[0]!.node) },
    full.computes.flatMap((c) => c.node.args),
    Object.keys(s.facts.from.columns),
  )
  const args = full.computes.flatMap((c) => c.node.args.map((a) => `(${w.value(a).sql})::text`))
  const keys = s.key.map((k) => `(s.${w.sql.quote(k.name)})::text`)
  const feed = (where: string) =>
    `select ${[...keys, ...args].map((e, i) => `${e} as f${i}`).join(', ')} from ${w.layers.from(s.source, where)}`
  return { list, feedRange: feed(range), feedKeys: feed(inList) }
}

function vanishedOf(s: Shape, { sql, migration }: Setting): string {
  const keys = s.key.map((_, j) => `k${j}`)
  const lost = (alias: string) =>
    `not exists (select 1 from ${s.source} s where ${s.key.map((k, j) => `s.${sql.quote(k.name)} = ${alias}.k${j}`).join(' and ')})`
  const parts: string[] = []
  if (s.fill) parts.push(`select ${keys.map((k) => `b.${k}`).join(', ')} from ${s.fill.before} b where ${lost('b')}`)
  if (s.stores) parts.push(`select ${keys.map((k) => `l.${k}`).join(', ')} from ${s.ledger} l where ${lost('l')}`)
  for (const o of s.outputs.filter((x) => x.key.keying === 'reserved')) {
    const target = `t.${sql.quote(o.key.columns[0]!.name)}`
    parts.push(
      `select k.k0 from (select ${sql.cast(`x.lo + (${target} - x.b${o.index})`, s.key[0]!.type)} as k0 from ${s.extents} x join ${sql.table(o.table.id)} t on ${target} between x.b${o.index} and x.b${o.index} + (x.hi - x.lo)) k where ${lost('k')}`,
    )
  }
  const texts = s.key.length === 1 ? [sql.cast('q.key', s.key[0]!.type)] : s.key.map((k, j) => sql.cast(`q.key::jsonb ->> ${j}`, k.type))
  parts.push(
    `select ${keys.map((k) => `q.${k}`).join(', ')} from (select ${texts.map((t, j) => `${t} as k${j}`).join(', ')} from godwit.quarantine q where q.migration = ${sql.literal(migration)} and q.mapping = ${sql.literal(s.name)}) q where ${lost('q')}`,
  )
  return `insert into ${s.keys} (${keys.join(', ')}, key) select ${keys.join(', ')}, ${keyText(keys)} from (${parts.join(' union ')}) v limit $1::bigint`
}
