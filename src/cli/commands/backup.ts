// Backups: taken and proved, listed, looked through, and brought back.
import { Option } from 'commander'
import { exportForms } from '../../databases/backup.ts'
import type { Outcome } from '../context.ts'
import { type Define, examples, several } from '../define.ts'

const here = () => import('../backup.ts')

export const define: Define = (command, act) => {
  command.addHelpText(
    'after',
    examples(
      ['godwit backup take', 'the tables that the migration writes and reads'],
      ['godwit backup take --database', 'the whole database'],
      ['godwit backup list', 'what there is'],
      ['godwit backup verify latest', 'whether it is still what was written; needs no database'],
      ['godwit backup restore latest --into app_before', 'all of it into a database of that name, made if it is not there'],
      ['godwit backup restore latest --into app --table customer', 'one table that was lost'],
    ),
  )
  command
    .command('take')
    .description('take a snapshot, bring it back into a scratch database, and compare; only then it counts')
    .addOption(new Option('--table <names>', 'only these and what they need, with commas').argParser(several))
    .option('--database', 'the whole database')
    .addOption(new Option('--with <form>', 'also in a form that other programs read').choices(exportForms))
    .action(
      act(
        async (context, o: { table?: string[]; database?: boolean; with?: (typeof exportForms)[number] }): Promise<Outcome> =>
          (await here()).takeOne(context, o),
      ),
    )
  command
    .command('list')
    .description('all backups of this project, and whether they were proved')
    .action(act(async (context): Promise<Outcome> => (await here()).listAll(context)))
  command
    .command('show')
    .description('what a backup holds, of when, and what it does not hold')
    .argument('<backup>', 'its name, the beginning of it, or latest')
    .action(act(async (context, name: string): Promise<Outcome> => (await here()).showOne(context, name)))
  command
    .command('verify')
    .description('hold every file against the manifest; needs no database')
    .argument('<backup>', 'its name, the beginning of it, or latest')
    .action(act(async (context, name: string): Promise<Outcome> => (await here()).verifyOne(context, name)))
  command
    .command('prove')
    .description('bring a backup back into a scratch database and compare, again or for the first time')
    .argument('<backup>', 'its name, the beginning of it, or latest')
    .action(act(async (context, name: string): Promise<Outcome> => (await here()).proveOne(context, name)))
  command
    .command('restore')
    .description('bring a backup back; tables that have rows are never written over')
    .argument('<backup>', 'its name, the beginning of it, or latest')
    .requiredOption('--into <database>', 'a database by its name on the same server (made if it is not there), by its URL, or a file')
    .addOption(new Option('--table <names>', 'only these and what they need, with commas').argParser(several))
    .action(
      act(
        async (context, name: string, o: { into: string; table?: string[] }): Promise<Outcome> =>
          (await here()).restoreOne(context, name, o),
      ),
    )
}
