// What stands in a reply: a value at a path, and whether all that is expected is there.
import type { Plain } from './hands.ts'

/** Nothing where the text is not JSON, or has nothing there. */
export function inJson(text: string, path: string): Plain | undefined {
  const whole = jsonOf(text)
  return path === '' ? whole : path.split('.').reduce<Plain | undefined>(within, whole)
}

function within(value: Plain | undefined, name: string): Plain | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as { readonly [key: string]: Plain })[name]
}

function jsonOf(text: string): Plain | undefined {
  try {
    return JSON.parse(text) as Plain
  } catch {
    return undefined
  }
}

/** Where a value is not as expected: a path and what is there. More than is expected may be there. */
export function missingIn(found: Plain | undefined, expected: Plain, at = ''): string | undefined {
  if (typeof expected !== 'object' || expected === null)
    return found === expected ? undefined : `${at || 'the reply'} is ${said(found)}, expected ${said(expected)}`
  for (const [name, value] of Object.entries(expected)) {
    const wrong = missingIn(within(found, name), value as Plain, at ? `${at}.${name}` : name)
    if (wrong) return wrong
  }
  return undefined
}

const said = (value: Plain | undefined): string => (value === undefined ? 'not there' : JSON.stringify(value).slice(0, 80))

/** The rest of an address may be a key. */
export const hostOf = (url: string): string => /^[a-z]+:\/\/(?:[^@/]*@)?([^/?#]*)/i.exec(url)?.[1] ?? 'the service'
