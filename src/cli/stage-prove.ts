// A staged pile proved on the server of an address, or on one that is started for it.
import { startPostgres } from '../databases/embedded/index.ts'
import { alembicRunner, alembicVersion } from '../prove/alembic.ts'
import type { Certificate } from '../prove/certificate.ts'
import { type Orders, ordersOf } from '../prove/order.ts'
import { prove } from '../prove/prove.ts'
import { readingRunner } from '../prove/reading.ts'
import type { Runner } from '../prove/runner.ts'
import { Scratches } from '../prove/scratch.ts'
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
  if (task.server !== undefined) return proveOn(task.server, staging, folder, task)
  const server = await startPostgres()
  try {
    return await proveOn(server.url, staging, folder, task)
  } finally {
    await server.stop()
  }
}

async function proveOn(url: string, staging: Staging, folder: FolderOnDisk, task: ProveTask): Promise<Certificate> {
  const orders = ordersOf(staging, folder)
  const { runners, note } = runnersFor(staging, orders, folder.root, task.runner)
  const scratches = await Scratches.open(url)
  const { schema, sample, smoke } = task
  try {
    const fresh = (template?: string) => scratches.fresh(template)
    return await prove({
      format: staging.format,
      orders,
      runners,
      fresh,
      schema,
      sample,
      smoke,
      notes: [...task.notes, ...(note ? [note] : [])],
    })
  } finally {
    await scratches.close()
    runners.original.close()
    runners.staged.close()
  }
}

interface Chosen {
  readonly runners: { readonly original: Runner; readonly staged: Runner }
  readonly note: string | undefined
}

/** The tool itself where it is there and can be used; why not is said. */
function runnersFor({ format, plan }: Staging, { original, staged }: Orders, root: string, wanted: ProveTask['runner']): Chosen {
  const reading = (note: string | undefined): Chosen => ({ runners: { original: readingRunner(), staged: readingRunner() }, note })
  if (wanted === 'reading') return reading(undefined)
  if (format !== 'alembic') return reading(`no runner of ${format} is used`)
  if (plan.excluded.length) return reading('alembic is not used where migrations are left out: their files are not there')
  const version = alembicVersion()
  if (version === undefined) return reading('alembic is not installed here')
  const of = (order: typeof original) => alembicRunner(order, root, version)
  return { runners: { original: of(original), staged: of(staged) }, note: undefined }
}
