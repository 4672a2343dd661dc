// What the words on text mean, by code points.

// blanks, tabs, line ends, and the no-break space: no other
const edges = /^[ \t\n\v\f\r\u00a0]+|[ \t\n\v\f\r\u00a0]+$/g
export const trimmed = (s: string): string => s.replace(edges, '')

const points = (s: string): string[] => [...s]
export const lengthOf = (s: string): number => points(s).length
export const sliced = (s: string, from: number, length?: number): string =>
  points(s)
    .slice(from, length === undefined ? undefined : from + length)
    .join('')

export function paddedLeft(s: string, length: number, by: string): string {
  const missing = length - lengthOf(s)
  if (missing <= 0 || by === '') return s
  return points(by.repeat(missing)).slice(0, missing).join('') + s
}

export const replaced = (s: string, from: string, to: string): string => (from === '' ? s : s.split(from).join(to))

/** Whose letters have a great and a small form: only A–Z, each code point for itself, or whole texts (ß to SS). */
export type Casing = 'ascii' | 'simple' | 'full'

const ascii = (s: string, pattern: RegExp, change: (c: string) => string): string => s.replace(pattern, change)
function each(s: string, change: (c: string) => string): string {
  return points(s)
    .map((c) => (lengthOf(change(c)) === 1 ? change(c) : c === 'İ' ? 'i' : c))
    .join('')
}

export function lowered(s: string, casing: Casing): string {
  if (casing === 'ascii') return ascii(s, /[A-Z]/g, (c) => c.toLowerCase())
  return casing === 'full' ? s.toLowerCase() : each(s, (c) => c.toLowerCase())
}

export function uppered(s: string, casing: Casing): string {
  if (casing === 'ascii') return ascii(s, /[a-z]/g, (c) => c.toUpperCase())
  return casing === 'full' ? s.toUpperCase() : each(s, (c) => c.toUpperCase())
}

export function withoutSuffix(s: string, suffix: string, anyCase: boolean, casing: Casing): string {
  const [all, end] = [points(s), points(suffix)]
  const last = all.slice(all.length - end.length)
  // a pattern looks at letters one by one, also where whole texts would change more
  const one = casing === 'ascii' ? 'ascii' : 'simple'
  const alike = (a: string, b: string) =>
    a === b || (anyCase && (lowered(a, one) === lowered(b, one) || uppered(a, one) === uppered(b, one)))
  const ends = all.length >= end.length && end.every((c, i) => alike(c, last[i]!))
  return ends ? all.slice(0, all.length - end.length).join('') : s
}

/** Only for patterns that POSIX and JavaScript read alike: characters, classes of them, anchors, counts and choices. */
export function matches(s: string, pattern: string): boolean {
  if (!/^(?:[\w ^$+*?|()@.-]|\\[.@]|\[[\w-]+\]|\{\d+(?:,\d+)?\})*$/.test(pattern))
    throw new Error(`the oracle does not read the pattern ${pattern}`)
  return new RegExp(pattern, 'su').test(s)
}
