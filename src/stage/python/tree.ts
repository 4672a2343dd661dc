// The tree of a Python file, and the texts that stand in it.
import { parser } from '@lezer/python'
import { hole } from './values.ts'

export type Branch = ReturnType<typeof parser.parse>['topNode']

export const parsePython = (text: string): Branch => parser.parse(text).topNode

const known = new WeakMap<Branch, readonly Branch[]>()

/** Each looked for once: a loop goes through the same ones time and again. */
export function childrenOf(node: Branch): readonly Branch[] {
  const before = known.get(node)
  if (before) return before
  const found: Branch[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'Comment') found.push(child)
  known.set(node, found)
  return found
}

export const childOf = (node: Branch, name: string): Branch | undefined => childrenOf(node).find((c) => c.name === name)

/** Children between commas. */
export function partsOf(children: readonly Branch[], separator = ','): Branch[][] {
  const parts: Branch[][] = [[]]
  for (const child of children)
    if (child.name === separator) parts.push([])
    else parts.at(-1)!.push(child)
  return parts.filter((p) => p.length)
}

const opening = /^([A-Za-z]*)("""|'''|"|')/
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '0': '\0',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
}

const unescaped = (text: string): string =>
  text.replace(
    /\\(?:\r?\n|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{[^}]*\}|([\s\S]))/g,
    (all, x?: string, u?: string, long?: string, one?: string) => {
      const code = x ?? u ?? long
      if (code) return Number.parseInt(code, 16) > 0x10ffff ? hole : String.fromCodePoint(Number.parseInt(code, 16))
      if (one !== undefined) return escapes[one] ?? all
      return all.startsWith('\\N') ? hole : ''
    },
  )

export interface Quoting {
  readonly raw: boolean
  readonly open: number
  readonly close: number
}

export function quotingOf(literal: string): Quoting {
  const [all = '', prefix = '', quote = ''] = opening.exec(literal) ?? []
  return { raw: /r/i.test(prefix), open: all.length, close: quote.length }
}

export const literalPart = (text: string, { raw }: Quoting): string => (raw ? text : unescaped(text))

export function literalText(literal: string): string {
  const quoting = quotingOf(literal)
  return literalPart(literal.slice(quoting.open, literal.length - quoting.close), quoting)
}
