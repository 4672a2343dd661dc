// A MariaDB database as a target: one connection, one InnoDB transaction for a delivery, staged as texts and written in sets.
import type { Connection, QueryOptions, ResultSetHeader } from 'mysql2'
import { fenced } from '../../../errors/run.ts'
import { rowsLost, targetBusy, targetRefused, valueDoesNotFit } from '../../../errors/target.ts'
import type { SqlType } from '../../../schema/type.ts'
import { plural } from '../../../text.ts'
import type { BackupEngine } from '../../backup.ts'
import type { Row } from '../../database.ts'
import { TookTooLong } from '../../looking.ts'
import type { Finding } from '../../postgres/finding.ts'
import {
  type ChangeManner,
  type Delivery,
  LockNotHad,
  Moved,
  NotThisWay,
  rowName,
  type Snapshot,
  type TargetColumn,
  type TargetEngine,
  type TargetTable,
  type Texts,
} from '../../workshop/engine.ts'
import { mariadbBackup } from '../backup/engine.ts'
import { asked, askedByName, openConnection, quote, tableName } from '../connection.ts'
import { within } from '../looking.ts'
import type { Ask } from '../schema.ts'
import { carriedBy } from './carried.ts'
import { examine } from './doctor.ts'
import { givingWay } from './give-way.ts'
import { deliveriesOf, dropLedger, ledgerIn, ledgerRowsSql, makeLedger, putLedger } from './ledger.ts'
import { duplicate, type Run, Stage } from './stage.ts'
import { readTables } from './tables.ts'

const ours = `'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,ANSI_QUOTES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'`
const pinned = [
  `set session time_zone = '+00:00', sql_mode = ${ours}, foreign_key_checks = 1, unique_checks = 1, autocommit = 1, innodb_lock_wait_timeout = 10, net_write_timeout = 3600, net_read_timeout = 3600`,
  'set session transaction isolation level repeatable read',
]

export async function openMariadbTarget(url: string, shown: string): Promise<TargetEngine> {
  const other = () => openConnection(url, shown, [])
  return new MariadbTarget(await openConnection(url, shown, pinned), other, shown, mariadbBackup(url, shown))
}

class MariadbTarget implements TargetEngine {
  readonly kind = 'MariaDB'
  readonly name: string
  readonly backup: BackupEngine
  private readonly connection: Connection
  private readonly other: () => Promise<Connection>
  private readonly ask: Ask
  private readonly run: Run

  constructor(connection: Connection, other: () => Promise<Connection>, shown: string, backup: BackupEngine) {
    this.other = other
    this.name = shown
    this.backup = backup
    this.connection = connection
    this.ask = (sql, values) => asked(connection, sql, values)
    this.run = (sql, values) =>
      new Promise((resolve, reject) => {
        connection.execute<ResultSetHeader>(sql, [...values], (error, result) => (error ? reject(error) : resolve(result.affectedRows)))
      })
  }

  carries({ type: own, declared, numbered }: TargetColumn, type: SqlType): boolean {
    if (own.name === 'int8' && ['int2', 'int4'].includes(type.name)) return true
    return !numbered && (type.name === 'text' || (type.name === 'bool' && declared.startsWith('tinyint(1)')))
  }

  /** The server has no number that would tell. */
  unchanged(): boolean {
    return false
  }

  async read<T>(body: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const { ask } = this
    await ask('start transaction with consistent snapshot, read only')
    try {
      const { tables } = await readTables(ask)
      return await body({
        tables,
        deliveries: await deliveriesOf(ask),
        ledger: await ledgerIn(ask),
        rows: (table) => this.rowsOf(table),
        ledgerRows: (table) => this.stream(ledgerRowsSql(table)),
        next: (table) => this.next(table),
      })
    } finally {
      await ask('rollback')
    }
  }

  private async next({ name }: TargetTable): Promise<string> {
    const [row] = await this.ask(
      `select auto_increment from information_schema.tables where table_schema = database() and table_name = '${name.replaceAll("'", "''")}'`,
    )
    return row?.[0] ?? '1'
  }

  private async *stream(sql: string): AsyncGenerator<Texts> {
    const rows = (this.connection.query({ sql } as QueryOptions).stream({ highWaterMark: 1000 }) as AsyncIterable<Texts>)[
      Symbol.asyncIterator
    ]()
    let next = await rows.next()
    try {
      for (; !next.done; next = await rows.next()) yield next.value
    } finally {
      // the connection is of no use until all that is on its way has been taken off it
      while (!next.done) next = await rows.next()
    }
  }

