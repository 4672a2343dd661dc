// CSV text cut into its records, block by block. A row whose end would have to be guessed stops the reading.
import { fileBroken } from '../../errors/files.ts'
import { count } from '../../text.ts'

export interface Dialect {
  readonly delimiter: string
  /** Empty where nothing is quoted. */
  readonly quote: string
  readonly escapedBy: string
}

export interface CsvRecord {
  readonly line: number
  readonly fields: readonly string[]
  /** Which of them were quoted; undefined where none was. */
  readonly quoted: readonly boolean[] | undefined
  /** As it stands there, without its line break. */
  readonly raw: string
  /** A quote stands where none may be. */
  readonly stray: boolean
}

/** A row that is longer is hardly one. */
const longest = 64 * 1024 * 1024

const newline = 10
const carriageReturn = 13

export class CsvRecords {
  private readonly file: string
  private readonly dialect: Dialect
  /** From the beginning of a record whose end has not been seen. */
  private text = ''
  private line = 1
  /** What is scanned again is twice as long each time, so that a long record is not scanned for each block of it. */
  private enough = 0

  constructor(file: string, dialect: Dialect) {
    this.file = file
    this.dialect = dialect
  }

  take(block: string): CsvRecord[] {
    this.text += block
    if (this.text.length < Math.min(this.enough, longest)) return []
    const records = this.cut(false)
    if (this.text.length > longest)
      throw fileBroken({
        file: this.file,
        line: this.line,
        why: `begins a row of more than ${count(longest)} bytes`,
        hint: 'Most often a quote is not closed, or the delimiter or quote is another one than declared. Nothing of it was taken.',
      })
    this.enough = this.text.length * 2
    return records
  }

  end(): CsvRecord[] {
    return this.cut(true)
  }

  private cut(last: boolean): CsvRecord[] {
    const { text } = this
    const { quote, delimiter } = this.dialect
    const records: CsvRecord[] = []
    let at = 0
    let nextQuote = quote === '' ? -1 : text.indexOf(quote)
    while (at < text.length) {
      const found = text.indexOf('\n', at)
      if (found < 0 && !last) break
      const end = found < 0 ? text.length : found
      if (nextQuote >= 0 && nextQuote < at) nextQuote = text.indexOf(quote, at)
      if (nextQuote >= 0 && nextQuote < end) {
        const record = this.quotedRecord(at, last)
        if (!record) break
        records.push(record.record)
        at = record.next
        this.line += linesIn(record.record.raw)
      } else {
        const raw = text.slice(at, end > at && text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end)
        records.push({ line: this.line, fields: raw.split(delimiter), quoted: undefined, raw, stray: false })
        at = end + 1
      }
      this.line++
    }
    this.text = text.slice(at)
    return records
  }

  /** Field by field. Nothing where its end is not there yet. */
  private quotedRecord(from: number, last: boolean): { record: CsvRecord; next: number } | undefined {
    const { text } = this
    const { delimiter, quote } = this.dialect
    const fields: string[] = []
    const quoted: boolean[] = []
    let stray = false
    let at = from
    for (;;) {
      const isQuoted = text[at] === quote
      const field = isQuoted ? this.quotedField(from, at, last) : { value: '', end: at }
      if (!field) return undefined
      const end = this.endOfPlain(field.end)
      const plain = text.slice(field.end, end)
      const ends = end === text.length || text.charCodeAt(end) === newline
      if (end === text.length && !last) return undefined
      const rest = ends && plain.endsWith('\r') ? plain.slice(0, -1) : plain
      stray ||= isQuoted ? rest !== '' : rest.includes(quote)
      fields.push(isQuoted ? field.value : rest)
      quoted.push(isQuoted)
      if (!ends) {
        at = end + delimiter.length
        continue
      }
      const raw = text.slice(from, plain.endsWith('\r') ? end - 1 : end)
      if (stray && raw.includes('\n')) throw this.unclear(raw)
      return { record: { line: this.line, fields, quoted, raw, stray }, next: end + 1 }
    }
  }

  /** To the next delimiter or line break. */
  private endOfPlain(from: number): number {
    const { text } = this
    const delimiter = this.dialect.delimiter.charCodeAt(0)
    let at = from
    for (; at < text.length; at++) {
      const c = text.charCodeAt(at)
      if (c === delimiter || c === newline) break
    }
    return at
  }

  /** What is between two quotes, and where it goes on behind them. */
  private quotedField(record: number, open: number, last: boolean): { value: string; end: number } | undefined {
    const { text } = this
    const { quote, escapedBy } = this.dialect
    let value = ''
    let from = open + 1
    for (let at = from; ; ) {
      const close = text.indexOf(quote, at)
      const escaped = escapedBy === quote ? -1 : text.slice(at, close < 0 ? undefined : close).indexOf(escapedBy)
      if (escaped >= 0) {
        const behind = text[at + escaped + 1]
        if (behind === undefined) return this.notClosed(record, open, last)
        const isEscaped = behind === quote || behind === escapedBy
        if (isEscaped) {
          value += text.slice(from, at + escaped)
          from = at + escaped + 1
        }
        at = at + escaped + (isEscaped ? 2 : 1)
        continue
      }
      if (close < 0) return this.notClosed(record, open, last)
      if (escapedBy === quote && text[close + 1] === quote) {
        value += text.slice(from, close + 1)
        from = at = close + 2
        continue
      }
      // whether it is doubled is in the next block
      if (close + 1 === text.length && !last) return undefined
      return { value: value + text.slice(from, close), end: close + 1 }
    }
  }

  private notClosed(record: number, open: number, last: boolean): undefined {
    if (!last) return undefined
    throw fileBroken({
      file: this.file,
      line: this.line + linesIn(this.text.slice(record, open)),
      why: 'opens a quote that is never closed',
      hint: "Mend that line, or say how the file is quoted (quote, escape; quote: '' where nothing is). Nothing of it was taken.",
    })
  }

  private unclear(raw: string): Error {
    return fileBroken({
      file: this.file,
      line: this.line,
      why: `has a quote where none may be, in a row that goes over several lines: ${JSON.stringify(raw.slice(0, 60))}`,
      hint: 'Where that row ends could only be guessed. Mend it, or say how the file is quoted (quote, escape). Nothing of it was taken.',
    })
  }
}

function linesIn(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
