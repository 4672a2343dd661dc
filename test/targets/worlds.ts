// Random tables, rows and mappings on an engine that is not Postgres, held to the oracle that Postgres is held to.
import fc from 'fast-check'
import type pg from 'pg'
import { expect } from 'vitest'
import { type Answer, connect, type Database, GodwitError, plan, run, undo } from '../../src/api.ts'
import { migration } from '../../src/index.ts'
import { build } from '../differential/build.ts'
import { literal, quote } from '../differential/ddl.ts'
import { type Lane, openLane } from '../differential/drive.ts'
import { batchArbitrary } from '../differential/generate.ts'
import type { CaseSpec } from '../differential/spec.ts'
import { Subject, type Tally, told } from '../differential/subject.ts'
import type { Expected } from '../oracle/map.ts'
import { freshDatabase, serverUrl } from '../support/postgres.ts'
import { engines } from './engines.ts'
import type { Application, Kind } from './place.ts'
import { canStand, columnsOf, createSql, type Dialect, dropSql, fill, mariadb, read, renamed, sqlite } from './stand.ts'

const seed = Number(process.env.SEED ?? 20_261_121)
const together = 8
const dialects: Readonly<Record<string, Dialect>> = { SQLite: sqlite, MariaDB: mariadb }

/** One case: in Postgres, where the oracle looks, and there. */
interface Twin {
  readonly subject: Subject
  readonly spec: CaseSpec
  readonly mark: string
}

class Bench {
  private readonly lane: Lane
  private readonly app: Application
  private readonly db: Database
  private readonly dialect: Dialect
  private readonly kind: Kind
  readonly tally: Tally = { cases: 0, refused: 0, rows: 0, quarantined: 0, filtered: 0, migrated: 0, undone: 0, spoilt: 0 }
  private batches = 0

  constructor(lane: Lane, app: Application, db: Database, kind: Kind) {
    this.lane = lane
    this.app = app
    this.db = db
    this.kind = kind
    this.dialect = dialects[kind.name]!
  }

  async batch(specs: readonly CaseSpec[]): Promise<void> {
    const name = `batch_${++this.batches}`
    const twins: Twin[] = []
    for (const [i, spec] of specs.entries()) {
      const twin = await this.stand(renamed(spec, `${name}c${i}`), name, i)
      if (twin) twins.push(twin)
    }
    try {
      await this.carryOut(name, twins)
    } finally {
      for (const t of twins) for (const sql of dropSql(t.spec, this.dialect)) await this.app.sql(sql)
      for (const t of twins) await this.lane.client.query(`drop schema ${t.subject.schema} cascade`)
    }
  }

  /** Nothing where the engine has no such table, or the plan would be refused. */
  private async stand(spec: CaseSpec, name: string, i: number): Promise<Twin | undefined> {
    const { lane, app, dialect } = this
    const mark = ` ${i}`
    const subject = new Subject(spec, `${name}_${i}`, mark, lane.client, lane.casing)
    await lane.client.query(subject.setup)
    lane.kept.sight = [`${subject.schema}.*`]
    subject.before = await subject.now()
    try {
      await plan(migration(`${name} ${i}`, ...subject.built.mappings), lane.db)
      for (const sql of createSql(spec, dialect)) await app.sql(sql)
      for (const s of spec.sources) await fill(app, dialect, s.name, s.columns, subject.before.sources.get(s.name)!)
      for (const t of spec.targets) await fill(app, dialect, t.name, columnsOf(t), subject.before.targets.get(t.name)!)
      return { subject, spec, mark }
    } catch {
      this.tally.refused++
      for (const sql of dropSql(spec, dialect)) await app.sql(sql)
      await lane.client.query(`drop schema ${subject.schema} cascade`)
      return undefined
    }
  }

