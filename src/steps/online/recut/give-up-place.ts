// The old columns give up their place: out of sight, following the new ones from now on, until they are purged; and the way back.
import { onlineRefused } from '../../../errors/online.ts'
import { undoRefused } from '../../../errors/run.ts'
import { milliseconds } from '../../../events/duration.ts'
import { plural } from '../../../text.ts'
import type { Hands, Plain } from '../../hands.ts'
import type { Retired } from '../../retire/engine.ts'
import { shelfOf } from '../../retire/shelf.ts'
import type { Step } from '../../step.ts'
import { tried } from '../bound-to.ts'
import { unfollow } from '../follower.ts'
import { holds } from '../move.ts'
import { notNullMoves } from '../not-null.ts'
import { columnThere, isNotNull, literal, named, quote, relation, short } from '../words.ts'
import { bothWays, oldFollow } from './follow.ts'
import { stillNeeded } from './reasons.ts'
import { namesOf, type Old, type Recut } from './recut.ts'

/** All of them go in one transaction. */
export const isAway = ({ id, old }: Recut): string => columnThere(id, old[0]!.away)

interface Kept {
  readonly at: number
  readonly retired: readonly Retired[]
  /** Those that had to have a value, and what that is called: from Postgres 18 on it has a name. */
  readonly notNull: readonly { readonly name: string; readonly called: string | null }[]
}

export function giveUpPlace(cut: Recut, keep: string, at: string | undefined): Step {
  const { id, old, fresh } = cut
  return {
    kind: 'online recut for good',
    title: `${short(id)}: ${namesOf(fresh)} instead of ${namesOf(old)}`,
    at,
    changes: [id],
    params: { ...cut, keep },
    doing: {
      says: [
        `${namesOf(old)} of ${short(id)} ${old.length === 1 ? 'gives up its' : 'give up their'} place in one short transaction`,
        `${old.length === 1 ? 'it follows' : 'they follow'} ${namesOf(fresh)}, and ${old.length === 1 ? 'is' : 'are'} kept for ${keep}`,
      ],
      do: (hands) => putAway(cut, at, hands),
      undo: (hands) => bringBack(cut, hands),
      purge: { keepMs: milliseconds(keep), drop: (hands) => drop(cut, hands) },
    },
  }
}

async function putAway(cut: Recut, at: string | undefined, hands: Hands) {
  const { id, old } = cut
  if (!(await holds(hands, isAway(cut)))) {
    const reasons = await stillNeeded(hands, cut)
    if (reasons.length) throw onlineRefused({ what: `${short(id)}: ${namesOf(old)}`, reasons, at })
    if (!(await hands.memory.read())) await hands.memory.write((await asItIs(cut, hands)) as unknown as Plain)
    await hands.schema.reshape([
      `lock table ${named(id)} in access exclusive mode`,
      ...old.flatMap((o) => [
        `alter table ${named(id)} alter column ${quote(o.name)} drop not null`,
        `alter table ${named(id)} rename column ${quote(o.name)} to ${quote(o.away)}`,
      ]),
      oldFollow(cut),
    ])
  }
  return { done: `${short(id)} has ${namesOf(cut.fresh)} instead of ${namesOf(old)}` }
}

async function asItIs({ id, old }: Recut, hands: Hands): Promise<Kept> {
  const retired: Retired[] = []
  const notNull: Kept['notNull'][number][] = []
  for (const { name: column } of old) {
    const { rows, bytes } = await shelfOf('postgres').measure({ table: id, column }, hands.target)
    retired.push({ table: id, column, rows, bytes })
    if (await holds(hands, isNotNull(id, column))) {
      const [row] = await hands.target.ask(`select ${needsCalled(id, column)} as called`)
      notNull.push({ name: column, called: row!['called']! })
    }
  }
  return { at: hands.clock.now(), retired, notNull }
}

async function bringBack(cut: Recut, hands: Hands): Promise<void> {
  if (!(await holds(hands, isAway(cut)))) return
  const { id, old } = cut
  const kept = (await hands.memory.read()) as unknown as Kept
  const needed = old.filter((o) => kept.notNull.some((n) => n.name === o.name))
  const reasons = [...(await without(cut, needed, hands)), ...(await lost(cut, hands))]
  if (reasons.length)
    throw undoRefused({ reasons, hint: 'Give these rows values that can be brought back to the old columns, then undo again.' })
  for (const o of needed) for (const move of notNullMoves(id, o.away)) if (!(await move.there(hands))) await move.do(hands)
  await hands.schema.reshape([
    `lock table ${named(id)} in access exclusive mode`,
    ...old.map((o) => `alter table ${named(id)} rename column ${quote(o.away)} to ${quote(o.name)}`),
    ...kept.notNull.flatMap(({ name, called }) => (called === null ? [] : [callAgain(id, name, called)])),
    bothWays(cut, 'settled'),
  ])
}

const needsCalled = (id: string, column: string): string =>
  `(select conname from pg_constraint join pg_attribute on attrelid = conrelid and conkey = array[attnum] where conrelid = ${relation(id)} and contype = 'n' and attname = ${literal(column)})`

const callAgain = (id: string, column: string, called: string): string => `do $$ declare now text := ${needsCalled(id, column)}; begin
    if now <> ${literal(called)} then execute format('alter table %s rename constraint %I to %I', ${literal(named(id))}, now, ${literal(called)}); end if;
  end $$`

async function without({ id }: Recut, needed: readonly Old[], hands: Hands): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name, away } of needed) {
    const [row] = await hands.schema.ask(`select count(*)::text as n from ${named(id)} where ${quote(away)} is null`)
    if (row!['n'] !== '0')
      found.push(`${plural(Number(row!['n']), 'row')} of ${short(id)} written without a ${name} since, and it must have one`)
  }
  return found
}

/** What the trigger could not bring back is null, and asking once more says why. */
async function lost({ id, old }: Recut, hands: Hands): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name, away, back } of old.filter((o) => !o.orNull)) {
    const question = `select count(${back})::text as n from ${named(id)} as godwit_row where ${quote(away)} is null`
    found.push(...(await tried(hands, () => hands.schema.ask(question), `a row of ${short(id)} has no ${name}`)))
  }
  return found
}

async function drop(cut: Recut, hands: Hands): Promise<void> {
  if (!(await holds(hands, isAway(cut)))) return
  const columns = cut.old.map((o) => `drop column ${quote(o.away)}`)
  await hands.schema.reshape([...unfollow(cut), `alter table ${named(cut.id)} ${columns.join(', ')}`])
}
