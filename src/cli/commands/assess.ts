// An audit of the data before a migration is run: what is there, what is odd about it, and what to do.
import { Option } from 'commander'
import type { Grade } from '../../assess/assessment.ts'
import type { AssessmentFormat } from '../../report/assessment/index.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples, wholeNumber } from '../define.ts'

interface Options {
  readonly format: AssessmentFormat
  readonly out?: string
  readonly failOn: Exclude<Grade, 'note'>
  readonly showValues?: boolean
  readonly patience: number
}

export const define: Define = (command, act) =>
  void command
    .addOption(new Option('--format <format>', 'how').choices(['text', 'markdown', 'html', 'json']).default('text'))
    .option('--out <file>', 'a file (else stdout)')
    .addOption(new Option('--fail-on <grade>', 'exit 4 from this grade on').choices(['error', 'warning']).default('error'))
    .option('--show-values', 'values of rows as they are, and not by their shape only')
    .addOption(
      new Option('--patience <seconds>', 'for each question; then a sample is asked, or it is left out by name')
        .default(30)
        .argParser(wholeNumber),
    )
    .addHelpText(
      'after',
      examples(
        ['godwit assess', 'in the terminal; nothing is written to any database'],
        ['godwit assess --format html --out assessment.html', 'one file, to be passed on'],
        ['godwit assess --fail-on warning', 'for CI: exit 4 where there is anything to know of'],
      ),
    )
    .action(act((context, options: Options) => assess(context, options)))

async function assess(context: Context, options: Options): Promise<Outcome> {
  const [{ configOf, withDatabase }, { chosen, migrationsIn }, { auditOf }] = await Promise.all([
    import('../project.ts'),
    import('../migrations.ts'),
    import('../assessing.ts'),
  ])
  const config = await configOf(context)
  const { migration } = chosen(await migrationsIn(config), context.globals.migration)
  return withDatabase(context, config, (project) => auditOf(context, migration, project, options))
}
