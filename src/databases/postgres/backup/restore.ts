// A backup brought back: what tables need, their rows with their keys and indexes, what looks at several of them, and at the end what must not meet the rows.
import { restoreFailed } from '../../../errors/backup.ts'
import type { Kept, Left, Restored, Restoring } from '../../backup.ts'
import type { Database, Session } from '../../database.ts'
import { PostgresFailure } from '../failure.ts'
import { ident } from '../names.ts'
import { inTheirPlace } from './existing.ts'
import { type Progress, partInHand, progressOf } from './progress.ts'
import type { Section, Statement } from './statement.ts'
import { type KeptCatalogue, type TableRows, tablesNamed, together } from './take.ts'

const streams = 2

interface Numbered extends Statement {
  readonly n: number
}

interface Work {
  readonly db: Database
  readonly kept: Kept
  readonly chosen: readonly Numbered[]
  readonly tables: readonly TableRows[]
  readonly restoring: Restoring
  readonly progress: Progress
  /** Numbers of what was there before. */
  readonly there: Set<number>
  readonly left: Left[]
}

export async function restore(db: Database, kept: Kept, catalogue: KeptCatalogue, restoring: Restoring): Promise<Restored> {
  const progress = await db.session((s) => progressOf(s, restoring.sha256))
  const tables = tablesNamed(catalogue, restoring.tables)
  const work: Work = { db, kept, chosen: chosenOf(catalogue, restoring), tables, restoring, progress, there: new Set(), left: [] }
  await before(work)
  const existing = tables.filter((t) => isThere(work, t))
  await rowsOf(
    work,
    tables.filter((t) => !existing.includes(t)),
  )
  if (existing.length) await intoExisting(work, existing)
  await inOrder(work, 'after')
  await inOrder(work, 'last')
  await db.session(async (s) => {
    for (const t of tables) await s.query(`analyze ${t.name}`)
  })
  const rows = new Map(kept.tables.map((t) => [t.id, t.rows]))
  return {
    tables: tables.length,
    rows: tables.reduce((sum, t) => sum + rows.get(t.id)!, 0),
    there: catalogue.statements.flatMap((s, n) => (work.there.has(n) && s.part === undefined ? [s.what] : [])),
    left: work.left,
  }
}

/** Of some tables: what belongs to them, and all that this needs. */
function chosenOf(catalogue: KeptCatalogue, { tables }: Restoring): Numbered[] {
  const all = catalogue.statements.map((s, n) => ({ ...s, n }))
  if (!tables) return all
  const names = new Set(tablesNamed(catalogue, tables).flatMap((t) => [t, ...t.within].map((w) => w.name)))
  const chosen = new Set<number>()
  const add = (n: number): void => {
    if (chosen.has(n)) return
    chosen.add(n)
    for (const need of all[n]!.needs) add(need)
  }
  for (const s of all) if (s.of !== undefined && names.has(s.of) && s.kind !== 'foreign key') add(s.n)
  // the other table of a foreign key is not brought along for its sake
  for (const s of all) if (s.kind === 'foreign key' && names.has(s.of!)) chosen.add(s.n)
  // what is said of a thing goes with it
  for (const s of all) if (s.part !== undefined && chosen.has(s.part) && s.of === undefined) add(s.n)
  return all.filter((s) => chosen.has(s.n))
}

const isThere = ({ chosen, there }: Work, t: TableRows): boolean =>
  chosen.some((s) => s.kind === 'table' && s.of === t.name && there.has(s.n))

/** All in one transaction: either the tables are there, or nothing is. */
async function before(work: Work): Promise<void> {
  const { db, progress } = work
  if (recalled(work, 'before')) return
  work.restoring.tell('making the tables')
  await db.session((s) =>
    s.transaction(async (tx) => {
      await quietly(tx)
      for (const statement of work.chosen.filter((c) => c.section === 'before')) await carriedOut(tx, work, statement)
      await progress.note(tx, 'before', found(work))
    }),
  )
}

/** What was there before and what could not be made, up to here: whoever goes on has to know of it. */
const found = ({ there, left }: Work): Found => ({ there: [...there], left })

interface Found {
  readonly there: readonly number[]
  readonly left: readonly Left[]
}

function recalled({ progress, there, left }: Work, part: string): boolean {
  const known = progress.detail<Found>(part)
  for (const n of known?.there ?? []) there.add(n)
  for (const l of known?.left ?? []) if (!left.some((is) => is.what === l.what)) left.push(l)
  return progress.done(part)
}

/** Functions are made before what they name; nothing is waited for longer than it must be. */
const quietly = (tx: Session) =>
  tx.query(
    `select set_config('check_function_bodies', 'off', true), set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true), set_config('maintenance_work_mem', '512MB', true), ${partInHand}`,
  )

