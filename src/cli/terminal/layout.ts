// Text in lines and columns. Colours take no room.
import { plainText } from '../../text.ts'

const colours = /\u001b\[[0-9;]*m/g
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
// marks that stand on the letter before, and signs that only join
const none = /\p{Mn}|\p{Me}|\p{Cf}/u

/** How many columns of a terminal it takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const c of text.replace(colours, '')) width += none.test(c) ? 0 : wide.test(c) ? 2 : 1
  return width
}

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text

/** The beginning of a text without colours, as much as fits. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let out = ''
  for (const c of text) {
    if (widthOf(out) + widthOf(c) > width - 1) break
    out += c
  }
  return `${out}…`
}

/** Broken at spaces; a word that is longer than a line stays whole, so that it can be copied. */
export function wrapped(text: string, indent: string, width: number, hanging = '  '): string {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    const own = /^ */.exec(paragraph)![0]
    let line = indent + own
    let empty = true
    for (const word of paragraph.trim().split(' ')) {
      if (!empty && widthOf(line) + 1 + widthOf(word) > width) {
        lines.push(line.trimEnd())
        line = indent + own + hanging + word
        continue
      }
      line += empty ? word : ` ${word}`
      empty = false
    }
    lines.push(line.trimEnd())
  }
  return lines.join('\n')
}

/** Rows of cells under one another; the last column is left ragged. `right`: columns of numbers. */
export function table(
  rows: readonly (readonly string[])[],
  options: { gap?: number; indent?: string; right?: readonly number[] } = {},
): string[] {
  const { gap = 2, indent = '', right = [] } = options
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (right.includes(i) ? padStart(cell, widths[i]!) : i === row.length - 1 ? cell : padEnd(cell, widths[i]!)))
      .join(' '.repeat(gap))
  return rows.map((row) => (indent + line(row)).trimEnd())
}

/** A value as one line that cannot drive a terminal. */
export const oneLine = (text: string): string => plainText(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')

/** A value of a row: texts in quotes, null as such. */
export const shownValue = (value: string | null | undefined): string =>
  value === null || value === undefined ? 'null' : /^(-?\d+(\.\d+)?|true|false)$/.test(value) ? value : `'${oneLine(value)}'`
