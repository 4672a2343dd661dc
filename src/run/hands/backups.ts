// Backups as a step has them taken: before the first write of its run, into the project's own folder, and done when they are proved.
import { join } from 'node:path'
import { type Backup, backupsIn } from '../../backup/folder.ts'
import { type RunProgram, takeByPrograms } from '../../backup/programs.ts'
import { proveBackup } from '../../backup/prove.ts'
import { type Taking, takeBackup } from '../../backup/take.ts'
import type { BackupEngine, Scope } from '../../databases/backup.ts'
import { backupLate } from '../../errors/backup.ts'
import type { Plan } from '../../plan/plan.ts'
import { whereIs } from '../../schema/schema.ts'
import type { BackedUp, BackupHands } from '../../steps/hands.ts'
import { engineOf } from '../backups.ts'
import type { Work } from '../context.ts'
import { runCommand } from './command.ts'

export const backupHands = (work: Work, step: string): BackupHands => ({
  take: (what) => backedUp(work, step, (engine, scope) => ({ scope, take: (taking) => takeBackup(engine, taking) }), what),
  takeBy: (programs) =>
    backedUp(
      work,
      step,
      (engine, scope) => ({
        scope,
        take: (taking) => takeByPrograms(engine, taking, programs, programsOf(work)),
      }),
      'database',
    ),
})

const programsOf =
  (work: Work): RunProgram =>
  (what) =>
    runCommand(what, work.around.root, work.signal)

type What = Parameters<BackupHands['take']>[0]
interface Way {
  readonly scope: Scope
  take(taking: Taking): Promise<Backup>
}

async function backedUp(work: Work, step: string, way: (engine: BackupEngine, scope: Scope) => Way, what: What): Promise<BackedUp> {
  const engine = engineOf(work.db)
  const { scope, take } = way(engine, await scopeOf(work, what))
  const taking: Taking = {
    folder: join(work.around.folder, 'backups'),
    scope,
    occasion: await occasionOf(work, step),
    tell: (why) => work.bus.emit({ type: 'step.waiting', step, why }),
    signal: work.signal,
  }
  const taken = (await takenBefore(engine, taking)) ?? (await take(taking))
  if (taken.proof) return told(taken)
  const proving = { ...taking, scratch: work.around.scratch, now: () => work.clock.now(), run: programsOf(work) }
  return told(await proveBackup(engine, taken, proving))
}

/** Of the plan: what it writes and reads in the target, as far as it is there yet. */
async function scopeOf({ plan }: Work, what: What): Promise<Scope> {
  if (what === 'database') return {}
  if (what !== 'plan') return what
  return { tables: tablesOfPlan(plan) }
}

export const tablesOfPlan = ({ writes, reads, schema }: Plan): string[] =>
  [...writes, ...reads].filter((id) => !whereIs(id) && /table|partition/.test(schema.tables.get(id)?.kind ?? ''))

/** In its own phase it is what the run can be taken back to. Later it is a copy of what the run has made, and says so. */
async function occasionOf(work: Work, step: string): Promise<Taking['occasion']> {
  const written = await firstWrite(work)
  const run = `r${work.run}`
  if (written !== undefined && step.startsWith('backup.')) throw backupLate({ run, what: written })
  const { environment } = work.around
  return {
    migration: work.plan.migration,
    plan: work.plan.id,
    run,
    step,
    ...(environment === undefined ? {} : { environment }),
    baseline: written === undefined,
    ...(written === undefined ? {} : { notBaseline: `run ${run} had written before (${written})` }),
  }
}

async function firstWrite({ control, run }: Work): Promise<string | undefined> {
  const { rows } = await control.query(
    `select step from (select mapping as step, at from godwit.unit where run = $1 union all select step, at from godwit.mark where run = $1 and step ~ '^(expand|backfill|cutover|contract)\\.') w order by at limit 1`,
    [run],
  )
  return rows[0]?.['step'] ?? undefined
}

/** Of the same step of the same run of the same database: who was killed after the manifest stood goes on with the proof. */
async function takenBefore(engine: BackupEngine, { folder, occasion }: Taking): Promise<Backup | undefined> {
  const { identity, database } = await engine.server()
  return backupsIn(folder)
    .filter((b): b is Backup => !('damaged' in b))
    .findLast(({ manifest: m }) => {
      const same = m.server.identity === identity && m.server.database === database
      return same && (['migration', 'environment', 'plan', 'run', 'step'] as const).every((k) => m.occasion[k] === occasion[k])
    })
}

const told = ({ id, sha256, manifest }: Backup): BackedUp => ({
  id,
  sha256,
  tables: manifest.tables.length,
  rows: manifest.tables.reduce((sum, t) => sum + t.rows, 0),
  bytes: manifest.files.reduce((sum, f) => sum + f.bytes, 0),
  left: manifest.left.map((l) => `${l.what}: ${l.why}`),
})
