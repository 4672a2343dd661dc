// A regular expression with one group, which is where the key stands: cut in three, so that what is before and after it stays.
import { specWrong } from '../../../../errors/plan.ts'

export interface Pattern {
  readonly before: string
  readonly group: string
  readonly after: string
}

export function patternOf(source: string, at: string | undefined): Pattern {
  const groups = groupsIn(source)
  const [group] = groups
  if (
    groups.length === 1 &&
    group!.depth === 0 &&
    group!.end !== undefined &&
    !/[*+?{]/.test(source[group!.end + 1] ?? '') &&
    !splitsAtTop(source)
  )
    return { before: source.slice(0, group!.start), group: source.slice(group!.start + 1, group!.end), after: source.slice(group!.end + 1) }
  throw specWrong({
    problems: [
      {
        code: 'GW_REFERENCE_PATTERN',
        message: `${source} does not say where the key stands.`,
        at,
        hint: 'One group, which stands by itself and once: (\\d+). Others are written (?:…), and what may be one thing or another is within one of them.',
      },
    ],
  })
}

interface Group {
  readonly start: number
  readonly depth: number
  end?: number
}

/** Those that are captured, with what they stand in. */
function groupsIn(source: string): Group[] {
  const found: Group[] = []
  const open: (Group | undefined)[] = []
  for (const [i, c] of plainCharacters(source)) {
    if (c === '(') {
      const group = source[i + 1] === '?' ? undefined : { start: i, depth: open.length }
      if (group) found.push(group)
      open.push(group)
    } else if (c === ')') {
      const group = open.pop()
      if (group) group.end = i
    }
  }
  return found
}

function splitsAtTop(source: string): boolean {
  let depth = 0
  for (const [, c] of plainCharacters(source)) {
    if (c === '(') depth++
    else if (c === ')') depth--
    else if (c === '|' && depth === 0) return true
  }
  return false
}

/** Without what is escaped, and what stands in brackets. */
function* plainCharacters(source: string): Generator<readonly [number, string]> {
  let bracket = false
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!
    if (c === '\\') i++
    else if (bracket) bracket = c !== ']'
    else if (c === '[') bracket = true
    else yield [i, c]
  }
}
