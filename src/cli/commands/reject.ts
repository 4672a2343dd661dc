// Says no to a question that a run has come to: it stays shut until the same person says yes, or the plan is another one.
import type { Outcome } from '../context.ts'
import { type Define, examples, several } from '../define.ts'

interface Options {
  readonly why: string
  readonly step?: string
  readonly as?: string[]
  readonly by?: string
}

export const define: Define = (command, act) =>
  void command
    .argument('<run>', 'r4, as godwit status names it')
    .requiredOption('--why <words>', 'the reason; somebody will ask')
    .option('--step <id>', 'cutover.1, where a run asks more than one question')
    .option('--as <roles>', 'in which roles, with commas (else all that you have)', several)
    .option('--by <name>', 'who says so (else GODWIT_USER, else the user of this machine)')
    .addHelpText('after', examples(['godwit reject r4 --why "the totals of May are off"', 'godwit run then ends with 4 and says so']))
    .action(
      act(
        async (context, run: string, { why, ...said }: Options): Promise<Outcome> =>
          (await import('../answering.ts')).giveAnswer(context, run, 'rejected', { ...said, note: why }),
      ),
    )
