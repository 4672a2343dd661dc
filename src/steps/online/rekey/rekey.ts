// A table gets keys of another kind, and everything that points at it goes along: beside the keys in use, until all of them change
// places in one short transaction. The old keys stay filled, for whoever still holds one, until they are purged.

import { keysMisused, onlineRefused } from '../../../errors/online.ts'
import { undoRefused } from '../../../errors/run.ts'
import { milliseconds } from '../../../events/duration.ts'
import { origin } from '../../../expr/origin.ts'
import type { Table } from '../../../schema/table.ts'
import type { Hands, Plain } from '../../hands.ts'
import type { Retired } from '../../retire/engine.ts'
import { shelfOf } from '../../retire/shelf.ts'
import type { Step } from '../../step.ts'
import { asItWas, type Told, told } from '../hanging/as-it-was.ts'
import { hangingAgain, hangingAgainst, hangingAway } from '../hanging/hanging.ts'
import { holds, reasonsOf } from '../move.ts'
import { notNullMoves } from '../not-null.ts'
import { columnThere, idOf, isNotNull, literal, named, quote, short } from '../words.ts'
import { memberNumbers } from './carried.ts'
import { unfollow } from './follow.ts'
import { type Does, foreseen } from './foresee.ts'
import { type Asked, type Graph, type Loose, type Member, type Rekeying, type Types, type Way, wayOf } from './graph.ts'
import { keysGone, pairsOf, typeOf } from './keys.ts'
import { writtenAnew, writtenBack } from './offline.ts'
import { place } from './pointing.ts'
import { isSwapped, keyed, prepare, primaryReadied, readied } from './prepare.ts'
import { fitting, speaksAgainst } from './reasons.ts'
import type { Rekeyed } from './rekeyed.ts'
import { columnNamed } from './soft/reference.ts'
import { swapped, swappedBack } from './swap.ts'
import { twinsOf, type Waiting } from './twins.ts'
import { undeclared } from './undeclared.ts'

export interface RekeyOptions {
  /** `uuid`, if nothing is said. `bigint`: whole numbers stay what they are and get room for more; keys of other types are numbered. */
  readonly to?: 'uuid' | 'bigint'
  /** Where the keys of the rows that are there come from: `derived` from the table and the old key (what is said if nothing is), or drawn once and kept: `v4`, `v7`; or told by an immutable function of your own, which takes the old key as `bigint`, `text` or `uuid`. Of UUIDs only. */
  readonly ids?: 'derived' | 'v4' | 'v7' | { readonly by: string }
  /** The old key stays for good, in a column of this name. */
  readonly keep?: string
  /** How long the old keys stay before `godwit purge` may drop them; default '7 days'. */
  readonly soak?: string
  /**
   * `online`: beside an application at work. `offline`: all tables are written anew in one transaction, while nobody works, which is some
   * times faster and leaves no dead rows. If nothing is said: offline where the change of places stands in a window, and online elsewhere.
   */
  readonly way?: Way
  /** Columns that point at it without a foreign key, and go along as if they had one. */
  readonly also?: readonly Also[]
  /** Columns that look like that, and are no such: `audit.record_id`. What `references` takes along is said here as well. */
  readonly not?: readonly string[]
  /** Functions, triggers and publications that somebody has looked at, and that work with keys of either kind. */
  readonly looked?: readonly string[]
}

/** A column, as `table.column`. Values that are no keys: refused if nothing is said; `null` puts nothing in their place; with `keep` the old values stay for good, in a column of that name. */
export type Also = string | { readonly column: string; readonly dangling: 'null' } | { readonly column: string; readonly keep: string }

/** A part of a migration: what is prepared in expand, and the change of places in cutover. */
export function rekey(
  table: Table | string,
  { to = 'uuid', ids, keep, soak = '7 days', way, looked = [], also = [], not = [] }: RekeyOptions = {},
): { readonly assess: readonly [Step]; readonly expand: readonly [Step]; readonly cutover: readonly [Step] } {
  if (to === 'bigint' && ids !== undefined)
    throw keysMisused({ table: short(idOf(table)), ids: typeof ids === 'string' ? ids : ids.by, at: origin() })
  const r: Rekeying = { id: idOf(table), ...(to === 'bigint' ? { ids: 'numbers' } : fromWhere(ids)), keep, also: also.map(looseOf) }
  const asked: Asked = { r, way, looked, not: not.map((path) => place(columnNamed(path))), at: origin() }
  return { assess: [undeclared(asked)], expand: [prepare(asked)], cutover: [takePlaces(asked, soak)] }
}

