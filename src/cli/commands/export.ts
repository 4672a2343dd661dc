// Rows of a table, of a query or of the quarantine, into a file that a source of files reads back as they were.
import { Option } from 'commander'
import type { Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'
import type { ExportOptions } from '../export.ts'

export const define: Define = (command, act) => {
  command
    .argument('[table]', 'a table of the database, as schema.table')
    .option('--query <sql>', 'what a query gives, instead of a table')
    .option('--quarantine', 'rows in quarantine with their reasons, instead of a table')
    .option('--mapping <name>', 'of the quarantine only rows of this mapping')
    .option('--reason <code>', 'of the quarantine only rows that are there for this reason')
    .addOption(new Option('--format <format>', 'how (else by the ending of the file)').choices(['csv', 'ndjson', 'parquet']))
    .option('--gzip', 'packed by gzip (also where the file is called .gz)')
    .option('--zstd', 'packed by zstd (also where the file is called .zst)')
    .requiredOption('--out <file>', 'where to; written whole or not at all')
    .addHelpText(
      'after',
      examples(
        ['godwit export public.customer --out customer.csv.gz', 'a table'],
        ["godwit export --query 'select id, name from public.customer' --out names.parquet", 'a query'],
        ['godwit export --quarantine --out rows.ndjson', 'what did not go, and why'],
        ['godwit export new-writes r4 --out FOLDER --format ndjson', 'what an undo after the cutover would lose'],
      ),
    )
    .action(
      act(
        async (context, table: string | undefined, o: ExportOptions): Promise<Outcome> =>
          (await import('../export.ts')).exportTo(context, table, o),
      ),
    )
  command
    .command('new-writes')
    .argument('[run]', 'r4, as godwit status names it')
    .description('rows written through the new shape since the cutover, a file for each table: with them kept, an undo may go on')
    .action(
      act(
        async (context, run: string | undefined): Promise<Outcome> =>
          (await import('../new-writes-export.ts')).exportNewWrites(context, run, command.opts()),
      ),
    )
}
