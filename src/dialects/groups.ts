// Rows that several source rows share (`per`): found over all rows that go, made before them, settled after them.
import type { Reason } from '../expr/node.ts'
import { comparable } from './comparable.ts'
import { guardChecks, guardForeignKeys } from './guards.ts'
import { hangingOn } from './hanging.ts'
import { columnType } from './keys.ts'
import type { OutputShape, Setting, Shape } from './shape.ts'
import { guardUniques, told } from './uniques.ts'
import { differ } from './unit.ts'
import { RowWriter } from './writer.ts'

/** The groups as they should be, in a table of this session. */
export const wantedGroups = (s: Shape, o: OutputShape, { sql }: Pick<Setting, 'sql'>): string =>
  `pg_temp.${sql.quote(`groups${o.index}_${s.slug}`)}`

export interface GroupStatements {
  /** Reads the stage's select (without what depends on groups) and gathers it. */
  readonly gather: (staged: string) => readonly string[]
  /** Rows that are there already are taken for the groups' own. */
  readonly adopt: string | undefined
  /** Groups that some constraint would not take: which, and by which of `groupGuards`. */
  readonly refuse: readonly string[]
  readonly countNew: string
  /** Groups whose sum has more decimals or digits than its column keeps. */
  readonly unfit: string | undefined
  /** $1, where a sequence gives their keys: the first number set aside for them. */
  readonly make: string
  /** Shared rows brought to what their members say now. */
  readonly settle: string | undefined
  /** Rows that are not ours and point at shared rows that nobody else needs any more. */
  readonly hanging: string | undefined
  /** Shared rows that nobody needs any more. */
  readonly drop: string
}

export function groupStatements(s: Shape, o: OutputShape, shapes: readonly Shape[], setting: Setting): GroupStatements {
  const { sql } = setting
  const wanted = wantedGroups(s, o, setting)
  const per = o.output.per!
  const values = Object.entries(o.output.values)
  const select = values.map(([name, node], j) => {
    const fn = node.word.name === 'aggregate' ? (node.params['fn'] as string) : undefined
    const column = `o${o.index}g${j}`
    // every value but an aggregate hangs on the group's own columns, so any row of it will do
    const value = fn ? `${fn}(${node.args[0] ? column : '*'})` : per.includes(name) ? column : `(array_agg(${column}))[1]`
    return `${fn === 'sum' ? value : sql.cast(value, columnType(o, name))} as ${sql.quote(name)}`
  })
  const by = per.map((p) => `o${o.index}g${values.findIndex(([name]) => name === p)}`)
  const q = sql.quote
  const target = sql.table(o.table.id)
  const agreeTarget = per.map((p) => `t.${q(p)} = w.${q(p)}`).join(' and ')
  const agreeLedger = per
    .map((p, j) => comparable(`g.p${j}`, columnType(o, p), { sql: `w.${q(p)}`, type: columnType(o, p), nullable: false }, sql).join(' = '))
    .join(' and ')
  const fresh = `not exists (select 1 from ${o.groups} g where ${agreeLedger})`
  const order = per.map((p) => `(w.${q(p)})::text collate "C"`).join(', ')
  const there = o.output.adopt ? ` and not exists (select 1 from ${target} t where ${agreeTarget})` : ''
  const keyColumns = o.key.columns
  const madeKey = keyColumns.map((k) =>
    o.output.values[k.name] ? `w.${q(k.name)}` : `${sql.cast(`$1::bigint + row_number() over (order by ${order}) - 1`, k.type)}`,
  )
  const written = values.map(([name]) => name).filter((n) => !keyColumns.some((k) => k.name === n))
  const ledger = [...per.map((_, j) => `p${j}`), ...keyColumns.map((_, j) => `t${j}`), 'made']
  const made = `select ${per.map((p) => `w.${q(p)}`).join(', ')}, ${madeKey.map((k, j) => `${k} as t${j}`).join(', ')} from ${wanted} w where ${fresh}${there}`
  const always = o.table.columns.some((c) => c.identity === 'always' && keyColumns.some((k) => k.name === c.name))
    ? ' overriding system value'
    : ''
  const adopt = o.output.adopt
    ? `insert into ${o.groups} (${ledger.join(', ')}) select ${[...per.map((p) => `w.${q(p)}`), ...keyColumns.map((k) => `t.${q(k.name)}`), 'false'].join(', ')} from ${wanted} w join ${target} t on ${agreeTarget} where ${fresh}`
    : undefined
  const make = `with made as (insert into ${o.groups} (${ledger.join(', ')}) select ${[...per.map((p) => `m.${q(p)}`), ...keyColumns.map((_, j) => `m.t${j}`), 'true'].join(', ')} from (${made}) m returning ${per.map((_, j) => `p${j}`).join(', ')}, ${keyColumns.map((_, j) => `t${j}`).join(', ')}) insert into ${target} (${[...keyColumns.map((k) => k.name), ...written].map(q).join(', ')})${always} select ${[...keyColumns.map((_, j) => `g.t${j}`), ...written.map((n) => `w.${q(n)}`)].join(', ')} from made g join ${wanted} w on ${agreeLedger}`
  const keyAgrees = keyColumns.map((k, j) => `t.${q(k.name)} = g.t${j}`).join(' and ')
  const differs = written.map((n) => differ(`t.${q(n)}`, `w.${q(n)}`, columnType(o, n).name)).join(' or ')
  const settle = written.length
    ? `update ${target} t set ${written.map((n) => `${q(n)} = w.${q(n)}`).join(', ')} from ${o.groups} g join ${wanted} w on ${agreeLedger} where g.made and ${keyAgrees} and (${differs})`
    : undefined
  const unwanted = `not exists (select 1 from ${wanted} w where ${agreeLedger})`
  const hanging = hangingOn(o, { from: `${o.groups} g join ${target} t on ${keyAgrees}`, where: `g.made and ${unwanted}` }, shapes, setting)
  const drop = `with lost as (delete from ${o.groups} g where ${unwanted} returning *) delete from ${target} t using lost g where g.made and ${keyAgrees}`
  return {
    gather: (staged) => [
      `drop table if exists ${wanted}`,
      `create temp table ${wanted.slice('pg_temp.'.length)} as select ${select.join(', ')} from (${staged}) u where u.rule is null and u.o${o.index} group by ${by.join(', ')}`,
    ],
    adopt,
    refuse: refusals(s, o, shapes, setting),
    unfit: unfit(o, wanted, sql),
    countNew: `select count(*) as n from ${wanted} w where ${fresh}${there}`,
    make,
    settle,
    hanging: hanging.length ? hanging.join(' union all ') : undefined,
    drop,
  }
}

