// Rows into a file: from where, in which form, and what is said of it afterwards.
import type { Readable } from 'node:stream'
import { type Format, named } from '../databases/files/declared.ts'
import { writeParquet } from '../databases/files/parquet-write.ts'
import { type Packing, pack, type Written, wholeFile } from '../databases/files/sink.ts'
import { exporting, type What } from '../databases/postgres/export.ts'
import { commandWrong } from '../errors/cli.ts'
import { tableMissing } from '../errors/plan.ts'
import { qualified } from '../schema/schema.ts'
import { count, didYouMean, plural } from '../text.ts'
import type { Context, Outcome } from './context.ts'
import { configOf, type Project, withDatabase } from './project.ts'

type ExportFormat = Exclude<Format, 'json'>

export interface ExportOptions {
  readonly query?: string
  readonly quarantine?: boolean
  readonly mapping?: string
  readonly reason?: string
  readonly format?: ExportFormat
  readonly gzip?: boolean
  readonly zstd?: boolean
  readonly out: string
}

interface Shape {
  readonly format: ExportFormat
  readonly packing: Packing | undefined
}

export type Exported = Written & { readonly rows: number }

export async function exportTo(context: Context, table: string | undefined, options: ExportOptions): Promise<Outcome> {
  refuseUnclear(table, options)
  if (options.quarantine) return (await import('./quarantine-export.ts')).exportRows(context, options)
  const config = await configOf(context)
  return withDatabase(context, config, async (project) => {
    const written = await fromDatabase(
      project,
      options.query === undefined ? await tableNamed(project, table!) : { query: options.query },
      shapeOf(options),
      options.out,
    )
    return tell(context, options.out, written)
  })
}

function refuseUnclear(table: string | undefined, o: ExportOptions): void {
  const given = [table !== undefined, o.query !== undefined, o.quarantine === true].filter(Boolean).length
  const wrong = (message: string, hint: string) => commandWrong({ message, hint })
  if (given !== 1)
    throw wrong(
      given ? 'A table, a query and the quarantine are three exports.' : 'What is to be exported?',
      'Name a table, or give --query SQL, or --quarantine.',
    )
  if (!o.quarantine && (o.mapping !== undefined || o.reason !== undefined))
    throw wrong('--mapping and --reason choose rows of the quarantine.', 'Add --quarantine, or leave them out.')
  if (o.gzip && o.zstd) throw wrong('--gzip and --zstd are two ways to pack.', 'Choose one.')
}

/** What is not said is in the file's name. */
export function shapeOf(o: {
  readonly format?: ExportFormat | undefined
  readonly gzip?: boolean
  readonly zstd?: boolean
  readonly out: string
}): Shape {
  const told = named(o.out)?.format
  const format = o.format ?? (told === 'json' || told === undefined ? 'csv' : told)
  const packing = o.gzip || /\.gz$/i.test(o.out) ? 'gzip' : o.zstd || /\.zst$/i.test(o.out) ? 'zstd' : undefined
  return { format, packing }
}

async function tableNamed({ db }: Project, table: string): Promise<What> {
  const id = qualified(table)
  const found = (await db.schema([id])).tables.get(id)
  if (!found) throw tableMissing({ table: id, near: didYouMean(id, (await db.schema()).tables.keys()), at: undefined })
  return found
}

export const fromDatabase = ({ db }: Project, what: What, { format, packing }: Shape, out: string): Promise<Exported> =>
  wholeFile(out, (file) =>
    exporting(db, what, (from) => {
      if (format === 'parquet') return writeParquet(file, from.columns, from.rows(), packing)
      return from[format](async (bytes: Readable & { readonly rowCount: number }) => ({
        ...(await pack(bytes, file, packing)),
        rows: bytes.rowCount,
      }))
    }),
  )

/** The line that goes with the file. */
export function tell({ screen }: Context, file: string, { rows, bytes, sha256 }: Exported): Outcome {
  screen.say(`${screen.paint.green('✓')} ${plural(rows, 'row')} written to ${file}: ${count(bytes)} bytes, SHA-256 ${sha256}`)
  return { json: { file, rows, bytes, sha256 } }
}
