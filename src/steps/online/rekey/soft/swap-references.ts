// The change of places of columns with keys in them, in one short transaction; the old ones follow, and come back by the same way.
import { onlineRefused } from '../../../../errors/online.ts'
import { undoRefused } from '../../../../errors/run.ts'
import { milliseconds } from '../../../../events/duration.ts'
import type { Hands, Plain } from '../../../hands.ts'
import type { Retired } from '../../../retire/engine.ts'
import { shelfOf } from '../../../retire/shelf.ts'
import type { Step } from '../../../step.ts'
import { hangingAgain, hangingAgainst, hangingAway } from '../../hanging/hanging.ts'
import { holds } from '../../move.ts'
import { dress } from '../../retype/swap.ts'
import { columnThere, literal, named, quote, relation } from '../../words.ts'
import { memberNumbers } from '../carried.ts'
import type { Member } from '../graph.ts'
import { exchanged } from '../swap.ts'
import { twinsOf } from '../twins.ts'
import {
  anyNoted,
  back,
  inBetween,
  keysHeld,
  keysHeldPerhaps,
  lateMended,
  marking,
  noneLost,
  noneMet,
  settled,
  type Turn,
  there,
  unmarked,
} from './awaited.ts'
import { differing, lost } from './compare.ts'
import { followed, followNew, followOld, unfollow } from './follow-references.ts'
import { account, isSwapped } from './prepare-references.ts'
import { graphOfOne, lateOf, memberOf, nameOf, type Reference, shownAt } from './reference.ts'
import { type Typed, typed } from './typed.ts'

export function takePlaces(refs: readonly Reference[], title: string, soak: string, at: string | undefined): Step {
  const keepMs = milliseconds(soak)
  return {
    kind: 'references swap',
    title: `${title}: new keys in use`,
    at,
    changes: [...new Set(refs.map((r) => r.id))],
    params: { refs: refs.map((r) => r.says), soak },
    doing: {
      says: [
        'columns with new keys in them take the places of the old ones, in all tables at once and in one short transaction',
        `the old ones follow with every write, and are kept for ${soak}`,
      ],
      do: (hands) => swap(refs, hands, at),
      undo: (hands) => takenBack(refs, hands),
      purge: { keepMs, drop: (hands) => drop(refs, hands) },
    },
  }
}

interface Kept {
  readonly at: number
  readonly retired: readonly Retired[]
  readonly says: readonly string[]
}

async function swap(refs: readonly Reference[], hands: Hands, at: string | undefined) {
  if (!(await isSwapped(hands, refs))) {
    const late: string[] = []
    for (const { id, fresh, column } of refs.map(memberOf))
      if (!(await holds(hands, columnThere(id, fresh)))) late.push(`${id}.${column} was not prepared: godwit undo, and run it again`)
    late.push(...(await hangingAgainst(hands, numbersOf(refs), 'these columns')))
    if (late.length) throw onlineRefused({ what: 'references with new keys', reasons: late, at })
    const retired = await measured(hands, refs)
    const before = async (all: readonly Typed[]) => {
      await refuseOthers(all, hands, at)
      const says = await account(hands, refs)
      await hands.memory.write({ at: hands.clock.now(), retired, says } satisfies Kept as unknown as Plain)
    }
    if (!(await exchange(refs, hands, there, before))) throw onlineRefused({ what: 'references with new keys', reasons: [tooFast], at })
  }
  const { says } = (await hands.memory.read()) as unknown as Kept
  return { done: says.join('; '), detail: says }
}

const numbersOf = (refs: readonly Reference[]): string => memberNumbers({ members: refs.map(memberOf) })

async function measured(hands: Hands, refs: readonly Reference[]): Promise<readonly Retired[]> {
  const retired: Retired[] = []
  for (const { id, column } of refs) retired.push(await shelfOf('postgres').measure({ table: id, column }, hands.target))
  return retired
}

/** By the other look: no old key is left of a row that is there. */
async function refuseOthers(all: readonly Typed[], hands: Hands, at: string | undefined): Promise<void> {
  const reasons: string[] = []
  for (const t of all)
    for (const row of await hands.schema.ask(`select * from (${differing(t, false)}) d limit 3`))
      reasons.push(`${shownAt(t.ref)} does not say the same with new keys: ${row['old']} is ${row['new']}`)
  if (reasons.length) throw onlineRefused({ what: 'references with new keys', reasons, at })
}