async function carriedOut(tx: Session, work: Work, s: Numbered): Promise<void> {
  if (s.part !== undefined && work.there.has(s.part)) {
    work.there.add(s.n)
    if (s.again !== undefined) await tx.query(s.again)
    return
  }
  if (s.there !== undefined && (await holds(tx, s.there))) {
    work.there.add(s.n)
    return
  }
  if (s.given !== undefined && !(await holds(tx, s.given))) {
    work.left.push({ what: s.what, why: 'what it points at is not there' })
    return
  }
  try {
    if (s.optional) await tx.transaction(() => each(tx, s))
    else await each(tx, s)
  } catch (problem) {
    if (!(problem instanceof PostgresFailure)) throw problem
    if (!s.optional) throw restoreFailed({ what: s.what, said: problem.message, sqlstate: problem.sqlstate, cause: problem })
    work.left.push({ what: s.what, why: problem.message })
  }
}

async function each(tx: Session, s: Statement): Promise<void> {
  for (const sql of s.sql) await tx.query(sql)
}

const holds = async (tx: Session, asked: string): Promise<boolean> =>
  ['t', 'true'].includes((await tx.query(`select (${asked})::text as is`)).rows[0]!['is']!)

// ── rows ─────────────────────────────────────────────────────────────────────────────────────

async function rowsOf(work: Work, tables: readonly TableRows[]): Promise<void> {
  const sizes = new Map(work.kept.tables.map((t) => [t.id, t.rows]))
  const waiting = tables.filter((t) => !work.progress.done(`rows ${t.id}`)).toSorted((a, b) => sizes.get(b.id)! - sizes.get(a.id)!)
  let done = tables.length - waiting.length
  const one = async () => {
    for (let t = waiting.shift(); t; t = waiting.shift()) {
      work.restoring.signal.throwIfAborted()
      await tableWhole(work, t)
      work.restoring.tell(`rows of ${++done} of ${tables.length} tables`)
    }
  }
  await together(Array.from({ length: streams }, one), () => waiting.splice(0))
}

/** Rows, keys and indexes in the transaction that has emptied the table: nobody has seen it, so they need not be written twice. */
const tableWhole = ({ db, kept, chosen, progress }: Work, t: TableRows): Promise<void> =>
  db.session((s) =>
    s.transaction(async (tx) => {
      await quietly(tx)
      await tx.query(`truncate only ${t.name}`)
      await copied(tx, kept, t, 'freeze true')
      for (const statement of chosen.filter((c) => c.section === 'table' && c.of === t.name)) await part(tx, statement)
      await progress.note(tx, `rows ${t.id}`)
    }),
  )

async function part(tx: Session, s: Statement): Promise<void> {
  await each(tx, s).catch((problem: unknown) => {
    throw problem instanceof PostgresFailure
      ? restoreFailed({ what: s.what, said: problem.message, sqlstate: problem.sqlstate, cause: problem })
      : problem
  })
}

async function copied(tx: Session, kept: Kept, t: TableRows, how: string): Promise<void> {
  const of = kept.tables.find((k) => k.id === t.id)!
  const columns = t.columns.length ? ` (${t.columns.map(ident).join(', ')})` : ''
  const rows = await tx
    .copyIn(`copy ${t.name}${columns} from stdin (format ${t.form}, ${how})`, kept.open(of.file))
    .catch((problem: unknown) => {
      throw problem instanceof PostgresFailure
        ? restoreFailed({ what: `the rows of ${t.id}`, said: problem.message, sqlstate: problem.sqlstate, cause: problem })
        : problem
    })
  if (rows !== of.rows)
    throw restoreFailed({ what: `the rows of ${t.id}`, said: `${of.rows} were sent and ${rows} arrived`, sqlstate: '', cause: undefined })
}

/** Tables that were there, without rows: all of them at once, so that they may point at one another. */
async function intoExisting(work: Work, tables: readonly TableRows[]): Promise<void> {
  if (work.progress.done('existing')) return
  await work.db.session((s) =>
    s.transaction(async (tx) => {
      await quietly(tx)
      await inTheirPlace(tx, tables, (t) => copied(tx, work.kept, t, 'freeze false'))
      await work.progress.note(tx, 'existing')
    }),
  )
}

// ── what looks at several tables ─────────────────────────────────────────────────────────────

/** One transaction each: a foreign key over many rows is not made twice. */
async function inOrder(work: Work, section: Section): Promise<void> {
  const { db, progress, restoring } = work
  const mine = work.chosen.filter(
    (s) => s.section === section || (section === 'after' && s.section === 'table' && !work.tables.some((t) => t.name === s.of)),
  )
  const all = mine.filter((s) => !recalled(work, `statement ${s.n}`))
  if (all.length) restoring.tell(section === 'after' ? 'keys between tables' : 'triggers, rights and comments')
  await db.session(async (s) => {
    for (const statement of all) {
      restoring.signal.throwIfAborted()
      await s.transaction(async (tx) => {
        await quietly(tx)
        await carriedOut(tx, work, statement)
        await progress.note(tx, `statement ${statement.n}`, found(work))
      })
    }
  })
}
