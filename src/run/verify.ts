// Is the result what the mapping says? Asked of the data, in one snapshot, by another path than the one that wrote it.
import type { Database, Session } from '../databases/database.ts'
import { postgres } from '../dialects/postgres.ts'
import type { Answer, Verdict } from '../events/event.ts'
import type { Plan } from '../plan/plan.ts'
import { count, list } from '../text.ts'
import { compareFilled, compareNatives, compareReadings } from './native.ts'

export interface Verification {
  readonly verdict: Verdict
  readonly answers: readonly Answer[]
  readonly notes: readonly string[]
}

const shown = 20

export const verifyIn = (
  db: Database,
  plan: Plan,
  run: number,
  pass: number,
  tell: (a: Answer) => void = () => {},
): Promise<Verification> =>
  db.session((s) => s.transaction((tx) => verify(tx, plan, run, pass, tell), { isolation: 'repeatable read', readOnly: true }))

export async function verify(tx: Session, plan: Plan, run: number, pass: number, tell: (a: Answer) => void): Promise<Verification> {
  const answers: Answer[] = []
  const say = (a: Answer) => {
    answers.push(a)
    tell(a)
  }
  for (const b of plan.books) say(await booksClose(tx, b, run, pass))
  for (const a of await rowsEqual(tx, plan)) say(a)
  for (const a of await compareNatives(tx, plan, run)) say(a)
  for (const a of await compareFilled(tx, plan)) say(a)
  for (const a of await sequencesAhead(tx, plan)) say(a)
  for (const s of plan.steps) if (s.question && s.phase === 'verify') say(await asked(tx, s.question))
  const changed = (await compareReadings(tx, plan, run)).filter((r) => r.changed).map((r) => r.relation)
  const notes = changed.length
    ? [`${list(changed)} changed since the run began (Godwit only reads there); godwit run brings the changes over.`]
    : []
  return { verdict: overall(answers), answers, notes }
}

/** Nothing compared is nothing proved: one check that compared nothing keeps the whole from being verified. */
export function overall(answers: readonly Answer[]): Verdict {
  if (answers.some((a) => a.verdict === 'failed')) return 'failed'
  return answers.length && answers.every((a) => a.verdict === 'passed') ? 'passed' : 'not verified'
}

async function booksClose(tx: Session, check: Plan['books'][number], run: number, pass: number): Promise<Answer> {
  const counts = (await tx.query(check.counts)).rows[0]!
  const booked = (
    await tx.query(
      'select read::text as read, migrated::text as migrated, quarantined::text as quarantined, filtered::text as filtered from godwit.books where run = $1 and mapping = $2 and pass = $3',
      [run, check.mapping, pass],
    )
  ).rows[0]
  const { rows, wrong } = await wrongRows(tx, check.wrong)
  const names = ['read', 'migrated', 'quarantined', 'filtered']
  const off = booked ? names.filter((n) => booked[n] !== String(counts[n])) : ['read']
  const title = `books of ${check.mapping}: ${count(Number(counts['read']))} = ${names
    .slice(1)
    .map((n) => `${n} ${count(Number(counts[n]))}`)
    .join(' + ')}`
  const examined = Number(counts['read'])
  const sample = [...rows, ...off.map((n) => ({ what: `${n}: the ledger says ${booked?.[n] ?? 'nothing'}, the data ${counts[n]}` }))]
  const bad = wrong + off.length
  return {
    title,
    mapping: check.mapping,
    examined,
    wrong: bad,
    sample,
    verdict: bad ? 'failed' : examined ? 'passed' : 'not verified',
    ...(examined ? {} : { note: 'there is no row in the source' }),
  }
}

