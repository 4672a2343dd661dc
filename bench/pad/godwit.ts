// A process of its own for ../drive.ts. Arguments: url, workers, ids.
import { connect, plan } from '../../src/api.ts'
import { driven } from '../driven.ts'
import { type Ids, padMigration } from './migration.ts'

const [url, workers, ids] = process.argv.slice(2) as [string, string, Ids]
const db = await connect(url)
// one row in 997 is to be refused, which is more than the default allows
await driven(await plan(padMigration(ids), db), db, { workers: Number(workers), budget: { rows: 1_000_000, percent: 1 } })
