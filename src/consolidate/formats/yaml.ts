// YAML, as 1.1 and as 1.2 read it: yes is true to the one and a text to the other, and most files do not say for which they are written.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { Path } from '../path.ts'
import { nothing, text, type Value } from '../value.ts'
import {
  asLines,
  commentAbove,
  commentLines,
  decimalText,
  type Entry,
  type Format,
  firstReason,
  isPlaced,
  Malformed,
  nested,
  type Placed,
  quoted,
  type Tree,
} from './format.ts'

const version = { 'yaml-1.1': '1.1', 'yaml-1.2': '1.2' } as const

export const yaml: Format = {
  name: 'YAML',
  dialects: Object.keys(version),
  comments: true,
  read(source, dialect) {
    const lines = new LineCounter()
    const documents = parseAllDocuments(source, {
      version: version[dialect as keyof typeof version],
      schema: dialect === 'yaml-1.1' ? 'yaml-1.1' : 'core',
      intAsBigInt: true,
      merge: true,
      uniqueKeys: true,
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'silent',
    })
    if (!Array.isArray(documents) || documents.length === 0) return []
    if (documents.length > 1) throw new Malformed('holds several documents (---): make it one, or several files')
    return new Reading(documents[0] as Document, source, lines, dialect === 'yaml-1.1').entries()
  },
  cannot: (_, value, dialect) => firstReason(value, (v) => cannotHold(v, dialect)),
  write: (entries, head) => [...commentLines(head, ''), ...written(nested(entries), ''), ''].join('\n'),
}

// ── reading ────────────────────────────────────────────────────────────────────────────────

/** By the parser's code: its message quotes the file. */
const problems: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'has a key that stands in the same place before',
  TAG_RESOLVE_FAILED: 'has a tag (!) that means something only to its own reader',
  MISSING_CHAR: 'opens a quote or a bracket that is never closed',
  TAB_AS_INDENT: 'is indented with a tab',
}

/** Aliases within aliases, or within themselves, can make a small file endless. */
const mostValues = 100_000
const deepest = 100

class Reading {
  readonly #document: Document
  readonly #lines: readonly string[]
  readonly #counter: LineCounter
  readonly #old: boolean
  #values = 0
  #depth = 0
  constructor(document: Document, source: string, counter: LineCounter, old: boolean) {
    this.#document = document
    this.#lines = asLines(source)
    this.#counter = counter
    this.#old = old
    const wrong = document.errors[0] ?? document.warnings[0]
    if (wrong) throw new Malformed(problems[wrong.code] ?? 'is not YAML', counter.linePos(wrong.pos[0]).line)
  }

  entries(): Entry[] {
    const root = this.#document.contents
    if (root === null || (isScalar(root) && root.value === null)) return []
    if (!isMap(root)) throw new Malformed('holds no keys: it is a list or a single value')
    return this.#below(root, [])
  }

