// Rows that did not go: why, by whom, and what to do.
import { Option } from 'commander'
import type { Outcome } from '../context.ts'
import { type Define, examples, several } from '../define.ts'

interface Chosen {
  readonly mapping?: string
  readonly reason?: string
}

const here = () => import('../quarantine.ts')
const withChoice = (command: Parameters<Define>[0]) =>
  command.option('--reason <code>', 'only rows that are there for this reason').option('--mapping <name>', 'only rows of this mapping')

export const define: Define = (command, act) => {
  command
    .addHelpText(
      'after',
      examples(
        ['godwit quarantine', 'by cause, the most frequent first'],
        ['godwit quarantine show 2008', 'one row, the rule that held it back, and what to do'],
        ['godwit quarantine retry --reason LOOKUP_MISS', 'try those again, after something was mended'],
        ['godwit quarantine waive 2008 --why "test data"', 'it need not go, and somebody says why'],
        ['godwit quarantine export --format csv --out rows.csv', 'for those who know the data'],
      ),
    )
    .action(act(async (context): Promise<Outcome> => (await here()).listCauses(context)))
  command
    .command('show')
    .description('one row: the rule that held it back, its values, and what to do')
    .argument('<key>', 'the key of the source row')
    .option('--raw', 'all columns of the row')
    .option('--mapping <name>', 'if rows of several mappings have this key')
    .action(
      act(
        async (context, key: string, o: { raw?: boolean; mapping?: string }): Promise<Outcome> =>
          (await here()).showRow(context, key, { raw: o.raw === true, mapping: o.mapping }),
      ),
    )
  withChoice(command.command('retry'))
    .description('try rows again, and those that wait for them')
    .argument('[keys...]', 'keys of source rows; none: all')
    .action(
      act(
        async (context, keys: string[], o: Chosen): Promise<Outcome> =>
          (await import('../quarantine-change.ts')).retryRows(context, { keys, ...o }),
      ),
    )
  withChoice(command.command('waive'))
    .description('say that rows need not go: they stay in quarantine, and count no more')
    .argument('[keys...]', 'keys of source rows; none: all with --reason')
    .requiredOption('--why <words>', 'the reason; somebody will ask')
    .option('--by <name>', 'who says so (else the user of this machine)')
    .action(
      act(
        async (context, keys: string[], o: Chosen & { why: string; by?: string }): Promise<Outcome> =>
          (await import('../quarantine-change.ts')).waiveRows(context, { keys, ...o }),
      ),
    )
  withChoice(command.command('export'))
    .description('all rows with their reasons, for a spreadsheet or a program')
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'ndjson', 'json']).default('csv'))
    .option('--out <file>', 'a file (else stdout)')
    .option('--keys <keys>', 'only these, with commas', several)
    .action(
      act(
        async (context, o: Chosen & { format: 'csv' | 'ndjson' | 'json'; out?: string; keys?: string[] }): Promise<Outcome> =>
          (await import('../quarantine-export.ts')).exportRows(context, o),
      ),
    )
}
