// The tables as two versions of an application know them, at once: a schema of views for each, that are chosen by the search path. Every
// view is of one table and its own columns, so whatever a table takes a view takes; what differs in value is kept in step by the columns
// themselves (split, merge).

import { specWrong } from '../../../errors/plan.ts'
import { undoRefused } from '../../../errors/run.ts'
import type { Phase } from '../../../events/phase.ts'
import { origin } from '../../../expr/origin.ts'
import type { Hands, Row } from '../../hands.ts'
import type { Brought, Step, Target } from '../../step.ts'
import { holds, online, wasBefore } from '../move.ts'
import { idOf, named, relation, short } from '../words.ts'
import { besideIt, type NewView, takePlace } from './both-types.ts'
import { calledForGood } from './called.ts'
import { foreseen } from './foreseen.ts'
import { hinderingNew, hinderingOld, notItself, stillUsed } from './reasons.ts'
import { columnsAsTheyAre, columnsOf, isThere, listed, putUp, takenDown, viewOf, viewPutUp } from './shape.ts'

export interface Difference {
  /** Columns that the new version does not know any more. */
  readonly gone?: readonly string[]
  /** Columns that the new version knows by another name: `{ mail: 'email' }` */
  readonly called?: Readonly<Record<string, string>>
}

export interface Shaping {
  /** The schema of the old version: it must not be there yet. */
  readonly old: string
  /** The schema of the new one. */
  readonly new: string
  /** All tables that the application says, by their names, with what the new version knows otherwise. */
  readonly tables: Readonly<Record<string, Difference>>
}

export type Phased = { readonly [P in Phase]?: readonly Step[] }

/** What the two shapes know of each other. */
export interface Shapes {
  readonly old: string
  readonly new: string
  readonly tables: readonly Known[]
}
export interface Known {
  readonly id: string
  readonly gone: readonly string[]
  readonly called: Readonly<Record<string, string>>
  /** By the column that waits the one whose place it takes: the new version knows it by that name. */
  readonly instead: Readonly<Record<string, string>>
}

/** A part of a migration, with those that change the tables: both shapes stand from expand to contract, and only there is anything taken away. */
export function shapes(shaping: Shaping, ...parts: readonly Phased[]): Phased {
  const at = origin()
  const retyped = parts.flatMap((p) => (p.expand ?? []).flatMap((step) => step.retypes ?? []))
  refuseRekeyed(parts, at)
  const s: Shapes = {
    old: shaping.old,
    new: shaping.new,
    tables: Object.entries(shaping.tables).map(([table, { gone = [], called = {} }]) => ({
      id: idOf(table),
      gone,
      called,
      instead: Object.fromEntries(retyped.flatMap((r) => (r.id === idOf(table) ? [[r.fresh, r.column]] : []))),
    })),
  }
  const of = (phase: Phase) => parts.flatMap((p) => p[phase] ?? []).map((step) => forBoth(s, step, phase))
  const brought = of('expand').flatMap((step) => step.brings ?? [])
  const rest = { assess: of('assess'), backup: of('backup'), backfill: of('backfill'), verify: of('verify') }
  return {
    ...rest,
    expand: [standing(s, 'old', brought, at), ...of('expand'), standing(s, 'new', brought, at)],
    contract: [fallen(s, 'old', at), ...of('cutover'), ...of('contract'), ...calledForGood(s, at), fallen(s, 'new', at)],
  }
}

/** A column of another type is written by both versions. */
function forBoth(s: Shapes, step: Step, phase: Phase): Step {
  const r = step.retypes
  if (!r) return step
  if (phase === 'expand') return besideIt(r, step.at)
  return takePlace(r, newView(s, r.id), step.at)
}

/** Of a table that is in no shape there is none. */
function newView(s: Shapes, id: string): NewView {
  const name = viewOf(s.new, id)
  const isUp = (hands: Hands) => holds(hands, `${relation(name)} is not null`)
  return {
    async down(hands) {
      if (!(await isUp(hands))) return []
      const reasons = await stillUsed(hands, s.new, s.tables)
      if (reasons.length) throw undoRefused({ reasons, hint: `Take it out of ${s.new}, then undo again.` })
      return [`drop view ${named(name)} restrict`]
    },
    up: async (hands) => ((await isUp(hands)) ? viewPutUp(s.new, id, columnsOf(await noted(hands, s, 'new'))) : []),
  }
}

