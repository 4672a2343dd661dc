// Carries the migration out, or goes on where it stopped.
import { InvalidArgumentError } from 'commander'
import { type Context, commandLine, type Outcome } from '../context.ts'
import { type Define, examples, wholeNumber } from '../define.ts'
import type { Planned } from '../project.ts'

interface Options {
  readonly limit?: number
  readonly dryRun?: boolean
  readonly workers?: number
  readonly chunk?: number
  readonly budget?: { rows: number; percent: number }
  readonly confirm?: string
}

export const define: Define = (command, act) =>
  void command
    .option('--dry-run', 'do all of it in one transaction and roll it back: exact, and it holds its locks until the end')
    .option('--limit <rows>', 'stop after so many source rows of each mapping', wholeNumber)
    .option('--workers <n>', 'units at once (else run.workers of the configuration)', wholeNumber)
    .option('--chunk <rows>', 'rows of a unit (else adapted to how long one takes)', wholeNumber)
    .option('--budget <rows|percent>', 'how much may go to quarantine: 200, 5%, or 200,5% for the lower of both', budget)
    .option('--confirm <name>', "the database's name, for a protected environment")
    .addHelpText(
      'after',
      examples(
        ['godwit run', 'begin, go on after a stop, or bring over what has changed'],
        ['godwit run --limit 1000', 'a first thousand rows; run again for the rest'],
        ['godwit run --dry-run', 'see what would come of it'],
        ['godwit run --env prod --confirm app', 'in a protected environment, without a person'],
      ),
    )
    .action(act((context, options: Options) => begin(context, options)))

/** '200' → 200 rows, whatever share that is; '5%' → a share, however many rows; '200,5%' → the lower. */
function budget(text: string): { rows: number; percent: number } {
  const parts = text.split(',').map((p) => p.trim())
  const rows = parts.find((p) => /^\d+$/.test(p))
  const percent = parts.find((p) => /^\d+(\.\d+)?\s*%$/.test(p))
  if (parts.length !== [rows, percent].filter((p) => p !== undefined).length)
    throw new InvalidArgumentError(`It is a number of rows, a percentage or both: 200, 5%, 200,5%. It is not '${text}'.`)
  return {
    rows: rows === undefined ? Number.MAX_SAFE_INTEGER : Number(rows),
    percent: percent === undefined ? 100 : Math.min(100, Number.parseFloat(percent)),
  }
}

async function begin(context: Context, options: Options): Promise<Outcome> {
  const [{ withPlan }, { typed }] = await Promise.all([import('../project.ts'), import('../confirm.ts')])
  const { limit, workers, chunk, budget: allowed } = options
  const manner = { ...(workers ? { workers } : {}), ...(chunk ? { chunk } : {}), ...(allowed ? { budget: allowed } : {}) }
  return withPlan(
    context,
    async (planned) => {
      if (!options.dryRun) await typed(context, planned.config, `A run of ${planned.plan.migration}`, options.confirm)
      return carryOut(context, planned, { limit, dryRun: options.dryRun === true })
    },
    { manner },
  )
}

async function carryOut(
  context: Context,
  { plan, db, config, url }: Planned,
  options: { limit: number | undefined; dryRun: boolean },
): Promise<Outcome> {
  const [{ run }, { showProgress }, { stopOnSignal }, { whenFree }, { wallClock }, { runEnd, stoppedRun }, { lastUnit, runsIn }] =
    await Promise.all([
      import('../../run/run.ts'),
      import('../terminal/progress.ts'),
      import('../stop.ts'),
      import('../holder.ts'),
      import('../../run/clock.ts'),
      import('../terminal/run-end.ts'),
      import('../state.ts'),
    ])
  const { screen } = context
  const resume = commandLine(context, 'run')
  const behind = options.dryRun ? undefined : await db.session((s) => lastUnit(s, plan.migration))
  const progress = showProgress(screen, wallClock.now, behind)
  const stop = stopOnSignal(context, url, resume)
  try {
    const view = await whenFree(db, screen.note, stop.signal, () =>
      run(plan, db, { ...options, environment: config.name, observe: progress.observe, signal: stop.signal }),
    )
    progress.stop()
    const kept = options.dryRun ? undefined : (await db.session(runsIn)).find((r) => r.run === view.run)?.books
    const books = kept ?? view.steps.flatMap((s) => s.books)
    const words = { dryRun: options.dryRun, quarantine: commandLine(context, 'quarantine') }
    screen.say(
      runEnd(
        view,
        books.map((b) => b.totals),
        screen,
        words,
      ),
    )
    return { json: { run: view, dryRun: options.dryRun } }
  } catch (error) {
    progress.stop()
    throw stoppedRun(error, progress.view(), screen, resume)
  } finally {
    stop.release()
  }
}
