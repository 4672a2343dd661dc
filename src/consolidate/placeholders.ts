// ${NAME} in a text, with the meaning that shells give it: a default where it is unset or empty (:-) or unset (-), an error (:? and ?), another text (:+ and +).

export type Lookup = (name: string) => string | undefined

/** What has no value; never with the value of anything. */
export interface Unresolved {
  readonly name: string
  readonly why: string
}
export interface Expanded {
  readonly text: string
  readonly unresolved: readonly Unresolved[]
}

/** A `$${` is written for a plain `${`. */
export const hasPlaceholder = (text: string): boolean => /(?<!\$)\$\{/.test(text)

const opening = /\$\$\{|\$\{/g
const named = /([A-Za-z_]\w*)(:?[-?+])?/y

/** One reading from left to right: what is put in is not read again. */
export function expand(text: string, lookup: Lookup): Expanded {
  const unresolved: Unresolved[] = []
  const out = text.includes('${') ? piece(text, lookup, unresolved) : text
  return { text: out, unresolved }
}

function piece(text: string, lookup: Lookup, unresolved: Unresolved[]): string {
  let out = ''
  let at = 0
  for (;;) {
    opening.lastIndex = at
    const found = opening.exec(text)
    if (!found) return out + text.slice(at)
    out += text.slice(at, found.index)
    at = found.index + found[0].length
    if (found[0] === '$${') {
      out += '${'
      continue
    }
    const end = closing(text, at)
    if (end < 0) {
      unresolved.push({ name: '${', why: 'is never closed' })
      return out
    }
    out += valueIn(text.slice(at, end), lookup, unresolved)
    at = end + 1
  }
}

/** Where the brace closes, or -1; a default may hold placeholders of its own. */
function closing(text: string, from: number): number {
  let depth = 1
  for (let i = from; i < text.length; i++) {
    if (text.startsWith('${', i)) {
      depth += 1
      i += 1
    } else if (text[i] === '}' && --depth === 0) return i
  }
  return -1
}

function valueIn(inside: string, lookup: Lookup, unresolved: Unresolved[]): string {
  named.lastIndex = 0
  const [all = '', name = '', sign] = named.exec(inside) ?? []
  const rest = inside.slice(all.length)
  if (name === '' || (sign === undefined && rest !== '')) {
    unresolved.push({ name: '${…}', why: 'is neither ${NAME} nor ${NAME:-default}' })
    return ''
  }
  const value = lookup(name)
  const has = value !== undefined && !(sign?.startsWith(':') && value === '')
  const kind = sign?.at(-1)
  if (kind === '+') return has ? piece(rest, lookup, unresolved) : ''
  if (has) return value
  if (kind === '-') return piece(rest, lookup, unresolved)
  unresolved.push({ name, why: kind === '?' && rest ? `is not set: ${rest}` : value === '' ? 'is set, but empty' : 'is not set' })
  return ''
}
