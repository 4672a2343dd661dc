// Rows that come one by one, as lines of COPY's text form, counted and digested while they pass.
import { hash } from 'node:crypto'
import { postgres } from '../dialects/postgres.ts'
import { unheld } from '../schema/schema.ts'
import type { Sending, Sent } from './source.ts'

type Texts = readonly (string | null)[]

/** What null is written as. A text that is just this is escaped, so the two are never taken for each other. */
const nothing = '\u0001'
/** How a COPY of such lines ends. */
export const lineForm = `with (null e'\\x01')`

export class Lines {
  private readonly what: Sending
  readonly digest = new Digest()

  constructor(what: Sending) {
    this.what = what
  }

  /** One row, its columns in the order of `what`. */
  line(given: Texts): string {
    return isPlain(given) ? `${this.digest.line(given, true)}\t${nothing}\n` : this.doubted(given)
  }

  private doubted(given: Texts): string {
    const kept: [string, string][] = []
    const texts = given.map((text, i) => {
      if (!text?.includes('\0')) return text
      kept.push([this.what.columns[i]!.name, `\\x${Buffer.from(text).toString('hex')}`])
      return null
    })
    return this.keeping(texts, kept)
  }

  /** A row of which something is not among its texts: what, by the column's name or by one that says why. */
  keeping(texts: Texts, kept: readonly (readonly [string, string])[]): string {
    const rest = kept.length ? copied(JSON.stringify(Object.fromEntries(kept))) : nothing
    return `${this.digest.line(texts)}\t${rest}\n`
  }

  get into(): string {
    return `copy ${this.what.copy} (${[...this.what.columns.map((c) => c.name), unheld].map(postgres.quote).join(', ')}) from stdin ${lineForm}`
  }

  sent(): Sent {
    const { rows, sum } = this.digest
    const asked = digestAsked(
      this.what.columns.map((c) => `(t.${postgres.quote(c.name)})::text`),
      this.what.copy,
    )
    return { rows, digest: sum, asked }
  }
}

/** The first 48 bits of each row's MD5, summed: whatever the order, both sides come to the same. */
export class Digest {
  private count = 0
  private whole = 0n
  private part = 0

  /** The row as a line without its end. Where nothing in it has to be escaped, the line is what is digested. */
  line(texts: Texts, plain = isPlain(texts)): string {
    const row = texts.includes(null) ? texts.map((t) => t ?? nothing).join('\t') : texts.join('\t')
    this.add(row)
    return plain ? row : texts.map(copied).join('\t')
  }

  private add(row: string): void {
    this.part += Number.parseInt(hash('md5', row).slice(0, 12), 16)
    // so many of 48 bits are still exact in a number
    if (++this.count % 16 === 0) this.settle()
  }
  private settle(): void {
    this.whole += BigInt(this.part)
    this.part = 0
  }

  get rows(): string {
    return String(this.count)
  }
  get sum(): string {
    this.settle()
    return String(this.whole)
  }
}

/** The same of what has arrived; `values` are SQL of texts. */
export function digestAsked(values: readonly string[], from: string): string {
  const row = values.map((v) => `coalesce(${v}, e'\\x01')`).join(` || e'\\t' || `)
  return `select count(*)::text as rows, coalesce(sum(('x' || substr(md5(${row}), 1, 12))::bit(48)::bigint::numeric), 0)::text as digest from ${from} t`
}

/** Has to be escaped, is null's mark, or cannot stand in a text of Postgres. */
const special = /[\\\t\n\r\u0001\0]/

function isPlain(texts: Texts): boolean {
  for (const text of texts) if (text !== null && special.test(text)) return false
  return true
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\u0001': '\\x01' }
const copied = (text: string | null): string => (text === null ? nothing : text.replace(/[\\\t\n\r\u0001]/g, (c) => escapes[c]!))
