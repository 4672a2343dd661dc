// Pairs in a row: how many hold since the last that did not, when the next is due, and what only shows over several of them.
import type { Pair } from './pair.ts'

export interface Needed {
  readonly pairs: number
  readonly everyMs: number
  readonly terms: string
  /** Why the input may be the same in all pairs. */
  readonly sameInput: string | undefined
}

export interface Standing {
  /** The last pairs that hold, none between them that does not. */
  readonly held: readonly Pair[]
  readonly last: Pair | undefined
  /** When the next is due, in milliseconds of the clock; at once after one that did not hold. */
  readonly due: number
  readonly enough: boolean
}

export function standing(all: readonly Pair[], { pairs, everyMs, terms }: Needed): Standing {
  const ours = all.filter((p) => p.terms === terms)
  const broken = ours.findLastIndex((p) => p.verdict !== 'passed')
  const held = ours.slice(broken + 1)
  const last = ours.at(-1)
  return { held, last, due: held.length ? last!.at + everyMs : 0, enough: held.length >= pairs }
}

export type Trap = 'constant' | 'same input'

/** What no single pair can tell: an old side that never moves, or an input that never does. */
export function trapIn(held: readonly Pair[], { pairs, sameInput }: Needed): Trap | undefined {
  const stretch = held.slice(-pairs)
  const inputs = new Set(stretch.map((p) => p.input.old))
  if (inputs.size === 1) return sameInput === undefined ? 'same input' : undefined
  return new Set(stretch.map((p) => p.old.digest)).size === 1 ? 'constant' : undefined
}

/** Two that compute differ somewhere, or are very good: whoever reads it should know. */
export const alikeToTheLetter = (held: readonly Pair[], { pairs }: Needed): boolean =>
  held.slice(-pairs).every((p) => p.old.digest !== null && p.old.digest === p.new.digest)

/** Values that stood still on the old side while the input did not: they may be rounded, or written down. */
export function stillValues(held: readonly Pair[], { pairs }: Needed): string[] {
  const stretch = held.slice(-pairs)
  if (stretch.length < 2 || new Set(stretch.map((p) => p.input.old)).size === 1) return []
  const names = stretch[0]!.values.map((v) => v.name)
  return names.filter((name) => new Set(stretch.map((p) => p.values.find((v) => v.name === name)?.old)).size === 1)
}
