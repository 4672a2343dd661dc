// One thing to do and how to take it back: data, made by the makers beside this file.

import type { SqlWords } from '../expr/node.ts'
import type { Content } from '../schema/content.ts'
import type { LiveSchema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { Hands, Plain, TargetHands } from './hands.ts'

export interface Target {
  readonly sql: SqlWords
  readonly schema: LiveSchema
  readonly migration: string
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

/** What a step does where SQL of the target is not enough: it is lent hands by the runner, and opens nothing itself. */
export interface Doing {
  /** For the plan, one thing a line: what will happen. */
  readonly says: readonly string[]
  /** The same, where the target is not Postgres. */
  readonly saysElsewhere?: readonly string[]
  /** The same, where it takes the schema to say it. */
  saysOf?(to: Target): readonly string[]
  /** It only waits or looks, and changes nothing: nothing is cut over by it. */
  readonly gate?: true
  /** Others are told of it before: it begins then, and not before it has been told. */
  readonly window?: Window
  /** What it sees time and again, and keeps: `godwit shadow` shows it. */
  readonly keeps?: 'pairs' | 'measures'
  /** Safe to be asked again: whoever was killed before it was noted asks again. It looks at what is there, and does what is missing. */
  do(hands: Hands): Promise<Done | Waiting | RollBack>
  /** Takes back what `do` has done, all of it or the part it came to; left out where there is nothing to take back. */
  readonly undo?: ((hands: Hands) => Promise<void>) | Irreversible
  /** What it has only put out of sight, dropped for good: by a command of its own, and not before its time. */
  readonly purge?: { readonly keepMs: number; drop(hands: Hands): Promise<void> }
}
/** Moments of the clock. */
export interface Window {
  readonly from: number
  readonly to: number
  /** For those who are told. */
  readonly announce?: Announcement
}
/** What they will notice, and what to do. */
export interface Announcement {
  readonly audience: string
  readonly impact: string
  readonly instructions?: string
  /** How long before they have to know: '2 days'. A window that was told later, or not at all, does not open. */
  readonly notice?: string
}
export interface Done {
  /** For people, what came of it. */
  readonly done: string
  /** For the record. */
  readonly detail?: Plain
}
export interface Waiting {
  readonly waits: string
  /** What one can do about it, as commands or words. */
  readonly next: readonly string[]
  /** When it opens by itself, in milliseconds of the clock. */
  readonly until?: number
}

/** What was cut over is to be taken back: the steps of cutover and contract that were done are undone, last first. */
export interface RollBack {
  readonly rollBack: string
}

export interface Brought {
  /** `schema.name` */
  readonly table: string
  readonly column: string
  readonly type: string
}

/** A table whose keys become others: whatever points at them has to be known before. */
export interface Rekeyed {
  /** `schema.name` */
  readonly table: string
  /** Columns, as `schema.table.column`, of which somebody has said whether they point at it. */
  readonly decided: readonly string[]
}

/** A column that gets another type, by a second one that takes its place. */
export interface Retyped {
  /** `schema.name` */
  readonly id: string
  readonly column: string
  /** The second one, until then; the first one, from then on. */
  readonly fresh: string
  readonly away: string
  readonly to: string
  /** The new value, as SQL over the row; and the old one. */
  readonly using: string
  readonly back: string | undefined
  readonly keep: string
}

/** What a look tells of a step before anything is done, and what it settles. */
export interface Foreseen {
  /** For the plan, one thing a line, in place of what the step says without a look. */
  readonly says: readonly string[]
  /** The way that it goes by, if there are several: it stays the same however often the run is resumed. */
  readonly way?: string
}
/** With which a step looks: it asks, and changes nothing. */
export interface Looking {
  readonly target: Pick<TargetHands, 'ask'>
  /** All steps of the migration. */
  readonly steps: readonly Step[]
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
  /** Tables whose shape it changes, by `schema.name`. */
  readonly changes?: readonly string[]
  /** Columns that are there once it is done, with their types as SQL. */
  readonly brings?: readonly Brought[]
  /** Whose keys it changes. */
  readonly rekeys?: Rekeyed
  /** Both steps of a column that gets another type say so: two shapes of a table have a way of their own for it. */
  readonly retypes?: Retyped
  /** What it asks, if it is a check. */
  ask?(to: Target): Question
  /** What it does, if it changes something. */
  forward?(to: Target): readonly Statement[]
  back?(to: Target): readonly Statement[] | Irreversible
  /** Schemas in which names are looked up that do not say theirs, as SQL; left out, all of them do. */
  readonly path?: string
  /** What it was made of: another file is another plan. */
  readonly file?: Content
  /** Asked once, when the plan is made. */
  foresee?(looking: Looking): Promise<Foreseen>
  /** How long its phase may take at a stretch. */
  readonly budgetMs?: number
  /** What it does beyond statements. */
  readonly doing?: Doing
  /** Later than this moment of the clock it is not begun: what was cut over until then is taken back. */
  readonly by?: number
}
