// A replay as a question: documents rebuilt from the target's own columns against their rows as the mapping reads them.
import { FlatWriter, queryOf } from '../dialects/flat-writer.ts'
import { columnType } from '../dialects/keys.ts'
import { keyText, type OutputShape, owned, type Setting, type Shape } from '../dialects/shape.ts'
import { cannotPlan } from '../errors/plan.ts'
import { relationOf } from '../mapping/mapping.ts'
import type { ReplayStep } from '../steps/replay.ts'
import type { Question } from '../steps/step.ts'

export function replayQuestion(step: ReplayStep, setting: Setting, shapes: ReadonlyMap<string, Shape>): Question {
  const { output, of } = step.replay
  const s = shapes.get(output.mapping)
  const o = s?.outputs.find((x) => x.output === output)
  if (!s || !o || o.output.per || s.facts.from.id !== of.id)
    throw cannotPlan({
      what: `the replay "${step.title}"`,
      why: `is about an output that does not make one row for each row of ${of.id}`,
      hint: 'Give it the output of the mapping that maps from what restated() made.',
      at: step.at,
    })
  const restated = said(step, s, o, setting, shapes)
  const compare = step.replay.compare.map((_, i) => `c${i}`)
  const columns = ['document', ...compare, 'grp'].join(', ')
  const both = `select ${columns}, 1 as side, waits from (${restated}) x union all select ${columns}, -1, false from (${rebuilt(step, s, o, setting, shapes)}) x`
  // a row in quarantine takes its whole group with it, on both sides
  const standing = `select * from (select b.*, bool_or(waits) over (partition by grp) as held from (${both}) b) b where not held`
  const named = step.replay.compare.map(([name], i) => `c${i} as ${setting.sql.quote(name)}`)
  return {
    title: step.title,
    at: step.at,
    examined: `select count(*) from (${restated}) x where not waits`,
    wrong: `select document, case when sum(side) > 0 then 'not in the target' else 'only in the target' end as what, abs(sum(side)) as rows${named.map((n) => `, ${n}`).join('')} from (${standing}) x group by ${['document', ...compare].join(', ')} having sum(side) <> 0 order by ${['document', ...compare].join(', ')}`,
  }
}

const waits = 'godwit waits'

/** What each document said, as the mapping's expressions read it, and whether one of a row's group is in quarantine. */
function said(step: ReplayStep, s: Shape, o: OutputShape, setting: Setting, shapes: ReadonlyMap<string, Shape>): string {
  const { sql, migration } = setting
  const w = new FlatWriter(s, shapes, setting)
  const written = columnsCompared(step, w).map((name) => {
    const node = o.output.values[name]
    if (!node) throw missing(step, name)
    return `${sql.cast(w.value(node).sql, columnType(o, name))} as ${sql.quote(name)}`
  })
  const values = asked(step, setting, shapes, `select ${written.join(', ')}`)
  const key = keyText(s.key.map((k) => `s.${sql.quote(k.name)}`))
  const groups = ['chain', 'ordinal', ...sameColumns(s)].map((c) => `s.${sql.quote(c)}`).join(', ')
  const waiting = `bool_or(q.key is not null) over (partition by ${groups}) as ${sql.quote(waits)}`
  const grouped = o.output.values[step.replay.columns.group]
  if (!grouped) throw missing(step, step.replay.columns.group)
  const group = sql.cast(w.value(grouped).sql, columnType(o, step.replay.columns.group))
  const held = `godwit.quarantine q on q.migration = ${sql.literal(migration)} and q.mapping = ${sql.literal(s.name)} and q.key = ${key}`
  const rows = w.over(`(select s.*, ${waiting} from (${s.query}) s left join ${held})`)
  return `select (s.document)::text as document${values.map((v) => `, ${v}`).join('')}, (${group})::text as grp, s.${sql.quote(waits)} as waits from ${rows} where not s.gone and s.action is not null`
}

const columnsCompared = (step: ReplayStep, w: FlatWriter): string[] => [...new Set(step.replay.compare.flatMap(([, n]) => w.columnsOf(n)))]

/** The same is asked of both sides: of a row of the target, and of what the mapping would write there. */
function asked(step: ReplayStep, setting: Setting, shapes: ReadonlyMap<string, Shape>, row: string): string[] {
  const w = new FlatWriter(undefined, shapes, setting)
  return step.replay.compare.map(([, n], i) => `(select (${w.value(n).sql})::text from (${row}) s) as c${i}`)
}

/** The columns that tell one row of a document from another: all that restated() added beyond its own. */
function sameColumns(s: Shape): string[] {
  const names = Object.keys(s.facts.from.columns)
  return names.slice(names.indexOf('version') + 1)
}

function rebuilt(step: ReplayStep, s: Shape, o: OutputShape, setting: Setting, shapes: ReadonlyMap<string, Shape>): string {
  const { sql } = setting
  const { columns, compare, documents, gone } = step.replay
  const node = o.output.values[columns.document]
  if (!node) throw missing(step, columns.document)
  const w = new FlatWriter(undefined, shapes, setting)
  if (w.columnsOf(node).some((c) => c !== 'document'))
    throw cannotPlan({
      what: `the replay "${step.title}"`,
      why: `must know which document a row belongs to, and ${columns.document} is made of more than that`,
      hint: 'Map it from the column `document` alone.',
      at: step.at,
    })
  const target = w.value(node).sql
  const q = sql.quote
  const t = (name: string) => `t.${q(name)}`
  const state = `select d.document, ${asked(step, setting, shapes, 'select t.*')
    .map((c) => `${c}, `)
    .join(
      '',
    )}(${t(columns.action)})::text as action, (${t(columns.group)})::text as grp, row_number() over (partition by d.document, ${t(columns.group)} order by ${t(columns.version)} desc) as latest
    from doc d join doc u on u.chain = d.chain and u.nth <= d.nth join ${sql.table(o.table.id)} t on ${t(columns.document)} = u.target where ${owned(o.table.id, 't', [s], sql)}`
  return `with doc as (select s.document, s.chain, s.nth, ${target} as target from ${w.over(`(${queryOf(relationOf(documents), shapes, setting)})`)}), state as (${state}) select (document)::text as document${compare.map((_, i) => `, c${i}`).join('')}, grp from state where latest = 1 and action <> ${sql.literal(gone)}`
}

const missing = (step: ReplayStep, column: string) =>
  cannotPlan({
    what: `the replay "${step.title}"`,
    why: `compares ${column}, and the mapping gives that no value`,
    hint: 'Compare columns that are mapped.',
    at: step.at,
  })
