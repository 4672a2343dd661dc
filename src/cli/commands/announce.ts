// What is going to happen, told to those whom it concerns before it does.
import { Option } from 'commander'
import { type Audience, audiences, type Facts } from '../../notify/announce/announcement.ts'
import { type Format, formats } from '../../notify/markup.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

interface Options {
  readonly audience: Audience
  readonly window?: string
  readonly format: Format
  readonly template?: string
  readonly out?: string
}

export const define: Define = (command, act) =>
  void command
    .addOption(new Option('--audience <who>', 'for whom').choices([...audiences]).default('users'))
    .option(
      '--window <from/to>',
      "when: '2026-12-01 02:00/04:00 Europe/Berlin' (UTC where no zone is said); a window of the migration is known",
    )
    .addOption(new Option('--format <format>', 'how').choices([...formats]).default('text'))
    .option('--template <file>', 'a text with {{names}}, or a .ts file that exports a function as its default')
    .option('--out <file>', 'a file (else stdout)')
    .addHelpText(
      'after',
      examples(
        ["godwit announce --window '2026-12-01 02:00/04:00'", 'for those who use the application'],
        ['godwit announce --audience team --format markdown', 'what is locked, what changes, the way back'],
        ['godwit announce --template news.txt', 'in words of your own'],
      ),
    )
    .action(act((context, options: Options) => announce(context, options)))

async function announce(context: Context, { audience, window, format, template, out }: Options): Promise<Outcome> {
  const [{ withPlan }, { factsOf }, { windowOf }, { announced }, { fromTemplate }, { writtenTo }, { ownFolder }, { rehearsalOf }] =
    await Promise.all([
      import('../project.ts'),
      import('../../notify/announce/announcement.ts'),
      import('../../notify/announce/window.ts'),
      import('../../notify/announce/write.ts'),
      import('../template.ts'),
      import('../written.ts'),
      import('../migrations.ts'),
      import('../../evidence/rehearsals.ts'),
    ])
  const when = window === undefined ? undefined : windowOf(window)
  return withPlan(context, async ({ plan, config, db }) => {
    const rehearsed = rehearsalOf(ownFolder(config), plan.id)
    const occasion = { environment: config.name, window: when, rehearsed, contacts: config.contacts, elsewhere: db.elsewhere?.kind }
    const facts: Facts = factsOf(plan, audience, occasion)
    const text = template === undefined ? announced(facts, audience, format) : await fromTemplate(template, facts, { audience, format })
    await writtenTo(context, out, text)
    return { json: { plan: plan.id, audience, facts, text, ...(out === undefined ? {} : { file: out }) } }
  })
}
