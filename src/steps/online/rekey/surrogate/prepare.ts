// Before the change of keys: the new columns, filled with every write and for the rows that are there, with indexes and foreign keys.
import type { Hands } from '../../../hands.ts'
import { holds, type Move } from '../../move.ts'
import { notNullMoves } from '../../not-null.ts'
import { columnThere, named, quote, short } from '../../words.ts'
import { drawingGone, drawingMade, drawingThere, pairMissing, pairsForAll, typeOf } from './drawing.ts'
import { follow, followed, unfollow } from './follow.ts'
import { asideOf, inOrder, isSwapped, keyColumns, keyFor, type Shape, type Surrogate, shapeOf } from './natural.ts'
import { dropIndex, indexesOf, isIndexed, linkThere, makeIndex, makeLink } from './twins.ts'

/** Looked for before anything was begun. */
export const shaped = async (hands: Hands, s: Surrogate): Promise<Shape> => (await shapeOf(hands, s))!

export const drawing = (s: Surrogate): Move => ({
  name: 'keys',
  says: `old keys of ${short(s.id)} and new ones by each other, as rows`,
  there: (hands) => holds(hands, drawingThere(s)),
  do: async (hands) => hands.schema.reshape(drawingMade(s, (await shaped(hands, s)).natural)),
  undo: (hands) => hands.schema.reshape(drawingGone(s, false)),
})

interface Each<T> {
  readonly name: string
  readonly says: string
  of(shape: Shape): readonly T[]
  there(part: T, hands: Hands, shape: Shape): Promise<boolean>
  do(part: T, hands: Hands, shape: Shape): Promise<void>
  undo?(part: T, hands: Hands, shape: Shape): Promise<void>
}

const each = <T>(s: Surrogate, e: Each<T>): Move => ({
  name: e.name,
  says: e.says,
  async there(hands) {
    const shape = await shaped(hands, s)
    for (const part of e.of(shape)) if (!(await e.there(part, hands, shape))) return false
    return true
  },
  async do(hands) {
    const shape = await shaped(hands, s)
    for (const part of e.of(shape)) if (!(await e.there(part, hands, shape))) await e.do(part, hands, shape)
  },
  async undo(hands) {
    const shape = e.undo && (await shapeOf(hands, s))
    if (shape) for (const part of e.of(shape).toReversed()) await e.undo?.(part, hands, shape)
  },
})

/** A new column, and what it is filled with. */
interface Column {
  readonly id: string
  readonly column: string
  readonly needs: boolean
  readonly from: string
  /** The old columns. */
  readonly over: readonly string[]
}

export const columnsOf = (s: Surrogate, { natural, pointers }: Shape): readonly Column[] => [
  { id: s.id, column: s.key, needs: true, from: `${keyFor(s)}(${keyColumns(natural)})`, over: natural.columns },
  ...pointers.map((p) => ({
    id: p.link.id,
    column: p.column,
    needs: p.needs,
    from: `${keyFor(s)}(${inOrder(p.link, natural, quote)})`,
    over: p.link.columns,
  })),
]

const inTable = (s: Surrogate, shape: Shape, id: string): readonly Column[] => columnsOf(s, shape).filter((c) => c.id === id)

const columns = (s: Surrogate): Move =>
  each<Column>(s, {
    name: 'columns',
    says: `a column of type ${typeOf(s)} in ${short(s.id)}, and one for each foreign key that points at it`,
    of: (shape) => columnsOf(s, shape),
    there: ({ id, column }, hands) => holds(hands, columnThere(id, column)),
    do: ({ id, column }, hands) => hands.schema.reshape([`alter table ${named(id)} add column ${quote(column)} ${typeOf(s)}`]),
    undo: ({ id, column }, hands) => hands.schema.reshape([`alter table if exists ${named(id)} drop column if exists ${quote(column)}`]),
  })

