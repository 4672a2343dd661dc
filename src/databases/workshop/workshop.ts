// A target that is not Postgres, worked on in a scratch database of Postgres: brought there in one snapshot, delivered in one transaction.

import { postgres } from '../../dialects/postgres.ts'
import { targetUnsupported } from '../../errors/target.ts'
import type { Migration } from '../../migration/migration.ts'
import type { LiveSchema } from '../../schema/schema.ts'
import type { BackupEngine } from '../backup.ts'
import type { Database, Row, Session } from '../database.ts'
import { type LookedAt, type Looking, liveTable } from '../looking.ts'
import type { Finding } from '../postgres/finding.ts'
import { openPostgres, type PostgresOptions } from '../postgres/postgres.ts'
import { deltaOf, isEmpty } from './delta.ts'
import type { ChangeManner, Delivery, TargetEngine } from './engine.ts'
import { copyOf, type Loaded, ledgerCopy, load } from './load.ts'
import { asThere } from './mirror.ts'
import type { Scratch } from './scratch.ts'
import { chosenOf, type Wanted, wantedBy } from './wanted.ts'

/** What a database can do besides, where its rows are worked on elsewhere. */
export interface Elsewhere {
  /** The engine of the target: `SQLite`. */
  readonly kind: string
  /** Brings what a migration may look at. To be said before its plan is made. */
  want(migration: Migration): Promise<void>
  /** Brings everything anew, if anybody may have written there since. */
  refresh(): Promise<void>
  /** What has changed here goes there, in one transaction. */
  deliver(): Promise<void>
  /** What `godwit doctor` says of the target. */
  examine(): Promise<Finding[]>
  /** What there is in the target itself, without bringing a row. */
  looking: Looking
  /** Asked of the target itself, in its own words: rows as text. */
  look(sql: string): Promise<readonly Row[]>
  /** A step's statements, carried out there with the ledger as it is now; then everything is brought anew. */
  change(statements: readonly string[], manner?: ChangeManner): Promise<void>
}

export interface WorkshopOptions extends Omit<PostgresOptions, 'url' | 'name'> {
  /** Makes the ledger's tables, or brings them up. */
  readonly install: (s: Session) => Promise<void>
}

export async function openWorkshop(engine: TargetEngine, scratch: Scratch, { install, ...options }: WorkshopOptions): Promise<Database> {
  const db = await openPostgres({ ...options, url: scratch.url, name: engine.name })
  await scratch.taken()
  return new Workshop(engine, scratch, db, install)
}

class Workshop implements Database {
  readonly name: string
  readonly elsewhere: Elsewhere
  readonly backup?: BackupEngine
  private readonly engine: TargetEngine
  private readonly scratch: Scratch
  private readonly db: Database
  private readonly install: WorkshopOptions['install']
  private wanted: Wanted | undefined
  private loaded: Promise<Loaded> | undefined

  constructor(engine: TargetEngine, scratch: Scratch, db: Database, install: WorkshopOptions['install']) {
    this.name = engine.name
    this.engine = engine
    this.scratch = scratch
    this.db = db
    this.install = install
    if (engine.backup) this.backup = engine.backup
    this.elsewhere = {
      kind: engine.kind,
      want: (migration) => this.want(migration),
      refresh: () => this.refresh(),
      deliver: () => this.deliver(),
      examine: () => engine.examine(),
      looking: lookingAtTarget(engine),
      look: (sql) => engine.look(sql),
      change: (statements, manner) => this.change(statements, manner),
    }
  }

  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await this.ready()
    return this.db.session(work)
  }

  async open() {
    await this.ready()
    return this.db.open()
  }

  async schema(only?: readonly string[]): Promise<LiveSchema> {
    const { tables } = await this.ready()
    return asThere(await this.db.schema(only), tables, this.name)
  }

  async close(): Promise<void> {
    await this.loaded?.catch(() => undefined)
    await this.db.close()
    await this.scratch.drop()
    await this.engine.close()
  }

  private ready(): Promise<Loaded> {
    return (this.loaded ??= this.bring())
  }

  private bring(): Promise<Loaded> {
    return this.engine.read((snapshot) =>
      this.db.session((s) => {
        if (this.wanted) refuseUnfit(chosenOf(snapshot.tables, this.wanted, this.engine).tables, this.wanted, this.engine.kind)
        return load(s, snapshot, this.wanted && chosenOf(snapshot.tables, this.wanted, this.engine), this.install)
      }),
    )
  }

  private async anew(): Promise<void> {
    this.loaded = this.bring()
    // nobody may be waiting for it yet
    this.loaded.catch(() => undefined)
    await this.loaded
  }

  private async want(migration: Migration): Promise<void> {
    const wanted = wantedBy(migration)
    if (JSON.stringify(wanted.texts) === JSON.stringify(this.wanted?.texts)) return this.refresh()
    this.wanted = wanted
    await this.anew()
  }

  private async refresh(): Promise<void> {
    if (!this.loaded || !this.engine.unchanged()) await this.anew()
  }

  private async deliver(): Promise<void> {
    const loaded = await this.ready()
    await this.db.session(async (s) => {
      const delivery = await deltaOf(s, loaded)
      if (isEmpty(delivery)) return
      await this.engine.deliver(delivery)
      this.loaded = Promise.resolve(await settled(s, loaded, delivery))
    })
  }

  private async change(statements: readonly string[], manner?: ChangeManner): Promise<void> {
    const loaded = await this.ready()
    try {
      await this.db.session(async (s) => this.engine.change(statements, await deltaOf(s, loaded), manner))
    } finally {
      // where it was refused, nothing here may say that it was done
      await this.anew()
    }
  }
}

const lookingAtTarget = (engine: TargetEngine): Looking => ({
  engine: engine.kind.toLowerCase() as LookedAt,
  tables: async () => (await engine.tables()).map((t) => liveTable(t, engine.name)),
  look: (sql, patienceMs) => engine.look(sql, patienceMs),
})

/** What was delivered is how it stands there from now on. */
async function settled(s: Session, loaded: Loaded, delivery: Delivery): Promise<Loaded> {
  const changed = new Map(delivery.deltas.map((d) => [d.table.id, d]))
  for (const t of loaded.tracked) if (changed.has(t.table.id)) await copyOf(s, postgres.table(t.table.id), t.before)
  const ledger = new Map([...loaded.ledger].filter(([name]) => !delivery.ledgerGone.includes(name)))
  for (const { table } of delivery.ledger) {
    const before = ledgerCopy(table.name)
    if (table.keeps) await copyOf(s, `godwit.${postgres.quote(table.name)}`, before)
    ledger.set(table.name, { table, before })
  }
  const tracked = loaded.tracked.map((t) => ({ ...t, next: changed.get(t.table.id)?.next?.after ?? t.next }))
  return { ...loaded, tracked, ledger, deliveries: String(BigInt(loaded.deliveries) + 1n) }
}

/** A default that only the target can compute would be null here, and be delivered as null. */
function refuseUnfit(tables: Loaded['tables'], { given }: Wanted, kind: string): void {
  for (const t of tables) {
    if (t.unfit !== undefined)
      throw targetUnsupported({ what: t.id, why: t.unfit, hint: 'Leave the table out of the migration, or change it first.' })
    for (const output of given.get(t.id) ?? []) {
      const column = t.columns.find((c) => c.ownDefault !== undefined && !output.has(c.name))
      if (column)
        throw targetUnsupported({
          what: `${t.id}.${column.name}`,
          why: `its default (${column.ownDefault}) is one that only ${kind} can compute`,
          hint: 'Map the column.',
        })
    }
  }
}
