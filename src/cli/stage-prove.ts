// A staged pile proved on the server of an address, or on one that is started for it.
import { startPostgres } from '../databases/embedded/index.ts'
import { stageServer } from '../errors/stage.ts'
import { alembicRunner, alembicVersion } from '../prove/alembic.ts'
import type { Certificate } from '../prove/certificate.ts'
import type { Engine } from '../prove/engines/engine.ts'
import { engines } from '../prove/engines/index.ts'
import { type Orders, ordersOf } from '../prove/order.ts'
import { prove } from '../prove/prove.ts'
import { readingRunner } from '../prove/reading.ts'
import type { Runner } from '../prove/runner.ts'
import type { FolderOnDisk } from '../stage/folder.ts'
import type { Staging } from '../stage/staging.ts'

export interface ProveTask {
  /** Of what is proved. */
  readonly notes: readonly string[]
  readonly server: string | undefined
  readonly runner: 'auto' | 'alembic' | 'reading'
  readonly schema: string | undefined
  readonly sample: string | undefined
  readonly smoke: string | undefined
}

export async function proveStaging(staging: Staging, folder: FolderOnDisk, task: ProveTask): Promise<Certificate> {
  const dialect = staging.original[0]?.migration.dialect ?? 'postgres'
  const server = await serverFor(dialect, task.server)
  try {
    return await proveOn(await engines[dialect](server.url), staging, folder, task)
  } finally {
    await server.stop()
  }
}

interface Server {
  readonly url: string
  stop(): Promise<void>
}

const schemes: Readonly<Record<Engine['dialect'], RegExp>> = { postgres: /^postgres(ql)?:/, mysql: /^(mariadb|mysql):/, sqlite: /^$/ }
const named = { postgres: 'PostgreSQL', mysql: 'MySQL', sqlite: 'SQLite' } as const

/** A file is its own server, and a Postgres can be started; a MariaDB is somebody's. */
async function serverFor(dialect: Engine['dialect'], given: string | undefined): Promise<Server> {
  if (given !== undefined && !schemes[dialect].test(given)) throw stageServer({ dialect: named[dialect] })
  if (given !== undefined || dialect === 'sqlite') return { url: given ?? '', stop: async () => {} }
  if (dialect === 'mysql') throw stageServer({ dialect: named[dialect] })
  return startPostgres()
}

async function proveOn(engine: Engine, staging: Staging, folder: FolderOnDisk, task: ProveTask): Promise<Certificate> {
  const orders = ordersOf(staging, folder)
  const { runners, note } = runnersFor(engine, staging, orders, folder.root, task.runner)
  const { schema, sample, smoke } = task
  const notes = [...task.notes, ...(note ? [note] : [])]
  try {
    return await prove({ format: staging.format, orders, runners, engine, schema, sample, smoke, notes })
  } finally {
    await engine.close()
    runners.original.close()
    runners.staged.close()
  }
}

interface Chosen {
  readonly runners: { readonly original: Runner; readonly staged: Runner }
  readonly note: string | undefined
}

/** The tool itself where it is there and can be used; why not is said. */
function runnersFor(
  engine: Engine,
  { format, plan }: Staging,
  { original, staged }: Orders,
  root: string,
  wanted: ProveTask['runner'],
): Chosen {
  const reading = (note: string | undefined): Chosen => ({
    runners: { original: readingRunner(engine), staged: readingRunner(engine) },
    note,
  })
  if (wanted === 'reading') return reading(undefined)
  if (format !== 'alembic') return reading(`no runner of ${format} is used`)
  if (plan.excluded.length) return reading('alembic is not used where migrations are left out: their files are not there')
  const version = alembicVersion()
  if (version === undefined) return reading('alembic is not installed here')
  const of = (order: typeof original) => alembicRunner(order, root, version)
  return { runners: { original: of(original), staged: of(staged) }, note: undefined }
}
