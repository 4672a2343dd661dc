// A flag in a file of lines KEY=value, as applications read it when they start. Everything else in the file stays as it is, to the byte.
import { flagMissing } from '../../errors/cutover.ts'
import type { Hands } from '../hands.ts'
import type { FlagPlace } from './store.ts'

/** `key`: where it is not called like the flag. */
export function envFile(path: string, key?: string): FlagPlace {
  const text = async (flag: string, hands: Hands): Promise<string> => {
    const found = await hands.files.text(path)
    if (found === undefined) throw flagMissing({ flag, place: path, why: 'is not there' })
    return found
  }
  return {
    says: path,
    params: { envFile: path, key: key ?? null },
    canUnset: true,
    get: async (flag, hands) => valueIn(await text(flag, hands), key ?? flag),
    async set(flag, value, hands) {
      const now = await text(flag, hands)
      await hands.files.replace(path, value === null ? withoutLine(now, key ?? flag) : withValue(now, key ?? flag, value))
    },
  }
}

/** What is in front of the value, the value as it is written, and what is behind it. */
function lineOf(text: string, key: string) {
  const line = new RegExp(
    `^([ \\t]*(?:export[ \\t]+)?${key.replace(/[^\w]/g, '\\$&')}[ \\t]*=[ \\t]*)("[^"\\r\\n]*"|'[^'\\r\\n]*'|[^\\r\\n]*?)([ \\t]*(?:[ \\t]#[^\\r\\n]*)?)$`,
    'gm',
  )
  // of two lines the last one counts
  return [...text.matchAll(line)].at(-1)
}

const unquoted = (written: string): string => (/^(["']).*\1$/.test(written) ? written.slice(1, -1) : written)

function valueIn(text: string, key: string): string | null {
  const found = lineOf(text, key)
  return found ? unquoted(found[2]!) : null
}

/** The quotes that stood there stay; a value that needs some gets them. */
function quotedLike(before: string, value: string): string {
  const quote = /^["']/.exec(before)?.[0] ?? (/^[\w.,:/@%+-]*$/.test(value) ? '' : value.includes('"') ? "'" : '"')
  return `${quote}${value}${quote}`
}

function withValue(text: string, key: string, value: string): string {
  const found = lineOf(text, key)
  if (found) {
    const from = found.index + found[1]!.length
    return text.slice(0, from) + quotedLike(found[2]!, value) + text.slice(from + found[2]!.length)
  }
  const line = `${key}=${quotedLike('', value)}`
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  return text === '' || text.endsWith('\n') ? `${text}${line}${end}` : `${text}${end}${line}`
}

/** The line that `withValue` has added, and the end of line that it has. */
function withoutLine(text: string, key: string): string {
  const found = lineOf(text, key)
  if (!found) return text
  const [before, after] = [text.slice(0, found.index), text.slice(found.index + found[0].length)]
  return after === '' ? before.replace(/\r?\n$/, '') : before + after.replace(/^\r?\n/, '')
}
