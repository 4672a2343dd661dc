// Rows that are not ours, remembered before the first write, and tables that are only read: both must come out as they went in.
import type { Session } from '../databases/database.ts'
import { filledColumns, straysIn } from '../dialects/fill.ts'
import { postgres } from '../dialects/postgres.ts'
import { keyText, owned, type Shape } from '../dialects/shape.ts'
import type { Answer } from '../events/event.ts'
import type { Plan } from '../plan/plan.ts'
import { type LiveTable, whereIs } from '../schema/schema.ts'

/** The whole row as one number, all columns but those that are filled in place, so that nothing else can change without it. */
function rowHash(table: LiveTable, shapes: Iterable<Shape>, alias = 't'): string {
  const filled = filledColumns(table.id, shapes)
  if (!filled.size) return `hashtextextended((${alias}.*)::text, 0)`
  const rest = table.columns.filter((c) => !filled.has(c.name)).map((c) => `${alias}.${postgres.quote(c.name)}`)
  return `hashtextextended((row(${rest.join(', ')}))::text, 0)`
}

export function keyOf(table: LiveTable, alias: string): string {
  const key = table.primaryKey.length ? table.primaryKey : table.uniques.find((u) => u.columns.length && !u.where)?.columns
  return key ? `jsonb_build_array(${key.map((k) => `(${alias}.${postgres.quote(k)})::text`).join(', ')})::text` : `(${alias}.*)::text`
}

/** Tables that get rows. One whose own rows are filled is the application's: it may change, and what we filled is looked at by itself. */
export const madeIn = (plan: Plan): string[] => [...new Set([...plan.shapes.values()].flatMap((s) => s.outputs.map((o) => o.table.id)))]

export async function remember(session: Session, plan: Plan, run: number): Promise<void> {
  const shapes = [...plan.shapes.values()]
  for (const id of madeIn(plan)) {
    const table = plan.schema.tables.get(id)!
    await session.query(
      `insert into godwit.native (run, relation, key, hash) select $1::integer, $2::text, ${keyOf(table, 't')}, ${rowHash(table, shapes)} from ${postgres.table(id)} t where not ${owned(id, 't', shapes, postgres)} on conflict do nothing`,
      [run, id],
    )
  }
  for (const id of plan.reads.filter((r) => plan.schema.tables.has(r) && !whereIs(r))) {
    await session.query(
      `insert into godwit.reading (run, relation, rows, hash) select $1::integer, $2::text, count(*), coalesce(sum(${rowHash(plan.schema.tables.get(id)!, shapes)}::numeric), 0) from ${postgres.table(id)} t on conflict do nothing`,
      [run, id],
    )
  }
}

/** Each row that was there before is there still, and says what it said. Rows that came since are somebody else's business. */
export async function compareNatives(session: Session, plan: Plan, run: number): Promise<Answer[]> {
  const shapes = [...plan.shapes.values()]
  const answers: Answer[] = []
  for (const id of madeIn(plan)) {
    const table = plan.schema.tables.get(id)!
    const now = `select ${keyOf(table, 't')} as key, ${rowHash(table, shapes)} as hash from ${postgres.table(id)} t where not ${owned(id, 't', shapes, postgres)}`
    const { rows } = await session.query(
      `select (select count(*) from godwit.native where run = $1 and relation = $2)::text as examined, (count(*) over ())::text as wrong, x.key, x.what from (
         select n.key, case when t.key is null then 'gone' else 'changed' end as what from godwit.native n left join (${now}) t on t.key = n.key and t.hash = n.hash where n.run = $1 and n.relation = $2 and t.key is null) x limit 20`,
      [run, id],
    )
    const examined = rows.length
      ? Number(rows[0]!['examined'])
      : Number(
          (await session.query('select count(*)::text as n from godwit.native where run = $1 and relation = $2', [run, id])).rows[0]!['n'],
        )
    const wrong = rows.length ? Number(rows[0]!['wrong']) : 0
    if (examined === 0) continue
    answers.push({
      title: `rows of ${id} that are not ours`,
      verdict: wrong ? 'failed' : 'passed',
      examined,
      wrong,
      sample: rows.map((r) => ({ key: r['key']!, what: 'not as it was before the run' })),
    })
  }
  return answers
}

