// Takes a backup, or brings one back, in a process that can be killed. Says where it is, a line each.
import { backupNamed } from '../../src/backup/folder.ts'
import { proveBackup } from '../../src/backup/prove.ts'
import { restoreBackup } from '../../src/backup/restore.ts'
import { takeBackup } from '../../src/backup/take.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { runCommand } from '../../src/run/hands/command.ts'

const [what, url, folder, into] = process.argv.slice(2) as [string, string, string, string]
const signal = new AbortController().signal
const tell = (line: string) => process.stdout.write(`${line}\n`)
const how = { tell, signal, now: () => 0, run: (c: Parameters<typeof runCommand>[0]) => runCommand(c, '.', signal) }

const db = await openPostgres({ url, applicationName: 'godwit backup child' })
tell('began')
const engine = db.backup!
try {
  if (what === 'take') await proveBackup(engine, await takeBackup(engine, { folder, scope: {}, occasion: { baseline: true }, ...how }), how)
  if (what === 'restore') {
    const place = await engine.place(into)
    try {
      await restoreBackup(backupNamed(folder, 'latest'), place, { tables: undefined, ...how })
    } finally {
      await place.close()
    }
  }
  tell('done')
} catch (error) {
  tell(`failed ${(error as { code?: string }).code} ${(error as { exit?: number }).exit}`)
}
await db.close()
