// Drops what a run has retired, for good. A command of its own, because nothing takes it back.
import type { Context, Outcome } from '../context.ts'
import { type Define, examples, several } from '../define.ts'

export interface PurgeAsked {
  readonly kept?: string[]
  readonly withoutCopy?: string
  readonly confirm?: string
}

export const define: Define = (command, act) =>
  void command
    .option(
      '--kept <files>',
      'where the rows are kept: files of an export or a manifest of a backup, with commas; each is read and its digest recorded',
      several,
    )
    .option('--without-copy <why>', 'there is no copy, and why that is all right')
    .option('--confirm <migration>', 'the name of the migration, instead of typing it')
    .addHelpText(
      'after',
      examples(
        ['godwit purge', 'says what would go and from when on, then asks for the name to be typed'],
        ['godwit export godwit_retired.public.old --out old.parquet', 'a copy first'],
        ['godwit purge --kept old.parquet --confirm orders', 'without asking'],
      ),
    )
    .action(
      act(
        async (context: Context, options: PurgeAsked): Promise<Outcome> => (await import('../purging.ts')).purgeRetired(context, options),
      ),
    )
