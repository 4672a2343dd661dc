// INI, for which there is no book: as Python's configparser reads it, and as most others do. All values are texts.
import { type Scalar, text } from '../value.ts'
import { asLines, commentAbove, commentLines, type Entry, type Format, Malformed, nested, type Placed } from './format.ts'

export const ini: Format = {
  name: 'INI',
  dialects: ['ini-python', 'ini-plain'],
  untyped: true,
  comments: true,
  read(source, dialect) {
    const entries = dialect === 'ini-python' ? asPython(asLines(source)) : asMost(asLines(source))
    const names = entries.map((e) => JSON.stringify(e.path))
    const twice = entries.find((_, i) => names.indexOf(names[i]!) < i)
    if (twice) throw new Malformed('has a key that stands in the same section before', twice.line)
    return dialect === 'ini-python' ? inherited(entries) : entries
  },
  cannot(path, value, dialect) {
    if (path.length !== 2) return 'has keys in sections, and nothing deeper'
    if (value.type !== 'text') return `has texts only, and nothing to hold ${value.type === 'null' ? 'null' : `a ${value.type}`}`
    return awkward(path, value.text, dialect)
  },
  write: (entries, head) => [...commentLines(head, ''), ...sections(entries), ''].join('\n').replace(/^\n+/, ''),
}

const heading = /^\s*\[([^\]]+)\]\s*(?:[#;].*)?$/
const pair = /^\s*([^=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/
const blank = /^\s*(?:[#;].*)?$/

/** Key by key, with the section that it is in. */
function asMost(lines: readonly string[]): Entry[] {
  const entries: Entry[] = []
  let section: string | undefined
  for (const [i, line] of lines.entries()) {
    if (blank.test(line)) continue
    const name = heading.exec(line)?.[1]
    if (name !== undefined) {
      section = name.trim()
      continue
    }
    const found = pair.exec(line)
    if (!found) throw new Malformed('is neither a section nor key = value', i + 1)
    entries.push(entry(lines, i, section, found[1]!, unquoted(found[2]!.replace(/(^|\s+)[#;].*$/, ''))))
  }
  return entries
}

const unquoted = (value: string): string => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value

/** Keys in lower case, quotes and signs behind a value part of it, lines that are further in part of the value before. */
function asPython(lines: readonly string[]): Entry[] {
  const entries: Entry[] = []
  let section: string | undefined
  let depth = Number.POSITIVE_INFINITY
  for (const [i, line] of lines.entries()) {
    const indent = /^\s*/.exec(line)![0].length
    const last = entries.at(-1)
    if (/^\s*[#;]/.test(line)) continue
    if (line.trim() === '') {
      // configparser keeps an empty line within a value, and drops those at its end
      if (last && depth < Number.POSITIVE_INFINITY)
        entries[entries.length - 1] = { ...last, value: text(`${(last.value as Scalar).text}\n`) }
      continue
    }
    if (last && indent > depth) {
      entries[entries.length - 1] = { ...last, value: text(`${(last.value as Scalar).text}\n${line.trim()}`) }
      continue
    }
    const name = heading.exec(line)?.[1]
    depth = name === undefined ? indent : Number.POSITIVE_INFINITY
    if (name !== undefined) {
      section = name
      continue
    }
    const found = pair.exec(line)
    if (!found || section === undefined)
      throw new Malformed(section === undefined ? 'stands before the first section' : 'is not key = value', i + 1)
    entries.push(entry(lines, i, section, found[1]!.toLowerCase(), found[2]!))
  }
  return entries.map((e) => ({ ...e, value: text(interpolated((e.value as Scalar).text.replace(/\n+$/, ''), e.line)) }))
}

function interpolated(value: string, line: number | undefined): string {
  if (/%(?!%)/.test(value.replaceAll('%%', '')))
    throw new Malformed('has a % that configparser puts something in for: write it out, or as %%', line)
  return value.replaceAll('%%', '%')
}

/** [DEFAULT] gives its keys to all sections that do not have them. */
function inherited(entries: readonly Entry[]): Entry[] {
  const own = entries.filter((e) => e.path[0] !== 'DEFAULT')
  const sections = [...new Set(own.map((e) => e.path[0]!))]
  const defaults = entries.filter((e) => e.path[0] === 'DEFAULT')
  const given = sections.flatMap((section) =>
    defaults
      .map((d) => ({ ...d, path: [section, d.path[1]!] }))
      .filter((d) => !own.some((e) => e.path[0] === section && e.path[1] === d.path[1])),
  )
  return [...own, ...given]
}

const entry = (lines: readonly string[], i: number, section: string | undefined, key: string, value: string): Entry => ({
  path: section === undefined ? [key] : [section, key],
  value: text(value),
  line: i + 1,
  comment: commentAbove(lines, i + 1, '#;'),
})

// ── writing ────────────────────────────────────────────────────────────────────────────────

/** What its readers would not see alike. */
function awkward([section, key]: readonly string[], value: string, dialect: string | undefined): string | undefined {
  if (/[\]\n\r]/.test(section!) || section === 'DEFAULT') return 'has no such section'
  if (!/^[\w.-]+$/.test(key!)) return 'has keys of letters, digits, dots, _ and -'
  if (dialect !== 'ini-plain' && key !== key!.toLowerCase()) return 'has keys in lower case for some of its readers'
  if (/[\n\r]|^\s|\s$|(^|\s)[#;]/.test(value) || /^(["']).*\1$/.test(value))
    return 'has texts of one line without blanks at the ends, quotes around or # and ; behind a blank'
  return dialect !== 'ini-plain' && value.includes('%') ? 'has no % that all of its readers see alike' : undefined
}

const sections = (entries: readonly Placed[]): string[] =>
  [...nested(entries)].flatMap(([section, keys]) => [
    '',
    `[${section}]`,
    ...[...(keys as Map<string, Placed>)].flatMap(([key, e]) => [...commentLines(e.comment, ''), `${key} = ${(e.value as Scalar).text}`]),
  ])
