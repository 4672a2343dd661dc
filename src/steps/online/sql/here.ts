// What a statement is compiled with: its words, its line, and what the file has said before it.
import { asStatement, type Refused } from '../../../errors/sql-file.ts'
import { type Name, type Node, relationName } from '../../../lint/ast.ts'
import type { Step } from '../../step.ts'
import type { Wording } from './wording.ts'

export const phases = ['expand', 'cutover', 'contract'] as const
export type Steps = { readonly [P in (typeof phases)[number]]?: readonly Step[] }

/** What a statement has become. */
export interface Compiled {
  readonly steps: Steps
  /** What it is about: `public.orders`, `public.orders.note`, and `public.orders.*` for whatever is in it. */
  readonly on: readonly string[]
  /** What is otherwise only once its last step is done. */
  readonly putsOff?: readonly string[]
}

/** What is otherwise only from a later phase on, and the line that made it so. */
interface PutOff {
  readonly at: string
  readonly phase: number
}

/** What the file has said so far. */
export interface Reading {
  /** As SQL, and as names. */
  path: readonly string[]
  /** Tables, types and the rest that are made in this file: nobody uses them yet. */
  readonly fresh: Set<string>
  readonly putOff: Map<string, PutOff>
  /** Tables that have another name by now. */
  readonly renamed: Map<string, string>
}

/** A statement that has no way beside an application. */
export class NotCompiled extends Error {
  readonly refused: Refused
  constructor(refused: Refused) {
    super(refused.why)
    this.refused = refused
  }
}

export class Here {
  readonly wording: Wording
  /** `orders.sql:3` */
  readonly at: string
  readonly #reading: Reading

  constructor(wording: Wording, at: string, reading: Reading) {
    this.wording = wording
    this.at = at
    this.#reading = reading
  }

  get node(): Node {
    return this.wording.node
  }

  get reading(): Reading {
    return this.#reading
  }

  table(relation: Node | undefined): string {
    return this.named(relationName(relation))
  }

  /** With its schema: of several that names are looked up in, nobody knows here which it is. */
  named({ schema, name }: Name): string {
    const [first, ...more] = this.#reading.path
    if (schema === undefined && more.length && ![first, ...more].some((s) => this.isFresh(`${s}.${name}`)))
      this.refuse(`${name} may be in ${[first, ...more].join(' or ')}`, 'Say its schema.')
    const id = `${schema ?? first}.${name}`
    const is = this.#reading.renamed.get(id)
    if (is !== undefined) this.refuse(`${name} has another name by then, and is a view by this one`, `Say ${is}.`)
    return id
  }

  /** Statements are done in the order of their phases: one must not need what another one above it makes later. */
  inOrder({ steps, on, putsOff = [] }: Compiled): void {
    const used = phases.map((p) => (steps[p]?.length ?? 0) > 0)
    for (const [what, { at, phase }] of this.#reading.putOff)
      if (used.indexOf(true) < phase && on.some((o) => o === what || o.startsWith(`${what}.`) || what.startsWith(`${o}.`)))
        this.refuse(
          `${what.replace(/^public\./, '')} is otherwise only from ${phases[phase]} on, by ${at}, and this would come before`,
          'Put it above that line, or into a migration that comes after this one.',
        )
    for (const what of putsOff) this.#reading.putOff.set(what, { at: this.at, phase: used.lastIndexOf(true) })
  }

  isFresh(id: string): boolean {
    return this.#reading.fresh.has(id)
  }

  refuse(why: string, instead: string): never {
    throw new NotCompiled({ at: this.at, statement: asStatement(this.wording.text), why, instead })
  }

  /** Whoever looks for himself whether it is there has nothing to skip. */
  refuseMaybe(maybe: boolean | undefined, words: 'IF EXISTS' | 'IF NOT EXISTS'): void {
    if (maybe)
      this.refuse(
        `${words} leaves open what there is afterwards, and what an undo takes back`,
        `Leave ${words} out: what was done already is not done again.`,
      )
  }

  refuseCascade(behavior: string | undefined): void {
    if (behavior === 'DROP_CASCADE')
      this.refuse('CASCADE drops what nobody has named', 'Leave it out, and drop what depends on it by name.')
  }
}

export type Compile = (here: Here) => readonly Compiled[]

export const inExpand = (on: readonly string[], ...steps: readonly Step[]): Compiled => ({ steps: { expand: steps }, on })
/** Gone, or otherwise, only then. */
export const later = (steps: Steps, on: readonly string[], putsOff: readonly string[] = on): Compiled => ({ steps, on, putsOff })

export const columnsOf = (id: string, columns: readonly string[]): readonly string[] => columns.map((c) => `${id}.${c}`)
