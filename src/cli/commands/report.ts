// The whole run on one page: for people who were not there, or for programs.
import { Option } from 'commander'
import type { ReportFormat } from '../../report/index.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

interface Options {
  readonly format: ReportFormat
  readonly out?: string
  readonly showValues?: boolean
  readonly verify?: boolean
}

export const define: Define = (command, act) =>
  void command
    .addOption(new Option('--format <format>', 'how').choices(['text', 'markdown', 'json', 'html', 'junit']).default('text'))
    .option('--out <file>', 'a file (else stdout)')
    .option('--show-values', 'values of rows as they are, and not by their shape only')
    .option('--verify', 'ask the data now, even if nothing was written since the last verification')
    .addHelpText(
      'after',
      examples(
        ['godwit report', 'in the terminal'],
        ['godwit report --format html --out report.html', 'one file, to be passed on'],
        ['godwit report --format markdown', 'for a pull request'],
        ['godwit report --format junit --out report.xml', 'for whatever reads test results'],
      ),
    )
    .action(act((context, options: Options) => report(context, options)))

async function report(context: Context, { format, out, showValues, verify }: Options): Promise<Outcome> {
  const [{ withPlan }, { gatherReport, renderReport }] = await Promise.all([import('../project.ts'), import('../../report/index.ts')])
  return withPlan(context, async ({ plan, db }) => {
    const gathered = await gatherReport(plan, db, { showValues, verify })
    const { screen } = context
    const text = renderReport(gathered, format)
    if (out !== undefined) {
      const { writeWhole } = await import('../files.ts')
      writeWhole(out, text)
      screen.say(`${screen.paint.green('✓')} Written to ${out}.`)
    } else screen.say(text.trimEnd())
    return { json: { report: gathered, ...(out === undefined ? {} : { file: out }) } }
  })
}
