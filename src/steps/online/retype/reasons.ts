// What speaks against another type for a column: others that know the old one, and rows whose value has no new one.
import type { Hands } from '../../hands.ts'
import { shelfOf } from '../../retire/shelf.ts'
import { boundTo, tried } from '../bound-to.ts'
import { isFollowed } from '../follower.ts'
import { hangingAgainst, hangingTried } from '../hanging/hanging.ts'
import { insteadOfUpdates } from '../hanging/rule.ts'
import { reasonsOf } from '../move.ts'
import { underWay } from '../rekey/reasons.ts'
import { tooManyRows } from '../twins/exclusion.ts'
import { columnNumber, columnThere, named, quote, reason, short } from '../words.ts'
import { attachedTo, attachedTried } from './attached.ts'
import type { Pair } from './retype.ts'

export async function speaksAgainst(hands: Hands, pair: Pair): Promise<readonly string[]> {
  const { id, column, away, fresh } = pair
  const missing = await reasonsOf(
    hands,
    [
      reason(`not ${columnThere(id, column)}`, `there is no column ${short(id)}.${column}`),
      reason(isFollowed(pair), `another change of ${column} is not through yet`),
      ...[fresh, away].map((name) => reason(columnThere(id, name), `${short(id)} has a column ${name} already`)),
    ].join(' union all '),
  )
  if (missing.length) return missing
  const needed = (await shelfOf('postgres').needing({ table: id, column }, [], hands.target)).filter(
    (r) => !/^((materialized )?view|function) /.test(r),
  )
  const bound = [
    ...(await reasonsOf(hands, [boundTo(id, column), insteadOfUpdates(id), underWay(columnNumber(pair))].join(' union all '))),
    ...(await hangingAgainst(hands, columnNumber(pair), 'it')),
  ]
  for (const twin of (await attachedTo(hands, pair)).twins) if (twin.kind === 'exclusion') bound.push(...(await tooManyRows(hands, twin)))
  if (needed.length || bound.length) return [...needed, ...bound]
  return [
    ...(await tried(hands, () => attachedTried(hands, pair), `an index or a check over it cannot be as ${pair.to}`)),
    ...(await tried(
      hands,
      () => hangingTried(hands, columnNumber(pair), [{ id, column, type: pair.to }]),
      `what hangs on it cannot be as ${pair.to}`,
    )),
    ...(await tried(hands, () => evaluated(hands, pair), `a row cannot be as ${pair.to}`)),
  ]
}

const evaluated = (hands: Hands, { id, using, fresh, to }: Pair): Promise<unknown> =>
  // every row is computed, and none is sent
  hands.target.ask(`select count(${quote(fresh)}) from (select (${using})::${to} as ${quote(fresh)} from ${named(id)}) x`)
