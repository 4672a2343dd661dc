// Says everything that a run would do, and changes nothing.
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

interface Options {
  readonly sql?: boolean
  readonly out?: string
}

export const define: Define = (command, act) =>
  void command
    .option('--sql', 'every statement, in order, with the locks it takes')
    .option('--out <file>', 'also write the plan to a file, as JSON')
    .addHelpText(
      'after',
      examples(
        ['godwit plan', 'what would be read, written, checked; what is odd; whether it can be taken back'],
        ['godwit plan --sql', 'every statement with its locks'],
        ['godwit plan --json', 'all of it as one object'],
      ),
    )
    .action(act((context, options: Options) => show(context, options)))

async function show(context: Context, options: Options): Promise<Outcome> {
  const [{ withPlan }, { planObject }, { planText, planSql }, { nextStep, runsIn }, { holderOf }, { ownFolder }, { rehearsalOf }] =
    await Promise.all([
      import('../project.ts'),
      import('../../plan/object.ts'),
      import('../terminal/plan-text.ts'),
      import('../state.ts'),
      import('../holder.ts'),
      import('../migrations.ts'),
      import('../../evidence/rehearsals.ts'),
    ])
  const { screen } = context
  return withPlan(context, async ({ plan, db, config }) => {
    const object = planObject(plan, db.name)
    if (options.out) {
      const { writeWhole } = await import('../files.ts')
      writeWhole(options.out, `${JSON.stringify({ godwit: 1, plan: object }, null, 2)}\n`)
    }
    if (options.sql) screen.say(planSql(plan))
    else {
      const [runs, holder] = await db.session(async (s) => [await runsIn(s), await holderOf(s)] as const)
      const run = runs.findLast((r) => r.migration === plan.migration && r.state !== 'undone')
      const rehearsed = rehearsalOf(ownFolder(config), plan.id)
      screen.say(planText(plan, { environment: config.name, database: db.name, elsewhere: db.elsewhere?.kind, rehearsed }, screen))
      screen.say(screen.paint.dim(`Next: ${nextStep(plan, run, holder !== undefined)}.${run ? `   (${run.run} is ${run.state})` : ''}`))
    }
    if (options.out) screen.say(`Written to ${options.out}.`)
    return { json: { plan: object } }
  })
}
