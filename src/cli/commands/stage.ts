// A pile of migrations, whatever wrote them: what each does, what depends on what, and in which phases it may ship. Nothing is run or written.
import { Option } from 'commander'
import { exit } from '../../errors/error.ts'
import type { Analysis } from '../../stage/analysis.ts'
import type { Compared } from '../../stage/base.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

interface Options {
  readonly format?: string
  readonly base?: string
}

interface PlanOptions extends Options {
  readonly settings?: string
}

export const define: Define = (command, act) => {
  command.addHelpText(
    'after',
    examples(
      ['godwit stage analyze db/versions', 'a verdict on each migration, and what depends on what'],
      ['godwit stage plan db/versions --base main', 'phases for what main does not have yet'],
      ['godwit stage plan db/versions --json', 'the same, for programs'],
    ),
  )
  command
    .command('analyze')
    .description('say of every migration what it does, and what depends on what')
    .argument('<folder>', 'where the migrations stand')
    .addOption(format())
    .option('--base <branch>', 'the branch that they are to be merged into: what is new, what was edited, what is gone')
    .action(act((context, folder: string, options: Options) => analyze(context, folder, options)))
  command
    .command('plan')
    .description('propose phases, and why; exit 4 where the files cannot ship in that order as they are')
    .argument('<folder>', 'where the migrations stand')
    .addOption(format())
    .option('--base <branch>', 'the branch that they are to be merged into: only what it does not have is staged')
    .option('--settings <file>', 'what is wanted of the phases: pin, exclude, together, before, max (else stage.yaml, if it is there)')
    .action(act((context, folder: string, options: PlanOptions) => plan(context, folder, options)))
}

const format = () => new Option('--format <format>', 'what wrote them (else it is seen by their files)')

interface Looked {
  readonly analysis: Analysis
  readonly compared: Compared | undefined
}

async function looked(context: Context, given: string, options: Options): Promise<Looked> {
  const [{ folderAt }, { readPile }, { analyse }, { comparedWith }] = await Promise.all([
    import('../../stage/folder.ts'),
    import('../../stage/pile.ts'),
    import('../../stage/analysis.ts'),
    import('../../stage/base.ts'),
  ])
  const folder = folderAt(given, context.globals.folder ?? '.')
  const pile = readPile(folder, options.format)
  const compared = options.base === undefined ? undefined : comparedWith(options.base, pile, folder, folder.root)
  return { analysis: await analyse(pile), compared }
}

async function analyze(context: Context, given: string, options: Options): Promise<Outcome> {
  const { analysis, compared } = await looked(context, given, options)
  const [{ graphOf }, { analysisText }, { analysisObject }] = await Promise.all([
    import('../../stage/graph.ts'),
    import('../terminal/stage-text.ts'),
    import('../../stage/object.ts'),
  ])
  const graph = graphOf(analysis.judged)
  for (const line of analysisText(analysis, graph, compared, context.screen)) context.screen.say(line)
  return { json: analysisObject(analysis, graph, compared) }
}

async function plan(context: Context, given: string, options: PlanOptions): Promise<Outcome> {
  const { analysis, compared } = await looked(context, given, options)
  const [{ planPhases }, { settingsFrom }, { planText }, { planObject }] = await Promise.all([
    import('../../stage/phases.ts'),
    import('../../stage/settings.ts'),
    import('../terminal/stage-text.ts'),
    import('../../stage/object.ts'),
  ])
  const settings = settingsFrom(options.settings, context.globals.folder ?? '.')
  const staged = planPhases(analysis, settings, compared?.added)
  for (const line of planText(analysis, staged, compared, context.screen)) context.screen.say(line)
  const asIs = staged.inversions.length === 0 && staged.placed.every((p) => p.parts.length === 1)
  return { exit: asIs ? exit.done : exit.no, json: planObject(analysis, staged, compared) }
}
