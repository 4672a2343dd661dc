// Values of a Ruby file, as far as they can be told without running it.
import { argumentsOf, bodyOf, kindOf, type Ruby } from './parse.ts'

/** Known only when it runs. */
export const unknown = Symbol('unknown')

/** SQL that stands for a value: -> { 'now()' }. */
export class Expression {
  readonly sql: string
  constructor(sql: string) {
    this.sql = sql
  }
}

export type RubyValue = string | number | boolean | null | RubyValue[] | RubyHash | Expression | typeof unknown
export interface RubyHash extends Map<string, RubyValue> {}

export interface Names {
  get(name: string): RubyValue | undefined
}

/** Methods of texts and lists that change nothing that matters here, or what they make of it. */
const methods: Readonly<Record<string, (value: RubyValue, args: readonly RubyValue[]) => RubyValue>> = {
  freeze: (v) => v,
  to_s: (v) => (typeof v === 'number' || typeof v === 'string' ? String(v) : unknown),
  to_sym: (v) => v,
  to_a: (v) => v,
  dup: (v) => v,
  squish: (v) => (typeof v === 'string' ? v.replace(/\s+/g, ' ').trim() : unknown),
  strip: (v) => (typeof v === 'string' ? v.trim() : unknown),
  strip_heredoc: (v) => v,
  html_safe: (v) => v,
  join: (v, [by]) => (Array.isArray(v) && v.every((x) => typeof x === 'string') ? v.join(typeof by === 'string' ? by : '') : unknown),
  keys: (v) => (v instanceof Map ? [...v.keys()] : unknown),
  values: (v) => (v instanceof Map ? [...v.values()] : unknown),
}

export class Evaluator {
  readonly #names: Names
  /** What is put where a part of a text is not known. */
  readonly #hole: string
  constructor(names: Names, hole: string) {
    this.#names = names
    this.#hole = hole
  }

  of(node: Ruby | null | undefined): RubyValue {
    if (!node) return null
    const read = this.#kinds[kindOf(node)]
    return read ? read(node) : unknown
  }

  readonly #kinds: Readonly<Record<string, (node: Ruby) => RubyValue>> = {
    String: (n) => n['unescaped'].value,
    Symbol: (n) => n['unescaped'].value,
    XString: () => unknown,
    Integer: (n) => Number(n['value']),
    Float: (n) => n['value'],
    Rational: () => unknown,
    True: () => true,
    False: () => false,
    Nil: () => null,
    InterpolatedString: (n) => this.#joined(n['parts']),
    InterpolatedSymbol: (n) => this.#joined(n['parts']),
    Array: (n) => n['elements'].map((e: Ruby) => this.of(e)),
    Hash: (n) => this.#hash(n['elements']),
    KeywordHash: (n) => this.#hash(n['elements']),
    Parentheses: (n) => this.of(bodyOf(n['body'])[0]),
    Lambda: (n) => this.#expression(bodyOf(n['body'])[0]),
    LocalVariableRead: (n) => this.#names.get(n['name']) ?? unknown,
    ConstantRead: (n) => this.#names.get(n['name']) ?? unknown,
    Call: (n) => this.#call(n),
  }

  #joined(parts: readonly Ruby[]): string {
    return parts
      .map((p) => {
        const value = kindOf(p) === 'EmbeddedStatements' ? this.of(bodyOf(p['statements'])[0]) : this.of(p)
        return typeof value === 'string' || typeof value === 'number' ? String(value) : this.#hole
      })
      .join('')
  }

  #hash(elements: readonly Ruby[]): RubyHash {
    const found: RubyHash = new Map()
    for (const e of elements) {
      const key = kindOf(e) === 'Assoc' ? this.of(e['key']) : unknown
      // what is merged into it may say anything
      if (typeof key === 'string' || typeof key === 'number') found.set(String(key), this.of(e['value']))
      else found.set('**', unknown)
    }
    return found
  }

  #expression(node: Ruby | undefined): RubyValue {
    const value = this.of(node)
    return typeof value === 'string' ? new Expression(value) : unknown
  }

  #call(node: Ruby): RubyValue {
    const receiver: Ruby | null = node['receiver']
    if (!receiver) {
      if (node['name'] === 'lambda' || node['name'] === 'proc') return this.#expression(bodyOf(node['block']?.body)[0])
      return argumentsOf(node).length === 0 ? (this.#names.get(node['name']) ?? unknown) : unknown
    }
    const value = this.of(receiver)
    if (value === unknown) return unknown
    const args = argumentsOf(node).map((a) => this.of(a))
    if (node['name'] === '+' && typeof value === 'string') return value + (typeof args[0] === 'string' ? args[0] : this.#hole)
    return methods[node['name']]?.(value, args) ?? unknown
  }
}
