// What a command works on: the configuration, the database, the migration, and the plan that comes of them.
import { join, relative, resolve } from 'node:path'
import { isPath, postgresSchemes } from '../config/address.ts'
import type { ResolvedConfig, ResolvedSource } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import type { Database } from '../databases/database.ts'
import { openLater, openSource, openTarget } from '../databases/open.ts'
import { openPostgres, type PostgresOptions } from '../databases/postgres/postgres.ts'
import type { Source } from '../databases/source.ts'
import { withSources } from '../databases/sources.ts'
import type { Backup } from '../databases/sqlite/backup.ts'
import { makeSqlite } from '../databases/sqlite/make.ts'
import { scratchOn } from '../databases/workshop/scratch.ts'
import { openWorkshop } from '../databases/workshop/workshop.ts'
import { installLedger } from '../ledger/tables.ts'
import type { Migration } from '../migration/migration.ts'
import type { Manner, Plan } from '../plan/plan.ts'
import { type PlanOptions, planned } from '../run/planned.ts'
import { count } from '../text.ts'
import type { Context } from './context.ts'
import { type PrivateServer, privateServer, sessionName } from './embedded.ts'
import { chosen, type Found, migrationsIn, ownFolder } from './migrations.ts'

export interface Project {
  readonly config: ResolvedConfig
  readonly db: Database
  /** Where the server is, for what needs a connection of its own. */
  readonly url: string
}

export interface Planned extends Project {
  readonly found: Found
  readonly plan: Plan
}

export const configOf = ({ globals }: Context): Promise<ResolvedConfig> => loadConfig({ folder: globals.folder, env: globals.env })

/** Opens the databases that the configuration names, and closes them whatever happens. */
export async function withDatabase<T>(context: Context, config: ResolvedConfig, work: (project: Project) => Promise<T>): Promise<T> {
  const needed = [isPostgres(config) ? config.address : config.workshop, ...config.sources.map((s) => s.address)]
  const embedded = needed.some((a) => a.engine === 'embedded')
  const server = embedded ? await privateServer(config, context.screen.note) : undefined
  try {
    const { db, url } = await opened(context, config, server)
    try {
      return await work({ config, db, url })
    } finally {
      await db.close()
    }
  } finally {
    await server?.stop()
  }
}

export const isPostgres = ({ address }: ResolvedConfig): boolean => postgresSchemes.some((s) => s.engine === address.engine)

async function opened(context: Context, config: ResolvedConfig, server: PrivateServer | undefined): Promise<{ db: Database; url: string }> {
  const limits = { applicationName: sessionName, statementTimeout: config.run.statementTimeoutMs }
  const { db: target, url } = isPostgres(config)
    ? await postgresOf(config, limits, server)
    : await workshopOf(context, config, limits, server)
  if (!config.sources.length) return { db: target, url }
  const later = (source: ResolvedSource): Source =>
    openLater(source.name, async () => openSource({ ...limits, ...(await addressOf(config, source, server)) }))
  return { db: withSources(target, new Map(config.sources.map((source) => [source.name, later(source)]))), url }
}

type Limits = Omit<PostgresOptions, 'url'>

async function postgresOf(config: ResolvedConfig, limits: Limits, server: PrivateServer | undefined) {
  const own = config.address.engine === 'embedded'
  const url = own ? server!.url : config.database.reveal()
  return { db: await openPostgres({ ...limits, runAs: config.runAs, url, ...(own ? { name: 'embedded' } : {}) }), url }
}

/** The file first: without it there is nothing to make a workshop for. */
async function workshopOf({ screen }: Context, config: ResolvedConfig, limits: Limits, server: PrivateServer | undefined) {
  const { address, workshop } = config
  const file = address.engine === 'sqlite'
  const at = file ? resolve(config.root, address.database!) : config.database.reveal()
  if (file) await makeSqlite(at, config.load)
  const folder = join(ownFolder(config), 'backups')
  const tell = (b: Backup) =>
    screen.note(`Backed up to ${relative(process.cwd(), b.file)}, ${count(b.bytes)} bytes, sha256 ${b.sha256.slice(0, 12)}….`)
  const engine = await openTarget({
    engine: address.engine,
    at,
    shown: file ? address.database! : address.describe(),
    backups: { folder, tell },
  })!
  const scratch = await scratchOn(workshop.engine === 'embedded' ? server!.url : workshop.url.reveal())
  return { db: await openWorkshop(engine, scratch, { ...limits, install: installLedger }), url: scratch.url }
}

async function addressOf(
  config: ResolvedConfig,
  { name, database, address, load, tables }: ResolvedSource,
  server: PrivateServer | undefined,
) {
  if (address.engine === 'embedded') return { engine: 'postgres', at: await server!.beside(name, load), shown: `${name} (embedded)` }
  if (isPath(address)) return { engine: address.engine, at: resolve(config.root, address.database!), shown: address.database!, tables }
  return { engine: address.engine, at: database.reveal(), shown: address.describe() }
}

/** Files first: what is wrong in them is said before a server is asked anything. */
export async function withPlan<T>(
  context: Context,
  work: (planned: Planned) => Promise<T>,
  options: { manner?: Manner; recorded?: boolean; name?: (project: Project) => Promise<string | undefined> } = {},
): Promise<T> {
  const config = await configOf(context)
  const all = await migrationsIn(config)
  if (!options.name) chosen(all, context.globals.migration)
  return withDatabase(context, config, async (project) => {
    const found = chosen(all, context.globals.migration ?? (await options.name?.(project)))
    return work({
      ...project,
      found,
      plan: await planFor(found.migration, project, { ...options.manner, recorded: options.recorded === true }),
    })
  })
}

/** With what the configuration says of it. */
export const planFor = (migration: Migration, { config, db }: Pick<Project, 'config' | 'db'>, manner: PlanOptions = {}): Promise<Plan> =>
  planned(migration, db, { readOnly: config.owns.readOnly, ...mannerOf(config), ...manner })

/** The configuration's `run`, as the runner takes it. */
export function mannerOf({ run }: ResolvedConfig): Manner {
  const { rows, targetMs } = run.chunk
  return {
    workers: run.workers,
    chunk: targetMs === undefined ? rows : { rows, targetMs },
    budget: run.budget,
    retries: run.retries,
    lockTimeoutMs: run.lockTimeoutMs,
  }
}
