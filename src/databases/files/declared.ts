// What is said of the files of a source: which of them are a table, and how they are written.

export type Format = 'csv' | 'ndjson' | 'json' | 'parquet'
export const formats: readonly Format[] = ['csv', 'ndjson', 'json', 'parquet']

export type Encoding =
  | 'utf-8'
  | 'utf-16'
  | 'utf-16le'
  | 'utf-16be'
  | 'latin-1'
  | 'iso-8859-15'
  | 'windows-1250'
  | 'windows-1251'
  | 'windows-1252'
export const encodings: readonly Encoding[] = [
  'utf-8',
  'utf-16',
  'utf-16le',
  'utf-16be',
  'latin-1',
  'iso-8859-15',
  'windows-1250',
  'windows-1251',
  'windows-1252',
]

export interface FileTable {
  /** A file inside of the folder, or a glob for several that are one table. */
  readonly file: string
  /** Default: by the ending of the name: .csv .tsv .ndjson .jsonl .json .parquet, all but the last also with .gz or .zst behind. */
  readonly format?: Format | undefined
  /** CSV: one character between fields. Default a comma, and a tab for .tsv. */
  readonly delimiter?: string | undefined
  /** CSV: one character around a field that holds delimiters or line breaks; '' where nothing is quoted. Default '"'. */
  readonly quote?: string | undefined
  /** CSV: one character before a quote that belongs to the field. Default the quote itself. */
  readonly escape?: string | undefined
  /** CSV: whether the first row names the columns. Default true; otherwise they are column1, column2 and so on. */
  readonly header?: boolean | undefined
  /** CSV: what means null where it is not quoted, such as '\\N', or several such texts. Default ''. */
  readonly null?: string | readonly string[] | undefined
  /** CSV and JSON. Default UTF-8, or UTF-16 where the file begins with its byte order mark. */
  readonly encoding?: Encoding | undefined
  /** Columns that tell the rows apart. Default: a column `row`, the number of the row. */
  readonly key?: readonly string[] | undefined
}

/** By the name of the table. A text alone is its file. */
export type FileTables = Readonly<Record<string, string | FileTable>>

const endings: Readonly<Record<string, Format>> = {
  csv: 'csv',
  tsv: 'csv',
  tab: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  parquet: 'parquet',
}

const ending = /^(.+?)\.(csv|tsv|tab|ndjson|jsonl|json|parquet)(\.gz|\.zst|\*)?$/i

/** What the name of a file says of it. */
export function named(file: string): { readonly stem: string; readonly ending: string; readonly format: Format } | undefined {
  const found = ending.exec(file)
  if (!found) return undefined
  const last = found[2]!.toLowerCase()
  return { stem: found[1]!, ending: last, format: endings[last]! }
}
