// A staged pile proved on the server of an address, or on one that is started for it.
import { startPostgres } from '../databases/embedded/index.ts'
import { stageRunner, stageServer } from '../errors/stage.ts'
import type { Certificate } from '../prove/certificate.ts'
import type { Engine } from '../prove/engines/engine.ts'
import { engines } from '../prove/engines/index.ts'
import { type Orders, ordersOf } from '../prove/order.ts'
import { prove } from '../prove/prove.ts'
import { tools } from '../prove/runners/index.ts'
import { readingRunner } from '../prove/runners/reading.ts'
import type { Runner } from '../prove/runners/runner.ts'
import type { FolderOnDisk } from '../stage/folder.ts'
import type { Staging } from '../stage/staging.ts'

export interface ProveTask {
  /** Of what is proved. */
  readonly notes: readonly string[]
  readonly server: string | undefined
  /** 'auto', 'reading', or the name of a tool. */
  readonly runner: string
  readonly schema: string | undefined
  readonly sample: string | undefined
  readonly smoke: string | undefined
}

export async function proveStaging(staging: Staging, folder: FolderOnDisk, task: ProveTask): Promise<Certificate> {
  const dialect = staging.original[0]?.migration.dialect ?? 'postgres'
  const server = await serverFor(
    dialect,
    task.server,
    tools.some((t) => t.format === staging.format && t.atPort),
  )
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
async function serverFor(dialect: Engine['dialect'], given: string | undefined, tcp: boolean): Promise<Server> {
  if (given !== undefined && !schemes[dialect].test(given)) throw stageServer({ dialect: named[dialect] })
  if (given !== undefined || dialect === 'sqlite') return { url: given ?? '', stop: async () => {} }
  if (dialect === 'mysql') throw stageServer({ dialect: named[dialect] })
  return startPostgres({ tcp })
}

async function proveOn(engine: Engine, staging: Staging, folder: FolderOnDisk, task: ProveTask): Promise<Certificate> {
  const { schema, sample, smoke } = task
  const opened: Runner[] = []
  try {
    const orders = ordersOf(staging, folder)
    const { runners, note } = runnersFor(engine, staging, orders, folder.root, task.runner)
    opened.push(runners.original, runners.staged)
    const notes = [...task.notes, ...(note ? [note] : [])]
    return await prove({ format: staging.format, orders, runners, engine, schema, sample, smoke, notes })
  } finally {
    await engine.close()
    for (const runner of opened) runner.close()
  }
}

interface Chosen {
  readonly runners: { readonly original: Runner; readonly staged: Runner }
  readonly note: string | undefined
}

/** The tool itself where it is there and can be used; why not is said. One that was asked for by name is not passed over for another. */
function runnersFor(engine: Engine, { format, plan }: Staging, { original, staged }: Orders, root: string, wanted: string): Chosen {
  const reading = (note: string | undefined): Chosen => ({
    runners: { original: readingRunner(engine), staged: readingRunner(engine) },
    note,
  })
  if (wanted === 'reading') return reading(undefined)
  const able = tools.filter((t) => t.format === format && t.dialects.includes(engine.dialect))
  const whys: string[] = []
  for (const tool of wanted === 'auto' ? able : able.filter((t) => t.name === wanted)) {
    const unfit = plan.excluded.length
      ? 'migrations are left out: their files are not there'
      : (tool.unfit?.(original) ?? tool.unfit?.(staged))
    const found = unfit === undefined ? tool.installed(root) : undefined
    if (found) {
      const of = (order: typeof original) => found.runner(order, root, engine.dialect)
      return { runners: { original: of(original), staged: of(staged) }, note: undefined }
    }
    whys.push(unfit === undefined ? `${tool.name} is not installed here` : `${tool.name} is not used: ${unfit}`)
  }
  if (wanted !== 'auto') throw stageRunner({ runner: wanted, why: whys[0] ?? `it carries out no pile of ${format}` })
  return reading(whys.join('; ') || `no runner of ${format} is used`)
}
