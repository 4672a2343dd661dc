// What a statement was seen to do, held against what was said of it.
import type { Finding } from './judge.ts'

export interface Held {
  readonly table: string
  readonly mode: string
}

/** One statement, run on a copy. Of a table: only those that were there before the migration. */
export interface Seen {
  readonly from: number
  readonly to: number
  /** Undefined where it ran. */
  readonly refused: string | undefined
  /** Undefined where they were gone before anybody could look: of what runs in no transaction. */
  readonly locks: readonly Held[] | undefined
  readonly rewritten: readonly string[]
  /** Tables whose rows were all read while writers or readers had to wait. */
  readonly scanned: readonly string[]
}

export interface Disagreement {
  readonly from: number
  readonly to: number
  readonly message: string
}

/** The weakest lock that keeps writers out, and those above it. */
const strong = ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE']

export const strength = (mode: string): number => strong.indexOf(mode)
export const keepsOut = (mode: string): boolean => strength(mode) >= 0

export function disagreements(seen: readonly Seen[], findings: readonly Finding[]): Disagreement[] {
  return seen.flatMap((s) => {
    const told = findings.filter((f) => f.to === s.to)
    return against(s, told).map((message) => ({ from: s.from, to: s.to, message }))
  })
}

function against(seen: Seen, told: readonly Finding[]): string[] {
  const fails = told.filter((f) => f.categories.includes('fails') && !f.beyondOneRun)
  if (seen.refused !== undefined) return fails.length ? [] : [`the server refused it, and no rule said so: ${seen.refused}`]
  if (fails.length) return [`${names(fails)} said that it fails, and it ran`]
  const locks = seen.locks ? locksAgainst(seen.locks, told) : []
  if (told.some((f) => f.newFile)) return locks
  return [...rewritesAgainst(seen, told), ...(seen.locks ? scansAgainst(seen, told) : []), ...locks]
}

function rewritesAgainst({ rewritten }: Seen, told: readonly Finding[]): string[] {
  const said = told.filter((f) => f.categories.includes('rewrite'))
  if (rewritten.length && said.length === 0) return [`${rewritten.join(', ')} was written anew, and no rule said so`]
  return said.length && rewritten.length === 0 ? [`${names(said)} said that the table is written anew, and it was not`] : []
}

function scansAgainst({ scanned }: Seen, told: readonly Finding[]): string[] {
  const said = told.filter((f) => f.lock?.scans && keepsOut(f.lock.mode))
  if (scanned.length && said.length === 0) return [`every row of ${scanned.join(', ')} was read under a lock, and no rule said so`]
  return said.length && scanned.length === 0 ? [`${names(said)} said that rows are read under a lock, and none were`] : []
}

function locksAgainst(held: readonly Held[], told: readonly Finding[]): string[] {
  const modes = new Set(held.map((h) => h.mode))
  return told.flatMap((f) => (f.lock && !modes.has(f.lock.mode) ? [`${f.rule} said ${f.lock.mode}, and no such lock was held`] : []))
}

const names = (findings: readonly Finding[]): string => [...new Set(findings.map((f) => f.rule))].join(', ')
