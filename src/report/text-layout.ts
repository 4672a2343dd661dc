// Lines for a terminal or a mail: no longer than a hundred characters, cells under one another.
const width = 100

/** Cells under one another; the last is wrapped under itself. */
export function columns(rows: readonly (readonly string[])[], first = ''): string[] {
  const last = Math.max(0, ...rows.map((r) => r.length)) - 1
  const natural = Array.from({ length: last }, (_, i) => Math.max(...rows.map((r) => cells(r[i] ?? ''))))
  const fits = natural.reduce((n, w) => n + w + 2, first.length) <= width - 30
  const most = fits ? width : Math.floor((width - 30 - first.length) / Math.max(last, 1)) - 2
  const widths = natural.map((w) => Math.min(most, w))
  return rows.flatMap((r) => {
    const lead = r
      .slice(0, -1)
      .map((cell, i) => pad(cut(cell, widths[i]!), widths[i]!))
      .join('  ')
    const start = `${first}${lead}${r.length > 1 ? '  ' : ''}`
    return wrap(r.at(-1)!, start, ' '.repeat(cells(start)))
  })
}

/** Broken between words; what is longer than a line, inside. */
export function wrap(s: string, first: string, rest = ' '.repeat(cells(first))): string[] {
  const lines: string[] = []
  let line = first
  let empty = true
  const flush = () => {
    lines.push(line)
    line = rest
    empty = true
  }
  for (const word of s.split(' ')) {
    const room = width - cells(rest)
    for (const piece of pieces(word, room)) {
      if (!empty && cells(line) + 1 + cells(piece) > width) flush()
      else if (empty && cells(line) + cells(piece) > width) flush()
      line += empty ? piece : ` ${piece}`
      empty = false
    }
  }
  return [...lines, line]
}

const pieces = (word: string, room: number): string[] => {
  if (cells(word) <= room) return [word]
  const out: string[] = []
  let piece = ''
  for (const c of word) {
    if (cells(piece + c) > room) {
      out.push(piece)
      piece = ''
    }
    piece += c
  }
  return [...out, piece]
}

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

/** Columns of a terminal: what East Asia writes and emoji take two. */
function cells(s: string): number {
  let n = 0
  for (const c of s) n += /\p{Mn}/u.test(c) ? 0 : wide.test(c) ? 2 : 1
  return n
}

const pad = (s: string, to: number): string => s + ' '.repeat(Math.max(0, to - cells(s)))

function cut(s: string, to: number): string {
  if (cells(s) <= to) return s
  let out = ''
  for (const c of s) {
    if (cells(out + c) > to - 1) break
    out += c
  }
  return `${out}…`
}
