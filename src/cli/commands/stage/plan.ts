// Phases, and why; what is to be split, and which files need another parent.
import { exit } from '../../../errors/error.ts'
import type { Context, Outcome } from '../../context.ts'
import { format, looked, type Options, type Verb } from './looked.ts'

interface PlanOptions extends Options {
  readonly settings?: string
}

export const plan: Verb = (command, act) => {
  command
    .command('plan')
    .description('propose phases, and why; exit 4 where the files cannot ship in that order as they are')
    .argument('<folder>', 'where the migrations stand')
    .addOption(format())
    .option('--base <branch>', 'the branch that they are to be merged into: only what it does not have is staged')
    .option('--settings <file>', 'what is wanted of the phases: pin, exclude, together, before, max (else stage.yaml, if it is there)')
    .action(act(work))
}

async function work(context: Context, given: string, options: PlanOptions): Promise<Outcome> {
  const { analysis, compared } = await looked(context, given, options)
  const [{ planPhases }, { settingsFrom }, { planText }, { planObject }] = await Promise.all([
    import('../../../stage/phases.ts'),
    import('../../../stage/settings.ts'),
    import('../../terminal/stage-text.ts'),
    import('../../../stage/object.ts'),
  ])
  const settings = settingsFrom(options.settings, context.globals.folder ?? '.')
  const staged = planPhases(analysis, settings, compared?.added)
  for (const line of planText(analysis, staged, compared, context.screen)) context.screen.say(line)
  const asIs = staged.inversions.length === 0 && staged.placed.every((p) => p.parts.length === 1)
  return { exit: asIs ? exit.done : exit.no, json: planObject(analysis, staged, compared) }
}
