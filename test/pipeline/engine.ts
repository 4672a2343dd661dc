// The engine as these tests use it: one database, one migration, logical time, and what became of it.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import pipeline from '../../examples/pipeline/migration.ts'
import {
  approve,
  connect,
  type Database,
  type Plan,
  plan,
  quarantineList,
  type RunOptions,
  run,
  undo,
  undoCutover,
  type View,
} from '../../src/api.ts'
import type { Migration } from '../../src/index.ts'
import { answersIn, type Ended } from '../support/example.ts'
import { type LogicalClock, logicalClock } from '../support/logical-clock.ts'
import { copyOf, type FreshDatabase } from '../support/postgres.ts'
import { example, pipelineDatabase } from './database.ts'

interface Options extends RunOptions {
  readonly migration?: Migration
}

export const hour = 3_600_000

/** The project in a folder of its own: a run writes its new configuration. */
export function project(): string {
  const root = mkdtempSync(path.join(tmpdir(), 'pipeline-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  cpSync(path.join(example, 'config'), path.join(root, 'config'), { recursive: true })
  return root
}

async function planned<T>(url: string, migration: Migration, work: (p: Plan, db: Database) => Promise<T>): Promise<T> {
  const db = await connect(url)
  try {
    return await work(await plan(migration, db, { readOnly: ['v1'] }), db)
  } finally {
    await db.close()
  }
}

export const migrate = (url: string, { migration = pipeline, ...how }: Options = {}): Promise<View> =>
  planned(url, migration, (p, db) => run(p, db, { workers: 1, ...how }))

export const takeBackOf = (url: string, migration: Migration, how: RunOptions = {}): Promise<unknown> =>
  planned(url, migration, (p, db) => undo(p, db, how))
export const takeBack = (url: string, how: RunOptions = {}) => takeBackOf(url, pipeline, how)

export const takeCutoverBack = (url: string, how: RunOptions = {}) => planned(url, pipeline, (p, db) => undoCutover(p, db, how))

export const quarantine = (url: string) => planned(url, pipeline, (p, db) => quarantineList(p, db))

/** How a run ends, and all that verification said in it. */
export const answersOf = (url: string, migration: Migration, root: string): Promise<Ended> =>
  answersIn((observe) => migrate(url, { migration, root, to: 'verify', observe }))

/** A day that goes by when somebody says so. */
export class Day {
  readonly clock: LogicalClock
  readonly url: string
  readonly root = project()
  readonly migration: Migration
  constructor(url: string, migration: Migration = pipeline, begin = '2026-01-01T00:00:00Z') {
    this.clock = logicalClock(begin)
    this.url = url
    this.migration = migration
  }
  at = (): string => new Date(this.clock.now()).toISOString()

  /** As the command line would: where it stands, or the code of the error and what it said. */
  async go(how: RunOptions = {}): Promise<{ state: string; said: string }> {
    try {
      const view = await migrate(this.url, { migration: this.migration, root: this.root, clock: this.clock, ...how })
      return { state: view.state, said: view.gate?.why ?? '' }
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      return { state: code ?? 'thrown', said: message }
    }
  }

  /** Somebody of the risk committee says yes. */
  async approve(): Promise<void> {
    const db = await connect(this.url)
    try {
      await approve(db, { run: 'r1', by: 'ada', as: ['risk'], clock: this.clock })
    } finally {
      await db.close()
    }
  }
}

let migrated: Promise<FreshDatabase> | undefined

/** A database with the rows in it, and nothing of the cutover: made once in a test file, and copied from then on. */
export async function migratedDatabase(): Promise<FreshDatabase> {
  migrated ??= pipelineDatabase().then(async (db) => {
    await migrate(db.url, { root: project(), to: 'verify' })
    return db
  })
  return copyOf(await migrated)
}
