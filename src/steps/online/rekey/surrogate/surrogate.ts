// A table whose rows are told from each other by several columns gets a key of one column, and whoever points at it points at that: beside
// an application at work, or at once. The old key stays, as a unique one.
import { keysMisused, onlineRefused } from '../../../../errors/online.ts'
import { undoRefused } from '../../../../errors/run.ts'
import { milliseconds } from '../../../../events/duration.ts'
import { origin } from '../../../../expr/origin.ts'
import type { Table } from '../../../../schema/table.ts'
import { plural } from '../../../../text.ts'
import type { Hands, Plain } from '../../../hands.ts'
import type { Retired } from '../../../retire/engine.ts'
import { shelfOf } from '../../../retire/shelf.ts'
import type { Foreseen, Looking, Step } from '../../../step.ts'
import { holds, online } from '../../move.ts'
import { columnThere, constraintThere, idOf, named, quote, short } from '../../words.ts'
import { chosen, sizesOf } from '../foresee.ts'
import { linksThere, type Way } from '../graph.ts'
import { drawingGone } from './drawing.ts'
import { unfollow } from './follow.ts'
import { asideOf, isSwapped, oldLinkName, type Shape, type Surrogate, shapeOf } from './natural.ts'
import { takenAway, writtenAnew } from './offline.ts'
import { beside, columnsOf, drawing, readied, shaped, whileWaiting } from './prepare.ts'
import { speaksAgainst } from './reasons.ts'
import { fateLine, fates } from './staying.ts'
import { locked, swapped, swappedBack, unproved } from './swap.ts'
import { dropIndex, formerIndex, makeIndex } from './twins.ts'

export interface SurrogateOptions {
  /** The new column; default 'id'. */
  readonly key?: string
  readonly to?: 'uuid' | 'bigint'
  /** Where UUIDs of the rows that are there come from: `derived` from the table and the old key (what is said if nothing is), or drawn once and kept: `v4`, `v7`. */
  readonly ids?: 'derived' | 'v4' | 'v7'
  /** The columns that tell rows from each other, where there is no primary key and more than one unique one. */
  readonly over?: readonly string[]
  /** By the name of a foreign key: its new column. If nothing is said: the table and the key, `enrolment_id`. */
  readonly columns?: Readonly<Record<string, string>>
  /** Foreign keys whose old columns stay for good. */
  readonly keep?: readonly string[]
  /** How long the old columns of tables that point at it stay before `godwit purge` may drop them; default '7 days'. */
  readonly soak?: string
  /** As in `rekey`. */
  readonly way?: Way
  /** Functions and publications that somebody has looked at, and that work with either. */
  readonly looked?: readonly string[]
}

interface Asked {
  readonly s: Surrogate
  readonly way: Way | undefined
  readonly looked: readonly string[]
  readonly at: string | undefined
}

/** A part of a migration: what is prepared in expand, and the change of keys in cutover. */
export function surrogate(
  table: Table | string,
  { key = 'id', to = 'uuid', ids, over, columns = {}, keep = [], soak = '7 days', way, looked = [] }: SurrogateOptions = {},
): { readonly expand: readonly [Step]; readonly cutover: readonly [Step] } {
  const at = origin()
  if (to === 'bigint' && ids !== undefined) throw keysMisused({ table: short(idOf(table)), ids, at })
  const s: Surrogate = { id: idOf(table), key, ids: to === 'bigint' ? 'numbers' : (ids ?? 'derived'), over, columns, keep }
  const asked: Asked = { s, way, looked, at }
  return { expand: [prepare(asked)], cutover: [changeKeys(asked, soak)] }
}

const wayOf = ({ way }: Asked, hands: Pick<Hands, 'way'>): Way => way ?? (hands.way as Way | undefined) ?? 'online'

type Does = Readonly<Record<Way, readonly string[]>>

