// A value matrix as a question: source and target joined through the ledger, every pair that occurs held against the list.
import { FlatWriter } from '../dialects/flat-writer.ts'
import type { Setting, Shape } from '../dialects/shape.ts'
import { cannotPlan } from '../errors/plan.ts'
import type { MatrixStep, Plainly } from '../steps/matrix.ts'
import type { Question } from '../steps/step.ts'

export function matrixQuestion(step: MatrixStep, setting: Setting, shapes: ReadonlyMap<string, Shape>): Question {
  const { output, from, to, cells } = step.matrix
  const s = shapes.get(output.mapping)
  const o = s?.outputs.find((x) => x.output === output)
  if (!s || !o || o.output.per)
    throw cannotPlan({
      what: `the matrix "${step.title}"`,
      why: 'is about an output that is not one row for each source row of this migration',
      hint: 'Give it an output of a mapping that is part of the migration.',
      at: step.at,
    })
  const { sql } = setting
  const w = new FlatWriter(s, shapes, setting)
  const source = s.key.map((k) => ({ sql: `s.${sql.quote(k.name)}`, type: k.type, nullable: false }))
  const keys = o.key.columns.map((k, j) => `t.${sql.quote(k.name)} = ${w.keyFrom(s, o, source, j)}`)
  const left = from.map((n, i) => `(${w.value(n).sql})::text as f${i}`)
  const right = to.map((n, i) => `(select (${w.value(n).sql})::text from (select t.*) s) as t${i}`)
  const joined = `select ${[...left, ...right].join(', ')} from ${w.from()} join ${sql.table(o.table.id)} t on ${keys.join(' and ')}`
  const pair = ([f, t]: readonly [readonly Plainly[], readonly Plainly[]]) =>
    `(${[...f.map((v, i) => same(`f${i}`, v, setting)), ...t.map((v, i) => same(`t${i}`, v, setting))].join(' and ')})`
  const columns = [...left.map((_, i) => `f${i}`), ...right.map((_, i) => `t${i}`)]
  return {
    title: step.title,
    at: step.at,
    examined: `select count(*) from (${joined}) m`,
    wrong: `select ${from.map((n, i) => `f${i} as ${sql.quote(`source ${w.columnsOf(n).join(', ') || i}`)}`).join(', ')}, ${to.map((n, i) => `t${i} as ${sql.quote(`target ${w.columnsOf(n).join(', ') || i}`)}`).join(', ')}, count(*) as rows from (${joined}) m where not (${cells.map(pair).join(' or ') || 'false'}) group by ${columns.join(', ')} order by ${columns.join(', ')}`,
  }
}

const same = (column: string, value: Plainly, { sql }: Setting): string =>
  value === null ? `${column} is null` : `coalesce(${column} = ${sql.literal(String(value))}, false)`
