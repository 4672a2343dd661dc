// Takes a run back: its rows and no others.
import { Option } from 'commander'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'
import type { Planned, Project } from '../project.ts'

interface Options {
  readonly to?: 'verify'
  readonly loseChanges?: boolean
  readonly confirm?: string
}

export const define: Define = (command, act) =>
  void command
    .argument('[run]', 'r1, as godwit status names it; left out: the one that is there')
    .addOption(new Option('--to <phase>', 'take back only the cutover, and leave the rows: verify').choices(['verify']))
    .option('--lose-changes', 'also rows of ours that others have changed since: their changes are lost')
    .option('--confirm <name>', "the database's name, for a protected environment")
    .addHelpText(
      'after',
      examples(
        ['godwit undo', 'asks first, then takes back the run that is there'],
        ['godwit undo r4 --yes', 'without asking'],
        ['godwit undo --to verify', 'only the cutover; the rows stay'],
      ),
    )
    .action(act((context, run: string | undefined, options: Options) => begin(context, run, options)))

async function begin(context: Context, run: string | undefined, options: Options): Promise<Outcome> {
  const [{ withPlan }, { typed, confirmed }, { theRunOf }] = await Promise.all([
    import('../project.ts'),
    import('../confirm.ts'),
    import('../state.ts'),
  ])
  const name = (project: Project) => migrationOf(project, run)
  return withPlan(
    context,
    async (planned) => {
      const { plan, db, config } = planned
      const there = await theRunOf(db, plan.migration)
      await refuseOther(plan.migration, run, there.id)
      await refuseRestructured(planned, there)
      if (config.protected) await typed(context, config, `Taking back run r${there.id} of ${plan.migration}`, options.confirm)
      else await confirmed(context, `Take back run r${there.id} of ${plan.migration} in ${config.describe()}?`)
      return options.to ? takeCutoverBack(context, planned) : takeBack(context, planned, options)
    },
    { name, recorded: true },
  )
}

/** A run's number says which migration it is. */
async function migrationOf({ db }: Project, run: string | undefined): Promise<string | undefined> {
  if (run === undefined) return undefined
  const [{ runsIn }, { runUnknown }] = await Promise.all([import('../state.ts'), import('../../errors/cli.ts')])
  const runs = await db.session(runsIn)
  const found = runs.find((r) => r.run === run && r.state !== 'undone')
  if (!found) throw runUnknown({ run, known: runs.filter((r) => r.state !== 'undone').map((r) => `${r.run} of ${r.migration}`) })
  return found.migration
}

async function refuseOther(migration: string, asked: string | undefined, there: number): Promise<void> {
  if (asked === undefined || asked === `r${there}`) return
  const { runUnknown } = await import('../../errors/cli.ts')
  throw runUnknown({ run: asked, known: [`r${there} of ${migration}`] })
}

/** What the ledger keeps is read by the mapping: with other outputs, rows of the old ones would stay behind unseen. */
async function refuseRestructured({ plan }: Planned, there: { id: number; lines: Readonly<Record<string, string>> }): Promise<void> {
  const changed = [...new Set([...Object.keys(there.lines), ...Object.keys(plan.lines)])].filter(
    (name) => name.endsWith(' ledger') && there.lines[name] !== plan.lines[name],
  )
  if (!changed.length) return
  const names = changed.map((line) => line.replace(/ ledger$/, '')).join(', ')
  const { GodwitError, exit } = await import('../../errors/error.ts')
  throw new GodwitError('GW_PLAN_CHANGED', exit.usage, {
    message: `Run r${there.id} was made by another mapping: its ledger does not keep what this one would look for (${names}).`,
    hint: 'Put the migration file back as it was, and take the run back with it.',
  })
}

async function takeBack(context: Context, { plan, db, config, url }: Planned, options: Options): Promise<Outcome> {
  const [
    { undo },
    { showProgress },
    { stopOnSignal },
    { whenFree },
    { wallClock },
    { commandLine },
    { proofHolds, undoText },
    { around },
    { telling },
  ] = await Promise.all([
    import('../../run/undo.ts'),
    import('../terminal/progress.ts'),
    import('../stop.ts'),
    import('../holder.ts'),
    import('../../run/clock.ts'),
    import('../context.ts'),
    import('../terminal/undo-text.ts'),
    import('../migrations.ts'),
    import('../telling.ts'),
  ])
  const progress = showProgress(context.screen, wallClock.now)
  const stop = stopOnSignal(context, url, commandLine(context, 'undo'))
  try {
    const done = await telling(context, { config, db }, progress.observe, (observe) =>
      whenFree(db, context.screen.note, stop.signal, () =>
        undo(plan, db, { ...around(config), loseChanges: options.loseChanges === true, observe, signal: stop.signal }),
      ),
    )
    progress.stop()
    for (const line of undoText(done, context.screen)) context.screen.say(line)
    return {
      exit: proofHolds(done) ? 0 : 4,
      json: { run: done.run, removed: done.removed, restored: done.restored, digest: done.digest, proof: done.proof },
    }
  } finally {
    progress.stop()
    stop.release()
  }
}

/** The rows stay: only what the cutover did is taken back. */
async function takeCutoverBack(context: Context, { plan, db, config }: Planned): Promise<Outcome> {
  const [{ wrapped }, { undoCutover }, { whenFree }, { around }, { telling }] = await Promise.all([
    import('../terminal/layout.ts'),
    import('../../run/cutover.ts'),
    import('../holder.ts'),
    import('../migrations.ts'),
    import('../telling.ts'),
  ])
  const { screen } = context
  const done = await telling(
    context,
    { config, db },
    () => undefined,
    (observe) => whenFree(db, screen.note, new AbortController().signal, () => undoCutover(plan, db, { ...around(config), observe })),
  )
  for (const step of done.steps) screen.say(`${screen.paint.green('✓')} taken back  ${step}`)
  const next = `The cutover of run ${done.run} is taken back. Its rows are still there: godwit run verifies them anew and comes to the cutover again.`
  screen.say(wrapped(next, '', screen.width))
  return { json: { run: done.run, steps: done.steps } }
}
