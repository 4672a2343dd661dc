// Reads .env files. No variables are put in here: a value is what stands in the file.

import { readFileSync } from 'node:fs'
import { configUnreadable } from '../errors/config.ts'

/** The file's variables, or undefined if there is no such file. */
export function readDotenv(file: string, shownAs: string): ReadonlyMap<string, string> | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return undefined
    throw configUnreadable({
      what: `${shownAs} is there but cannot be read (${code}).`,
      at: shownAs,
      hint: 'Let this user read it, or take it away.',
      cause,
    })
  }
  return parseDotenv(text, shownAs)
}

const assignment = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=/
const nothing = /^[ \t]*(?:#.*)?$/

/** NAME=value lines. The last one wins. Throws with the line's number, never with its text. */
export function parseDotenv(text: string, shownAs: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  for (let i = 0; i < lines.length; i++) {
    if (nothing.test(lines[i]!)) continue
    const start = assignment.exec(lines[i]!)
    if (!start) throw unclear(shownAs, i, 'is not NAME=value')
    const rest = lines[i]!.slice(start[0].length)
    const quote = /^[ \t]*(["'])/.exec(rest)?.[1]
    if (quote === undefined) {
      values.set(start[1]!, unquoted(rest))
      continue
    }
    const first = i
    let quoted = rest.trimStart()
    // a quoted value may go on over lines: a certificate, a key
    while (closing(quoted, quote) < 0 && i + 1 < lines.length) quoted += `\n${lines[++i]!}`
    const end = closing(quoted, quote)
    if (end < 0) throw unclear(shownAs, first, 'opens a quote that is never closed')
    if (!nothing.test(quoted.slice(end + 1))) throw unclear(shownAs, i, 'has text behind the closing quote')
    values.set(start[1]!, quote === '"' ? unescaped(quoted.slice(1, end)) : quoted.slice(1, end))
  }
  return values
}

/** A # begins a comment only behind a space: passwords have # in them. */
const unquoted = (rest: string): string => rest.replace(/[ \t]+#.*$/, '').trim()

/** Where the quote closes, or -1. A backslash keeps a double quote from closing. */
function closing(text: string, quote: string): number {
  for (let i = 1; i < text.length; i++) {
    if (text[i] === quote) return i
    if (quote === '"' && text[i] === '\\') i++
  }
  return -1
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
  ['\\', '\\'],
])
const unescaped = (text: string): string => text.replace(/\\(.)/g, (whole, c: string) => escapes.get(c) ?? whole)

const unclear = (file: string, index: number, what: string) =>
  configUnreadable({
    what: `Line ${index + 1} of ${file} ${what}.`,
    at: `${file}:${index + 1}`,
    hint: 'Write NAME=value, NAME=\'value\' or NAME="value". The line is not shown here because it may hold a secret.',
  })
