// What is written before the row that it means. While places are about to change, whoever writes such a value marks its row, so that it can
// be mended under the lock without a look at any other; and keys that have stood there before without a row are noted, so that it is known
// there whether one of them has come to have one.
import { partsOf } from '../../../engine-words.ts'
import type { Hands } from '../../../hands.ts'
import { holds } from '../../move.ts'
import { besides, indexValid, literal, named, nameFor, quote } from '../../words.ts'
import { lost, unmet } from './compare.ts'
import { followNew, followOld, inRow, overRow, rowOf } from './follow-references.ts'
import { lateOf, memberOf, type Reference, shownAt } from './reference.ts'
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
  /** Of rows in which a key would be lost. */
  lost(t: Typed): string
  /** The trigger, with what it does besides. */
  follow(t: Typed, note: string): string[]
}

export const behindNew = (t: Typed): string => `${quote(memberOf(t.ref).fresh)}::text is distinct from ${overRow(t, 'new')}::text`

export const there: Turn = {
  way: forward,
  waits: (ref) => memberOf(ref).fresh,
  value: (t) => overRow(t, 'new'),
  behind: behindNew,
  // what it was stays in the column that gives up its place
  lost: () => 'false',
  follow: followNew,
}
export const back: Turn = {
  way: backward('null'),
  waits: (ref) => memberOf(ref).away,
  value: (t) => overRow(t, 'old'),
  behind: unmet,
  lost,
  follow: followOld,
}

const list = 'godwit.awaited'
export const anyNoted = `to_regclass('${list}') is not null`
const listed = `create table if not exists ${list} ("column" text not null, target text not null, value text not null)`
const forgotten = (ref: Reference): string => `delete from ${list} where "column" = ${literal(shownAt(ref))}`

const lateIndex = (ref: Reference): string => nameFor(partsOf(ref.id).name, lateOf(ref))

/** Keys without a row in a source of one row. */
const unknown = ({ ref, type }: Typed, { way }: Turn, row: string): string =>
  `from ${row}, lateral (${ref.places(inRow(ref, type))}) p where p.target is not null and p.value ~ '^${way.like}$' and ${keyOfOne(ref.targets, way, 'p.target', 'p.value')} is null`

const markedBy = (t: Typed, turn: Turn): string =>
  `new.${quote(lateOf(t.ref))} := exists (select ${unknown(t, turn, rowOf(t.ref, [`to_jsonb(new.${quote(t.ref.column)}) as godwit_value`], 'new.'))});`
const notedOf = (t: Typed, turn: Turn): string =>
  `insert into ${list} select distinct ${literal(shownAt(t.ref))}, p.target, p.value
    ${unknown(t, turn, `(select * from ${named(t.ref.id)} where ${quote(lateOf(t.ref))} is not true) godwit_table, lateral ${rowOf(t.ref, [`to_jsonb(${quote(t.ref.column)}) as godwit_value`])}`)}`

/** A row has come that one of them means. */
const met = (all: readonly Typed[], { way }: Turn): string =>
  `exists (select from ${list} a where ${all.map(({ ref }) => `a."column" = ${literal(shownAt(ref))} and ${keyOfOne(ref.targets, way, 'a.target', 'a.value')} is not null`).join(' or ')})`

/** From then on nobody writes one whose row is not marked: who has written before is through, since the trigger is another one. */
export async function marking(hands: Hands, all: readonly Typed[], turn: Turn): Promise<void> {
  await hands.schema.reshape([listed])
  for (const t of all) {
    const [table, late, index] = [named(t.ref.id), quote(lateOf(t.ref)), lateIndex(t.ref)]
    await hands.schema.reshape([`alter table ${table} add column if not exists ${late} boolean`])
    if (!(await holds(hands, indexValid(t.ref.id, index))))
      await hands.schema.alone([
        `drop index concurrently if exists ${besides(t.ref.id, index)}`,
        `create index concurrently ${quote(index)} on ${table} (${late}) where ${late}`,
      ])
    await hands.schema.reshape(turn.follow(t, markedBy(t, turn)))
  }
}

export const unmarked = (ref: Reference): string[] => [
  `alter table if exists ${named(ref.id)} drop column if exists ${quote(lateOf(ref))}`,
  `delete from ${list} where "column" = ${literal(shownAt(ref))}`,
]

/** What was written before the row that it means is mended, and keys that have none are noted. */
export async function settled(hands: Hands, all: readonly Typed[], turn: Turn): Promise<void> {
  for (const t of all) {
    await hands.target.change([forgotten(t.ref), notedOf(t, turn)])
    const where = turn.behind(t)
    if (await holds(hands, `exists (select from ${named(t.ref.id)} where ${where})`))
      await hands.schema.sweep({ table: t.ref.id, set: `${quote(turn.waits(t.ref))} = ${turn.value(t)}`, where })
  }
}

/** Under the lock: the few that were written since. Whatever fires for them does so at once, or names could not change. */
export const lateMended = (all: readonly Typed[], turn: Turn): string[] => [
  'set constraints all immediate',
  ...all.map(
    (t) =>
      `update ${named(t.ref.id)} set ${quote(turn.waits(t.ref))} = ${turn.value(t)} where ${quote(lateOf(t.ref))} and (${turn.behind(t)})`,
  ),
]

const keysOf = (refs: readonly Reference[]): string[] => [...new Set(refs.flatMap((r) => r.targets))].toSorted()

/** No row comes any more. Whoever is about to bring one is waited for. */
export const keysHeld = (refs: readonly Reference[]): string[] => keysOf(refs).map((id) => `lock table ${pairs(id)} in share mode`)

/**
 * The same, before the tables are locked, or not: who makes a row and then what points at it is got past by locks in this order, and who
 * makes them the other way about by those in the other. One does not know, so that it is tried by chance. All locks together are waited for
 * no longer than one would be.
 */
export const keysHeldPerhaps = (refs: readonly Reference[]): string[] => [
  `select set_config('lock_timeout', greatest(20, (extract(epoch from current_setting('lock_timeout')::interval) * 1000 / ${keysOf(refs).length + 1})::int)::text, true)`,
  `do $$ begin if random() < 0.5 then ${keysHeld(refs).join('; ')}; end if; end $$`,
]

/** Under all locks. */
const anyLost = (all: readonly Typed[], turn: Turn): string =>
  all.map((t) => `exists (select from ${named(t.ref.id)} where ${quote(lateOf(t.ref))} and ${turn.lost(t)})`).join(' or ')

/** Whoever comes in between may have brought the first half only: it is another matter once the second half is there. */
export const inBetween = (all: readonly Typed[], turn: Turn): string => `${met(all, turn)} or ${anyLost(all, turn)}`

export const noneLost = (all: readonly Typed[], turn: Turn): string =>
  `do $$ begin if ${anyLost(all, turn)} then raise exception 'a reference has no row yet'; end if; end $$`

export const noneMet = (all: readonly Typed[], turn: Turn): string =>
  `do $$ begin if ${met(all, turn)} then raise exception 'a row has come that a reference was waiting for'; end if; end $$`