  private async *rowsOf(table: TargetTable): AsyncGenerator<Texts> {
    const carried = table.columns.map((c) => carriedBy(c.declared, c.type))
    // under names of ours: the driver takes none that an object has already, such as __proto__
    const values = table.columns.map((c, i) => `${carried[i]!.read(quote(c.name))} as c${i}`)
    for await (const row of this.stream(`select ${values.join(', ')} from ${tableName(table.id)}`))
      yield row.map((text, i) => {
        const canonical = text === null ? null : carried[i]!.canonical(text)
        if (canonical !== undefined) return canonical
        const { name, declared } = table.columns[i]!
        const key = table.key.map((k) => row[table.columns.findIndex((c) => c.name === k)]!)
        const kind = text!.includes('\0') ? 'text with a NUL in it' : 'a date that is none'
        throw valueDoesNotFit({ table: table.id, row: rowName(table.key, key), column: name, declared, kind })
      })
  }

  async examine(): Promise<Finding[]> {
    return examine(this.ask, (await readTables(this.ask)).tables)
  }

  /** One runner at a time comes this far: what a CREATE of ours commits belongs to it alone. */
  private async alone<T>(body: () => Promise<T>): Promise<T> {
    const name = `concat('godwit ', database())`
    const [taken] = await this.ask(`select get_lock(${name}, 10)`)
    if (taken?.[0] !== '1') throw targetBusy({ target: this.name, cause: undefined })
    try {
      return await body()
    } finally {
      await this.ask(`select release_lock(${name})`)
    }
  }

  private refuseFenced = async ({ deliveries }: Delivery, lock = ''): Promise<void> => {
    if ((await deliveriesOf(this.ask, lock)) !== deliveries) throw fenced({ epoch: deliveries })
  }

  deliver(delivery: Delivery): Promise<void> {
    return this.alone(async () => {
      const { ask } = this
      await this.refuseFenced(delivery)
      const { tables, places } = await readTables(ask)
      if (JSON.stringify(tables) !== JSON.stringify(delivery.tables)) throw new Moved(this.name, '(its schema)', 'was changed')
      const stages = await this.staged(delivery, places)
      await makeLedger(ask, delivery.ledger)
      await this.transaction(async () => {
        await this.refuseFenced(delivery, ' for update')
        const before = await this.counts(tables)
        await this.write(stages, tables)
        await this.refuseLoss(before, delivery, tables)
        await putLedger(ask, this.run, delivery.ledger, delivery.ledgerGone)
      })
      await dropLedger(ask, delivery.ledgerGone)
      for (const d of delivery.deltas) await this.moveCounter(d)
    })
  }

  private async staged(delivery: Delivery, places: Awaited<ReturnType<typeof readTables>>['places']): Promise<Stage[]> {
    const rows = delivery.deltas.filter((d) => d.counts.added + d.counts.changed + d.counts.removed > 0)
    const stages = rows.map((d, n) => {
      const before = new Set(rows.slice(0, n).map((x) => x.table.id))
      const there = new Set(rows.map((x) => x.table.id))
      const pointing = (which: (to: string) => boolean) =>
        new Set(
          d.table.foreignKeys
            .filter((f) => there.has(f.to) && which(f.to))
            .flatMap((f) => f.columns)
            .filter((c) => d.columns.find((x) => x.name === c)?.nullable),
        )
      const [later, all] = [pointing((to) => !before.has(to)), pointing(() => true)]
      return new Stage(d, n, { later, pointing: all }, { ask: this.ask, run: this.run, places })
    })
    for (const s of stages) await s.fill().catch((problem: unknown) => Promise.reject(this.refused(problem, s.delta.table)))
    return stages
  }

  private async write(stages: readonly Stage[], tables: readonly TargetTable[]): Promise<void> {
    const each = async (list: readonly Stage[], body: (s: Stage) => Promise<void>) => {
      for (const s of list) await body(s).catch((problem: unknown) => Promise.reject(this.refused(problem, s.delta.table)))
    }
    await each(stages, (s) => s.refuseMoved())
    await each(stages, (s) => s.loosen())
    await each(stages.toReversed(), async (s) => {
      if (!s.delta.counts.removed) return
      await s.refuseCascade(tables)
      await s.remove()
    })
    await each(stages, async (s) => {
      await s.change()
      await s.add()
    })
    await each(stages, (s) => s.point())
    await each(stages, (s) => s.readBack())
  }

  /** Somebody may just have taken a key or removed a parent: then it is worth another look. Anything else it will refuse again. */
  private refused(problem: unknown, table: TargetTable): unknown {
    const { errno, message } = problem as { errno?: number; message: string }
    if (errno === undefined) return problem
    if (waits.has(errno)) return targetBusy({ target: this.name, cause: problem })
    if (worthAnotherLook.has(errno)) return new Moved(table.id, 'has a row that', `met others (${message})`)
    return targetRefused({ target: this.name, what: `rows of ${table.id}`, said: message, cause: problem })
  }

  async tables() {
    return (await readTables(this.ask)).tables
  }

