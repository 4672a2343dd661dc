// Rows of engines other than Postgres, as lines of COPY's text form, counted and digested while they pass.
import { createHash } from 'node:crypto'
import { postgres } from '../dialects/postgres.ts'
import { unheld } from '../schema/schema.ts'
import type { Sending, Sent } from './source.ts'

type Texts = readonly (string | null)[]

export class Lines {
  private readonly what: Sending
  private rows = 0n
  private sum = 0n

  constructor(what: Sending) {
    this.what = what
  }

  /** One row, its columns in the order of `what`; `bytes` gives those of a text that is not what it seems. */
  line(given: Texts, bytes: (i: number) => Uint8Array | undefined = () => undefined): string {
    const kept: [string, string][] = []
    const texts = given.map((text, i) => {
      const held = text === null ? undefined : (bytes(i) ?? (text.includes('\0') ? Buffer.from(text) : undefined))
      if (held === undefined) return text
      kept.push([this.what.columns[i]!.name, `\\x${Buffer.from(held).toString('hex')}`])
      return null
    })
    return this.keeping(texts, kept)
  }

  /** A row of which something is not among its texts: what, by the column's name or by one that says why. */
  keeping(texts: Texts, kept: readonly (readonly [string, string])[]): string {
    this.rows++
    this.sum += digestOf(texts)
    return `${[...texts, kept.length ? JSON.stringify(Object.fromEntries(kept)) : null].map(copied).join('\t')}\n`
  }

  get into(): string {
    return `copy ${this.what.copy} (${[...this.what.columns.map((c) => c.name), unheld].map(postgres.quote).join(', ')}) from stdin`
  }

  sent(): Sent {
    const row = this.what.columns.map((c) => `coalesce((t.${postgres.quote(c.name)})::text, e'\\x01')`).join(` || e'\\x1f' || `)
    const asked = `select count(*)::text as rows, coalesce(sum(('x' || substr(md5(${row}), 1, 15))::bit(60)::bigint::numeric), 0)::text as digest from ${this.what.copy} t`
    return { rows: String(this.rows), digest: String(this.sum), asked }
  }
}

/** The first 60 bits of a row's MD5, summed: whatever the order, both sides come to the same. */
export function digestOf(texts: Texts): bigint {
  const row = texts.map((t) => t ?? '\u0001').join('\u001f')
  return BigInt(`0x${createHash('md5').update(row).digest('hex').slice(0, 15)}`)
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
export const copied = (text: string | null): string => (text === null ? '\\N' : text.replace(/[\\\t\n\r]/g, (c) => escapes[c]!))
