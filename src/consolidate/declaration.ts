// What is declared: the old files, how they lie over each other, what becomes of their keys, and who decided what.
import { keyText, pathOf } from './path.ts'
import type { ScalarType } from './value.ts'
import type { Written } from './written.ts'

export interface OldFile {
  /** From the project's folder. */
  readonly file: string
  /** Where it applies; everywhere, if left out. */
  readonly environments?: readonly string[]
  /** The files that it overrides: where both have a key, this one counts. Files that do not lie over each other must agree. */
  readonly over?: string | readonly string[]
  /** Its keys keep their names and stand under this key, `''` for the root. Without it, each key is named under `keys` or `dropped`. */
  readonly at?: string
  /** For which reader it is written, where readers differ: `yaml-1.1`, `yaml-1.2`, `ini-python`, `ini-plain`. */
  readonly dialect?: string
  /** The file that was approved, by its digest: part of the plan's id. Another one is refused. Not for a file that holds a secret. */
  readonly sha256?: string
}

/** A key that was collected by other means than from a file on this machine. */
export interface OldEntry {
  readonly file: string
  readonly key: string
  readonly value: Written
  /** For all environments of the file, if left out; else it goes before what the file says for all. */
  readonly environment?: string
}

export type From = string | { readonly key: string; readonly unit?: string }

export interface NewKey {
  /** By file, the old key, or several. What stands within an old key goes along. */
  readonly from?: Readonly<Record<string, From | readonly From[]>>
  /** What a text of a .env or INI file is; other formats say so themselves. */
  readonly as?: Exclude<ScalarType, 'text'>
  /** Of the new value, and of old ones that name none. Percent and fractions, seconds and milliseconds, bytes are converted; any other word is a unit too. */
  readonly unit?: string
  /** True, or the name of the variable that holds it; false for what only looks like one. */
  readonly secret?: boolean | string
}

interface Reason {
  readonly why: string
  readonly by: string
  /** Where it holds; everywhere, if left out. */
  readonly environments?: readonly string[]
}
/** Which of several values is right. */
export type Decision = Reason & ({ readonly from: string; readonly value?: never } | { readonly value: Written; readonly from?: never })
/** A value that is to be another than it was, or a key that is to go or to come. */
export type Change = Reason & ({ readonly value: Written; readonly remove?: never } | { readonly remove: true; readonly value?: never })

type OneOrMore<T> = T | readonly T[]

export interface Consolidation {
  readonly environments: readonly string[]
  readonly files?: readonly OldFile[]
  /** Beside files, or instead of them. */
  readonly entries?: readonly OldEntry[]
  /** `overrides` has {environment} in it. */
  readonly into: { readonly master: string; readonly overrides: string; readonly dialect?: string }
  /** By new key. */
  readonly keys?: Readonly<Record<string, NewKey>>
  /** By file, the old keys that go nowhere, with the reason. */
  readonly dropped?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly decide?: Readonly<Record<string, OneOrMore<Decision>>>
  readonly changes?: Readonly<Record<string, OneOrMore<Change>>>
  /** By environment, a .env file with its variables: then every ${NAME} must have its value there, and secrets are compared. */
  readonly variables?: Readonly<Record<string, string>>
}

export const asList = <T>(one: OneOrMore<T> | undefined): readonly T[] => (one === undefined ? [] : Array.isArray(one) ? one : [one as T])

const holdsIn = (reason: { readonly environments?: readonly string[] }, environment: string): boolean =>
  reason.environments?.includes(environment) ?? true

/** All files that are named, those that are only named by entries among them. */
export function filesOf(c: Consolidation): readonly OldFile[] {
  const named = c.files ?? []
  const others = [...new Set((c.entries ?? []).map((e) => e.file))].filter((f) => !named.some((n) => n.file === f))
  return [...named, ...others.map((file) => ({ file }))]
}

export const overrideOf = (c: Consolidation, environment: string): string => c.into.overrides.replaceAll('{environment}', environment)
export const newFilesOf = (c: Consolidation): readonly string[] => [c.into.master, ...c.environments.map((e) => overrideOf(c, e))]

/** What is said of new keys, by the key in its one form: a."b" is a.b. */
export interface Said {
  readonly keys: ReadonlyMap<string, NewKey>
  readonly decide: ReadonlyMap<string, readonly Decision[]>
  readonly changes: ReadonlyMap<string, readonly Change[]>
}

export function saidOf(c: Consolidation): Said {
  const named = <T>(of: Readonly<Record<string, T>> | undefined) =>
    Object.entries(of ?? {}).map(([k, v]) => [keyText(pathOf(k)!), v] as const)
  return {
    keys: new Map(named(c.keys)),
    decide: new Map(named(c.decide).map(([k, d]) => [k, asList(d)])),
    changes: new Map(named(c.changes).map(([k, d]) => [k, asList(d)])),
  }
}

/** What holds for an environment, of several that hold for some. */
export const inForce = <T extends { readonly environments?: readonly string[] }>(
  all: readonly T[] | undefined,
  environment: string,
): T | undefined => all?.find((one) => holdsIn(one, environment))