  async look(sql: string, patienceMs?: number): Promise<readonly Row[]> {
    const byName = (text: string) => askedByName(this.connection, text)
    try {
      return await (patienceMs === undefined ? byName(sql) : within(byName, sql, patienceMs))
    } catch (problem) {
      if (problem instanceof TookTooLong) throw problem
      throw targetRefused({ target: this.name, what: 'a question of the step', said: (problem as Error).message, cause: problem })
    }
  }

  /** Each statement commits what was done before it: there is no taking back here. */
  change(statements: readonly string[], delivery: Delivery, manner?: ChangeManner): Promise<void> {
    return this.alone(async () => {
      const { ask } = this
      await this.refuseFenced(delivery)
      await makeLedger(ask, delivery.ledger)
      await this.carryOut(statements, manner)
      await this.transaction(async () => {
        await this.refuseFenced(delivery, ' for update')
        await putLedger(ask, this.run, delivery.ledger, delivery.ledgerGone)
      })
      await dropLedger(ask, delivery.ledgerGone)
    })
  }

  private async carryOut(statements: readonly string[], manner: ChangeManner | undefined): Promise<void> {
    const { ask } = this
    await ask('set session sql_mode = @@global.sql_mode')
    // it counts whole seconds: what is more than that is watched
    if (manner) await ask(`set session lock_wait_timeout = ${Math.max(1, Math.ceil(manner.lockWaitMs / 1000))}`)
    const watched = manner && givingWay(this.connection, await this.other(), manner.lockWaitMs)
    try {
      for (const sql of statements) await ask(sql)
    } catch (problem) {
      const { errno, message } = problem as { errno?: number; message: string }
      if (manner && otherWays.has(errno!)) throw new NotThisWay(message, { cause: problem })
      if (manner && (waits.has(errno!) || (errno === interrupted && watched!.hasGivenWay())))
        throw new LockNotHad(`Lock wait timeout: ${message}`, { cause: problem })
      const said = `${(problem as Error).message}. Statements before it have taken effect: MariaDB commits each`
      throw targetRefused({ target: this.name, what: 'a statement of the step', said, cause: problem })
    } finally {
      await watched?.stop()
      // one that was on its way when the last statement came to its end must not meet the next
      if (watched?.hasGivenWay()) await ask('do 0').catch(() => undefined)
      await ask('unlock tables')
      await ask(`set session sql_mode = ${ours}, foreign_key_checks = 1, lock_wait_timeout = default`)
    }
  }

  private async counts(tables: readonly TargetTable[]): Promise<Map<string, bigint>> {
    const counts = new Map<string, bigint>()
    for (const t of tables.filter((x) => x.kind === 'table')) {
      const [row] = await this.ask(`select count(*) from ${tableName(t.id)}`)
      counts.set(t.id, BigInt(row![0]!))
    }
    return counts
  }

  private async refuseLoss(before: ReadonlyMap<string, bigint>, delivery: Delivery, tables: readonly TargetTable[]): Promise<void> {
    const now = await this.counts(tables)
    const named = new Map(delivery.deltas.map((d) => [d.table.id, BigInt(d.counts.removed - d.counts.added)]))
    const lost = [...before].flatMap(([id, n]) => {
      const missing = n - (named.get(id) ?? 0n) - now.get(id)!
      return missing > 0n ? [plural(Number(missing), `row of ${id}`, `rows of ${id}`)] : []
    })
    if (lost.length) throw rowsLost({ target: this.name, what: 'The delivery', lost })
  }

  /** A number that is drawn next, up to the ones that were set aside; back after an undo, unless somebody has drawn since. */
  private async moveCounter({ table, next }: Delivery['deltas'][number]): Promise<void> {
    if (!next) return
    const now = BigInt(await this.next(table))
    const [before, after] = [BigInt(next.before), BigInt(next.after)]
    if (after > before ? now >= after : now !== before) return
    // the rows are there and the ledger says so: without the privilege the counter stays where it is
    await this.ask(`alter table ${tableName(table.id)} auto_increment = ${after}`).catch(() => undefined)
  }

  private async transaction(body: () => Promise<void>): Promise<void> {
    await this.ask('start transaction')
    try {
      await body()
      await this.ask('commit')
    } catch (problem) {
      await this.ask('rollback').catch(() => undefined)
      throw problem
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.connection.end(() => resolve()))
  }
}

/** What an ALTER that names its algorithm is refused with. */
const otherWays = new Set([1845, 1846])
/** Lock wait timeout, deadlock, a statement whose own time is over. */
const waits = new Set([1205, 1213, 1969])
/** ER_QUERY_INTERRUPTED */
const interrupted = 1317
/** A key that is there, a parent that is not, a child that is. */
const worthAnotherLook = new Set([duplicate, 1451, 1452])
