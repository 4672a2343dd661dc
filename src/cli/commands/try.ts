// Maps one source row and shows what comes of it. Nothing is kept.
import type { Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

export const define: Define = (command, act) =>
  void command
    .argument('<key>', 'the key of the source row; of several columns as JSON: ["a","b"]')
    .option('--mapping <name>', 'if the migration has several')
    .option('--all', 'also columns of the source that no output reads')
    .addHelpText(
      'after',
      examples(
        ['godwit try 510', 'before, after, and the rule that holds it back, if one does'],
        ['godwit try 510 --json', 'the same for programs'],
      ),
    )
    .action(
      act(
        async (context, key: string, options: { mapping?: string; all?: boolean }): Promise<Outcome> =>
          (await import('../try-row.ts')).tryRow(context, key, options),
      ),
    )
