// Rows of a table, of a query or of the quarantine, into a file that a source of files reads back as they were.
import { Option } from 'commander'
import type { Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'
import type { ExportOptions } from '../export.ts'

export const define: Define = (command, act) =>
  void command
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
      ),
    )
    .action(
      act(
        async (context, table: string | undefined, o: ExportOptions): Promise<Outcome> =>
          (await import('../export.ts')).exportTo(context, table, o),
      ),
    )
