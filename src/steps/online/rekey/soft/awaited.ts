// Keys that stand in a column and that no row has yet. While places are about to change each is noted: those that stand there by a look at
// all rows, and those that are written after it by whoever writes them. So it is known under the lock, without a look at any row, whether a
// row has come meanwhile that one of them means.
import type { Hands } from '../../../hands.ts'
import { holds } from '../../move.ts'
import { literal, named, quote } from '../../words.ts'
import { unmet } from './compare.ts'
import { followNew, followOld, inRow, overRow, rowOf } from './follow-references.ts'
import { memberOf, type Reference, shownAt } from './reference.ts'
import type { Typed } from './typed.ts'
import { backward, forward, keyOfOne, pairs, type Way } from './way.ts'

/** There, or back. */
export interface Turn {
  readonly way: Way
  /** The column that waits: the other one is in use. */
  waits(ref: Reference): string
  /** Its value. */
  value(t: Typed): string
  /** Of rows whose value is another one by now. */
  behind(t: Typed): string
  /** The trigger, with what it does beside. */
  follow(t: Typed, note: string): string[]
}

export const behindNew = (t: Typed): string => `${quote(memberOf(t.ref).fresh)}::text is distinct from ${overRow(t, 'new')}::text`

export const there: Turn = {
  way: forward,
  waits: (ref) => memberOf(ref).fresh,
  value: (t) => overRow(t, 'new'),
  behind: behindNew,
  follow: followNew,
}
export const back: Turn = {
  way: backward('null'),
  waits: (ref) => memberOf(ref).away,
  value: (t) => overRow(t, 'old'),
  behind: unmet,
  follow: followOld,
}

const list = 'godwit.awaited'
export const anyNoted = `to_regclass('${list}') is not null`
const listed = `create table if not exists ${list} ("column" text not null, target text not null, value text not null)`
export const forgotten = (ref: Reference): string => `delete from ${list} where "column" = ${literal(shownAt(ref))}`

const note = ({ ref, type }: Typed, { way }: Turn, row: string): string =>
  `insert into ${list} select distinct ${literal(shownAt(ref))}, p.target, p.value from ${row}, lateral (${ref.places(inRow(ref, type))}) p
    where p.target is not null and p.value ~ '^${way.like}$' and ${keyOfOne(ref.targets, way, 'p.target', 'p.value')} is null`

const ofWriter = (t: Typed, turn: Turn): string =>
  `${note(t, turn, rowOf(t.ref, [`to_jsonb(new.${quote(t.ref.column)}) as godwit_value`], 'new.'))};`
const ofAll = (t: Typed, turn: Turn): string =>
  note(t, turn, `${named(t.ref.id)}, lateral ${rowOf(t.ref, [`to_jsonb(${quote(t.ref.column)}) as godwit_value`])}`)

/** A row has come that one of them means. */
export const met = (all: readonly Typed[], { way }: Turn): string =>
  `exists (select from ${list} a where ${all.map(({ ref }) => `a."column" = ${literal(shownAt(ref))} and ${keyOfOne(ref.targets, way, 'a.target', 'a.value')} is not null`).join(' or ')})`

/** From then on nobody writes one that is not noted: who has written before is through, since the trigger is another one. */
export async function noting(hands: Hands, all: readonly Typed[], turn: Turn): Promise<void> {
  await hands.schema.reshape([listed])
  for (const t of all) await hands.schema.reshape(turn.follow(t, ofWriter(t, turn)))
}

/** What was written before the row that it means is mended, and what waits for one is noted. */
export async function settled(hands: Hands, all: readonly Typed[], turn: Turn): Promise<void> {
  for (const t of all) {
    // what is noted after this stands in a row that the look does not see, and is there under the lock
    await hands.target.change([forgotten(t.ref), ofAll(t, turn)])
    const where = turn.behind(t)
    if (await holds(hands, `exists (select from ${named(t.ref.id)} where ${where})`))
      await hands.schema.sweep({ table: t.ref.id, set: `${quote(turn.waits(t.ref))} = ${turn.value(t)}`, where })
  }
}

/** Before the tables are locked: no row comes any more. Whoever is about to bring one is waited for, as briefly as for one lock. */
export function keysHeld(refs: readonly Reference[]): string[] {
  const keys = [...new Set(refs.flatMap((r) => r.targets))].toSorted()
  return [
    `select set_config('lock_timeout', greatest(20, (extract(epoch from current_setting('lock_timeout')::interval) * 1000 / ${keys.length + 1})::int)::text, true)`,
    ...keys.map((id) => `lock table ${pairs(id)} in share mode`),
  ]
}

/** Under all locks. */
export const noneMet = (all: readonly Typed[], turn: Turn): string =>
  `do $$ begin if ${met(all, turn)} then raise exception 'a row has come that a reference was waiting for'; end if; end $$`
