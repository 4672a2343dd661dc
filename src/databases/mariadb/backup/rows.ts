// Rows of MariaDB as lines of text, and lines as rows again: null is \N, bytes are hexadecimal, everything else is what the server wrote.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { quote } from '../connection.ts'
import { type Asking, type Column, isBytes, rowsAsked, type Table } from './session.ts'

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const plain: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r' }
const written = (text: string | null): string =>
  text === null ? '\\N' : /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (c) => escapes[c]!) : text
const read = (field: string): string | null =>
  field === '\\N' ? null : field.includes('\\') ? field.replace(/\\(.)/g, (_, c: string) => plain[c] ?? c) : field

export interface Lines {
  readonly stream: Readable
  said(): { rows: number; digest: string }
}

/** Of all columns the digest, of those that are not computed the lines. */
export function linesOf(s: Asking, t: Table): Lines {
  const hash = createHash('sha256')
  const kept = t.columns.map((c) => !c.generated)
  const all = kept.every(Boolean)
  let rows = 0
  async function* lines(): AsyncGenerator<string> {
    let block = ''
    for await (const row of s.rows(rowsAsked(t))) {
      const fields = row.map(written)
      const line = `${fields.join('\t')}\n`
      hash.update(line)
      rows++
      block += all ? line : `${fields.filter((_, i) => kept[i]).join('\t')}\n`
      if (block.length < 65_536) continue
      yield block
      block = ''
    }
    if (block) yield block
  }
  return { stream: Readable.from(lines(), { objectMode: false }), said: () => ({ rows, digest: hash.digest('hex') }) }
}

/** Large enough that the round trips do not count, and less than any server takes in one packet. */
const most = 512 * 1024

export async function rowsInto(
  s: Asking,
  table: string,
  columns: readonly Pick<Column, 'name' | 'declared'>[],
  lines: Readable,
): Promise<number> {
  const into = `insert into ${quote(table)} (${columns.map((c) => quote(c.name)).join(', ')}) values `
  const bytes = columns.map((c) => isBytes(c.declared))
  let values: string[] = []
  let size = 0
  let rows = 0
  const send = async () => {
    if (values.length) await s.ask(into + values.join(','))
    values = []
    size = 0
  }
  for await (const line of linesIn(lines)) {
    const row = `(${line.split('\t').map((field, i) => literal(read(field), bytes[i]!))})`
    if (size + row.length > most) await send()
    values.push(row)
    size += row.length
    rows++
  }
  await send()
  return rows
}

/** LF alone ends a line. */
async function* linesIn(stream: Readable): AsyncGenerator<string> {
  let rest = ''
  for await (const block of stream.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + block).split('\n')
    rest = lines.pop()!
    yield* lines
  }
}

function literal(text: string | null, bytes: boolean): string {
  if (text === null) return 'null'
  // of bits the server leaves leading zeros out, and half a byte is none
  if (bytes) return `x'${text.length % 2 ? '0' : ''}${text.slice(2)}'`
  return `'${text.replaceAll("'", "''")}'`
}
