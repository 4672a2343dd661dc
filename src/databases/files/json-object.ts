// The members of a JSON object as they are written: a number keeps its digits, what is nested stays JSON text.

export type Members = ReadonlyMap<string, string>

/** Nothing for a text that is no JSON object; 'twice' where a key stands twice. */
export function membersOf(text: string): Members | 'twice' | undefined {
  if (!isObject(text)) return undefined
  const members = new Map<string, string>()
  let at = text.indexOf('{') + 1
  for (;;) {
    at = skipBlanks(text, at)
    if (text[at] === '}') return members
    if (text[at] === ',') at = skipBlanks(text, at + 1)
    const keyEnd = endOfString(text, at)
    const key = stringOf(text.slice(at, keyEnd))
    const from = skipBlanks(text, text.indexOf(':', keyEnd) + 1)
    const to = endOfValue(text, from)
    if (members.has(key)) return 'twice'
    members.set(key, text.slice(from, to).trimEnd())
    at = to
  }
}

/** A scalar as text, what is nested as JSON; null for null. */
export function textOfValue(value: string | undefined): string | null {
  if (value === undefined || value === 'null') return null
  return value.startsWith('"') ? stringOf(value) : value
}

function isObject(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const stringOf = (quoted: string): string => (quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1))

function skipBlanks(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) <= 32) at++
  return at
}

/** Behind the quote that closes the string beginning here. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; ; at++) {
    const c = text[at]
    if (c === '\\') at++
    else if (c === '"') return at + 1
  }
}

/** Where the comma or bracket behind it stands. That it is JSON is known. */
function endOfValue(text: string, from: number): number {
  let depth = 0
  for (let at = from; ; ) {
    const c = text[at]
    if (c === '"') {
      at = endOfString(text, at)
      continue
    }
    if (depth === 0 && (c === ',' || c === '}')) return at
    if (c === '{' || c === '[') depth++
    else if (c === '}' || c === ']') depth--
    at++
  }
}
