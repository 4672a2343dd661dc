// The project of the story: a copy of the example on a file of its own, and a clock that goes when it is told to.
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { approve, connect, type Database, type Plan, plan, type RunOptions, run } from '../../src/api.ts'
import { lendGodwit } from '../../src/cli/migrations.ts'
import { runsIn } from '../../src/cli/state.ts'
import { showProgress } from '../../src/cli/terminal/progress.ts'
import { runEnd } from '../../src/cli/terminal/run-end.ts'
import { makeScreen } from '../../src/cli/terminal/screen.ts'
import { type EmbeddedPostgres, startPostgres } from '../../src/databases/embedded/index.ts'

import * as tell from './tell.ts'

const example = path.resolve(import.meta.dirname, '../../examples/sections')
const day = 86_400_000
const shownDay = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' })

export class LifeProject implements AsyncDisposable {
  readonly folder: string
  /** From when the clock goes on, in its own time and in that of this machine. */
  private from = { logical: Date.parse('2025-11-03T08:00:00Z'), real: performance.now() }
  private readonly clock: NonNullable<RunOptions['clock']> = {
    now: () => this.moment,
    sleep: (ms, signal) =>
      new Promise((done) => {
        const timer = setTimeout(done, ms)
        signal?.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true })
      }),
  }
  private readonly screen = makeScreen({ json: false, color: true })
  private readonly server: EmbeddedPostgres
  private db: Database | undefined

  private constructor(server: EmbeddedPostgres, folder: string) {
    this.server = server
    this.folder = folder
  }

  static async start(folder: string): Promise<LifeProject> {
    mkdirSync(path.join(folder, '.godwit'), { recursive: true })
    for (const name of ['application.ts', 'application.env']) cpSync(path.join(example, name), path.join(folder, name))
    const project = new LifeProject(await startPostgres(), folder)
    const sql = ['source.sql', 'target.sql', 'readers.sql'].map((name) => readFileSync(path.join(example, name), 'utf8'))
    project.change(`pragma foreign_keys = off; begin; ${sql.join(';')}; commit`)
    return project
  }

  get today(): string {
    return shownDay.format(this.moment)
  }

  pass(days: number): void {
    this.from = { ...this.from, logical: this.from.logical + days * day }
  }

  /** With a plan that is made of the example and the file as they are now. */
  async as<T>(work: (p: Plan, db: Database) => Promise<T>, recorded = false): Promise<T> {
    lendGodwit()
    const [{ default: migration }, { default: config }] = await Promise.all([
      import('../../examples/sections/migration.ts'),
      import('../../examples/sections/godwit.config.ts'),
    ])
    this.db ??= await connect(this.url, { workshop: this.server.url })
    return work(await plan(migration, this.db, { readOnly: config.owns!.readOnly!, recorded }), this.db)
  }

  async run(to?: RunOptions['to']): Promise<void> {
    tell.command(`godwit run${to ? ` --to ${to}` : ''}`)
    await this.as(async (p, db) => {
      const progress = showProgress(this.screen, this.clock.now)
      const around = { clock: this.clock, root: this.folder, by: 'ada', workers: 1 }
      const view = await run(p, db, { ...around, to, observe: progress.observe }).finally(() => progress.stop())
      const words = { dryRun: false, quarantine: 'godwit quarantine', resume: 'godwit run' }
      const books = (await db.session(runsIn)).flatMap((r) => r.books)
      tell.say(
        runEnd(
          view,
          books.map((b) => b.totals),
          this.screen,
          words,
        ),
      )
    })
  }

  /** The run alone, with one line of what it says. */
  async look(): Promise<void> {
    const view = await this.as((p, db) => run(p, db, { clock: this.clock, root: this.folder, by: 'ada', workers: 1 }))
    tell.say(`  ${this.today}: ${view.gate?.why ?? view.state}`)
  }

  async approve(note: string): Promise<void> {
    tell.command(`godwit approve r1 --by olga --note "${note}"`)
    const people = { olga: { roles: ['owner'] } }
    const { question } = await this.as((_, db) => approve(db, { run: 'r1', by: 'olga', note, people, clock: this.clock }), true)
    tell.say(`✓ ${question}  approved by olga (owner)`)
  }

  change(sql: string): void {
    using db = new DatabaseSync(this.file, { timeout: 5000 })
    db.exec(sql)
  }

  /** A supplier asks the application. */
  async asks(endpoint: 'DUE_DATES' | 'OVERDUE'): Promise<void> {
    const { ask } = await import('../../examples/sections/application.ts')
    using db = new DatabaseSync(this.file, { timeout: 5000 })
    const { model, rows } = ask(db, endpoint, { env: path.join(this.folder, 'application.env'), now: this.moment })
    tell.say(`  a supplier asks ${endpoint}: ${rows} rows, by ${model}`)
  }

  get moment(): number {
    return Math.round(this.from.logical + performance.now() - this.from.real)
  }

  private get file(): string {
    return path.join(this.folder, '.godwit/app.db')
  }

  private get url(): string {
    return `sqlite:${this.file}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.db?.close()
    await this.server.stop()
  }
}
