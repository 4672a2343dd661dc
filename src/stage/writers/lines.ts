// Statements of a text, each with its whole lines and the comments above it, dealt out to the files that they go into.
import { places } from '../../lint/place.ts'
import { type Branch, childrenOf } from '../python/tree.ts'
import type { Uncut } from './writer.ts'

export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Where a statement of several lines has others in it, its head comes along with each. */
interface Bit extends Stretch {
  readonly node: Branch
  readonly firstLine: number
  readonly lastLine: number
}

/** An operation of a migration: the line it stands on, what the file calls it, and the file that it goes into. */
export interface Dealt {
  readonly line: number
  readonly kind: string
  readonly group: number
}

const words = (text: string): Set<string> => new Set(text.match(/[A-Za-z_]\w*/g) ?? [])

const defining = ['AssignStatement', 'ImportStatement', 'FunctionDefinition', 'ClassDefinition']
const says = /^(print|log|logger|logging)\b/

/** What a statement gives a name to, where it does nothing else. */
function namesOf({ node }: Bit, text: string): string[] {
  const source = text.slice(node.from, node.to)
  if (node.name === 'FunctionDefinition' || node.name === 'ClassDefinition')
    return /^(?:async\s+)?(?:def|class)\s+(\w+)/.exec(source)?.slice(1, 2) ?? []
  const left = node.name === 'ImportStatement' ? source.replace(/^from\s+\S+\s+import|^import/, '') : source.split(/:|=(?!=)/)[0]!
  return [...words(left)]
}

/** Whole lines, from the end of the one before; undefined where the first stands beside the name of the function. */
function bitsOf(body: Branch, text: string, lineOf: (at: number) => number): Bit[] | undefined {
  const nodes = childrenOf(body).filter((n) => n.name !== ':')
  const bits: Bit[] = []
  let from = text.indexOf('\n', body.from) + 1
  if (from === 0 || nodes.some((n) => n.from < from)) return undefined
  for (const node of nodes) {
    const end = trimmedEnd(node, text)
    const newline = text.indexOf('\n', end)
    const to = newline < 0 ? text.length : newline + 1
    bits.push({ node, from, to, firstLine: lineOf(node.from), lastLine: lineOf(end) })
    from = to
  }
  return bits
}

/** A block ends with its last statement, and not with the line after it. */
const trimmedEnd = (node: Branch, text: string): number => node.from + text.slice(node.from, node.to).trimEnd().length - 1

export class Cutting {
  readonly #text: string
  readonly #groups: number
  readonly #lineOf: (at: number) => number

  constructor(text: string, groups: number) {
    this.#text = text
    this.#groups = groups
    const place = places(text)
    this.#lineOf = (at) => place(at).line
  }

  /** The lines of a body, one text a group. Every operation stands in exactly one of its statements. */
  body(body: Branch, operations: readonly Dealt[]): string[] | Uncut {
    const bits = bitsOf(body, this.#text, this.#lineOf)
    if (!bits) return { why: 'it is written on one line' }
    const outside = operations.find((o) => !bits.some((b) => b.firstLine <= o.line && o.line <= b.lastLine))
    if (outside) return { why: `what is done in line ${outside.line} is called from elsewhere` }
    return this.#deal(bits, operations)
  }

  #deal(bits: readonly Bit[], operations: readonly Dealt[]): string[] | Uncut {
    const texts: (string | readonly string[] | undefined)[] = []
    for (const bit of bits) {
      const own = operations.filter((o) => bit.firstLine <= o.line && o.line <= bit.lastLine)
      const dealt = own.length ? this.#worked(bit, own) : this.#idle(bit)
      if (dealt && 'why' in (dealt as object)) return dealt as Uncut
      texts.push(dealt as readonly string[] | undefined)
    }
    return this.#gathered(bits, texts as (readonly string[] | undefined)[])
  }

  #worked(bit: Bit, own: readonly Dealt[]): readonly string[] | Uncut {
    const source = this.#text.slice(bit.from, bit.to)
    const strange = own.find(
      (o) =>
        !words(source).has(
          o.kind
            .split('.')
            .at(-1)!
            .replace(/_type$/, ''),
        ),
    )
    if (strange) return { why: `${strange.kind} of line ${strange.line} stands in another file` }
    const groups = [...new Set(own.map((o) => o.group))]
    if (groups.length === 1) return this.#only(groups[0]!, source)
    const block = bit.node.name === 'WithStatement' ? childrenOf(bit.node).find((c) => c.name === 'Body') : undefined
    if (!block) return { why: `the statement in line ${bit.firstLine} does work of several phases` }
    const inside = this.body(block, own)
    if ('why' in inside) return inside
    const head = this.#text.slice(bit.from, this.#text.indexOf('\n', block.from) + 1)
    return inside.map((lines) => (lines.trim() ? head + lines : ''))
  }

  #only(group: number, source: string): string[] {
    return Array.from({ length: this.#groups }, (_, g) => (g === group ? source : ''))
  }

  /** Undefined where it does nothing to the database: it goes where it is needed. */
  #idle(bit: Bit): undefined | Uncut {
    const source = this.#text.slice(bit.node.from, bit.node.to)
    const harmless =
      defining.includes(bit.node.name) || bit.node.name === 'PassStatement' || bit.node.firstChild?.name === 'String' || says.test(source)
    return harmless ? undefined : { why: `what the statement in line ${bit.firstLine} does is not known` }
  }

  /** What gives names to things goes into each that says them, and what only says something into the one of its neighbour. */
  #gathered(bits: readonly Bit[], dealt: readonly (readonly string[] | undefined)[]): string[] | Uncut {
    const used = Array.from({ length: this.#groups }, (_, g) => words(dealt.map((d) => d?.[g] ?? '').join('\n')))
    const taken = new Map<number, Set<number>>()
    for (let i = bits.length - 1; i >= 0; i--) {
      const bit = bits[i]!
      const defines = defining.includes(bit.node.name) ? namesOf(bit, this.#text) : []
      const owners = dealt[i]?.flatMap((text, g) => (text ? [g] : []))
      const users = used.flatMap((names, g) => (defines.some((d) => names.has(d)) ? [g] : []))
      if (owners && users.some((g) => !owners.includes(g))) return { why: `what line ${bit.firstLine} finds out is used by several phases` }
      if (owners || !defines.length) continue
      taken.set(i, new Set(users))
      for (const g of users) for (const name of words(this.#text.slice(bit.node.from, bit.node.to))) used[g]!.add(name)
    }
    return used.map((_, g) =>
      bits.map((bit, i) => dealt[i]?.[g] ?? (taken.get(i)?.has(g) ? this.#text.slice(bit.from, bit.to) : '')).join(''),
    )
  }
}
