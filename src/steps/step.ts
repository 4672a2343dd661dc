// One thing to do and how to take it back: data, made by the makers beside this file.

import type { SqlWords } from '../expr/node.ts'
import type { LiveSchema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'

export interface Target {
  readonly sql: SqlWords
  readonly schema: LiveSchema
}

/** A question that can be answered wrongly: which rows are wrong, and of how many that were looked at. */
export interface Question {
  readonly title: string
  readonly at: string | undefined
  /** One number: how many were compared. Zero is "not verified". */
  readonly examined: string
  /** The rows that should not be, all columns as text. */
  readonly wrong: string
  /** Why it cannot fail, if so: two sides from one place, no table in it. */
  readonly vacuous?: string
}

export interface Irreversible {
  readonly irreversible: string
}
export interface Statement {
  readonly sql: string
  readonly alone?: true
}

/** A step that people write into a phase. */
export interface Step {
  readonly kind: string
  readonly title: string
  readonly at: string | undefined
  /** What the plan's id is made of. */
  readonly params: Readonly<Record<string, unknown>>
  /** The tables that it names. */
  readonly reads?: readonly Table[]
  /** What it asks, if it is a check. */
  ask?(to: Target): Question
  /** What it does, if it changes something. */
  forward?(to: Target): readonly Statement[]
  back?(to: Target): readonly Statement[] | Irreversible
}
