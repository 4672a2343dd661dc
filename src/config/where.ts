// Finds the line on which a key stands, by reading braces: enough for an object that is written out, and no guess where it is not.

/** The line of the key, or of the nearest key around it that is written out; undefined if not even the first is. */
export function lineOf(source: string, path: readonly PropertyKey[]): number | undefined {
  const text = bare(source)
  let open = configurationIn(text)
  let found: number | undefined
  for (const key of path) {
    if (typeof key !== 'string' || open < 0) break // an element of a list stands, as far as we look, on the line of its key
    const place = keyIn(text, open, key)
    if (!place) break
    found = place.at
    open = place.value
  }
  return found === undefined ? undefined : source.slice(0, found).split('\n').length
}

/** The same text, as long, with blanks for comments and for strings that are not keys: what is in them must not count as braces. */
function bare(source: string): string {
  const tokens = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'(\s*:)?|"(?:\\.|[^"\\\n])*"(\s*:)?|`(?:\\.|[^`\\])*`/g
  return source.replace(tokens, (token, single?: string, double?: string) => ((single ?? double) === undefined ? blank(token) : token))
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

/** The brace that opens the configuration. */
const configurationIn = (text: string): number => text.indexOf('{', Math.max(text.search(/export\s+default\b/), 0))

const anyKey = /(?:(["'])(.*?)\1|([\w$]+))\s*([:,}])/y

/** A key of the object that opens at `open`, and the brace that its value opens (-1 if it opens none). */
function keyIn(text: string, open: number, key: string): { at: number; value: number } | undefined {
  let depth = 0
  let keyIsDue = false // only behind { and , : a value may be called like a key
  for (let i = open; i < text.length; i++) {
    const c = text[i]!
    if (depth === 1 && keyIsDue && /\S/.test(c)) {
      anyKey.lastIndex = i
      const match = anyKey.exec(text)
      if (match && (match[2] ?? match[3]) === key) return { at: i, value: match[4] === ':' ? braceAt(text, i + match[0].length) : -1 }
      keyIsDue = false
    }
    if ('{[('.includes(c)) depth++
    else if ('}])'.includes(c) && --depth === 0) return undefined
    if (depth === 1 && (c === ',' || i === open)) keyIsDue = true
  }
  return undefined
}

function braceAt(text: string, from: number): number {
  const next = from + Math.max(text.slice(from).search(/\S/), 0)
  return text[next] === '{' ? next : -1
}
