// What `godwit rehearse` does: a backup, a scratch database that it is brought back into, and a run there that is taken back.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Backup, backupNamed } from '../backup/folder.ts'
import { restoreBackup } from '../backup/restore.ts'
import { takeBackup } from '../backup/take.ts'
import type { Database } from '../databases/database.ts'
import { openTarget } from '../databases/open.ts'
import { openPostgres } from '../databases/postgres/postgres.ts'
import { withSources } from '../databases/sources.ts'
import { scratchOn } from '../databases/workshop/scratch.ts'
import { openWorkshop } from '../databases/workshop/workshop.ts'
import { backupUnsupported } from '../errors/backup.ts'
import { keepRehearsal } from '../evidence/index.ts'
import { installLedger } from '../ledger/tables.ts'
import { wallClock } from '../run/clock.ts'
import { tablesOfPlan } from '../run/hands/backups.ts'
import { runCommand } from '../run/hands/command.ts'
import { rehearse } from '../run/rehearse.ts'
import { duration } from '../text.ts'
import { type Context, commandLine, type Outcome } from './context.ts'
import { privateServer } from './embedded.ts'
import { around, ownFolder } from './migrations.ts'
import { mannerOf, type Planned, withPlan } from './project.ts'
import { stopOnSignal } from './stop.ts'
import { showProgress } from './terminal/progress.ts'
import { rehearsedLines } from './terminal/rehearse-text.ts'

export const rehearseOnCopy = (context: Context, name: string | undefined): Promise<Outcome> =>
  withPlan(context, async (planned) => {
    const stop = stopOnSignal(context, planned.url, commandLine(context, 'rehearse'))
    try {
      return await rehearsed(context, planned, name, stop.signal)
    } finally {
      stop.release()
    }
  })

async function rehearsed(context: Context, planned: Planned, name: string | undefined, signal: AbortSignal): Promise<Outcome> {
  const { screen } = context
  const { plan, config, found } = planned
  const backup = await backupFor(context, planned, name, signal)
  const result = await onCopy(context, planned, backup, signal, async (copy) => {
    const progress = showProgress(screen, wallClock.now)
    try {
      const how = { ...mannerOf(config), ...around(config), readOnly: config.owns.readOnly, of: backup.id, signal }
      return await rehearse(found.migration, plan.id, copy, { ...how, observe: progress.observe })
    } finally {
      progress.stop()
    }
  })
  const file = keepRehearsal(ownFolder(config), result)
  for (const line of rehearsedLines(result, screen)) screen.say(line)
  return { exit: result.undo.same ? 0 : 4, json: { rehearsal: result, file } }
}

async function backupFor(context: Context, { db, plan, config }: Planned, name: string | undefined, signal: AbortSignal): Promise<Backup> {
  const folder = join(ownFolder(config), 'backups')
  if (name !== undefined) return backupNamed(folder, name)
  if (!db.backup)
    throw backupUnsupported({
      what: db.name,
      why: 'it cannot be backed up by Godwit',
      hint: 'Rehearse on a copy that you make yourself: another environment in godwit.config.ts.',
    })
  const began = wallClock.now()
  const occasion = {
    environment: config.name,
    migration: plan.migration,
    plan: plan.id,
    baseline: false,
    notBaseline: 'it was taken for a rehearsal',
  }
  const tell = (what: string) => context.screen.draw(`  backup    ${what}`)
  const backup = await takeBackup(db.backup, { folder, scope: { tables: tablesOfPlan(plan) }, occasion, tell, signal })
  context.screen.draw('')
  context.screen.say(
    `${context.screen.paint.green('✓')} backup    ${backup.id}   ${context.screen.paint.dim(duration((wallClock.now() - began) / 1000))}`,
  )
  return backup
}

/** On the workshop's server: the one that is migrated is not given the work twice. */
async function onCopy<T>(
  context: Context,
  { db, config }: Planned,
  backup: Backup,
  signal: AbortSignal,
  work: (copy: Database) => Promise<T>,
): Promise<T> {
  const { screen } = context
  const server = config.workshop.engine === 'embedded' ? await privateServer(config, screen.note) : undefined
  const url = server?.url ?? config.workshop.url.reveal()
  const folder = mkdtempSync(join(tmpdir(), 'godwit-rehearsal-'))
  const scratch = await scratchOn(url)
  try {
    const engine = backup.manifest.server.engine
    const at = engine === 'postgres' ? scratch.url : join(folder, 'copy.db')
    const place = await db.backup!.place(at)
    const tell = (what: string) => screen.draw(`  copy      ${what}`)
    await restoreBackup(backup, place, { tell, signal, run: (what) => runCommand(what, config.root, signal) })
    await place.close()
    screen.draw('')
    const copy = await opened(engine, at, scratch)
    try {
      return await work(db.sources ? withSources(copy, db.sources) : copy)
    } finally {
      await copy.close()
    }
  } finally {
    await scratch.drop().catch(() => undefined)
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function opened(engine: string, at: string, scratch: Awaited<ReturnType<typeof scratchOn>>): Promise<Database> {
  if (engine === 'postgres') {
    const db = await openPostgres({ url: at, name: 'the copy' })
    await db.session(() => scratch.taken())
    return db
  }
  const target = await openTarget({ engine, at, shown: 'the copy' })!
  return openWorkshop(target, scratch, { install: installLedger })
}
