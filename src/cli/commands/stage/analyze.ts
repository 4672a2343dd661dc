// A verdict on each migration, and what depends on what.
import type { Context, Outcome } from '../../context.ts'
import { format, looked, type Options, type Verb } from './looked.ts'

export const analyze: Verb = (command, act) => {
  command
    .command('analyze')
    .description('say of every migration what it does, and what depends on what')
    .argument('<folder>', 'where the migrations stand')
    .addOption(format())
    .option('--base <branch>', 'the branch that they are to be merged into: what is new, what was edited, what is gone')
    .action(act(work))
}

async function work(context: Context, given: string, options: Options): Promise<Outcome> {
  const { analysis, compared } = await looked(context, given, options)
  const [{ graphOf }, { analysisText }, { analysisObject }] = await Promise.all([
    import('../../../stage/graph.ts'),
    import('../../terminal/stage-text.ts'),
    import('../../../stage/object.ts'),
  ])
  const graph = graphOf(analysis.judged)
  for (const line of analysisText(analysis, graph, compared, context.screen)) context.screen.say(line)
  return { json: analysisObject(analysis, graph, compared) }
}
