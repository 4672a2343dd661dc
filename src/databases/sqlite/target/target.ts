// A SQLite file as a target: one connection, one transaction for a delivery, rows counted and references checked around it.
import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fenced } from '../../../errors/run.ts'
import { rowsLost, targetBusy, targetFileMissing, targetRefused } from '../../../errors/target.ts'
import type { SqlType } from '../../../schema/type.ts'
import { plural } from '../../../text.ts'
import type { BackupEngine } from '../../backup.ts'
import type { Row } from '../../database.ts'
import type { Finding } from '../../postgres/finding.ts'
import { type Delivery, Moved, type Snapshot, type TargetColumn, type TargetEngine, type TargetTable } from '../../workshop/engine.ts'
import { type Backup, backUp } from '../backup.ts'
import { sqliteBackup } from '../backup-engine.ts'
import { asText, type Raw } from '../text.ts'
import { add, change, moveCounter, readBack, remove } from './apply.ts'
import { leavesTransaction } from './declared.ts'
import { examine } from './doctor.ts'
import { deliveriesOf, ledgerIn, ledgerRowsIn, putLedger } from './ledger.ts'
import { rowsOf } from './rows.ts'
import { ident, nextNumber, readTables } from './tables.ts'
import { carries } from './values.ts'

/** Milliseconds that we wait for whoever has the file locked. */
const patience = 10_000
const pause = 20

export interface Backups {
  readonly folder: string
  tell(backup: Backup): void
}

export async function openSqliteTarget(file: string, shown: string, backups?: Backups): Promise<TargetEngine> {
  if (!existsSync(file)) throw targetFileMissing({ file: shown })
  const { DatabaseSync } = await import('node:sqlite')
  return new SqliteTarget(new DatabaseSync(file), file, shown, backups)
}

class SqliteTarget implements TargetEngine {
  readonly kind = 'SQLite'
  readonly name: string
  readonly backup: BackupEngine
  private readonly db: DatabaseSync
  private readonly file: string
  private readonly backups: Backups | undefined
  private seen: number | undefined

  constructor(db: DatabaseSync, file: string, shown: string, backups: Backups | undefined) {
    this.db = db
    this.file = file
    this.name = shown
    this.backups = backups
    this.backup = sqliteBackup(file)
  }

  /** Once, before anything of ours is written there. */
  private async backUpFirst(): Promise<void> {
    if (!this.backups || deliveriesOf(this.db) !== '0') return
    this.backups.tell(await backUp(this.db, this.file, this.backups.folder, this.name))
  }

  /** Changes with every commit of another connection, and with none of ours. */
  private version(): number {
    return (this.db.prepare('pragma data_version').get() as { data_version: number }).data_version
  }

  carries(column: TargetColumn, type: SqlType): boolean {
    return carries(column, type, column.numbered === true)
  }

  unchanged(): boolean {
    return this.seen !== undefined && this.version() === this.seen
  }

  read<T>(body: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    return this.within('begin', async () => {
      const { db } = this
      const tables = readTables(db)
      this.seen = this.version()
      return body({
        tables,
        deliveries: deliveriesOf(db),
        ledger: ledgerIn(db),
        rows: (table) => rowsOf(db, table),
        ledgerRows: (table) => ledgerRowsIn(db, table),
        next: async (table) => nextNumber(db, table, table.columns.find((c) => c.numbered)!.name),
      })
    })
  }

  /**
   * References are off: a row that goes must not empty or remove others on its own (ON DELETE), since what becomes of these was decided in the
   * workshop and is part of the delivery. All references are checked before the commit.
   */
  async examine(): Promise<Finding[]> {
    return examine(this.db, this.file, readTables(this.db))
  }

  async tables() {
    return readTables(this.db)
  }

  async look(sql: string): Promise<readonly Row[]> {
    try {
      const statement = this.db.prepare(sql)
      statement.setReadBigInts(true)
      const rows = statement.all() as Record<string, Raw>[]
      return rows.map((r) => Object.fromEntries(Object.entries(r).map(([name, value]) => [name, asText(value)])))
    } catch (problem) {
      throw targetRefused({ target: this.name, what: 'a question of the step', said: (problem as Error).message, cause: problem })
    }
  }

  deliver(delivery: Delivery): Promise<void> {
    return this.guarded('The delivery', true, delivery, async () => {
      const { db, name } = this
      const rows = delivery.deltas.filter((d) => d.counts.added + d.counts.changed + d.counts.removed > 0)
      for (const d of rows.toReversed()) await remove(db, name, d)
      for (const d of rows) await change(db, name, d)
      for (const d of rows) await add(db, name, d)
      for (const d of delivery.deltas) moveCounter(db, d)
      for (const d of rows) await readBack(db, d)
    })
  }

  /** References are off while tables are rebuilt, as SQLite's own procedure wants it, and all of them are checked before the commit. */
  change(statements: readonly string[], delivery: Delivery): Promise<void> {
    return this.guarded('A change of the schema', false, delivery, async () => {
      for (const sql of statements) {
        const word = leavesTransaction(sql)
        if (word)
          throw targetRefused({ target: this.name, what: `'${word}' in a step`, said: 'its statements are carried out in one transaction' })
        try {
          this.db.exec(sql)
        } catch (problem) {
          throw targetRefused({ target: this.name, what: 'a statement of the step', said: (problem as Error).message, cause: problem })
        }
      }
    })
  }

  async close(): Promise<void> {
    this.db.close()
  }

