// The new configuration as a program has it at its start: master and override, every ${NAME} in its place. What is not there is refused, never passed over.
import { startRefused } from '../errors/consolidate.ts'
import { didYouMean, list } from '../text.ts'
import { isWithin, keyText, type Path } from './path.ts'
import { expand, type Lookup } from './placeholders.ts'
import { readFile, type Texts } from './read.ts'
import { eachText, type Value } from './value.ts'
import { type Plainly, plainOf } from './written.ts'

export interface Start {
  readonly master: string
  /** With {environment} in it. */
  readonly overrides: string
  readonly dialect?: string | undefined
}
export interface KeyAt {
  readonly path: Path
  readonly value: Value
  /** From a file that knows only texts. */
  readonly untyped: boolean
}
export type Effective = ReadonlyMap<string, KeyAt>

/** The key as the override says it, else as the master does. Lists are taken whole. */
export async function effectiveOf(start: Start, environment: string, texts: Texts): Promise<Effective> {
  const found = new Map<string, KeyAt>()
  for (const file of [start.master, overrideFile(start, environment)]) {
    const { entries, format } = await readFile(file, present(file, texts), start.dialect)
    for (const { path, value } of entries) lay(found, { path, value, untyped: format.untyped === true })
  }
  return found
}

export const overrideFile = (start: Start, environment: string): string => start.overrides.replaceAll('{environment}', environment)

/** A value takes the place of all that stands within it or around it; a map without keys takes the place of nothing. */
function lay(found: Map<string, KeyAt>, key: KeyAt): void {
  const inner = [...found.values()].filter((other) => other.path.length > key.path.length && isWithin(other.path, key.path))
  if (inner.length && key.value.type === 'map') return
  const around = key.path.slice(0, -1).map((_, i) => keyText(key.path.slice(0, i + 1)))
  for (const name of [...inner.map((k) => keyText(k.path)), ...around]) found.delete(name)
  found.set(keyText(key.path), key)
}

function present(file: string, texts: Texts): string {
  const text = texts.get(file)
  if (text === undefined)
    throw startRefused({
      at: file,
      what: `${file} is not there.`,
      hint: 'Put it there. Without it the values would be those of another environment, so nothing starts.',
    })
  return text
}

/** The environment that was asked for; refused where none is set, and where there is none of that name. */
export function environmentNamed(given: string | undefined, known: readonly string[] | undefined): string {
  if (given === undefined || given.trim() === '')
    throw startRefused({
      what: 'The environment is not set.',
      hint: known ? `Set it to one of: ${list(known)}. There is no default.` : 'Set it. There is no default.',
    })
  if (known && !known.includes(given)) {
    const near = didYouMean(given, known)
    throw startRefused({
      what: `There is no environment '${given}'.${near ? ` Did you mean '${near}'?` : ''}`,
      hint: `There are: ${list(known)}.`,
    })
  }
  return given
}

/** Every ${NAME} with its value. All that have none are named at once. */
export function withVariables(effective: Effective, lookup: Lookup, where: string): Effective {
  const missing = new Map<string, string>()
  const whole = [...effective].map(([name, key]) => {
    const put = (t: string) => {
      const { text, unresolved } = expand(t, lookup)
      for (const u of unresolved) missing.set(u.name, `${u.name} ${u.why} (${name})`)
      return text
    }
    return [name, { ...key, value: eachText(key.value, put) }] as const
  })
  if (missing.size)
    throw startRefused({
      what: `The configuration for ${where} has variables without a value: ${list([...missing.values()])}.`,
      hint: 'Set them, or write a default: ${NAME:-default}. Values are never printed.',
    })
  return new Map(whole)
}

/** As nested objects, for a program. */
export function asObject(effective: Effective): Record<string, Plainly> {
  const root: Record<string, Plainly> = Object.create(null)
  for (const { path, value } of effective.values()) {
    let at = root
    for (const name of path.slice(0, -1)) at = (at[name] ??= Object.create(null)) as Record<string, Plainly>
    at[path.at(-1)!] = plainOf(value)
  }
  return root
}