/** Of rows that are filled in place nothing else may change: a trigger could. */
export async function compareFilled(session: Session, plan: Plan): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const s of plan.shapes.values()) {
    if (!s.fill) continue
    const { rows } = await session.query(straysIn(s.fill))
    const [examined, wrong] = [Number(rows[0]!['examined']), Number(rows[0]!['wrong'])]
    if (examined === 0) continue
    const sample = (
      await session.query(`select ${keyText(s.key.map((_, j) => `b.k${j}`))} as key from ${s.fill.before} b where stray limit 20`)
    ).rows
    answers.push({
      title: `other columns of ${s.fill.table.id}, where ${s.name} fills it`,
      mapping: s.name,
      verdict: wrong ? 'failed' : 'passed',
      examined,
      wrong,
      sample: sample.map((r) => ({ key: r['key']!, what: 'more of it changed than was filled: look at its triggers' })),
    })
  }
  return answers
}

export interface Proof {
  readonly before: string
  readonly after: string
  readonly rows: number
  readonly since: number
}

/** All rows that were there before the run, as one digest then and now; and how many others have come since. */
export async function proveUntouched(session: Session, plan: Plan, run: number): Promise<Proof> {
  const now =
    madeIn(plan)
      .map(
        (id) =>
          `select ${postgres.literal(id)}::text as relation, ${keyOf(plan.schema.tables.get(id)!, 't')} as key, ${rowHash(plan.schema.tables.get(id)!, plan.shapes.values())} as hash from ${postgres.table(id)} t`,
      )
      .join(' union all ') || 'select null::text as relation, null::text as key, 0::bigint as hash where false'
  const sums = [1, 2]
    .map((seed) => `sum(hashtextextended(concat_ws(' ', x.relation, octet_length(x.key), x.key, x.hash), ${seed})::numeric)`)
    .join(', ')
  const digest = (from: string) =>
    `select count(*)::text as rows, encode(sha256(convert_to(concat_ws(' ', count(*), ${sums}), 'UTF8')), 'hex') as digest from (${from}) x`
  const before = (await session.query(digest('select relation, key, hash from godwit.native where run = $1'), [run])).rows[0]!
  const after = (
    await session.query(
      digest(`select n.* from (${now}) n join godwit.native o on o.run = $1 and o.relation = n.relation and o.key = n.key`),
      [run],
    )
  ).rows[0]!
  const all = (await session.query(`select count(*)::text as n from (${now}) n`)).rows[0]!['n']!
  return { before: before['digest']!, after: after['digest']!, rows: Number(before['rows']), since: Number(all) - Number(after['rows']) }
}

/** Sources may change while the application lives on; that is told, and the next run brings it over. */
export async function compareReadings(session: Session, plan: Plan, run: number): Promise<{ relation: string; changed: boolean }[]> {
  const out: { relation: string; changed: boolean }[] = []
  const { rows } = await session.query(
    'select relation, rows::text as rows, hash::text as hash from godwit.reading where run = $1 order by relation',
    [run],
  )
  for (const r of rows.filter((x) => plan.schema.tables.has(x['relation']!))) {
    // what a run has retired is not there to be compared
    if ((await session.query('select to_regclass($1)::text as t', [postgres.table(r['relation']!)])).rows[0]!['t'] === null) continue
    const now = (
      await session.query(
        `select count(*)::text as rows, coalesce(sum(${rowHash(plan.schema.tables.get(r['relation']!)!, plan.shapes.values())}::numeric), 0)::text as hash from ${postgres.table(r['relation']!)} t`,
      )
    ).rows[0]!
    out.push({ relation: r['relation']!, changed: now['rows'] !== r['rows'] || now['hash'] !== r['hash'] })
  }
  return out
}
