// The plan as a list to go by: each command, what is seen then, and what to do if not.
import { type Context, commandLine, type Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

export const define: Define = (command, act) =>
  void command
    .option('--out <file>', 'a file (else stdout)')
    .addHelpText(
      'after',
      examples(
        ['godwit runbook', 'Markdown, with boxes to tick'],
        ['godwit runbook --env prod --out runbook.md', 'for those who carry it out, and for review'],
      ),
    )
    .action(act((context, options: { out?: string }) => write(context, options.out)))

async function write(context: Context, out: string | undefined): Promise<Outcome> {
  const [{ withPlan }, { runbook }, { writtenTo }, { ownFolder }, { rehearsalOf }] = await Promise.all([
    import('../project.ts'),
    import('../../notify/runbook/runbook.ts'),
    import('../written.ts'),
    import('../migrations.ts'),
    import('../../evidence/rehearsals.ts'),
  ])
  return withPlan(context, async ({ plan, config }) => {
    const rehearsed = rehearsalOf(ownFolder(config), plan.id)
    const place = {
      where: config.describe(),
      contacts: config.contacts,
      rehearsed,
      command: (words: string) => commandLine(context, words),
    }
    const text = runbook(plan, place)
    await writtenTo(context, out, text)
    return { json: { plan: plan.id, runbook: text, ...(out === undefined ? {} : { file: out }) } }
  })
}
