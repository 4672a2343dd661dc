// .env files: NAME=value, as the shells and the dotenv libraries agree on it. All values are texts.
import { type Scalar, text } from '../value.ts'
import { asLines, commentAbove, commentLines, type Entry, type Format, Malformed, type Placed } from './format.ts'

export const env: Format = {
  name: '.env',
  dialects: [],
  untyped: true,
  comments: true,
  read(source) {
    const lines = asLines(source)
    const seen = new Set<string>()
    return assignments(lines.join('\n')).map(({ name, value, line, behind }) => {
      if (seen.has(name)) throw new Malformed('has a name that stands there before', line)
      seen.add(name)
      return {
        path: [name],
        value: text(value),
        line,
        comment: [...commentAbove(lines, line, '#'), ...(behind ? [behind] : [])],
      } satisfies Entry
    })
  },
  cannot(path, value) {
    if (path.length > 1 || !/^[A-Za-z_]\w*$/.test(path[0]!)) return 'has names of letters, digits and _, and nothing within another'
    return value.type === 'text' ? undefined : `has texts only, and nothing to hold ${value.type === 'null' ? 'null' : `a ${value.type}`}`
  },
  write: (entries, head) =>
    [...commentLines(head, ''), ...entries.flatMap((e) => [...commentLines(e.comment, ''), `${e.path[0]!}=${written(e)}`]), ''].join('\n'),
}

const start = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/y
const single = /'([^']*)'/y
const double = /"((?:\\[\s\S]|[^"\\])*)"/y
const bare = /(?!["'])[^\n]*/y
const rest = /[ \t]*(?:#[ \t]*([^\n]*))?(?:\n|$)/y
const empty = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y

function assignments(source: string) {
  const found: { name: string; value: string; line: number; behind: string | undefined }[] = []
  let at = 0
  const take = (part: RegExp): RegExpExecArray | undefined => {
    part.lastIndex = at
    const match = part.exec(source) ?? undefined
    if (match) at += match[0].length
    return match
  }
  while (at < source.length) {
    const line = source.slice(0, at).split('\n').length
    if (take(empty)) continue
    const name = take(start)?.[1]
    if (name === undefined) throw new Malformed('is not NAME=value', line)
    const value = valueIn(take)
    if (value === undefined) throw new Malformed('opens a quote that is never closed', line)
    const end = take(rest)
    if (!end) throw new Malformed('has text behind the closing quote', line)
    found.push({ name, value: value.text, line, behind: value.behind ?? end[1]?.trim() })
  }
  return found
}

function valueIn(take: (part: RegExp) => RegExpExecArray | undefined): { text: string; behind?: string | undefined } | undefined {
  const quoted = take(single)?.[1]
  if (quoted !== undefined) return { text: quoted }
  const escaped = take(double)?.[1]
  if (escaped !== undefined) return { text: unescaped(escaped) }
  const line = take(bare)?.[0]
  if (line === undefined) return undefined
  // a # begins a comment only behind a blank: passwords have # in them
  const [, text = '', behind] = /^(.*?)(?:(?:^|[ \t]+)#[ \t]*(.*))?$/.exec(line)!
  return { text: text.trim(), behind: behind?.trim() }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }
const unescaped = (inside: string): string => inside.replace(/\\([nrt"\\$`])/g, (_, c: string) => escapes[c] ?? c)

/** Nothing is put in within single quotes, so a text with a ${NAME} stands in double ones. */
function written({ value }: Placed): string {
  const t = (value as Scalar).text
  if (/^[\w./:@%+,-]*$/.test(t)) return t
  if (!t.includes('${') && !/['\n\r]/.test(t)) return `'${t}'`
  const escaped = t
    .replace(/["\\`]|\$(?!\{)/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
  return `"${escaped}"`
}