const followers = (s: Surrogate): Move =>
  each<string>(s, {
    name: 'followers',
    says: 'a trigger on each of these tables fills them with every write',
    of: ({ tables }) => tables,
    there: (id, hands) => holds(hands, followed(s, id)),
    do: (id, hands, shape) => hands.schema.reshape(follow(s, shape, id)),
    // a column that must have a value is not there a moment longer than what fills it
    undo: (id, hands, shape) =>
      hands.schema.reshape([
        ...unfollow(s, id),
        ...inTable(s, shape, id).map(({ column }) => `alter table ${named(id)} drop column if exists ${quote(column)}`),
      ]),
  })

const known = (s: Surrogate): Move => ({
  name: 'known',
  says: 'keys for all rows that are there, in the order of the old ones',
  there: async (hands) => !(await holds(hands, pairMissing(s, (await shaped(hands, s)).natural))),
  do: async (hands) => hands.schema.validate(pairsForAll(s, (await shaped(hands, s)).natural)),
})

const empty = ({ column, over }: Column): string =>
  `(${[`${quote(column)} is null`, ...over.map((c) => `${quote(c)} is not null`)].join(' and ')})`

const filled = (s: Surrogate): Move =>
  each<string>(s, {
    name: 'filled',
    says: 'the rows that are there: a few at a time, all columns of a row at once',
    of: ({ tables }) => tables,
    there: async (id, hands, shape) =>
      !(await holds(hands, `exists (select from ${named(id)} where ${inTable(s, shape, id).map(empty).join(' or ')})`)),
    async do(id, hands, shape) {
      const all = inTable(s, shape, id)
      const set = all.map(({ column, from }) => `${quote(column)} = coalesce(${quote(column)}, ${from})`).join(', ')
      const rows = await hands.schema.sweep({ table: id, set, where: all.map(empty).join(' or ') })
      hands.tell(`${rows} rows of ${short(id)} have keys of one column`)
    },
  })

const needed = (s: Surrogate): Move =>
  each<Column>(s, {
    name: 'needed',
    says: 'columns that must have a value where the old ones must',
    of: (shape) => columnsOf(s, shape).filter((c) => c.needs),
    async there({ id, column }, hands) {
      for (const move of notNullMoves(id, column)) if (!(await move.there(hands))) return false
      return true
    },
    async do({ id, column }, hands) {
      for (const move of notNullMoves(id, column)) if (!(await move.there(hands))) await move.do(hands)
    },
  })

const indexes = (s: Surrogate): Move =>
  each(s, {
    name: 'indexes',
    says: `indexes over the new columns, and one that holds the old key of ${short(s.id)}: built beside everybody`,
    of: (shape) => indexesOf(s, shape),
    there: (index, hands) => holds(hands, isIndexed(index)),
    do: (index, hands) => makeIndex(hands, index),
    undo: (index, hands) => (index.ofNewColumn ? Promise.resolve() : dropIndex(hands, index)),
  })

const links = (s: Surrogate): Move =>
  each(s, {
    name: 'links',
    says: 'foreign keys over the new columns, by the same rules: for new rows at once, for the others once they have been looked at',
    of: ({ pointers }) => pointers,
    there: (p, hands) => holds(hands, linkThere(s, p)),
    do: (p, hands) => makeLink(hands, s, p),
    undo: ({ link }, hands) =>
      hands.schema.reshape([`alter table if exists ${named(link.id)} drop constraint if exists ${quote(asideOf(s, link.name))}`]),
  })

/** Beside people at work; in a window all of it comes at once. */
export const beside = (s: Surrogate): readonly Move[] => [columns, followers, known, filled, needed, indexes, links].map((make) => make(s))

/** What a way back has taken away is there again before keys change. */
export async function readied(hands: Hands, s: Surrogate, shape: Shape): Promise<void> {
  for (const index of indexesOf(s, shape)) await makeIndex(hands, index)
  for (const p of shape.pointers) if (!(await holds(hands, linkThere(s, p)))) await makeLink(hands, s, p)
}

/** They have changed, or do so all at once: then there is nothing to prepare. */
export const whileWaiting = (s: Surrogate, isOffline: (hands: Hands) => boolean, move: Move): Move => ({
  ...move,
  there: async (hands) => isOffline(hands) || (await isSwapped(hands, s)) || move.there(hands),
})
