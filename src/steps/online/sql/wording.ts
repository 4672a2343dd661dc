// A statement as the words that it was written in: what is taken over into a step is taken over to the letter.
import { parseSync, scanSync } from 'libpg-query'
import { inner, type Node } from '../../../lint/ast.ts'

/** Places are bytes, as the parser counts. */
interface Word {
  readonly start: number
  readonly end: number
  readonly text: string
  /** In small letters, where it is a word of SQL and no name in quotes. */
  readonly says: string
  /** How many brackets it stands in. */
  readonly depth: number
}

export interface Span {
  readonly from: number
  readonly to: number
}

export class Wording {
  readonly text: string
  /** The statement alone, with places in this text. */
  readonly node: Node
  readonly #bytes: Buffer
  readonly #words: readonly Word[]

  constructor(text: string) {
    this.text = text
    this.#bytes = Buffer.from(text)
    this.node = inner((parseSync(text).stmts?.[0]?.stmt ?? {}) as Node)
    this.#words = wordsOf(text)
  }

  get end(): number {
    return this.#bytes.length
  }

  cut({ from, to }: Span): string {
    return this.#bytes.subarray(from, to).toString().trim()
  }

  /** What commas divide, outside of brackets that are opened within. */
  parts({ from, to }: Span): Span[] {
    const within = this.#within({ from, to })
    const depth = within[0]?.depth ?? 0
    const commas = within.filter((w) => w.says === ',' && w.depth === depth)
    return [...commas, undefined].map((comma, i) => ({ from: commas[i - 1]?.end ?? from, to: comma?.start ?? to }))
  }

  /** What stands in the first brackets. */
  inBrackets({ from, to }: Span): Span {
    const within = this.#within({ from, to })
    const open = within.find((w) => w.says === '(')!
    const close = within.find((w) => w.start > open.start && w.says === ')' && w.depth === open.depth)!
    return { from: open.end, to: close.start }
  }

  /** From behind the first of these words, outside of brackets, to the end. */
  after(word: string, { from, to }: Span): Span | undefined {
    const within = this.#within({ from, to })
    const found = within.find((w) => w.says === word && w.depth === (within[0]?.depth ?? 0))
    return found && { from: found.end, to }
  }

  /** Up to the first of these words, outside of brackets that are opened within. */
  until(words: readonly string[], { from, to }: Span): Span {
    const within = this.#within({ from, to })
    const depth = within[0]?.depth ?? 0
    const stop = within.find((w) => w.depth < depth || (w.depth === depth && words.includes(w.says)))
    return { from, to: stop?.start ?? to }
  }

  /** Behind the name that begins here: `a`, `"A".b`, `a *`. */
  behindName(from: number): number {
    const [first, ...rest] = this.#within({ from, to: this.end })
    let last = first!
    for (let i = 0; i < rest.length; i++) {
      const dotted = rest[i]!.says === '.'
      if (!dotted && rest[i]!.says !== '*') break
      last = dotted ? rest[++i]! : rest[i]!
    }
    return last.end
  }

  /** Behind brackets that follow at once: of `lower(a) desc` the call. */
  behindCall(from: number): number {
    return this.inBrackets({ from, to: this.end }).to + 1
  }

  #within({ from, to }: Span): readonly Word[] {
    return this.#words.filter((w) => w.start >= from && w.end <= to)
  }
}

function wordsOf(text: string): Word[] {
  let depth = 0
  return scanSync(text)
    .tokens.filter((t) => !t.tokenName.endsWith('COMMENT'))
    .map(({ start, end, text: as, tokenName }) => {
      if (as === ')' || as === ']') depth--
      const word = { start, end, text: as, says: tokenName === 'IDENT' ? '' : as.toLowerCase(), depth }
      if (as === '(' || as === '[') depth++
      return word
    })
}