  #below(map: YAMLMap, path: Path): Entry[] {
    return this.#pairs(map).flatMap(([name, pair]) => {
      const at = [...path, name]
      const node = this.#resolved(pair.value)
      if (isMap(node) && node.items.length > 0) return this.#deeper(() => this.#below(node, at))
      const line = this.#lineOf(pair.key)
      return { path: at, value: this.#value(node, line), line, comment: this.#comment(line, node) }
    })
  }

  /** With what is merged in (<<), which what is written out goes before. */
  #pairs(map: YAMLMap): [string, Pair][] {
    const pairs = new Map<string, Pair>()
    const own = map.items.filter((p) => !isMerge(p))
    for (const merge of map.items.filter(isMerge)) {
      const from = this.#resolved(merge.value)
      for (const one of isSeq(from) ? from.items.map((i) => this.#resolved(i)) : [from]) {
        if (!isMap(one)) throw new Malformed('merges (<<) what is no map', this.#lineOf(merge.key))
        for (const [name, pair] of this.#pairs(one)) if (!pairs.has(name)) pairs.set(name, pair)
      }
    }
    for (const pair of own) pairs.set(this.#name(pair.key), pair)
    return [...pairs]
  }

  #name(key: unknown): string {
    const node = this.#resolved(key)
    if (!isScalar(node)) throw new Malformed('has a key that is a list or a map', this.#lineOf(key))
    // `on:` is a key called true to readers of 1.1
    return (typeof node.value === 'boolean' && !isLetter(node)) || node.value === null
      ? String(node.value)
      : (node.source ?? String(node.value))
  }

  #resolved(node: unknown): unknown {
    if (++this.#values > mostValues || this.#depth > deepest)
      throw new Malformed(`holds more than ${mostValues} values or ${deepest} levels, aliases counted as often as they are used`)
    if (!isAlias(node)) return node
    const found = (node as Alias).resolve(this.#document)
    if (!found) throw new Malformed('has an alias (*) without its anchor (&)', this.#lineOf(node))
    return found
  }

  #value(given: unknown, line: number | undefined): Value {
    return this.#deeper(() => this.#valueIn(this.#resolved(given), line))
  }

  #deeper<T>(read: () => T): T {
    this.#depth += 1
    const found = read()
    this.#depth -= 1
    return found
  }

  #valueIn(node: unknown, line: number | undefined): Value {
    if (isSeq(node)) return { type: 'list', items: node.items.map((i) => this.#value(i, line)) }
    if (isMap(node)) return { type: 'map', fields: new Map(this.#pairs(node).map(([k, p]) => [k, this.#value(p.value, line)])) }
    if (!isScalar(node) || node.value === null || node.value === undefined) return nothing
    return this.#scalar(node, line)
  }

  #scalar(node: Scalar, line: number | undefined): Value {
    const { value, source, tag } = node
    if (isLetter(node)) return text(source!)
    if (typeof value === 'string') return text(value)
    if (typeof value === 'boolean') return { type: 'boolean', text: String(value) }
    if (typeof value === 'bigint') return { type: 'integer', text: String(value) }
    if (typeof value === 'number') return this.#decimal(value, source ?? String(value), tag !== undefined)
    if (value instanceof Date) return moment(source ?? '')
    throw new Malformed('has a value of a kind that no other format knows (bytes, a set)', line)
  }

  #decimal(value: number, source: string, tagged: boolean): Value {
    // the parser takes 1e3 for a number; by the text of YAML 1.1, and to PyYAML, it wants a point and a sign
    if (this.#old && !tagged && /e/i.test(source) && !/\.\d*e[+-]\d+$/i.test(source)) return text(source)
    const digits = source.replaceAll('_', '').replace(/^\+/, '')
    if (/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits)) return { type: 'decimal', text: digits }
    return { type: 'decimal', text: String(value).replace('Infinity', 'inf').replace('NaN', 'nan') }
  }

  #lineOf(node: unknown): number | undefined {
    const start = (node as Scalar | null)?.range?.[0]
    return start === undefined ? undefined : this.#counter.linePos(start).line
  }

  #comment(line: number | undefined, node: unknown): string[] {
    const behind = isScalar(node) && node.comment ? asLines(node.comment).map((c) => c.trim()) : []
    return [...(line === undefined ? [] : commentAbove(this.#lines, line, '#')), ...behind]
  }
}

const isMerge = (pair: Pair): boolean =>
  isScalar(pair.key) && (pair.key.value === '<<' || typeof pair.key.value === 'symbol') && !pair.key.type?.startsWith('QUOTE')

/** y and n are true and false by the text of 1.1 alone: its readers (PyYAML, Psych, go-yaml) leave them letters, and people use them as keys. */
const isLetter = ({ value, source }: Scalar): boolean => typeof value === 'boolean' && /^[yn]$/i.test(source ?? '')

/** 2001-12-14t21:59:43.10 -5 and its relatives, in one form. */
function moment(source: string): Value {
  const [, day, hours, zone] = /^(\d{4}-\d{1,2}-\d{1,2})(?:(?:[Tt]|[ \t]+)([\d:.]+)(?:[ \t]*(Z|[+-][\d:]+))?)?$/.exec(source.trim()) ?? []
  const date = day!.replace(/-(\d)(?!\d)/g, '-0$1')
  if (hours === undefined) return { type: 'date', text: date }
  return { type: zone === undefined ? 'datetime' : 'instant', text: `${date}T${hours.padStart(8, '0')}${zone ?? ''}` }
}

// ── writing ────────────────────────────────────────────────────────────────────────────────

function cannotHold({ type }: Value, dialect: string | undefined): string | undefined {
  if (type === 'time') return 'has no times of day'
  const day = type === 'date' || type === 'datetime' || type === 'instant'
  return day && dialect !== 'yaml-1.1'
    ? "has dates in version 1.1 only (dialect: 'yaml-1.1' says that its readers are of that kind)"
    : undefined
}

/** A blank line before each group at the top, so that a long file can be read. */
function written(tree: Tree, indent: string): string[] {
  const groups = [...tree].map(([name, node]) => {
    const key = `${indent}${scalarText(name)}:`
    if (!isPlaced(node)) return [key, ...written(node, `${indent}  `)]
    return [...commentLines(node.comment, indent), `${key} ${valueText(node, indent)}`]
  })
  return groups.flatMap((lines, i) => (indent === '' && i > 0 && (lines.length > 1 || groups[i - 1]!.length > 1) ? ['', ...lines] : lines))
}

const valueText = ({ value }: Placed, indent: string): string =>
  value.type === 'text' ? (block(value.text, indent) ?? scalarText(value.text)) : flow(value)

function flow(value: Value): string {
  if (value.type === 'list') return `[${value.items.map(flow).join(', ')}]`
  if (value.type === 'map') return `{${[...value.fields].map(([k, v]) => `${scalarText(k)}: ${flow(v)}`).join(', ')}}`
  if (value.type === 'text') return scalarText(value.text)
  if (value.type === 'decimal') return /inf|nan/.test(value.text) ? value.text.replace(/inf|nan/, '.$&') : decimalText(value.text)
  return 'text' in value && value.type !== 'secret' ? value.text : 'null'
}

const plain = /^[A-Za-z/][\w/.@+-]*( [\w/.@+-]+)*$/
/** Words that some reader takes for something else, and texts that begin like numbers. */
const taken = /^(y|n|yes|no|on|off|true|false|null|nan|inf|infinity)$/i

const scalarText = (t: string): string => (plain.test(t) && !taken.test(t) ? t : quoted(t))

/** Many lines as many lines, where nothing in them needs an escape. */
function block(t: string, indent: string): string | undefined {
  const ending = /\n*$/.exec(t)![0].length
  if (!t.includes('\n') || ending > 1 || /^\s|[^\S\n]$|[^\S\n]\n|[^\n\u0020-\u007e\u00a1-\ud7ff\ue000-\ufefe]/.test(t)) return undefined
  const lines = t.replace(/\n$/, '').split('\n')
  return [ending ? '|' : '|-', ...lines.map((l) => (l === '' ? '' : `${indent}  ${l}`))].join('\n')
}
