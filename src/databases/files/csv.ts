// CSV and its kin: all fields as text, exactly as written.
import { fileHeader } from '../../errors/files.ts'
import { bytesOf, Reading } from './bytes.ts'
import { type CsvRecord, CsvRecords, type Dialect } from './csv-records.ts'
import { type FileTable, named } from './declared.ts'
import { asWritten, bytesOfText, type Decode, textOf } from './encoding.ts'
import type { Located } from './folder.ts'
import { countRows, type FileColumn, type Form } from './form.ts'
import { type FileRow, RowMaker, unreadRow } from './row.ts'

export const csv: Form = {
  async columns(files, as) {
    let first: readonly string[] | undefined
    for (const file of files) {
      const names = await namesIn(file, as)
      if (first && !same(first, names)) throw otherColumns(file, files[0]!, first, names)
      first ??= names
    }
    return first!.map((name): FileColumn => ({ name, type: { name: 'text' }, nullable: true }))
  },

  async *rows({ file, as, columns, wanted, reading }) {
    const { decode, records } = await recordsOf(file, as, reading)
    let names = as.header === false ? columns.map((c) => c.name) : undefined
    let reader = names && new Rows(file, as, names, wanted, decode)
    for await (const some of records) {
      let from = 0
      if (!reader && some.length) {
        names = namesFrom(file, some[0]!, decode)
        reader = new Rows(file, as, names, wanted, decode)
        from = 1
      }
      if (reader && some.length > from) yield reader.all(from ? some.slice(from) : some)
    }
  },

  count: (asked) => countRows(csv.rows({ ...asked, wanted: [] })),
}

function dialectOf(file: Located, as: FileTable): Dialect {
  const tabs = /^(tsv|tab)$/.test(named(file.name)?.ending ?? '')
  const { quote = '"' } = as
  return { delimiter: as.delimiter ?? (tabs ? '\t' : ','), quote, escapedBy: as.escape ?? quote }
}

async function recordsOf(
  file: Located,
  as: FileTable,
  reading: Reading,
): Promise<{ decode: Decode; records: AsyncGenerator<CsvRecord[]> }> {
  const { decode, blocks } = await textOf(file, bytesOf(file, reading), as.encoding)
  return { decode, records: cut(new CsvRecords(file.name, dialectOf(file, as)), blocks) }
}

async function* cut(records: CsvRecords, blocks: AsyncIterable<string>): AsyncGenerator<CsvRecord[]> {
  for await (const block of blocks) yield records.take(block)
  yield records.end()
}

// ── columns ──────────────────────────────────────────────────────────────────────────────────

async function namesIn(file: Located, as: FileTable): Promise<readonly string[]> {
  const { decode, records } = await recordsOf(file, as, new Reading(file))
  for await (const [first] of records) {
    if (!first) continue
    return as.header === false ? first.fields.map((_, i) => `column${i + 1}`) : namesFrom(file, first, decode)
  }
  throw fileHeader({
    file: file.name,
    why: 'is empty: it has not even a header',
    hint: 'Get it anew, or take it out of what the source declares. A file with a header and no rows is fine.',
  })
}

function namesFrom(file: Located, first: CsvRecord, decode: Decode): string[] {
  const hint = 'Mend the first line; or header: false, where it is a row already.'
  const wrong = (why: string) => fileHeader({ file: file.name, why, hint })
  if (first.stray) throw wrong('has a quote in its header where none may be')
  const names = first.fields.map((field, i) => {
    const name = decode(field)
    if (name === undefined) throw wrong(`has a name of a column that is not in its encoding (the ${nth(i)})`)
    if (name.trim() === '') throw wrong(`has a column without a name (the ${nth(i)})`)
    if (/\r(?!\n)/.test(name)) throw wrong('has lines that end in a carriage return alone')
    return name
  })
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw wrong(`has two columns called '${twice}'`)
  return names
}

const nth = (i: number): string => `${i + 1}${['st', 'nd', 'rd'][i] ?? 'th'}`

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.toSorted().every((name, i) => name === b.toSorted()[i])

function otherColumns(file: Located, first: Located, has: readonly string[], names: readonly string[]): Error {
  const missing = has.filter((n) => !names.includes(n))
  const more = names.filter((n) => !has.includes(n))
  const said = [...missing.map((n) => `has no '${n}'`), ...more.map((n) => `has '${n}' as well`)].join(', ')
  return fileHeader({
    file: file.name,
    why: `does not have the columns of ${first.name}: it ${said}`,
    hint: 'Files that are one table have the same columns, in any order. Declare others as a table of their own.',
  })
}

// ── rows ─────────────────────────────────────────────────────────────────────────────────────

class Rows {
  private readonly file: string
  private readonly width: number
  private readonly places: readonly number[]
  private readonly nulls: ReadonlySet<string>
  private readonly decode: Decode
  private readonly maker: RowMaker

  constructor(file: Located, as: FileTable, names: readonly string[], wanted: readonly string[], decode: Decode) {
    this.file = file.name
    this.width = names.length
    this.places = wanted.map((name) => names.indexOf(name))
    this.nulls = new Set([as.null ?? ''].flat().map(asWritten))
    this.decode = decode
    this.maker = new RowMaker(file.name, wanted)
  }

  all(records: readonly CsvRecord[]): FileRow[] {
    const rows: FileRow[] = []
    for (const r of records) if (r.raw !== '' || this.width === 1) rows.push(this.one(r))
    return rows
  }

  private one(r: CsvRecord): FileRow {
    if (r.stray) return unreadRow(this.file, r.line, 'CSV_QUOTE', r.raw, this.decode, this.places.length)
    if (r.fields.length !== this.width) return unreadRow(this.file, r.line, 'CSV_RAGGED', r.raw, this.decode, this.places.length)
    const texts = this.places.map((at) => {
      const field = r.fields[at]!
      return !r.quoted?.[at] && this.nulls.has(field) ? null : this.decode(field)
    })
    return this.maker.row(r.line, texts, (i) => bytesOfText(r.fields[this.places[i]!]!))
  }
}
