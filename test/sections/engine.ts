// The engine as these tests use it: one file, one migration, and what became of it.
import { checks } from '../../examples/sections/checks.ts'
import config from '../../examples/sections/godwit.config.ts'
import * as example from '../../examples/sections/migration.ts'
import * as schema from '../../examples/sections/schema.ts'
import {
  type Answer,
  connect,
  type Database,
  type Plan,
  plan,
  quarantineList,
  type RunOptions,
  run,
  type UndoOptions,
  undo,
  type View,
  verify,
} from '../../src/api.ts'
import { type Migration, migration as migrationOf } from '../../src/index.ts'
import { answersIn, notPassed } from '../support/example.ts'
import { serverUrl } from '../support/postgres.ts'
import { type Application, asText, differences, tables } from './application.ts'
import { type Expected, expectedOf } from './oracle.ts'

export { bookedFor } from '../support/example.ts'

/** The rows and what must be true of them: all of the example but what comes before and after. */
export const rowsOf = ({ sections, tasks, templates, instances }: Omit<typeof example, 'default'>): Migration =>
  migrationOf('sections', sections, tasks, templates, instances, {
    reads: [schema.suppliers, schema.projects, schema.taskTemplatesOld],
    verify: checks(sections),
  })
export const rows = rowsOf(example)

interface Options extends RunOptions {
  readonly migration?: Migration
  readonly workshop?: string
}

/** As another command each time: nothing is left of what the last one knew. */
async function planned<T>(url: string, { migration = rows, workshop = serverUrl() }: Options, work: (p: Plan, db: Database) => Promise<T>) {
  const db = await connect(url, { workshop })
  try {
    return await work(await plan(migration, db, { readOnly: config.owns!.readOnly! }), db)
  } finally {
    await db.close()
  }
}

interface Migrated {
  readonly view: View
  /** By mapping and source key, why a row waits. */
  readonly waits: readonly string[]
}

/** Fails where its verification says no. */
export const migrate = (url: string, how: Options = {}): Promise<Migrated> =>
  planned(url, how, async (p, db) => {
    const view = await run(p, db, { workers: 1, chunk: 1000, ...how })
    return { view, waits: (await quarantineList(p, db)).map((q) => `${q.mapping} ${q.key} ${q.code}`).toSorted() }
  })

export const takeBack = (url: string, how: UndoOptions & Options = {}) => planned(url, how, (p, db) => undo(p, db, how))

/** What a verification objects to. */
export const objections = (url: string): Promise<string[]> =>
  planned(url, {}, async (p, db) => notPassed((await verify(p, db)).answers).map((a) => `${a.title}: ${a.verdict}`))

/** How a run ends, and what verification objected to in it. */
export async function endOf(url: string, migration: Migration): Promise<{ end: string; objections: readonly Answer[] }> {
  const { end, answers } = await answersIn((observe) =>
    migrate(url, { migration, observe, budget: { rows: 5000, percent: 100 } }).then(({ view }) => view),
  )
  return { end, objections: notPassed(answers) }
}

export const waiting = ({ fates }: Expected): string[] =>
  Object.entries(fates)
    .flatMap(([mapping, of]) => [...of].filter(([, fate]) => /^[A-Z_]+$/.test(fate)).map(([key, fate]) => `${mapping} ${key} ${fate}`))
    .toSorted()

/** Where the file is not as the oracle has it. */
export function wrong(app: Application, should: Expected = expectedOf(app)): string[] {
  const filled = {
    tasks: app.all('tasks').map((t) => asText({ ...t, ...should.tasks.get(t['id'] as string) })),
    supplier_task_instances: app
      .all('supplier_task_instances')
      .map((i) => asText({ ...i, projectTaskTemplateId: should.instances.get(i['id'] as string)! })),
  }
  return [
    ...tables.made.flatMap((name) => differences(should[name].map(asText), app.all(name).map(asText))),
    ...tables.filled.flatMap((name) => differences(filled[name], app.all(name).map(asText))),
  ]
}