/** So often rows may come for references that were written before them, each time between the look and the lock. */
const rounds = 10
const tooFast = 'rows come after what points at them, one after the other: run again when fewer of them do'

/** False where there is no end to rows that come in between. `before`: what is done each time before places change. */
async function exchange(
  refs: readonly Reference[],
  hands: Hands,
  turn: Turn,
  before: (all: readonly Typed[], round: number) => Promise<void>,
): Promise<boolean> {
  const all: Typed[] = []
  for (const ref of refs) all.push(await typed(hands, ref))
  await marking(hands, all, turn)
  for (let round = 0; round < rounds; round++) {
    await settled(hands, all, turn)
    try {
      await before(all, round)
      await changePlaces(all, hands, turn)
      return true
    } catch (problem) {
      // where the mark is gone, places have changed
      const waits = await holds(hands, columnThere(refs[0]!.id, lateOf(refs[0]!)))
      if (!waits || !(await holds(hands, inBetween(all, turn)))) throw problem
      hands.tell('a row has come after what points at it: looked at once more')
    }
  }
  return false
}

async function changePlaces(all: readonly Typed[], hands: Hands, turn: Turn): Promise<void> {
  const refs = all.map((t) => t.ref)
  const statements: string[] = []
  for (const t of all) statements.push(...(await ofOne(hands, t, turn)))
  const tables = [...new Set(refs.map((r) => r.id))].toSorted()
  await hands.schema.reshape([
    ...keysHeldPerhaps(refs),
    ...hangingAway(numbersOf(refs), tables),
    ...keysHeld(refs),
    noneMet(all, turn),
    ...lateMended(all, turn),
    noneLost(all, turn),
    ...statements,
    hangingAgain,
    ...refs.flatMap(unmarked),
  ])
}

async function ofOne(hands: Hands, t: Typed, turn: Turn): Promise<readonly string[]> {
  const graph = graphOfOne(t.ref)
  const attached = { twins: await twinsOf(hands, graph), links: [] }
  const member = memberOf(t.ref)
  return turn === there
    ? [withDefault(member), dress(member), ...exchanged(nameOf(t.ref), graph, attached, 'fresh', 'away'), ...followOld(t)]
    : [...exchanged(nameOf(t.ref), graph, attached, 'away', 'fresh'), ...followNew(t)]
}

const withDefault = ({ id, column, fresh }: Member): string => `do $$ declare d text; begin
    select pg_get_expr(adbin, adrelid) into d from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum where adrelid = ${relation(id)} and attname = ${literal(column)};
    if d is not null then execute format('alter table %s alter column %s set default %s', ${literal(named(id))}, ${literal(quote(fresh))}, d); end if;
  end $$`

async function takenBack(refs: readonly Reference[], hands: Hands): Promise<void> {
  if (!(await isSwapped(hands, refs))) return notMarking(refs, hands)
  if (await exchange(refs, hands, back, (all, round) => refuseLost(all, round, hands))) return
  throw undoRefused({ reasons: [tooFast], hint: 'Undo again.' })
}

/** It was broken off before places changed. */
async function notMarking(refs: readonly Reference[], hands: Hands): Promise<void> {
  if (!(await holds(hands, anyNoted))) return
  for (const ref of refs)
    if (await holds(hands, followed(ref))) await hands.schema.reshape([...followNew(await typed(hands, ref)), ...unmarked(ref)])
}

/** A row that was written a moment ago may get what it means in another: so long, and no longer. */
const patience = 3

async function refuseLost(all: readonly Typed[], round: number, hands: Hands): Promise<void> {
  const reasons: string[] = []
  for (const t of all) {
    const settledOnes = round < patience ? ` and ${quote(lateOf(t.ref))} is not true` : ''
    if (await holds(hands, `exists (select from ${named(t.ref.id)} where ${lost(t)}${settledOnes})`))
      reasons.push(`rows of ${shownAt(t.ref)} have keys that were never others`)
  }
  if (reasons.length)
    throw undoRefused({ reasons, hint: 'What came since with keys that no row has cannot go back: mend it, or keep the new keys.' })
}

async function drop(refs: readonly Reference[], hands: Hands): Promise<void> {
  for (const ref of refs) await hands.schema.reshape(unfollow(ref))
  for (const ref of refs)
    if (ref.keep === undefined)
      await hands.schema.reshape([`alter table ${named(ref.id)} drop column if exists ${quote(memberOf(ref).away)}`])
}
