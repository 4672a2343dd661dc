// Goes through Python as far as it can be followed without running it: what is known is worked out, of what is not known both ways are taken.
import { places } from '../../lint/place.ts'
import { type Branch, parsePython } from './tree.ts'
import { type Given, type Module, Scope, type Value } from './values.ts'

export interface Circumstance {
  readonly file: string
  readonly line: number
  /** Only where something holds that is not known. */
  readonly conditional: boolean
  /** As often as something that is not known. */
  readonly repeated: boolean
}

/** What knows the world that the Python stands in. */
export interface Host {
  call(name: string, given: Given, at: Circumstance): Value | undefined
  method(of: Value, name: string, given: Given, at: Circumstance): Value | undefined
  /** A module of the project, by its dotted name. */
  module(name: string, from: string): { readonly file: string; readonly text: string } | undefined
  file(path: string): string | undefined
  unread(why: string, at: Circumstance): void
}

export type Ended = 'break' | 'continue' | 'return' | 'raise' | undefined

/** A call that is gone through, and what it may come back with. */
export interface Frame {
  readonly returned: Value[]
}

const mostSteps = 400_000
const deepest = 40

class TooMuch extends Error {}

export class Reading {
  readonly host: Host
  conditions = 0
  loops = 0
  #depth = 0
  #steps = 0
  readonly modules = new Map<string, Scope>()

  constructor(host: Host) {
    this.host = host
  }

  at(scope: Scope, node: Branch): Circumstance {
    const { module } = scope
    return { file: module.file, line: module.lineOf(node.from), conditional: this.conditions > 0, repeated: this.loops > 0 }
  }

  step(): void {
    if (++this.#steps > mostSteps) throw new TooMuch()
  }

  /** Nothing is followed further where calls call themselves. */
  deeper<T>(work: () => T): T | undefined {
    if (this.#depth >= deepest) return undefined
    this.#depth++
    try {
      return work()
    } finally {
      this.#depth--
    }
  }

  whileMaybe<T>(maybe: boolean, work: () => T): T {
    if (!maybe) return work()
    this.conditions++
    try {
      return work()
    } finally {
      this.conditions--
    }
  }

  whileRepeated<T>(work: () => T): T {
    this.loops++
    try {
      return work()
    } finally {
      this.loops--
    }
  }

  /** False where it is too long to be followed to its end. */
  within(work: () => void): boolean {
    this.#steps = 0
    try {
      work()
      return true
    } catch (thrown) {
      if (thrown instanceof TooMuch || thrown instanceof RangeError) return false
      throw thrown
    }
  }
}

/** A revision is gone through for its names, its way up and its way down, one after the other. */
const most = 16
const parsed = new Map<string, Branch>()

function parsedAgain(text: string): Branch {
  const found = parsed.get(text) ?? parsePython(text)
  parsed.delete(text)
  parsed.set(text, found)
  if (parsed.size > most) parsed.delete(parsed.keys().next().value!)
  return found
}

export function moduleScope(file: string, text: string): { readonly scope: Scope; readonly tree: Branch } {
  const place = places(text)
  const lineOf = (offset: number) => place(offset).line
  const module: Module = { file, text, lineOf }
  return { scope: new Scope(module), tree: parsedAgain(text) }
}
