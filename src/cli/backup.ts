// What `godwit backup` does, between the project and those who take and bring back.
import { join } from 'node:path'
import { type Backup, backupNamed, backupsIn } from '../backup/folder.ts'
import { verifyBackup } from '../backup/verify.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { registerSecret } from '../config/secret.ts'
import type { ExportForm } from '../databases/backup.ts'
import { backupStopped } from '../errors/backup.ts'
import { commandWrong } from '../errors/cli.ts'
import { GodwitError } from '../errors/error.ts'
import { backUp, bringBack, proveAgain } from '../run/backups.ts'
import { wallClock } from '../run/clock.ts'
import { tablesOfPlan } from '../run/hands/backups.ts'
import { plural } from '../text.ts'
import { confirmed } from './confirm.ts'
import { type Context, commandLine, type Outcome } from './context.ts'
import { ownFolder } from './migrations.ts'
import { configOf, type Project, withDatabase, withPlan } from './project.ts'
import { stopOnSignal } from './stop.ts'
import { backupLines, listLines, provedLines, restoredLines, surveyLines } from './terminal/backup-text.ts'

const folderOf = (config: ResolvedConfig): string => join(ownFolder(config), 'backups')

interface Asked {
  readonly table?: readonly string[]
  readonly database?: boolean
  readonly with?: ExportForm
}

export async function takeOne(context: Context, asked: Asked): Promise<Outcome> {
  if (asked.table && asked.database)
    throw commandWrong({
      message: '--table and --database are two backups.',
      hint: 'Choose one, or say neither for the tables of the migration.',
    })
  if (asked.table || asked.database)
    return withDatabase(context, await configOf(context), (project) => taken(context, project, asked.table, asked.with))
  return withPlan(context, (planned) => taken(context, planned, tablesOfPlan(planned.plan), asked.with))
}

const taken = (context: Context, project: Project, tables: readonly string[] | undefined, form: ExportForm | undefined): Promise<Outcome> =>
  proving(context, project, 'backup take', (how) => backUp(project.db, { ...how, tables, with: form, environment: project.config.name }))

export async function proveOne(context: Context, name: string): Promise<Outcome> {
  const config = await configOf(context)
  const { id } = backupNamed(folderOf(config), name)
  return withDatabase(context, config, (project) =>
    proving(context, project, `backup prove ${id}`, (how) => proveAgain(project.db, id, how)),
  )
}

type How = Parameters<typeof proveAgain>[2]

async function proving(context: Context, project: Project, resume: string, work: (how: How) => Promise<Backup>): Promise<Outcome> {
  const { screen } = context
  const began = wallClock.now()
  const proved = await stoppable(context, project, resume, work)
  for (const line of provedLines(proved, wallClock.now() - began, screen)) screen.say(line)
  return { json: { backup: objectOf(proved) } }
}

async function stoppable<T>(context: Context, { config, url }: Project, resume: string, work: (how: How) => Promise<T>): Promise<T> {
  const { screen } = context
  const stop = stopOnSignal(context, url, commandLine(context, resume))
  try {
    return await work({
      folder: folderOf(config),
      scratch: config.scratch?.url.reveal(),
      tell: (what) => screen.draw(`  backup    ${what}`),
      signal: stop.signal,
    })
  } catch (error) {
    if (!stop.signal.aborted || error instanceof GodwitError) throw error
    throw backupStopped({ resume: commandLine(context, resume) })
  } finally {
    stop.release()
    screen.draw('')
  }
}

export async function listAll(context: Context): Promise<Outcome> {
  const all = backupsIn(folderOf(await configOf(context)))
  for (const line of listLines(all, context.screen)) context.screen.say(line)
  return { json: { backups: all.map((b) => ('damaged' in b ? b : objectOf(b))) } }
}

export async function showOne(context: Context, name: string): Promise<Outcome> {
  const backup = backupNamed(folderOf(await configOf(context)), name)
  for (const line of backupLines(backup, context.screen)) context.screen.say(line)
  return { json: { backup: objectOf(backup), manifest: backup.manifest, proof: backup.proof ?? null } }
}

export async function verifyOne(context: Context, name: string): Promise<Outcome> {
  const { screen } = context
  const { backup, files, bytes } = await verifyBackup(folderOf(await configOf(context)), name, (what) => screen.draw(`  backup    ${what}`))
  screen.draw('')
  screen.say(`${screen.paint.green('✓')} ${backup.id} is what was written: ${plural(files, 'file')}, sha256 ${backup.sha256.slice(0, 12)}…`)
  if (!backup.proof) screen.say(`  It was never brought back and compared: ${commandLine(context, `backup prove ${backup.id}`)}`)
  return { json: { backup: objectOf(backup), files, bytes } }
}

export async function restoreOne(
  context: Context,
  name: string,
  { into, table: tables }: { into: string; table?: readonly string[] },
): Promise<Outcome> {
  const { screen } = context
  const config = await configOf(context)
  const { id } = backupNamed(folderOf(config), name)
  const shown = hidden(into)
  return withDatabase(context, config, async (project) => {
    let began = wallClock.now()
    const confirm: Parameters<typeof bringBack>[2]['confirm'] = async (survey, backup) => {
      screen.draw('')
      for (const line of surveyLines(backup, shown, survey, tables)) screen.note(line)
      await confirmed(context, 'Go on?')
      began = wallClock.now()
    }
    const restored = await stoppable(context, project, `backup restore ${id} --into ${shown}`, (how) =>
      bringBack(project.db, id, { ...how, into, tables, confirm }),
    )
    for (const line of restoredLines(restored, shown, wallClock.now() - began, screen)) screen.say(line)
    return { json: { backup: id, into: shown, restored } }
  })
}

/** Of an address the name of its database is enough to say. */
function hidden(into: string): string {
  if (!/^\w+:\/\//.test(into)) return into
  const url = new URL(into)
  registerSecret(decodeURIComponent(url.password))
  return decodeURIComponent(url.pathname.slice(1))
}

const objectOf = ({ id, folder, sha256, manifest, proof }: Backup) => ({
  id,
  folder,
  sha256,
  at: manifest.moment.at,
  engine: manifest.server.engine,
  database: manifest.server.database,
  tables: manifest.tables.length,
  rows: manifest.tables.reduce((sum, t) => sum + t.rows, 0),
  bytes: manifest.files.reduce((sum, f) => sum + f.bytes, 0),
  baseline: manifest.occasion.baseline,
  proved: proof?.at ?? null,
  left: manifest.left,
})
