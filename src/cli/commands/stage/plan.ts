// Phases, and why; what is to be split, and which files need another parent.
import { Option } from 'commander'
import { exit } from '../../../errors/error.ts'
import type { Staging, StagingFormat } from '../../../report/stage/index.ts'
import type { Context, Outcome } from '../../context.ts'
import { filesOf, format, looked, type Options, type Verb } from './looked.ts'
import { writeStaged } from './write.ts'

interface PlanOptions extends Options {
  readonly settings?: string
  readonly report?: StagingFormat
  readonly out?: string
  readonly write?: string
}

export const plan: Verb = (command, act) => {
  command
    .command('plan')
    .description('propose phases, and why; exit 4 where the files cannot ship in that order as they are')
    .argument('<folder>', 'where the migrations stand')
    .addOption(format())
    .option('--base <branch>', 'the branch that they are to be merged into: only what it does not have is staged')
    .option('--settings <file>', 'what is wanted of the phases: pin, exclude, together, before, max (else stage.yaml, if it is there)')
    .addOption(new Option('--report <kind>', 'as a page with the graph, or for a pull request or a wiki').choices(['html', 'markdown']))
    .option('--out <file>', 'where the report is written (else stdout)')
    .option('--write <folder>', 'write the staged pile there: cut, in one line, in its own format; yours stays what it is')
    .action(act(work))
}

async function work(context: Context, given: string, options: PlanOptions): Promise<Outcome> {
  const found = await looked(context, given, options)
  const { folder, analysis, compared } = found
  const [{ planPhases }, { neverCut }, { settingsFrom }, { planText }, { planObject }] = await Promise.all([
    import('../../../stage/phases.ts'),
    import('../../../stage/pile.ts'),
    import('../../../stage/settings.ts'),
    import('../../terminal/stage-text.ts'),
    import('../../../stage/object.ts'),
  ])
  const settings = settingsFrom(options.settings, context.globals.folder ?? '.')
  const staged = planPhases(analysis, settings, compared?.added, neverCut(analysis.pile))
  const application = compared && (await filesOf(found, staged, settings))
  if (options.report)
    await tell(context, { folder: folder.at || '.', analysis, plan: staged, compared, application }, options.report, options.out)
  else for (const line of planText(analysis, staged, compared, application, context.screen)) context.screen.say(line)
  const written = options.write === undefined ? undefined : await writeStaged(context, given, options, options.write)
  const asIs = staged.inversions.length === 0 && staged.placed.every((p) => p.parts.length === 1)
  return {
    exit: asIs ? exit.done : exit.no,
    json: { ...planObject(analysis, staged, compared, application), ...(written ? { written } : {}) },
  }
}

async function tell({ screen }: Context, staging: Staging, kind: StagingFormat, out: string | undefined): Promise<void> {
  const { renderStaging } = await import('../../../report/stage/index.ts')
  const text = renderStaging(staging, kind)
  if (out === undefined) return screen.say(text.trimEnd())
  const { writeWhole } = await import('../../files.ts')
  writeWhole(out, text)
  screen.say(`${screen.paint.green('✓')} Written to ${out}.`)
}
