// The old way beside the new one: pairs and measures that were made, and the one that is due.
import type { Context, Outcome } from '../context.ts'
import { commandLine } from '../context.ts'
import { type Define, examples } from '../define.ts'

interface Options {
  readonly html?: string
  readonly all?: boolean
}

export const define: Define = (command, act) => {
  command
    .option('--html <file>', 'one page with charts, to be passed on')
    .option('--all', 'every pair and measure, and not the last ten')
    .addHelpText(
      'after',
      examples(
        ['godwit shadow', 'how the pairs before the cutover and the measures after it went'],
        ['godwit shadow --html shadow.html', 'the same as a page with charts'],
        ['godwit shadow run', 'make the pair or the measure that is due; go through no gate'],
      ),
    )
    .action(act((context, options: Options) => show(context, options)))
  command
    .command('run')
    .description('make the pair or the measure that is due; go through no gate')
    .action(act((context) => makeOne(context)))
}

async function show(context: Context, { html, all }: Options): Promise<Outcome> {
  const [{ withPlan }, { gatherShadows }, { shadowText }] = await Promise.all([
    import('../project.ts'),
    import('../../report/shadow.ts'),
    import('../terminal/shadow-text.ts'),
  ])
  return withPlan(
    context,
    async ({ plan, db }) => {
      const shadows = await db.session((s) => gatherShadows(s, plan))
      const { screen } = context
      if (html !== undefined) {
        const [{ writeWhole }, { shadowPage }] = await Promise.all([import('../files.ts'), import('../../report/html/shadow.ts')])
        writeWhole(html, shadowPage(shadows))
        screen.say(`${screen.paint.green('✓')} Written to ${html}.`)
      } else for (const line of shadowText(shadows, screen, all === true)) screen.say(line)
      return { json: { shadow: shadows, ...(html === undefined ? {} : { file: html }) } }
    },
    { recorded: true },
  )
}

async function makeOne(context: Context): Promise<Outcome> {
  const [{ withPlan }, { makeDue }, { around }, { exit }] = await Promise.all([
    import('../project.ts'),
    import('../../run/due.ts'),
    import('../migrations.ts'),
    import('../../errors/error.ts'),
  ])
  return withPlan(context, async ({ plan, db, config }) => {
    const made = await makeDue(plan, db, around(config))
    const { screen } = context
    const { came } = made
    const next = `Next: ${commandLine(context, 'run')}`
    if ('waits' in came) screen.say(`⏸ ${came.waits}`)
    else screen.say(`${'done' in came ? `✓ ${came.done}` : `✗ ${came.rollBack}`}\n  ${next}`)
    return { exit: 'waits' in came ? exit.waiting : 'done' in came ? exit.done : exit.no, json: { made } }
  })
}