const fromWhere = (ids: RekeyOptions['ids'] = 'derived'): Pick<Rekeying, 'ids' | 'by'> =>
  typeof ids === 'string' ? { ids } : { ids: 'ruled', by: idOf(ids.by) }

function looseOf(also: Also): Loose {
  const said = typeof also === 'string' ? { column: also } : also
  const keep = 'keep' in said ? said.keep : undefined
  return { ...columnNamed(said.column), keep, dangling: 'dangling' in said || keep !== undefined ? 'null' : 'refuse' }
}

function takePlaces(asked: Asked, soak: string): Step {
  const keepMs = milliseconds(soak)
  const { r, way, at } = asked
  const follow = `the old ones follow with every write, and are kept for ${soak}`
  const does: Does = { online: [...takes.online, follow], offline: [...takes.offline, follow] }
  return {
    kind: 'rekey swap',
    title: `${short(r.id)} has ${typeOf(r)} keys, and so has all that points at it`,
    at,
    changes: [r.id],
    params: { id: r.id, ids: r.ids, ...(r.by === undefined ? {} : { by: r.by }), keep: r.keep, soak, way },
    doing: {
      says: does[way ?? 'online'],
      do: (hands) => swap(asked, hands),
      undo: (hands) => back(r, hands),
      purge: { keepMs, drop: (hands) => drop(r, hands) },
    },
    foresee: (looking) => foreseen(looking, asked, does, false),
  }
}

const takes: Does = {
  online: ['the new keys take the places of the old ones, in all tables at once and in one short transaction'],
  offline: ['all tables are written anew with the new keys, in one transaction that nobody else gets past'],
}

interface Kept {
  readonly at: number
  readonly retired: readonly Retired[]
  readonly members: readonly Member[]
  /** Where the tables were written anew: of which types the old keys were. */
  readonly types?: Types
  readonly hanging?: Told
}

async function swap(asked: Asked, hands: Hands) {
  const { r } = asked
  const way = wayOf(asked, hands)
  if (!(await isSwapped(hands, r))) {
    const graph = await keyed(hands, r)
    const hanging = await told(hands, memberNumbers(graph), () => takenBy[way](asked, hands, graph))
    if (hanging) await hands.memory.write({ ...((await hands.memory.read()) as object), hanging } as unknown as Plain)
  }
  await primaryReadied(hands, r, 'away', way === 'offline' ? r.id : undefined)
  return { done: `${short(r.id)} has ${typeOf(r)} keys` }
}

const takenBy: Readonly<Record<Way, (asked: Asked, hands: Hands, graph: Rekeyed) => Promise<void>>> = {
  async online({ r, at }, hands, graph) {
    const late = [...(await unready(hands, graph)), ...(await hangingAgainst(hands, memberNumbers(graph), 'these columns'))]
    if (late.length) throw onlineRefused({ what: `keys of ${short(r.id)}`, reasons: late, at })
    await readied(hands, r, 'fresh')
    if (!(await hands.memory.read())) await hands.memory.write(await noted(hands, graph))
    await exchange(r, hands, graph, 'fresh')
  },
  async offline(asked, hands, graph) {
    const { r, at } = asked
    const what = `keys of ${short(r.id)}`
    const reasons = await speaksAgainst(hands, asked)
    if (reasons.length) throw onlineRefused({ what, reasons, at })
    if (!(await hands.memory.read())) await hands.memory.write(await noted(hands, graph, graph.types))
    const statements = await writtenAnew(hands, r, graph)
    await fitting(
      hands,
      () => hands.schema.validate(statements),
      (why) => onlineRefused({ what, reasons: [why], at }),
    )
  },
}

/** Columns that have come to point at it since it was prepared. */
async function unready(hands: Hands, { members }: Graph): Promise<readonly string[]> {
  const late: string[] = []
  for (const m of members)
    if (!(await holds(hands, columnThere(m.id, m.fresh))))
      late.push(`${short(m.id)}.${m.column} points at it, and did not when this was prepared: godwit undo, and run it again`)
  return late
}

