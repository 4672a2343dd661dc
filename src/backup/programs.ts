// Backups by other programs (pg_dump, pg_restore), held to the same: of one moment, brought back, and compared with what the database said at that moment.
import { join } from 'node:path'
import type { BackupEngine, Kept, Place, Restored } from '../databases/backup.ts'
import { backupUnsupported, toolWrong } from '../errors/backup.ts'
import type { Command, CommandSaid, Programs } from '../steps/hands.ts'
import { plainText } from '../text.ts'
import type { Backup } from './folder.ts'
import { type Taking, takenBy } from './take.ts'

export type RunProgram = (command: Command) => Promise<CommandSaid>
const hour = 3_600_000
const dumpFolder = 'dump'

/** Its files become files of the backup, each with its SHA-256. */
export async function takeByPrograms(engine: BackupEngine, taking: Taking, programs: Programs, run: RunProgram): Promise<Backup> {
  const { reach, witness } = engine
  refuseLoose(programs)
  if (!reach || !witness)
    throw backupUnsupported({
      what: programs.dump[0],
      why: 'other programs are held to a snapshot on Postgres only',
      hint: 'Use snapshot() without them.',
    })
  const version = await rightVersion(engine, programs, run)
  const by = { dump: programs.dump, restore: programs.restore, version }
  const work = (sink: Parameters<Parameters<typeof takenBy>[2]>[0]) =>
    witness(
      taking.scope,
      sink,
      (snapshot) => sink.gathered(dumpFolder, (folder) => carriedOut(programs.dump, { folder, snapshot }, reach(), programs, run)),
      dumpFolder,
    )
  return takenBy(engine, taking, work, by)
}

/** A dump of another moment could not be held against anything. */
function refuseLoose({ dump, restore }: Programs): void {
  for (const [words, needed] of [
    [dump, ['{folder}', '{snapshot}']],
    [restore, ['{folder}', '{database}']],
  ] as const)
    for (const word of needed)
      if (!words.some((w) => w.includes(word)))
        throw toolWrong({
          tool: words[0],
          what: `its words do not say ${word}`,
          hint: `For pg_dump: --snapshot={snapshot} --file={folder}. For pg_restore: --dbname={database} {folder}`,
        })
}

/** A dump by an older program than the server may leave out what it does not know. */
async function rightVersion(engine: BackupEngine, { dump, restore }: Programs, run: RunProgram): Promise<string> {
  const server = (await engine.server()).version
  const versions = await Promise.all([dump[0], restore[0]].map((program) => versionOf(program, run)))
  for (const [i, version] of versions.entries())
    if (majorOf(version) !== majorOf(server))
      throw toolWrong({
        tool: [dump, restore][i]![0],
        what: `it is of version ${version}, and the server of ${server}`,
        hint: `Name the program of version ${majorOf(server)} by its whole path.`,
      })
  return versions[0]!
}

const majorOf = (version: string): string => /\d+/.exec(version)?.[0] ?? ''

async function versionOf(program: string, run: RunProgram): Promise<string> {
  const { out, exit } = await run({ run: [program, '--version'], timeoutMs: 30_000 })
  const version = /(\d+(\.\d+)*)/.exec(out)?.[1]
  if (exit !== 0 || version === undefined)
    throw toolWrong({ tool: program, what: 'it does not say which version it is', hint: 'It is asked with --version.' })
  return version
}

/** Brought back as it was dumped. */
export async function bringByPrograms(backup: Backup, kept: Kept, place: Place, run: RunProgram): Promise<Restored> {
  const { by, tables } = backup.manifest
  const env = await place.reach!(kept)
  await carriedOut(
    by!.restore as Programs['restore'],
    { folder: join(backup.folder, dumpFolder), database: env['PGDATABASE']! },
    env,
    { dump: by!.dump as Programs['dump'], restore: by!.restore as Programs['restore'] },
    run,
  )
  return { tables: tables.length, rows: tables.reduce((sum, t) => sum + t.rows, 0), there: [], left: [] }
}

async function carriedOut(
  words: readonly [string, ...string[]],
  stands: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  { timeoutMs = 6 * hour }: Programs,
  run: RunProgram,
): Promise<void> {
  const [program, ...args] = words
  const said = await run({
    run: [program, ...args.map((a) => a.replaceAll(/\{(\w+)\}/g, (whole, name: string) => stands[name] ?? whole))],
    env,
    timeoutMs,
  })
  if (said.exit === 0) return
  const why = said.timedOut ? 'it took longer than its time' : (plainText(said.err).trim().split('\n').at(-1) ?? '')
  throw toolWrong({
    tool: program,
    what: `it ended with ${said.exit ?? 'a signal'}: ${why}`,
    hint: 'Run it by hand to see all that it says.',
  })
}
