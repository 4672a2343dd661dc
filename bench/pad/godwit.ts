// Godwit in a process of its own, so that the memory that is measured is only its own.
// Arguments: url, workers, ids. Prints a line where a run begins and where it comes to verify, and at the end its peak of memory.
import { readFileSync } from 'node:fs'
import { connect, plan, run } from '../../src/api.ts'
import { type Ids, padMigration } from './migration.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const peakMemory = (): string => /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''

async function main(url: string, workers: number, ids: Ids): Promise<void> {
  const db = await connect(url)
  const planned = await plan(padMigration(ids), db)
  say('began')
  await run(planned, db, {
    workers,
    // one row in 997 is to be refused, which is more than the default allows
    budget: { rows: 1_000_000, percent: 1 },
    observe: (e) => {
      if (e.type === 'step.started' && e.step === 'verify.0') say('verifying')
    },
  })
  say('done')
  await db.close()
  say(`peak ${peakMemory()}`)
}

const [url, workers, ids] = process.argv.slice(2)
await main(url!, Number(workers), ids as Ids)