async function rowsEqual(tx: Session, plan: Plan): Promise<Answer[]> {
  const counted: { c: Plan['comparisons'][number]; examined: number; wrong: number }[] = []
  for (const c of plan.comparisons) {
    const counts = (await tx.query(c.comparison.counts)).rows[0]!
    counted.push({ c, examined: Number(counts['examined']), wrong: Number(counts['wrong']) })
  }
  const answers: Answer[] = []
  for (const { c, examined, wrong } of counted) {
    // an output that no row takes is no fault, as long as something of its mapping was compared
    const empty = counted.every((x) => x.c.mapping !== c.mapping || x.examined === 0)
    const note = c.comparison.notCompared.length ? `not compared, because computed in Node: ${list(c.comparison.notCompared)}` : undefined
    answers.push({
      title: `rows of ${c.mapping}.${c.output} equal to the mapping`,
      mapping: c.mapping,
      examined,
      wrong,
      sample: wrong ? (await wrongRows(tx, c.comparison.wrong)).rows : [],
      verdict: wrong ? 'failed' : empty ? 'not verified' : 'passed',
      ...(note ? { note } : empty ? { note: 'compared 0 rows' } : {}),
    })
  }
  return answers
}

/** A key that is handed out next must be above all that are there. */
async function sequencesAhead(tx: Session, plan: Plan): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const id of plan.writes) {
    for (const c of plan.schema.tables
      .get(id)!
      .columns.filter((x) => x.sequence !== undefined && plan.schema.tables.get(id)!.primaryKey.includes(x.name))) {
      const { rows } = await tx.query(
        `select (case when is_called then last_value + 1 else last_value end)::text as next, (select coalesce(max(${postgres.quote(c.name)}), 0)::text from ${postgres.table(id)}) as greatest from ${c.sequence}`,
      )
      const { next, greatest } = rows[0]!
      const behind = BigInt(next!) <= BigInt(greatest!)
      answers.push({
        title: `next key of ${id}`,
        examined: 1,
        wrong: behind ? 1 : 0,
        verdict: behind ? 'failed' : 'passed',
        sample: behind ? [{ next: next!, greatest: greatest! }] : [],
      })
    }
  }
  return answers
}

export async function asked(tx: Session, q: NonNullable<Plan['steps'][number]['question']>): Promise<Answer> {
  const at = q.at === undefined ? {} : { at: q.at }
  if (q.vacuous)
    return { title: q.title, verdict: 'not verified', examined: 0, wrong: 0, sample: [], note: `it cannot fail: ${q.vacuous}`, ...at }
  const examined = Number(Object.values((await tx.query(q.examined)).rows[0] ?? { n: '0' })[0] ?? 0)
  const { rows, wrong } = await wrongRows(tx, q.wrong)
  const verdict = wrong ? 'failed' : examined > 0 ? 'passed' : 'not verified'
  return {
    title: q.title,
    verdict,
    examined,
    wrong,
    sample: rows,
    ...(verdict === 'not verified' ? { note: 'compared 0 rows. A check over nothing proves nothing.' } : {}),
    ...at,
  }
}

async function wrongRows(tx: Session, sql: string): Promise<{ rows: Record<string, string | null>[]; wrong: number }> {
  const { rows } = await tx.query(`select count(*) over ()::text as godwit_wrong, w.* from (${sql}) w limit ${shown}`)
  return { wrong: Number(rows[0]?.['godwit_wrong'] ?? 0), rows: rows.map(({ godwit_wrong: _, ...r }) => r) }
}

/** Source keys whose rows are not as the mapping says: what a repair remaps. */
export async function differingKeys(tx: Session, plan: Plan): Promise<Map<string, Set<string>>> {
  const keys = new Map<string, Set<string>>()
  for (const c of plan.comparisons) {
    const { rows } = await tx.query(`select distinct source from (${c.comparison.wrong}) w where source is not null`)
    const set = keys.get(c.mapping) ?? new Set()
    for (const r of rows) set.add(r['source']!)
    keys.set(c.mapping, set)
  }
  for (const b of plan.books) {
    const { rows } = await tx.query(`select distinct source from (${b.wrong}) w`)
    for (const r of rows) keys.get(b.mapping)!.add(r['source']!)
  }
  return keys
}