function refuseRekeyed(parts: readonly Phased[], at: string | undefined): void {
  const tables = parts.flatMap((p) => Object.values(p).flatMap((steps) => steps.flatMap((step) => step.rekeys?.table ?? [])))
  if (!tables.length) return
  throw specWrong({
    problems: tables.map((id) => ({
      code: 'GW_SHAPES_REKEY',
      message: `${short(id)} gets other keys: that is no difference between two shapes.`,
      at,
      hint: 'Say rekey in a migration of its own, before this one or after it: old keys go on beside the new ones, under the name that keep gives them, for as long as an old version needs them.',
    })),
  })
}

const kind = 'online shape'
const titleOf = (s: Shapes, which: 'old' | 'new'): string => `${s[which]} has the tables as the ${which} version knows them`

const views = (s: Shapes, schema: string): string => s.tables.map(({ id }) => viewOf(schema, id)).join(', ')

function standing(s: Shapes, which: 'old' | 'new', brought: readonly Brought[], at: string | undefined): Step {
  const schema = s[which]
  const step = online({
    kind,
    title: titleOf(s, which),
    at,
    params: { ...s },
    moves: [
      {
        name: 'stand',
        says: `a view for each table: ${views(s, schema)}`,
        there: (hands) => isThere(hands, schema),
        do: async (hands) => {
          await hands.schema.reshape(putUp(schema, columnsOf(await wasBefore(hands))))
          for (const line of await listed(hands, schema)) hands.tell(line)
        },
        undo: (hands) => down(hands, s, schema),
      },
    ],
    against: async (hands) => (which === 'old' ? hinderingOld(hands, s) : hinderingNew(hands, s, columnsOf(await noted(hands, s, 'old')))),
    was: (hands) => columnsAsTheyAre(hands, s, which),
  })
  const saysOf = ({ schema: live }: Target) => s.tables.map((t) => shown(t, schema, foreseen(t, which, live, brought)))
  return { ...step, doing: { ...step.doing!, saysOf } }
}

/** `view shop_2.person of person: id int4, email text (mail), first text` */
const shown = ({ id }: Known, schema: string, columns: readonly string[]): string =>
  `view ${viewOf(schema, id)} of ${short(id)}: ${columns.join(', ')}`

function fallen(s: Shapes, which: 'old' | 'new', at: string | undefined): Step {
  const schema = s[which]
  return online({
    kind: 'online shape gone',
    title: `${schema} is gone`,
    at,
    params: { ...s },
    moves: [
      {
        name: 'fall',
        says: `${views(s, schema)} and their schema go${which === 'new' ? ': the tables have the new shape themselves' : ''}`,
        there: async (hands) => !(await isThere(hands, schema)),
        do: (hands) => hands.schema.reshape(takenDown(schema, s.tables)),
        undo: async (hands) => {
          if (!(await isThere(hands, schema))) await hands.schema.reshape(putUp(schema, columnsOf(await wasBefore(hands))))
        },
      },
    ],
    against: async (hands) => [
      ...(await stillUsed(hands, schema, s.tables)),
      ...(which === 'new' ? await notItself(hands, schema, s.tables) : []),
    ],
    was: (hands) => noted(hands, s, which),
  })
}

async function down(hands: Hands, s: Shapes, schema: string): Promise<void> {
  const reasons = await stillUsed(hands, schema, s.tables)
  if (reasons.length) throw undoRefused({ reasons, hint: `Take it out of ${schema}, then undo again.` })
  await hands.schema.reshape(takenDown(schema, s.tables))
}

/** Which columns it has was written down when it was put up. */
const noted = async (hands: Hands, s: Shapes, which: 'old' | 'new'): Promise<Row> =>
  ((await hands.memory.of(kind, titleOf(s, which))) as unknown as { readonly was: Row }).was