function prepare(asked: Asked): Step {
  const { s, way, looked, at } = asked
  const moves = beside(s).map((move) => whileWaiting(s, (hands) => wayOf(asked, hands) === 'offline', move))
  const does: Does = {
    online: [drawing(s), ...moves].map((m) => m.says),
    offline: ['old keys and new keys by each other; the tables stay as they are until the keys change'],
  }
  const step = online({
    kind: 'surrogate',
    title: `${short(s.id)} with a key of one column, ${s.key}, beside the key in use`,
    at,
    changes: [s.id],
    params: { ...s, looked, way },
    against: (hands) => speaksAgainst(hands, s, looked),
    moves: [drawing(s), ...moves],
  })
  return { ...step, foresee: (looking) => foreseen(looking, asked, does, true) }
}

async function foreseen(looking: Looking, { s, way }: Asked, does: Does, isFirst: boolean): Promise<Foreseen> {
  const [which, why] = chosen(way, looking, (step) => step.kind === 'surrogate swap' && step.params['id'] === s.id)
  const shape = isFirst ? await shapeOf(looking, s) : undefined
  // from the change of keys on it is what it says
  if (!shape || shape.natural.columns.includes(s.key)) return { way: which, says: does[which] }
  const sizes = await sizesOf(looking, shape)
  const tables = shape.tables.map((id) => {
    const own = columnsOf(s, shape).filter((c) => c.id === id)
    return `${short(id)}, ${plural(sizes.get(id)!.rows, 'row')}: ${own.map((c) => c.column).join(', ')}`
  })
  return { way: which, says: [`${which}: ${why}`, ...tables, ...(await fates(looking, s, shape)).map(fateLine), ...does[which]] }
}

function changeKeys(asked: Asked, soak: string): Step {
  const { s, way, at } = asked
  const keepMs = milliseconds(soak)
  const follow = `old columns that point at it go on being filled, and are kept for ${soak}`
  const does: Does = {
    online: [`${s.key} is the primary key, the old key is a unique one, and foreign keys change: in one short transaction`, follow],
    offline: ['all tables are written anew with the new columns, in one transaction that nobody else gets past', follow],
  }
  return {
    kind: 'surrogate swap',
    title: `${s.key} is the key of ${short(s.id)}`,
    at,
    changes: [s.id],
    params: { ...s, soak, way },
    doing: {
      says: does[way ?? 'online'],
      do: (hands) => swap(asked, hands),
      undo: (hands) => back(s, hands),
      purge: { keepMs, drop: (hands) => drop(s, hands) },
    },
    foresee: (looking) => foreseen(looking, asked, does, false),
  }
}

interface Kept {
  readonly at: number
  readonly retired: readonly Retired[]
  readonly shape: Shape
  readonly way: Way
}

async function swap(asked: Asked, hands: Hands) {
  const { s } = asked
  const way = wayOf(asked, hands)
  if (!(await isSwapped(hands, s))) {
    const shape = await shaped(hands, s)
    await hands.memory.write(await noted(hands, s, shape, way))
    await changed[way](asked, hands, shape)
  }
  const { shape } = (await keptOf(hands))!
  await proved(hands, shape, (name) => asideOf(s, name))
  return { done: `${s.key} is the key of ${short(s.id)}` }
}

const keptOf = async (hands: Hands): Promise<Kept | undefined> => (await hands.memory.read()) as unknown as Kept | undefined

const changed: Readonly<Record<Way, (asked: Asked, hands: Hands, shape: Shape) => Promise<void>>> = {
  async online({ s, at }, hands, shape) {
    const late: string[] = []
    for (const { id, column } of columnsOf(s, shape))
      if (!(await holds(hands, columnThere(id, column))))
        late.push(
          `${short(id)} has no column ${column}: it points at the key, and did not when this was prepared: godwit undo, and run it again`,
        )
    if (late.length) throw onlineRefused({ what: `the key of ${short(s.id)}`, reasons: late, at })
    await readied(hands, s, shape)
    await hands.schema.reshape([...locked(shape.tables), ...swapped(s, shape)])
  },
  async offline({ s, looked, at }, hands, shape) {
    const reasons = await speaksAgainst(hands, s, looked)
    if (reasons.length) throw onlineRefused({ what: `the key of ${short(s.id)}`, reasons, at })
    await hands.schema.validate(writtenAnew(s, shape))
  },
}

