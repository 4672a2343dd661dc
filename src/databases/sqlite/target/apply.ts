// The rows of a delivery, in the transaction under way: what was there before is compared, what was written is read back.
import type { DatabaseSync } from 'node:sqlite'
import { notAsSent, targetRefused } from '../../../errors/target.ts'
import { type Change, type Delta, Moved, rowName, type TargetColumn, type TargetTable, type Texts } from '../../workshop/engine.ts'
import type { Raw } from '../text.ts'
import { prepared, textsOf } from './rows.ts'
import { counterOf, ident } from './tables.ts'
import { bound, sameValue } from './values.ts'

const isKey = (t: TargetTable): string => t.key.map((k) => `${ident(k)} = ?`).join(' and ')

/** The row of a key as it stands there. */
class Finder {
  private readonly db: DatabaseSync
  private readonly table: TargetTable
  private readonly columns: readonly TargetColumn[]
  private readonly keys: readonly number[]
  private readonly statement
  constructor(db: DatabaseSync, { table, columns }: Pick<Delta, 'table' | 'columns'>) {
    this.db = db
    this.table = table
    this.columns = columns
    this.keys = table.key.map((k) => columns.findIndex((c) => c.name === k))
    this.statement = prepared(db, `select ${columns.map((c) => ident(c.name)).join(', ')} from ${ident(table.name)} where ${isKey(table)}`)
  }

  keyOf(row: Texts): Raw[] {
    return this.keys.map((i) => bound(row[i]!, this.columns[i]!))
  }

  named(row: Texts): string {
    return rowName(
      this.table.key,
      this.keys.map((i) => row[i]!),
    )
  }

  find(row: Texts): Texts | undefined {
    const found = this.statement.get(...this.keyOf(row)) as unknown as Raw[] | undefined
    return found && textsOf(this.db, this.table, this.columns, found)
  }

  /** Throws Moved where it is not as it was brought. */
  refuseOther(before: Texts): void {
    const now = this.find(before)
    if (!now) throw new Moved(this.table.id, this.named(before), 'was removed')
    if (this.columns.some((c, i) => !sameValue(before[i]!, now[i]!, c))) throw new Moved(this.table.id, this.named(before), 'was changed')
  }
}

interface Refusal {
  readonly errcode?: number
  readonly message: string
}
const keyTaken = new Set([1555, 2579])
const uniqueTaken = 2067
const constraint = 19

const isConstraint = (e: unknown): e is Refusal => ((e as Refusal).errcode ?? 0) % 256 === constraint

/** Somebody may just have taken the key or the value: then it is worth another look. Anything else the target will refuse again. */
function refused(problem: unknown, target: string, table: TargetTable, row: string): unknown {
  if (!isConstraint(problem)) return problem
  const { errcode = 0, message } = problem
  if (keyTaken.has(errcode)) return new Moved(table.id, row, 'has a key that somebody else took')
  if (errcode === uniqueTaken) return new Moved(table.id, row, `met another row (${message})`)
  return targetRefused({ target, what: `${table.id} ${row}`, said: message, cause: problem })
}

export async function remove(db: DatabaseSync, target: string, delta: Delta): Promise<void> {
  if (!delta.counts.removed) return
  const finder = new Finder(db, delta)
  const statement = db.prepare(`delete from ${ident(delta.table.name)} where ${isKey(delta.table)}`)
  // one that another row still points at (ON DELETE RESTRICT does not wait for the commit) goes after that
  let waiting: Texts[] = []
  for await (const row of delta.removed()) {
    finder.refuseOther(row)
    if (!done(() => statement.run(...finder.keyOf(row)))) waiting.push(row)
  }
  while (waiting.length) {
    const still = waiting.filter((row) => !done(() => statement.run(...finder.keyOf(row))))
    const [stuck] = still
    if (stuck && still.length === waiting.length)
      attempt(target, delta.table, finder.named(stuck), () => statement.run(...finder.keyOf(stuck)))
    waiting = still
  }
}

function done(body: () => unknown): boolean {
  try {
    body()
    return true
  } catch (problem) {
    if (isConstraint(problem)) return false
    throw problem
  }
}

function attempt(target: string, table: TargetTable, row: string, body: () => unknown): void {
  try {
    body()
  } catch (problem) {
    throw refused(problem, target, table, row)
  }
}