  private async guarded(what: string, delivers: boolean, delivery: Delivery, body: () => Promise<void>): Promise<void> {
    await this.backUpFirst()
    this.setReferences(false)
    try {
      await this.within('begin immediate', async () => {
        if (deliveriesOf(this.db) !== delivery.deliveries) throw fenced({ epoch: delivery.deliveries })
        const quiet = this.unchanged()
        if (!quiet && !sameTables(readTables(this.db), delivery.tables)) throw new Moved(this.name, '(its schema)', 'was changed')
        await this.counted(what, delivers, delivery, body).catch((problem: unknown) => {
          throw quiet ? this.refusal(problem) : problem
        })
      })
    } finally {
      this.db.exec('pragma legacy_alter_table = off')
      this.setReferences(true)
    }
  }

  /** Where nobody has written since the rows were brought, trying again would not mend it. */
  private refusal(problem: unknown): unknown {
    if (!(problem instanceof Moved)) return problem
    return targetRefused({ target: this.name, what: `${problem.table} ${problem.row}`, said: `it ${problem.what}`, cause: problem })
  }

  private async counted(what: string, delivers: boolean, delivery: Delivery, body: () => Promise<void>): Promise<void> {
    const { db } = this
    const before = countsOf(db)
    db.exec('create temp table godwit_dangling as select "table", rowid as row, parent, fkid from pragma_foreign_key_check')
    await body()
    this.refuseLoss(what, before, delivery, delivers)
    await putLedger(db, delivery.ledger, delivery.ledgerGone)
    db.exec('drop table temp.godwit_dangling')
  }

  /** Inside a transaction this pragma is passed over without a word: so it is set before, and read back. */
  private setReferences(on: boolean): void {
    this.db.exec(`pragma foreign_keys = ${on ? 'on' : 'off'}`)
    const { foreign_keys: now } = this.db.prepare('pragma foreign_keys').get() as { foreign_keys: number }
    if ((now === 1) !== on)
      throw targetRefused({ target: this.name, what: `foreign_keys = ${on ? 'on' : 'off'}`, said: 'it stayed as it was' })
  }

  private refuseLoss(what: string, before: ReadonlyMap<string, number>, delivery: Delivery, delivers: boolean): void {
    const { db, name: target } = this
    const now = countsOf(db)
    const removed = new Map(delivery.deltas.map((d) => [d.table.name, delivers ? d.counts.removed - d.counts.added : 0]))
    const lost = [...before].flatMap(([name, n]) => {
      // a table that a step drops by its name is no loss that nobody has named
      if (!now.has(name)) return []
      const missing = n - (removed.get(name) ?? 0) - now.get(name)!
      return missing > 0 ? [`${plural(missing, 'row')} of ${name}`] : []
    })
    const dangling = db.prepare(delivers ? newlyDangling : moreDangling).all() as { name: string; parent: string; n: number }[]
    lost.push(...dangling.map((d) => `${plural(d.n, 'row')} of ${d.name} would point at nothing in ${d.parent}`))
    if (!lost.length) return
    // a row that somebody has added or removed meanwhile does that as well
    throw delivers && !this.unchanged() ? new Moved(target, `(${lost.join('; ')})`, 'would be lost') : rowsLost({ target, what, lost })
  }

  private async within<T>(begin: string, body: () => Promise<T>): Promise<T> {
    const { db } = this
    try {
      await patiently(() => db.exec(begin))
      // where others write a journal, it is the first look that has to wait
      await patiently(() => db.prepare('select count(*) from sqlite_schema').get())
      const result = await body()
      await patiently(() => db.exec('commit'))
      return result
    } catch (problem) {
      if (db.isTransaction) db.exec('rollback')
      throw isBusy(problem) ? targetBusy({ target: this.name, cause: problem }) : problem
    }
  }
}

const newlyDangling = `select "table" as name, parent, count(*) as n from pragma_foreign_key_check c where not exists
  (select 1 from temp.godwit_dangling d where d."table" = c."table" and d.row is c.rowid and d.parent = c.parent and d.fkid = c.fkid) group by 1, 2`

/** A table that is made anew numbers its rows and its references anew: which they are nobody can say, only how many. */
const moreDangling = `select c."table" as name, c.parent, count(*) - coalesce(b.n, 0) as n from pragma_foreign_key_check c
  left join (select "table", parent, count(*) as n from temp.godwit_dangling group by 1, 2) b on b."table" = c."table" and b.parent = c.parent
  group by c."table", c.parent, b.n having count(*) > coalesce(b.n, 0)`

/** SQLite's own way of waiting would hold up everything else in this process, whoever has the file locked among it. */
async function patiently(body: () => unknown): Promise<void> {
  for (let waited = 0; ; waited += pause) {
    try {
      body()
      return
    } catch (problem) {
      if (!isBusy(problem) || waited >= patience) throw problem
      await sleep(pause)
    }
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED, with all that they are extended by. */
const isBusy = (e: unknown): boolean => [5, 6].includes(((e as { errcode?: number }).errcode ?? 0) % 256)

function countsOf(db: DatabaseSync): Map<string, number> {
  const names = db.prepare(
    `select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\' and name not like 'godwit\\_%' escape '\\'`,
  )
  const count = (name: string) => (db.prepare(`select count(*) as n from ${ident(name)}`).get() as { n: number }).n
  return new Map((names.all() as { name: string }[]).map(({ name }) => [name, count(name)]))
}

const sameTables = (a: readonly TargetTable[], b: readonly TargetTable[]): boolean => JSON.stringify(a) === JSON.stringify(b)
