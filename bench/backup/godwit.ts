// A process of its own for ../drive.ts. Arguments: take, url, folder · or restore, url, folder, the name of a database that is made.
import { keptOf } from '../../src/backup/files.ts'
import { backupNamed } from '../../src/backup/folder.ts'
import { proveBackup } from '../../src/backup/prove.ts'
import { takeBackup } from '../../src/backup/take.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { peakMemory, say } from '../driven.ts'

const [what, url, folder, into] = process.argv.slice(2) as [string, string, string, string]
const how = { tell: () => {}, signal: new AbortController().signal }
const db = await openPostgres({ url })
const engine = db.backup!

const ways: Readonly<Record<string, () => Promise<void>>> = {
  async take() {
    say('began')
    const backup = await takeBackup(engine, { folder, scope: {}, occasion: { baseline: true }, ...how })
    say('verifying')
    await proveBackup(engine, backup, {
      ...how,
      now: () => performance.timeOrigin,
      run: () => Promise.reject(new Error('no program is run here')),
    })
    say('done')
  },
  async restore() {
    const backup = backupNamed(folder, 'latest')
    const place = await engine.place(into)
    say('began')
    const restored = await place.restore(keptOf(backup), { sha256: backup.sha256, ...how })
    say('verifying')
    const other = await place.difference(keptOf(backup), how, restored)
    say('done')
    await place.close()
    if (other) throw new Error(other)
  },
}

await ways[what]!()
await db.close()
say(`peak ${peakMemory()}`)
