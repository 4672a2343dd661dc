// Before the change of places: a second column beside every one that holds keys, filled with every write, then for the rows that are
// there, and with all that the first one has. The key comes before those that point at it.
import type { Hands } from '../../hands.ts'
import type { Step } from '../../step.ts'
import { holds, type Move, online } from '../move.ts'
import { notNullMoves } from '../not-null.ts'
import { columnThere, isNotNull, named, quote, short } from '../words.ts'
import { followed, followNew, unfollow } from './follow.ts'
import { type Does, foreseen } from './foresee.ts'
import { type Asked, type Link, type Member, membersIn, place, type Rekeying, wayOf } from './graph.ts'
import { keysGone, typeOf } from './keys.ts'
import { speaksAgainst } from './reasons.ts'
import { type Rekeyed, rekeyedOf } from './rekeyed.ts'
import { aside, definedOver, linkThere, makeLink, makeTwin, twinsOf, twinThere, type Waiting } from './twins.ts'

export function prepare(asked: Asked): Step {
  const { r, way, looked, at } = asked
  const { also, ...rest } = r
  const beside = [columns, followers, known, filled, needed, twins, links].map((make) => make(r))
  const does: Does = {
    online: [pairs(r), ...beside].map((m) => m.says),
    offline: ['old keys and new keys by each other; the tables stay as they are until the places change'],
  }
  const step = online({
    kind: 'rekey',
    title: `${short(r.id)} with ${typeOf(r)} keys, and all that points at it, beside the keys in use`,
    at,
    changes: [r.id],
    params: { ...rest, ...(also.length ? { also } : {}), looked, way },
    against: (hands) => speaksAgainst(hands, asked),
    moves: [pairs(r), ...beside.map((move) => whileWaiting(asked, move))],
  })
  return { ...step, foresee: (looking) => foreseen(looking, asked, does, true) }
}

/** They have changed places, or do so all at once: then there is nothing to prepare. */
const whileWaiting = (asked: Asked, move: Move): Move => ({
  ...move,
  there: async (hands) => wayOf(asked, hands) === 'offline' || (await isSwapped(hands, asked.r)) || move.there(hands),
})

export async function isSwapped(hands: Hands, r: Rekeying): Promise<boolean> {
  const graph = await rekeyedOf(hands, r)
  return graph !== undefined && holds(hands, columnThere(graph.key.id, graph.key.away))
}

const pairs = (r: Rekeying): Move => ({
  name: 'pairs',
  says: 'old keys and new keys by each other, as functions',
  there: async (hands) => holds(hands, (await keyed(hands, r)).kind.functions.there),
  do: async (hands) => hands.schema.reshape((await keyed(hands, r)).kind.functions.made),
  undo: (hands) => hands.schema.reshape(keysGone(r)),
})

/** Where there is a table: it was looked for before anything was begun. */
export const keyed = async (hands: Hands, r: Rekeying): Promise<Rekeyed> => (await rekeyedOf(hands, r))!

/** The same for each part of the graph: those that are there already are left alone. */
interface Each<T> {
  readonly name: string
  readonly says: string
  of(graph: Rekeyed): readonly T[]
  there(part: T, hands: Hands, graph: Rekeyed): Promise<boolean>
  do(part: T, hands: Hands, graph: Rekeyed): Promise<void>
  undo?(part: T, hands: Hands, graph: Rekeyed): Promise<void>
}

const each = <T>(r: Rekeying, e: Each<T>): Move => ({
  name: e.name,
  says: e.says,
  async there(hands) {
    const graph = await keyed(hands, r)
    for (const part of e.of(graph)) if (!(await e.there(part, hands, graph))) return false
    return true
  },
  async do(hands) {
    const graph = await keyed(hands, r)
    for (const part of e.of(graph)) if (!(await e.there(part, hands, graph))) await e.do(part, hands, graph)
  },
  async undo(hands) {
    const graph = e.undo && (await rekeyedOf(hands, r))
    if (graph) for (const part of e.of(graph).toReversed()) await e.undo?.(part, hands, graph)
  },
})

const columns = (r: Rekeying): Move =>
  each<Member>(r, {
    name: 'columns',
    says: `a column of type ${typeOf(r)} beside the key of ${short(r.id)} and beside every column that points at it`,
    of: ({ members }) => members,
    there: (m, hands) => holds(hands, columnThere(m.id, m.fresh)),
    do: (m, hands) => hands.schema.reshape([`alter table ${named(m.id)} add column ${quote(m.fresh)} ${typeOf(r)}`]),
    undo: (m, hands) => hands.schema.reshape([`alter table if exists ${named(m.id)} drop column if exists ${quote(m.fresh)}`]),
  })

const followers = (r: Rekeying): Move =>
  each<string>(r, {
    name: 'followers',
    says: 'a trigger on each of these tables fills them with every write',
    of: ({ tables }) => tables,
    there: (id, hands) => holds(hands, followed(r, id)),
    do: (id, hands, graph) => hands.schema.reshape(followNew(r, graph, id)),
    // a column that must have a value is not there a moment longer than what fills it
    undo: (id, hands, graph) =>
      hands.schema.reshape([
        ...unfollow(r, id),
        ...membersIn(graph, id).map((m) => `alter table ${named(id)} drop column if exists ${quote(m.fresh)}`),
      ]),
  })

