// What a kind of configuration file must be able to do. One file a kind; index.ts knows them by their endings.
import type { Path } from '../path.ts'
import type { Value } from '../value.ts'

/** A key as it stands in a file. */
export interface Entry {
  readonly path: Path
  readonly value: Value
  readonly line: number | undefined
  /** What is said of it right above and behind it, without the signs. */
  readonly comment: readonly string[]
}

export type Placed = Pick<Entry, 'path' | 'value' | 'comment'>

export interface Format {
  readonly name: string
  /** Readers of the same file that see different values in it: a file is read as all of them do, unless it is said which one it is written for. */
  readonly dialects: readonly string[]
  /** It knows only texts: what they are is declared with the key. */
  readonly untyped?: true
  /** Without comments, if it has none. */
  readonly comments: boolean
  read(text: string, dialect: string | undefined): readonly Entry[]
  /** Why a key cannot stand in such a file, if so: `has no null`. */
  cannot(path: Path, value: Value, dialect: string | undefined): string | undefined
  write(entries: readonly Placed[], head: readonly string[]): string
}

/** What a file has on a line that cannot be read. Never with the line's text: it may hold a secret. */
export class Malformed extends Error {
  readonly line: number | undefined
  constructor(why: string, line?: number) {
    super(why)
    this.line = line
  }
}

export type Tree = Map<string, Tree | Placed>
export const isPlaced = (node: Tree | Placed): node is Placed => !(node instanceof Map)

/** Keys as they nest, in the order in which they come first. */
export function nested(entries: readonly Placed[]): Tree {
  const root: Tree = new Map()
  for (const entry of entries) {
    let at = root
    for (const name of entry.path.slice(0, -1)) {
      const below = at.get(name)
      const next: Tree = below === undefined || isPlaced(below) ? new Map() : below
      at.set(name, next)
      at = next
    }
    at.set(entry.path.at(-1)!, entry)
  }
  return root
}

/** The comment lines right above a line, at the same indentation: what is further in belongs to a text of many lines. */
export function commentAbove(lines: readonly string[], line: number, signs: string): string[] {
  const indent = /^\s*/.exec(lines[line - 1] ?? '')![0]
  const above: string[] = []
  for (let i = Math.min(line - 2, lines.length - 1); i >= 0; i--) {
    const found = lines[i]!.startsWith(indent) && signs.includes(lines[i]![indent.length] ?? ' ')
    if (!found) break
    above.unshift(lines[i]!.slice(indent.length + 1).trim())
  }
  return above.filter(Boolean)
}

export const asLines = (text: string): string[] => text.split(/\r\n|\n|\r/)

/** A comment is one line each, whatever it was made of. */
export const commentLines = (comment: readonly string[], indent: string, sign = '#'): string[] =>
  comment.flatMap((c) => asLines(c)).map((c) => `${indent}${sign} ${c}`.trimEnd())

const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g

/** In double quotes, in escapes that JSON, YAML and TOML share. */
export const quoted = (text: string): string =>
  JSON.stringify(text).replace(controls, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A digit on both sides of the point, a point and a sign where there is a power: all readers take that for the same number. */
export function decimalText(digits: string): string {
  const [, sign = '', whole = '', fraction = '', power] = /^(-?)(\d*)(?:\.(\d*))?(?:e(.*))?$/i.exec(digits) ?? []
  const mantissa = `${sign}${whole.replace(/^0+(?=\d)/, '') || '0'}.${fraction || '0'}`
  return power === undefined ? mantissa : `${mantissa}e${/^[+-]/.test(power) ? power : `+${power}`}`
}

/** Why it cannot hold a value, the values in lists and maps among them. */
export function firstReason(value: Value, why: (scalar: Value) => string | undefined): string | undefined {
  const within = value.type === 'list' ? value.items : value.type === 'map' ? [...value.fields.values()] : []
  return why(value) ?? within.map((v) => firstReason(v, why)).find(Boolean)
}