/** One whose value another still holds waits until that one has let go of it. */
export async function change(db: DatabaseSync, target: string, delta: Delta): Promise<void> {
  if (!delta.counts.changed) return
  const finder = new Finder(db, delta)
  const write = writer(db, delta)
  let waiting: Change[] = []
  for await (const c of delta.changed()) {
    finder.refuseOther(c.before)
    if (!write(c, finder, (e) => e.errcode === uniqueTaken)) waiting.push(c)
  }
  while (waiting.length) {
    const still = waiting.filter((c) => !write(c, finder, (e) => e.errcode === uniqueTaken))
    if (still.length === waiting.length)
      attempt(target, delta.table, finder.named(still[0]!.before), () => write(still[0]!, finder, () => false))
    waiting = still
  }
}

/** Only the columns that changed are written. False where the row has to wait. */
function writer(db: DatabaseSync, { table, columns }: Delta) {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  return ({ before, after }: Change, finder: Finder, waits: (e: Refusal) => boolean): boolean => {
    const at = columns.flatMap((c, i) => (sameValue(before[i]!, after[i]!, c) ? [] : [i]))
    const set = at.map((i) => `${ident(columns[i]!.name)} = ?`).join(', ')
    const statement = statements.get(set) ?? db.prepare(`update ${ident(table.name)} set ${set} where ${isKey(table)}`)
    statements.set(set, statement)
    try {
      statement.run(...at.map((i) => bound(after[i]!, columns[i]!)), ...finder.keyOf(before))
      return true
    } catch (problem) {
      if (isConstraint(problem) && waits(problem)) return false
      throw problem
    }
  }
}

export async function add(db: DatabaseSync, target: string, delta: Delta): Promise<void> {
  if (!delta.counts.added) return
  const { table, columns } = delta
  const finder = new Finder(db, delta)
  const statement = db.prepare(
    `insert into ${ident(table.name)} (${columns.map((c) => ident(c.name)).join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  )
  for await (const row of delta.added())
    attempt(target, table, finder.named(row), () => statement.run(...row.map((text, i) => bound(text, columns[i]!))))
}

/** The table's own counter: forward, or back after an undo; numbers that somebody has drawn since stay drawn. */
export function moveCounter(db: DatabaseSync, { table, next }: Delta): void {
  const now = counterOf(db, table)
  if (now === undefined || !next) return
  const [before, after] = [BigInt(next.before) - 1n, BigInt(next.after) - 1n]
  if (after < before && now !== before) return
  const floor = after < before ? greatest(db, table) : now
  const value = after > floor ? after : floor
  if (value === now) return
  const { changes } = db.prepare('update sqlite_sequence set seq = ? where name = ?').run(value, table.name)
  if (!changes) db.prepare('insert into sqlite_sequence (name, seq) values (?, ?)').run(table.name, value)
  if (value === 0n) db.prepare('delete from sqlite_sequence where name = ?').run(table.name)
}

function greatest(db: DatabaseSync, table: TargetTable): bigint {
  const column = table.columns.find((c) => c.numbered)!.name
  const [top] = prepared(db, `select coalesce(max(${ident(column)}), 0) from ${ident(table.name)}`).get() as unknown as [bigint]
  return top
}

// ── what stands there now ────────────────────────────────────────────────────────────────────

export async function readBack(db: DatabaseSync, delta: Delta): Promise<void> {
  const finder = new Finder(db, delta)
  const compare = (sent: Texts): void => {
    const found = finder.find(sent)
    if (!found) throw notAsSent({ table: delta.table.id, row: finder.named(sent), column: 'the row', sent: 'a row', found: 'nothing' })
    const at = delta.columns.findIndex((c, i) => !sameValue(sent[i]!, found[i]!, c))
    if (at >= 0)
      throw notAsSent({
        table: delta.table.id,
        row: finder.named(sent),
        column: delta.columns[at]!.name,
        sent: shown(sent[at]!),
        found: shown(found[at]!),
      })
  }
  for await (const { after } of delta.changed()) compare(after)
  for await (const row of delta.added()) compare(row)
}

const shown = (text: string | null): string => (text === null ? 'null' : `'${text.length > 60 ? `${text.slice(0, 60)}…` : text}'`)
