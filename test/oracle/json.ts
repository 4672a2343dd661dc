// JSON in Postgres' canonical spelling (jsonb): keys by length and then bytes, the last of equal ones, numbers as numerics.
import { decimalOf, decimalText } from './decimal.ts'

export type Json = null | boolean | { readonly number: string } | string | readonly Json[] | ReadonlyMap<string, Json>

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const escapes: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

class Reader {
  twice = false
  private at = 0
  private readonly s: string
  constructor(s: string) {
    this.s = s
  }

  whole(): Json {
    const value = this.value()
    this.skip()
    if (this.at < this.s.length) throw new SyntaxError('more follows')
    return value
  }

  private skip(): void {
    while (' \t\n\r'.includes(this.s[this.at] ?? 'x')) this.at++
  }

  private take(token: string): boolean {
    this.skip()
    if (!this.s.startsWith(token, this.at)) return false
    this.at += token.length
    return true
  }

  private need(token: string): void {
    if (!this.take(token)) throw new SyntaxError(`no ${token}`)
  }

  private value(): Json {
    if (this.take('{')) return this.object()
    if (this.take('[')) return this.list()
    if (this.take('"')) return this.string()
    for (const [token, value] of [
      ['null', null],
      ['true', true],
      ['false', false],
    ] as const)
      if (this.take(token)) return value
    return this.number()
  }

  private object(): Json {
    const entries = new Map<string, Json>()
    if (this.take('}')) return entries
    do {
      this.need('"')
      const key = this.string()
      this.need(':')
      this.twice ||= entries.has(key)
      entries.set(key, this.value())
    } while (this.take(','))
    this.need('}')
    return entries
  }

  private list(): Json {
    const items: Json[] = []
    if (this.take(']')) return items
    do items.push(this.value())
    while (this.take(','))
    this.need(']')
    return items
  }

  private string(): string {
    let out = ''
    for (;;) {
      const c = this.s[this.at++]
      if (c === undefined || c < ' ') throw new SyntaxError('unfinished string')
      if (c === '"') break
      out += c === '\\' ? this.escape() : c
    }
    if (!out.isWellFormed() || out.includes('\0')) throw new SyntaxError('no text of this database')
    return out
  }

  private escape(): string {
    const c = this.s[this.at++] ?? ''
    if (c !== 'u') return escapes[c] ?? fail('unknown escape')
    const hex = this.s.slice(this.at, this.at + 4)
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) fail('no code')
    this.at += 4
    return String.fromCharCode(Number.parseInt(hex, 16))
  }

  private number(): Json {
    numberPattern.lastIndex = this.at
    const found = numberPattern.exec(this.s)
    // a word or a digit that follows at once belongs to it, and makes it none
    if (!found || /[\w.+-]/.test(this.s[this.at + found[0].length] ?? '')) throw new SyntaxError('no value')
    this.at += found[0].length
    return { number: decimalText(decimalOf(found[0])!) }
  }
}

function fail(why: string): never {
  throw new SyntaxError(why)
}

/** Undefined for what is no JSON, or none that this database can hold. */
export function parseJson(s: string): Json | undefined {
  try {
    return new Reader(s).whole()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const byLength = (a: string, b: string): number => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length - y.length || Buffer.compare(x, y)
}

export function jsonText(j: Json): string {
  if (j === null) return 'null'
  if (typeof j === 'boolean') return String(j)
  if (typeof j === 'string') return quoted(j)
  if (Array.isArray(j)) return `[${j.map(jsonText).join(', ')}]`
  if (!(j instanceof Map)) return (j as { number: string }).number
  return `{${[...j]
    .toSorted(([a], [b]) => byLength(a, b))
    .map(([k, v]) => `${quoted(k)}: ${jsonText(v)}`)
    .join(', ')}}`
}

const short: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const quoted = (s: string): string =>
  `"${s.replace(/["\\\u0000-\u001f]/g, (c) => short[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`

/** Is there an object in which a key stands twice? */
export function keyTwice(s: string): boolean {
  const reader = new Reader(s)
  try {
    reader.whole()
  } catch {
    return false
  }
  return reader.twice
}

export function canonicalJson(s: string): string | undefined {
  const parsed = parseJson(s)
  return parsed === undefined ? undefined : jsonText(parsed)
}

/** What stands at a path, as text; null where nothing does, and for JSON's own null. */
export function textAt(s: string, path: readonly string[]): string | null {
  let at: Json | undefined = parseJson(s)
  for (const step of path) at = inside(at, step)
  if (at === undefined || at === null) return null
  return typeof at === 'string' ? at : jsonText(at)
}

function inside(j: Json | undefined, step: string): Json | undefined {
  if (j instanceof Map) return j.get(step)
  if (Array.isArray(j) && /^-?\d{1,9}$/.test(step)) return j.at(Number(step))
  return undefined
}
