// The other end of drive.ts: a plan carried out, and a line printed where a run begins, where it comes to verify, and at its end.
import { readFileSync } from 'node:fs'
import { type Database, type Plan, type RunOptions, run } from '../src/api.ts'

export const say = (line: string) => process.stdout.write(`${line}\n`)
export const peakMemory = (): string => /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''

export async function driven(plan: Plan, db: Database, options: RunOptions): Promise<void> {
  say('began')
  await run(plan, db, {
    ...options,
    observe: (e) => {
      if (e.type === 'step.started' && e.step === 'verify.0') say('verifying')
    },
  })
  say('done')
  await db.close()
  say(`peak ${peakMemory()}`)
}