/** What the target's constraints would say of a group's row, in the order in which the group ledger numbers it. */
export function groupGuards(
  s: Shape,
  o: OutputShape,
  shapes: readonly Shape[],
  setting: Setting,
): { reasons: readonly Reason[]; select: string } {
  const { sql } = setting
  const none = (): never => {
    throw new Error('a group is made of values that are there already')
  }
  const w = new RowWriter(sql, { keyOf: none, window: none, computed: none }, [], Object.keys(o.output.values))
  const given = new Map(Object.keys(o.output.values).map((name) => [name, `s.${sql.quote(name)}`]))
  guardChecks(o, given, w)
  guardForeignKeys(s, o, given, w)
  const twins = guardUniques(s, o, given, shapes, w).filter((t) => !o.output.per!.every((p) => t.unique.columns.includes(p)))
  const refused = w.takeRefusals()
  const twin = (n: number) => `s.${sql.quote(`godwit twin ${n}`)}`
  const counted = twins.map((t, n) => {
    const { values, looks } = told(t.unique, o, (c) => `s.${sql.quote(c)}`, sql.quote)
    return `(${looks} and count(*) over (partition by ${[looks, ...values].join(', ')}) > 1) as ${sql.quote(`godwit twin ${n}`)}`
  })
  const wanted = wantedGroups(s, o, setting)
  const source = twins.length ? `(select s.*, ${counted.join(', ')} from ${wanted} s)` : wanted
  const tests = [...refused.map((r) => r.when), ...twins.map((_, n) => twin(n))]
  const said = (t: (typeof twins)[number]): Reason => ({
    code: 'UNIQUE_CONFLICT',
    columns: [],
    at: o.output.at,
    says: `shares a row that is one of several with the same value, and ${o.table.id} (${t.unique.name}) keeps one`,
  })
  return {
    reasons: [...refused.map((r) => r.reason), ...twins.map(said)],
    select: `select ${o.output.per!.map((p, j) => `s.${sql.quote(p)} as p${j}`).join(', ')}, case ${tests.map((t, n) => `when ${t} then ${n + 1}`).join(' ')} end as refusal from ${w.layers.from(source, '')}`,
  }
}

function refusals(s: Shape, o: OutputShape, shapes: readonly Shape[], setting: Setting): string[] {
  const { reasons, select } = groupGuards(s, o, shapes, setting)
  if (!reasons.length) return []
  const per = o.output.per!.map((_, j) => `p${j}`)
  const fresh = `not exists (select 1 from ${o.groups} g where ${per.map((p) => `g.${p} = w.${p}`).join(' and ')})`
  return [
    `delete from ${o.groups} where refusal is not null`,
    `insert into ${o.groups} (${per.join(', ')}, made, refusal) select ${per.map((p) => `w.${p}`).join(', ')}, false, w.refusal from (${select}) w where w.refusal is not null and ${fresh}`,
  ]
}

function unfit(o: OutputShape, wanted: string, sql: Setting['sql']): string | undefined {
  const sums = Object.entries(o.output.values).filter(([, node]) => node.word.name === 'aggregate' && node.params['fn'] === 'sum')
  const tests = sums.map(([name]) => `${sql.quote(name)} is distinct from ${sql.cast(sql.quote(name), columnType(o, name))}`)
  return tests.length ? `select count(*)::text as n from ${wanted} where ${tests.join(' or ')}` : undefined
}