async function exchange(r: Rekeying, hands: Hands, graph: Rekeyed, into: Waiting, was?: Told): Promise<void> {
  const attached = { twins: await twinsOf(hands, graph), links: graph.links }
  await hands.schema.reshape([
    ...hangingAway(memberNumbers(graph), graph.around ?? graph.tables, asItWas(was)),
    ...(into === 'fresh' ? swapped(r, graph, attached) : swappedBack(r, graph, attached)),
    hangingAgain,
  ])
}

async function noted(hands: Hands, { members }: Graph, types?: Types): Promise<Plain> {
  const retired: Retired[] = []
  for (const { id, column } of members) retired.push(await shelfOf('postgres').measure({ table: id, column }, hands.target))
  return { at: hands.clock.now(), retired, members, ...(types ? { types } : {}) } satisfies Kept as unknown as Plain
}

async function back(r: Rekeying, hands: Hands): Promise<void> {
  if (!(await isSwapped(hands, r))) return
  const graph = await keyed(hands, r)
  await lateOnes(hands, graph)
  const reasons = await lost(hands, graph)
  if (reasons.length)
    throw undoRefused({
      reasons,
      hint: 'What came since with keys of the new kind only cannot go back: take it away, or keep the new keys.',
    })
  const kept = (await hands.memory.read()) as unknown as Kept | undefined
  if (kept?.types) return hands.schema.validate(writtenBack(r, graph, kept.hanging))
  if (graph.kind.loosens) await needed(hands, graph)
  await readied(hands, r, 'away')
  await exchange(r, hands, graph, 'away', kept?.hanging)
}

/** Rows that point at one that has been given its old key since. */
async function lateOnes(hands: Hands, { members, kind }: Rekeyed): Promise<void> {
  const { oldKey } = kind
  if (!(kind.loosens && oldKey)) return
  for (const { id, column, away, isKey } of members) {
    if (isKey || !(await holds(hands, columnThere(id, away)))) continue
    const late = `${quote(away)} is null and ${oldKey(quote(column))} is not null`
    if (await holds(hands, `exists (select from ${named(id)} where ${late})`))
      await hands.schema.sweep({ table: id, set: `${quote(away)} = ${oldKey(quote(column))}`, where: late })
  }
}

/** Old columns that may be without a value must have one again where the new ones must. */
async function needed(hands: Hands, { members }: Graph): Promise<void> {
  for (const { id, column, away } of members)
    if (await holds(hands, isNotNull(id, column)))
      for (const move of notNullMoves(id, away)) if (!(await move.there(hands))) await move.do(hands)
}

/** Columns that have come to point at the new keys, and rows that have no old one. */
async function lost(hands: Hands, { members, kind }: Rekeyed): Promise<readonly string[]> {
  const reasons = kind.notBack.length ? [...(await reasonsOf(hands, kind.notBack.join(' union all ')))] : []
  for (const m of members) {
    if (!(await holds(hands, columnThere(m.id, m.away)))) reasons.push(`${short(m.id)}.${m.column} has come to point at the new keys`)
    else if (await holds(hands, `exists (select from ${named(m.id)} where ${quote(m.away)} is null and ${quote(m.column)} is not null)`))
      reasons.push(`rows of ${short(m.id)} have no old key in ${m.away}`)
  }
  return reasons
}

/** Who holds an old key finds the new one in the pairs, for good. */
async function drop(r: Rekeying, hands: Hands): Promise<void> {
  const kept = (await hands.memory.read()) as unknown as Kept
  const key = kept.members.find((m) => m.isKey)!
  if (await holds(hands, columnThere(key.id, key.away)))
    await hands.target.change([
      `do $$ begin if to_regclass(${literal(pairsOf(r))}) is not null then
        insert into ${pairsOf(r)} select ${quote(key.away)}, ${quote(key.column)} from ${named(key.id)} where ${quote(key.away)} is not null on conflict do nothing;
      end if; end $$`,
    ])
  for (const id of new Set(kept.members.map((m) => m.id))) await hands.schema.reshape(unfollow(r, id))
  for (const { id, away, stays } of kept.members.toReversed())
    if (!stays) await hands.schema.reshape([`alter table ${named(id)} drop column if exists ${quote(away)}`])
  await hands.schema.reshape(keysGone(r))
}
