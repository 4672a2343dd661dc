// Carries the migration out, or goes on where it stopped.
import { InvalidArgumentError, Option } from 'commander'
import { exit } from '../../errors/error.ts'
import type { Observe } from '../../events/event.ts'
import { type Phase, phases } from '../../events/phase.ts'
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
  readonly to?: Phase
}

export const define: Define = (command, act) =>
  void command
    .option('--dry-run', 'do all of it in one transaction and roll it back: exact, and it holds its locks until the end')
    .addOption(
      new Option('--to <phase>', 'stop after this phase; up to verify, a run that is complete passes over its rows again').choices(phases),
    )
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
        ['godwit run --to verify', 'everything but the cutover'],
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

/** Without a name: those that are not through yet, one after another; where all are, all again. */
async function begin(context: Context, options: Options): Promise<Outcome> {
  const names = context.globals.migration === undefined ? await namesToRun(context) : []
  if (names.length < 2) return beginOne(names.length ? named(context, names[0]!) : context, options)
  const runs: object[] = []
  for (const name of names) {
    const outcome = await beginOne(named(context, name), options)
    runs.push(outcome.json!)
    if (outcome.exit || options.to) return { ...outcome, json: { runs } }
  }
  return { json: { runs } }
}

const named = (context: Context, migration: string): Context => ({ ...context, globals: { ...context.globals, migration } })

async function namesToRun(context: Context): Promise<string[]> {
  const [{ configOf, withDatabase }, { migrationsIn }, { runsIn }] = await Promise.all([
    import('../project.ts'),
    import('../migrations.ts'),
    import('../state.ts'),
  ])
  const config = await configOf(context)
  const names = (await migrationsIn(config)).map((f) => f.migration.name)
  if (names.length < 2) return []
  return withDatabase(context, config, async ({ db }) => {
    const runs = await db.session(runsIn)
    const through = new Set(runs.filter((r) => r.state === 'finished').map((r) => r.migration))
    const open = names.filter((n) => !through.has(n))
    return open.length ? open : names
  })
}

async function beginOne(context: Context, options: Options): Promise<Outcome> {
  const [{ withPlan }, { typed }] = await Promise.all([import('../project.ts'), import('../confirm.ts')])
  const { limit, workers, chunk, budget: allowed } = options
  const manner = { ...(workers ? { workers } : {}), ...(chunk ? { chunk } : {}), ...(allowed ? { budget: allowed } : {}) }
  return withPlan(
    context,
    async (planned) => {
      if (!options.dryRun) await typed(context, planned.config, `A run of ${planned.plan.migration}`, options.confirm)
      return carryOut(context, planned, { limit, dryRun: options.dryRun === true, to: options.to })
    },
    { manner },
  )
}

async function carryOut(
  context: Context,
  { plan, db, config, url }: Planned,
  options: { limit: number | undefined; dryRun: boolean; to: Phase | undefined },
): Promise<Outcome> {
  const [
    { run },
    { showProgress },
    { stopOnSignal },
    { whenFree },
    { wallClock },
    { runEnd, stoppedRun },
    { lastUnit, runsIn },
    { around },
    { telling },
  ] = await Promise.all([
    import('../../run/run.ts'),
    import('../terminal/progress.ts'),
    import('../stop.ts'),
    import('../holder.ts'),
    import('../../run/clock.ts'),
    import('../terminal/run-end.ts'),
    import('../state.ts'),
    import('../migrations.ts'),
    import('../telling.ts'),
  ])
  const { screen } = context
  const resume = commandLine(context, 'run')
  const behind = options.dryRun ? undefined : await db.session((s) => lastUnit(s, plan.migration))
  const progress = showProgress(screen, wallClock.now, behind)
  const stop = stopOnSignal(context, url, resume)
  try {
    const carried = (observe: Observe) =>
      whenFree(db, screen.note, stop.signal, () => run(plan, db, { ...options, ...around(config), observe, signal: stop.signal }))
    // what is rolled back has not happened: nobody is told of it
    const view = await (options.dryRun ? carried(progress.observe) : telling(context, { config, db }, progress.observe, carried))
    progress.stop()
    const kept = options.dryRun ? undefined : (await db.session(runsIn)).find((r) => r.run === view.run)?.books
    const books = kept ?? view.steps.flatMap((s) => s.books)
    const words = { dryRun: options.dryRun, quarantine: commandLine(context, 'quarantine'), resume }
    screen.say(
      runEnd(
        view,
        books.map((b) => b.totals),
        screen,
        words,
      ),
    )
    return { exit: view.state === 'waiting' ? exit.waiting : exit.done, json: { run: view, dryRun: options.dryRun } }
  } catch (error) {
    progress.stop()
    throw stoppedRun(error, progress.view(), screen, resume)
  } finally {
    stop.release()
  }
}
