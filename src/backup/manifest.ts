// What a backup is: of what, when, with which tables and files. Sealed by its own SHA-256, so that it cannot be changed without a trace.
import { createHash } from 'node:crypto'
import type { KeptFile, Scope, Taken } from '../databases/backup.ts'

/** Raised when the form changes; a newer one is refused. */
export const form = 1

/** Why it was taken, and what may be built on it. */
export interface Occasion {
  readonly migration?: string
  readonly environment?: string
  readonly plan?: string
  /** `r4`, and the step of it. */
  readonly run?: string
  readonly step?: string
  /** Nothing of that run had been written when its snapshot was taken. */
  readonly baseline: boolean
  readonly notBaseline?: string
}

export interface Manifest extends Taken {
  readonly form: number
  readonly id: string
  readonly scope: Scope
  readonly occasion: Occasion
  /** Other programs that have taken it, and that bring it back. */
  readonly by?: { readonly dump: readonly string[]; readonly restore: readonly string[]; readonly version: string }
  readonly files: readonly KeptFile[]
}

/** A restore that was compared. Written after the manifest, which it names. */
export interface Proof {
  readonly form: number
  readonly backup: string
  /** Of the manifest. */
  readonly manifest: string
  readonly at: string
  readonly tables: number
  readonly rows: number
  /** What could not be set in the scratch database, and was therefore not compared. */
  readonly left: readonly { readonly what: string; readonly why: string }[]
  /** The same rows in other forms, written out of the copy that was compared. */
  readonly exported: readonly KeptFile[]
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const written = (what: object): string => JSON.stringify(what, null, 2)

export const sealed = (what: object): { text: string; sha256: string } => {
  const sha256 = digestOf(written(what))
  return { text: `${written({ ...what, sha256 })}\n`, sha256 }
}

/** Nothing where a single character is not as it was written. */
export function unsealed<T extends object>(text: string): { what: T; sha256: string } | undefined {
  let found: T & { sha256: string }
  try {
    found = JSON.parse(text) as T & { sha256: string }
  } catch {
    return undefined
  }
  const { sha256, ...what } = found
  const again = sealed(what)
  return again.sha256 === sha256 && again.text === text ? { what: what as unknown as T, sha256 } : undefined
}
