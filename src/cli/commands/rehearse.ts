// A rehearsal on a copy that is made of a backup: how long it takes, what comes of it, and whether it can be taken back.
import type { Define } from '../define.ts'
import { examples } from '../define.ts'

export const define: Define = (command, act) =>
  void command
    .option('--backup <name>', 'of this backup, its name or latest (else one is taken now)')
    .addHelpText(
      'after',
      examples(
        ['godwit rehearse', 'back up, bring back into a scratch database, run there, take back, compare'],
        ['godwit rehearse --backup latest', 'on the last backup; the database itself is only asked for its tables'],
      ),
    )
    .action(
      act(async (context, options: { readonly backup?: string }) =>
        (await import('../rehearse.ts')).rehearseOnCopy(context, options.backup),
      ),
    )