async function noted(hands: Hands, s: Surrogate, shape: Shape, way: Way): Promise<Plain> {
  const retired: Retired[] = []
  for (const { pointer, stays } of await fates(hands, s, shape))
    if (!stays.length)
      for (const column of pointer.link.columns)
        if (!retired.some((r) => r.table === pointer.link.id && r.column === column))
          retired.push(await shelfOf('postgres').measure({ table: pointer.link.id, column }, hands.target))
  return { at: hands.clock.now(), retired, shape, way } satisfies Kept as unknown as Plain
}

/** Rows are looked at beside everybody, once the keys have changed. */
async function proved(hands: Hands, { pointers }: Shape, name: (of: string) => string): Promise<void> {
  for (const { there, look } of unproved(pointers, (p) => name(p.link.name)))
    if (!(await holds(hands, there))) await hands.schema.validate([look])
}

async function back(s: Surrogate, hands: Hands): Promise<void> {
  const kept = await keptOf(hands)
  if (!kept) return
  const { shape, way } = kept
  if (await isSwapped(hands, s)) await changedBack(s, shape, hands)
  await proved(hands, shape, (name) => name)
  if (way === 'offline') await hands.schema.reshape(takenAway(s, shape))
}

async function changedBack(s: Surrogate, shape: Shape, hands: Hands): Promise<void> {
  const reasons = await lost(s, shape, hands)
  if (reasons.length)
    throw undoRefused({
      reasons,
      hint: 'What came since with keys of the new kind only cannot go back: take it away, or keep the new key.',
    })
  const [former] = formerIndex(s, shape)
  if (former) await makeIndex(hands, former)
  await hands.schema.reshape([...locked(shape.tables), ...swappedBack(s, shape, former?.name)])
}

/** Columns that have come to point at the new key, and rows whose old columns nobody has filled. */
async function lost(s: Surrogate, { pointers }: Shape, hands: Hands): Promise<readonly string[]> {
  const others = (await linksThere(hands)).filter(
    (l) => l.to === s.id && l.toColumns.includes(s.key) && !pointers.some((p) => p.link.id === l.id && p.link.name === l.name),
  )
  const reasons = others.map((l) => `${short(l.id)} (${l.columns.join(', ')}) has come to point at ${s.key}`)
  for (const { link, column } of pointers) {
    const without = link.columns.map((c) => `${quote(c)} is null`).join(' or ')
    if (await holds(hands, `exists (select from ${named(link.id)} where ${quote(column)} is not null and (${without}))`))
      reasons.push(`rows of ${short(link.id)} have ${column} and not all of ${link.columns.join(', ')}`)
  }
  return reasons
}

/** What else has come to need old columns keeps them. */
async function drop(s: Surrogate, hands: Hands): Promise<void> {
  const { shape } = (await keptOf(hands))!
  for (const id of shape.tables) await hands.schema.reshape(unfollow(s, id))
  for (const { pointer, stays } of await fates(hands, s, shape)) {
    const { id, name, columns } = pointer.link
    const old = asideOf(s, name)
    if (!stays.length)
      await hands.schema.reshape([`alter table ${named(id)} ${columns.map((c) => `drop column if exists ${quote(c)}`).join(', ')}`])
    else if (await holds(hands, constraintThere(id, old)))
      await hands.schema.reshape([`alter table ${named(id)} rename constraint ${quote(old)} to ${quote(oldLinkName(pointer.link))}`])
  }
  for (const index of formerIndex(s, shape)) await dropIndex(hands, index)
  await hands.schema.reshape(drawingGone(s, true))
}
