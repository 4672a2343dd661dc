// A process of its own that carries a small plan out, to be killed or stopped from outside: kill.test.ts starts it.
// Says a line when it begins, one for each unit, and at the end how it ended.
import { plan, run } from '../../src/api.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { planNamed } from './plans.ts'
import { generous } from './process.ts'

const [url, name, workers] = process.argv.slice(2) as [string, string, string]
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

try {
  const db = await openPostgres({ url, applicationName: `child ${process.pid}` })
  const planned = await plan(planNamed(name).migration, db, { chunk: 7, workers: Number(workers), budget: generous, lockTimeoutMs: 5000 })
  say({ begun: process.pid })
  await run(planned, db, {
    observe: (e) => {
      if (e.type === 'step.progress') say({ unit: e.done })
    },
  })
  await db.close()
  say({ ended: 'done' })
} catch (error) {
  const { code, sqlstate, message, exit } = error as { code?: string; sqlstate?: string; message: string; exit?: number }
  say({ ended: code ?? sqlstate ?? 'unknown', message, exit })
}
process.exit()
