// A process of its own for ../drive.ts. Arguments: url of the source, url of the target, workers.
import migration from '../../examples/tfrs-lcfs/migration.ts'
import { plan } from '../../src/api.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { openPostgresSource } from '../../src/databases/postgres/source.ts'
import { withSources } from '../../src/databases/sources.ts'
import { driven } from '../driven.ts'

const [from, to, workers] = process.argv.slice(2) as [string, string, string]
const source = await openPostgresSource({ url: from })
const db = withSources(await openPostgres({ url: to }), new Map([['tfrs', source]]))
// one report in thirty is to be refused, which is more than the default allows
await driven(await plan(migration, db), db, { workers: Number(workers), budget: { rows: 1_000_000, percent: 10 } })
