// The example as a project of its own on the file of an application, carried out by one process after another with a clock that is set.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { ask, type Endpoint } from '../../examples/sections/application.ts'
import config from '../../examples/sections/godwit.config.ts'
import whole from '../../examples/sections/migration.ts'
import { approve, connect, type Database, type Plan, plan, type RunOptions, run, undo, undoCutover, type View } from '../../src/api.ts'
import type { Migration } from '../../src/index.ts'
import { logicalClock } from '../support/logical-clock.ts'
import { serverUrl } from '../support/postgres.ts'
import type { Application } from './application.ts'

const example = fileURLToPath(new URL('../../examples/sections/', import.meta.url))
const day = 86_400_000
const people = { olga: { roles: config.people!['olga']!.roles, key: undefined } }

export class Project implements Disposable {
  readonly clock = logicalClock('2025-11-01T08:00:00Z')
  readonly app: Application
  readonly root = mkdtempSync(path.join(tmpdir(), 'godwit-life-'))
  private readonly migration: Migration

  constructor(app: Application, migration: Migration = whole) {
    this.app = app
    this.migration = migration
    for (const name of ['application.ts', 'application.env']) cpSync(path.join(example, name), path.join(this.root, name))
    // where the application looks for it
    mkdirSync(path.join(this.root, '.godwit'))
    symlinkSync(app.file, path.join(this.root, '.godwit/app.db'))
  }

  get env(): string {
    return readFileSync(path.join(this.root, 'application.env'), 'utf8')
  }

  /** As another command each time: nothing is left of what the last one knew. */
  async as<T>(work: (p: Plan, db: Database) => Promise<T>, { recorded = false } = {}): Promise<T> {
    const db = await connect(this.app.url, { workshop: serverUrl() })
    try {
      return await work(await plan(this.migration, db, { readOnly: config.owns!.readOnly!, recorded }), db)
    } finally {
      await db.close()
    }
  }

  run(options: RunOptions = {}): Promise<View> {
    return this.as((p, db) => run(p, db, { ...this.around, ...options }))
  }

  undo(options: RunOptions & { readonly loseChanges?: boolean } = {}) {
    return this.as((p, db) => undo(p, db, { ...this.around, ...options }), { recorded: true })
  }

  undoCutover() {
    return this.as((p, db) => undoCutover(p, db, this.around), { recorded: true })
  }

  approve(by = 'olga', step?: string) {
    return this.as((_, db) => approve(db, { run: 'r1', by, step, people, clock: this.clock }), { recorded: true })
  }

  /** A supplier asks the application. */
  ask(endpoint: Endpoint) {
    using db = new DatabaseSync(this.app.file, { timeout: 5000 })
    return ask(db, endpoint, { env: path.join(this.root, 'application.env'), now: this.clock.now() })
  }

  /** Somebody asks past the flag. */
  readOld(endpoint: Endpoint): void {
    this.app.exec(
      `insert into model_reads values ('${endpoint}', 'v1', ${this.clock.now()}) on conflict do update set askedAt = excluded.askedAt`,
    )
  }

  async toTheEnd(): Promise<void> {
    await this.run()
    await this.approve()
    await this.run()
    this.clock.pass(30 * day)
    this.ask('OVERDUE')
    for (const days of [3, 3, 1, 0]) {
      await this.run()
      this.clock.pass(days * day)
    }
    await this.approve()
    await this.run()
  }

  private get around(): RunOptions {
    return { clock: this.clock, root: this.root, by: 'ada', workers: 1, chunk: 1000 }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true })
  }
}
