// Ctrl-C and SIGTERM: the first lets the unit in hand finish, the second within five seconds drops it. Nothing is half done either way.
import pg from 'pg'
import { exit } from '../errors/error.ts'
import type { Context } from './context.ts'
import { sessionName } from './embedded.ts'
import type { Screen } from './terminal/screen.ts'

export interface Stop {
  readonly signal: AbortSignal
  /** As before: the next Ctrl-C ends the process. */
  release(): void
}

const patience = 5000

/** `resume`: the command that goes on from here. */
export function stopOnSignal({ screen, command }: Pick<Context, 'screen' | 'command'>, url: string, resume: string): Stop {
  const asked = new AbortController()
  let last = Number.NEGATIVE_INFINITY
  const onSignal = (name: NodeJS.Signals) => {
    const now = performance.now()
    const again = asked.signal.aborted && now - last < patience
    last = now
    if (again) return void drop(screen, url, { command, resume })
    const how = name === 'SIGINT' ? '^C' : name
    screen.note(`${how}  finishing the unit in hand (once more within 5 s drops it) …`)
    asked.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, onSignal)
  return {
    signal: asked.signal,
    release: () => {
      for (const name of signals) process.off(name, onSignal)
    },
  }
}

/** Sessions that are only left would work on for a while and hold the lock; ended, the server rolls the unit back at once. */
async function drop(screen: Screen, url: string, { command, resume }: { command: string; resume: string }): Promise<never> {
  await Promise.race([endSessions(url).catch(() => undefined), new Promise((done) => setTimeout(done, 2000))])
  screen.note(`Dropped: the unit in hand was rolled back, nothing is half done.\nResume: ${resume}`)
  if (screen.json)
    screen.object({
      godwit: 1,
      command,
      ok: false,
      exit: exit.interrupted,
      error: {
        code: 'GW_INTERRUPTED',
        message: 'The unit in hand was dropped. Nothing is half done.',
        hint: `Resume: ${resume}`,
        exit: exit.interrupted,
      },
    })
  process.exit(exit.interrupted)
}

async function endSessions(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1500 })
  client.on('error', () => {})
  await client.connect()
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()', [
    sessionName,
  ])
  await client.end()
}
