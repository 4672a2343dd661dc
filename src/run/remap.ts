// The primitive: a list of source keys made true in the target, and the books asked anew.
import type { Session } from '../databases/database.ts'
import { reasonOf } from '../databases/postgres/sqlstate.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import { keyText } from '../dialects/shape.ts'
import type { BooksTotals } from '../events/event.ts'
import type { Work } from './context.ts'
import { failureOf, reaction } from './failures.ts'
import { type Poison, runUnit, textArray, type UnitResult } from './unit.ts'

/** A source key from the one text that it is known by. */
export const keyOfText = ({ shape }: MappingPlan, text: string): readonly string[] =>
  shape.key.length === 1 ? [text] : (JSON.parse(text) as string[])

/** The primitive: make the target, the quarantine and the ledger say what the mapping says of these keys now. */
export async function remapKeys(
  work: Work,
  session: Session,
  mapping: MappingPlan,
  keys: readonly (readonly string[])[],
  before?: (listed: number) => BooksTotals,
): Promise<UnitResult> {
  const { shape } = mapping
  const columns = shape.key.map((_, j) => `k${j}`)
  const fill = (tx: Session) =>
    tx.query(
      `insert into ${shape.keys} (${columns.join(', ')}, key) select ${columns.join(', ')}, ${keyText(columns)} from (select ${shape.key.map((_, j) => `t${j}${mapping.keyOrder[j]} as k${j}`).join(', ')} from unnest(${columns.map((_, j) => `$${j + 1}::text[]`).join(', ')}) as x(${columns.map((_, j) => `t${j}`).join(', ')})) k`,
      columns.map((_, j) => textArray(keys.map((k) => k[j]!))),
    )
  try {
    return await runUnit(work, session, mapping, { kind: 'keys', fill, before })
  } catch (error) {
    if (reaction(error) !== 'row') throw error
    if (keys.length <= 1) return runUnit(work, session, mapping, { kind: 'keys', fill, before }, poisonOf(error))
    const half = Math.ceil(keys.length / 2)
    const a = await remapKeys(work, session, mapping, keys.slice(0, half), before)
    return sum(a, await remapKeys(work, session, mapping, keys.slice(half), before))
  }
}

export const sum = (a: UnitResult, b: UnitResult): UnitResult => ({
  read: a.read + b.read,
  migrated: a.migrated + b.migrated,
  quarantined: a.quarantined + b.quarantined,
  filtered: a.filtered + b.filtered,
  warned: a.warned + b.warned,
  touched: a.touched + b.touched,
  listed: a.listed + b.listed,
})

export function poisonOf(error: unknown): Poison {
  const failure = failureOf(error)!
  const code = reasonOf(failure.sqlstate) ?? 'EXPR_ERROR'
  const named = failure.constraint
    ? `:${failure.constraint}`
    : code === 'TARGET_TRIGGER' || code === 'EXPR_ERROR'
      ? `:${failure.sqlstate}`
      : ''
  return { code: `${code}${named}`, detail: failure.message, column: failure.column }
}

/** Asked of the data, where counting along would have to know what was before. Rows that came since are nowhere yet, and not of this pass. */
export async function recount(work: Work, session: Session, mapping: MappingPlan): Promise<void> {
  const counts = work.plan.books.find((b) => b.mapping === mapping.shape.name)!.counts
  await session.query(
    `with c as (${counts}) update godwit.books b set read = c.migrated + c.quarantined + c.filtered, migrated = c.migrated, quarantined = c.quarantined, filtered = c.filtered,
      warned = (select count(distinct key) from godwit.warning where migration = $4 and mapping = $2) from c where b.run = $1 and b.mapping = $2 and b.pass = $3`,
    [work.run, mapping.shape.name, work.pass, work.plan.migration],
  )
}
