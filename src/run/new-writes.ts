// Rows that were written through the new shape since the cutover: the old one does not have them, so no way back is taken that would lose them.
import type { Database, Session } from '../databases/database.ts'
import { postgres } from '../dialects/postgres.ts'
import { owned } from '../dialects/shape.ts'
import { isCutOver } from '../ledger/cutover.ts'
import { markStep } from '../ledger/marks.ts'
import type { Plan } from '../plan/plan.ts'
import { plural } from '../text.ts'
import type { Work } from './context.ts'
import { held } from './held.ts'
import { keyOf, madeIn } from './native.ts'
import type { RunOptions } from './run.ts'

export interface NewWrites {
  readonly table: string
  /** Rows that came since, rows of ours that others have changed since, or rows of a table that an undo drops. */
  readonly what: 'new' | 'changed' | 'dropped'
  readonly rows: number
  readonly digest: string
  /** Gives them. */
  readonly query: string
}

export interface ExportedFile {
  readonly table: string
  readonly what: NewWrites['what']
  readonly digest: string
  readonly rows: number
  readonly file: string
  readonly sha256: string
}

const mark = 'exported new writes'

/** As they stand when the first thing is cut over: whatever is not among them later has come since. */
export async function rememberKeys(tx: Session, plan: Plan, run: number): Promise<void> {
  const shapes = [...plan.shapes.values()]
  for (const id of madeIn(plan))
    await tx.query(
      `insert into godwit.before_cutover (run, relation, key) select $1::integer, $2::text, ${keyOf(plan.schema.tables.get(id)!, 't')} from ${postgres.table(id)} t where not ${owned(id, 't', shapes, postgres)} on conflict do nothing`,
      [run, id],
    )
}

/** Of which there are any; none before the cutover. */
export async function newWritesIn(control: Session, plan: Plan, run: number): Promise<readonly NewWrites[]> {
  if (!(await isCutOver(control, run))) return []
  const found: NewWrites[] = []
  for (const { table, what, query } of await questions(control, plan, run)) {
    const { rows } = await control.query(
      `select count(*)::text as n, coalesce(sum(hashtextextended((x.*)::text, 0)::numeric), 0)::text as digest from (${query}) x`,
    )
    const n = Number(rows[0]!['n'])
    if (n) found.push({ table, what, query, rows: n, digest: rows[0]!['digest']! })
  }
  return found
}

type Question = Pick<NewWrites, 'table' | 'what' | 'query'>

async function questions(control: Session, plan: Plan, run: number): Promise<Question[]> {
  const shapes = [...plan.shapes.values()]
  const made = madeIn(plan)
  const rowsOf = made.flatMap((table): Question[] => {
    const from = `select t.* from ${postgres.table(table)} t where`
    const ours = owned(table, 't', shapes, postgres)
    const known = `exists (select 1 from godwit.before_cutover c where c.run = ${run} and c.relation = ${postgres.literal(table)} and c.key = ${keyOf(plan.schema.tables.get(table)!, 't')})`
    return [
      { table, what: 'new', query: `${from} not ${ours} and not ${known}` },
      { table, what: 'changed', query: `${from} ${ours} and not ${lastWrittenByUs(plan)}` },
    ]
  })
  const dropped: Question[] = []
  for (const table of droppedBack(plan))
    if (!made.includes(table) && (await isThere(control, table)))
      dropped.push({ table, what: 'dropped', query: `select t.* from ${postgres.table(table)} t` })
  return [...rowsOf, ...dropped]
}

/** A row that we wrote last carries the transaction of one of our units. */
const lastWrittenByUs = ({ migration }: Plan): string =>
  `exists (select 1 from godwit.unit u where u.run in (select id from godwit.run where migration = ${postgres.literal(migration)}) and u.xid = t.xmin::text::bigint)`

/** Tables that steps have made, by the words of their way back. */
function droppedBack(plan: Plan): string[] {
  const statements = plan.steps.flatMap((s) => (Array.isArray(s.back) ? s.back.map((b: { readonly sql: string }) => b.sql) : []))
  const names = statements.flatMap((sql) =>
    [...sql.matchAll(/\bdrop\s+table\s+(?:if\s+exists\s+)?([\w$."]+)/gi)].map((m) => m[1]!.replaceAll('"', '')),
  )
  return [...new Set(names.map((n) => (n.includes('.') ? n : `public.${n}`)))]
}

const isThere = async (control: Session, table: string): Promise<boolean> =>
  (await control.query('select to_regclass($1)::text as t', [postgres.table(table)])).rows[0]!['t'] !== null

/** What an undo would lose, in words; nothing where all of it was exported as it is now. */
export async function losesNewWrites({ control, plan, run }: Work): Promise<readonly string[]> {
  const writes = await newWritesIn(control, plan, run)
  const exported = await exportedOf(control, run)
  const says = { new: 'came since the cutover', changed: 'of ours changed since the cutover', dropped: 'in a table that the undo drops' }
  return writes
    .filter((w) => !exported.some((e) => e.table === w.table && e.what === w.what && e.digest === w.digest))
    .map((w) => `${plural(w.rows, 'row')} of ${w.table} ${says[w.what]}, and the old shape does not have ${w.rows === 1 ? 'it' : 'them'}`)
}

async function exportedOf(control: Session, run: number): Promise<readonly ExportedFile[]> {
  const { rows } = await control.query(`select (detail -> 'files')::text as files from godwit.mark where run = $1 and step = $2`, [
    run,
    mark,
  ])
  return rows[0] ? (JSON.parse(rows[0]['files']!) as ExportedFile[]) : []
}

export const newWrites = (plan: Plan, db: Database, options: RunOptions = {}): Promise<readonly NewWrites[]> =>
  held(plan, db, options, (work) => newWritesIn(work.control, plan, work.run))

/** That they are kept, and as what they were: an undo looks whether that is still so. */
export const keepExported = (plan: Plan, db: Database, files: readonly ExportedFile[], options: RunOptions = {}): Promise<unknown> =>
  held(plan, db, options, (work) => markStep(work.control, work.run, mark, 0, { at: work.clock.now(), files }))