/** Before the rows: who looks for a key finds it there, and does not have to make it. */
const known = (r: Rekeying): Move => ({
  name: 'known',
  says: `old and new keys of ${short(r.id)} by each other, as rows`,
  there: async (hands) => {
    const { rows } = (await keyed(hands, r)).kind
    return rows === undefined || !(await holds(hands, rows.missing))
  },
  do: async (hands) => hands.schema.validate((await keyed(hands, r)).kind.rows!.made),
  undo: async (hands) => {
    const kind = (await rekeyedOf(hands, r))?.kind
    if (kind?.rows && (await holds(hands, kind.functions.there))) await hands.schema.validate(kind.rows.forgotten)
  },
})

/** A value that is no key, where that is allowed, has none to wait for. */
const empty = ({ kind }: Rekeyed, m: Member): string =>
  `${quote(m.fresh)} is null and ${quote(m.column)} is not null${m.loose ? ` and ${kind.newKey(m, quote(m.column))} is not null` : ''}`
const emptyIn = (graph: Rekeyed, id: string): string =>
  membersIn(graph, id)
    .map((m) => `(${empty(graph, m)})`)
    .join(' or ')

const filled = (r: Rekeying): Move =>
  each<string>(r, {
    name: 'filled',
    says: 'the rows that are there: a few at a time, all columns of a row at once',
    of: ({ tables }) => tables,
    there: async (id, hands, graph) => !(await holds(hands, `exists (select from ${named(id)} where ${emptyIn(graph, id)})`)),
    async do(id, hands, graph) {
      const set = membersIn(graph, id)
        .map((m) => graph.kind.found(m))
        .join(', ')
      const rows = await hands.schema.sweep({ table: id, set, where: emptyIn(graph, id) })
      hands.tell(`${rows} rows of ${short(id)} have ${typeOf(r)} keys`)
    },
  })

const needed = (r: Rekeying): Move =>
  each<Member>(r, {
    name: 'needed',
    says: 'columns that must have a value: the new ones as well',
    of: ({ members }) => members,
    there: async (m, hands) => !(await holds(hands, isNotNull(m.id, m.column))) || needs(m, hands),
    async do(m, hands) {
      for (const move of notNullMoves(m.id, m.fresh)) if (!(await move.there(hands))) await move.do(hands)
    },
    // before the trigger that fills it goes: or whoever writes a row in between could not
    async undo(m, hands) {
      for (const move of notNullMoves(m.id, m.fresh).toReversed()) await move.undo?.(hands)
    },
  })

/** The last of these moves is asked for whatever stands there: it takes away what the first has made. */
async function needs(m: Member, hands: Hands): Promise<boolean> {
  for (const move of notNullMoves(m.id, m.fresh)) if (!(await move.there(hands))) return false
  return true
}

const twins = (r: Rekeying): Move => ({
  name: 'twins',
  says: 'the same indexes, keys and checks over the new columns: built beside everybody',
  there: (hands) => allTwins(hands, r, 'look'),
  do: async (hands) => void (await allTwins(hands, r, 'fresh')),
})

async function allTwins(hands: Hands, r: Rekeying, as: 'look' | 'fresh'): Promise<boolean> {
  const graph = await keyed(hands, r)
  for (const twin of await twinsOf(hands, graph)) {
    if (await holds(hands, twinThere(r, twin))) continue
    if (as === 'look') return false
    await makeTwin(hands, r, twin, await definedOver(hands, graph, twin, as, typeOf(r)))
  }
  return true
}

const links = (r: Rekeying): Move =>
  each<Link>(r, {
    name: 'links',
    says: 'the same foreign keys between the new columns: for new rows at once, for the others once they have been looked at',
    of: (graph) => graph.links,
    there: (link, hands) => holds(hands, linkThere(r, link)),
    do: (link, hands, graph) => makeLink(hands, r, graph, link, 'fresh'),
    undo: (link, hands) =>
      hands.schema.reshape([`alter table if exists ${named(link.id)} drop constraint if exists ${quote(aside(r, link.name))}`]),
  })

/** Primary keys and foreign keys over columns that wait, so that places can be changed: those are not kept for keys that are not in use. */
export async function readied(hands: Hands, r: Rekeying, as: Waiting): Promise<void> {
  await primaryReadied(hands, r, as)
  const graph = await keyed(hands, r)
  for (const link of graph.links) if (!(await holds(hands, linkThere(r, link)))) await makeLink(hands, r, graph, link, as)
}

/** `only`: of one table. */
export async function primaryReadied(hands: Hands, r: Rekeying, as: Waiting, only?: string): Promise<void> {
  const graph = await keyed(hands, r)
  const type = as === 'fresh' ? typeOf(r) : graph.types[place(graph.key)]!
  for (const twin of await twinsOf(hands, graph)) {
    if (twin.kind !== 'primary key' || (only !== undefined && twin.id !== only) || (await holds(hands, twinThere(r, twin)))) continue
    await makeTwin(hands, r, twin, await definedOver(hands, graph, twin, as, type))
  }
}