  private async carryOut(name: string, twins: readonly Twin[]): Promise<void> {
    if (!twins.length) return
    const whole = migration(name, ...twins.flatMap((t) => build(t.spec, this.kind.schema, t.mark).mappings))
    const planned = () => plan(whole, this.db, { workers: 1, chunk: 1000, budget: { rows: 1e9, percent: 100 } })
    await this.once(name, 'the first run', twins, planned)
    const changing = twins.filter((t) => t.spec.changes.length)
    if (changing.length) {
      for (const { subject, spec } of changing) {
        await subject.change()
        const { sources } = await subject.now()
        for (const s of spec.sources) await fill(this.app, this.dialect, s.name, s.columns, sources.get(s.name)!)
      }
      await this.once(name, 'the run after changes', twins, planned)
    }
    await undo(await planned(), this.db)
    for (const t of twins) {
      await this.bringBack(t)
      expect(await t.subject.notRestored()).toEqual([])
      this.tally.undone++
    }
    this.tally.cases += twins.length
  }

  private async once(name: string, what: string, twins: readonly Twin[], planned: () => ReturnType<typeof plan>): Promise<void> {
    const expected: Expected[] = []
    for (const t of twins) expected.push(await t.subject.expected())
    const answers: Answer[] = []
    const failed = await run(await planned(), this.db, { observe: (e) => e.type === 'check.answered' && answers.push(e.answer) }).catch(
      (e: unknown) => e,
    )
    if (failed instanceof Error && !(failed instanceof GodwitError && failed.code === 'GW_VERIFY_NO')) throw failed
    const ledger = await told(
      { query: (sql: string, values: string[]) => this.db.session((s) => s.query(sql, values)) } as unknown as pg.Client,
      name,
    )
    for (const [i, t] of twins.entries()) {
      await this.bringBack(t)
      const wrong = await t.subject.wrong(expected[i]!, ledger, this.tally)
      if (wrong.length) throw new Error([`${what}, ${t.subject.schema}:`, ...wrong, JSON.stringify(t.spec)].join('\n  '))
    }
    const no = answers.filter((a) => a.verdict === 'failed')
    if (no.length) throw new Error(`${what}: all is right, and its verification says no: ${JSON.stringify(no.slice(0, 3))}`)
  }

  /** The rows as they stand there, where the oracle's comparison looks. */
  private async bringBack({ subject, spec }: Twin): Promise<void> {
    const id = (table: string) => `${subject.schema}.${quote(table)}`
    const statements = [`truncate ${spec.targets.map((t) => id(t.name)).join(', ')}`]
    for (const t of spec.targets) {
      const rows = await read(this.app, this.dialect, t)
      const values = rows.map((r) => `(${r.map(literal).join(', ')})`)
      const names = columnsOf(t).map((c) => quote(c.name))
      if (rows.length)
        statements.push(`insert into ${id(t.name)} (${names.join(', ')}) overriding system value values ${values.join(', ')}`)
    }
    await this.lane.client.query(statements.join(';'))
  }
}

/** Engines that have such a bench. */
export const others = engines.filter(([name]) => dialects[name])

/** Not fewer than so many cases. */
export async function search([name, open]: (typeof others)[number], least: number): Promise<void> {
  const there = await open()
  const reference = await freshDatabase()
  const lane = await openLane(reference.url)
  const db = await connect(there.url, { workshop: serverUrl() })
  if (name === 'MariaDB') await there.app.sql(`set session sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES'`)
  const bench = new Bench(lane, there.app, db, there.kind)
  try {
    for (let round = 0, waiting: CaseSpec[] = []; bench.tally.cases < least; round++) {
      const drawn = fc.sample(batchArbitrary(), { seed: seed + round, numRuns: 200 }).flat()
      waiting.push(...drawn.filter((spec) => canStand(spec, dialects[name]!)))
      while (waiting.length >= together && bench.tally.cases < least) await bench.batch(waiting.splice(0, together))
    }
  } finally {
    process.stdout.write(`${name}: seed ${seed}: ${JSON.stringify(bench.tally)}\n`)
    await db.close()
    await lane.close()
    await there.app.end()
    await there.drop()
    await reference.drop()
  }
  expect(bench.tally.refused).toBeLessThan(bench.tally.cases)
}
