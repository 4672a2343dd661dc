// What the new columns have, and what holds the old key once it is no primary key any more: built beside everybody, under names that they
// lose when the keys change.
import type { Hands } from '../../../hands.ts'
import { holds } from '../../move.ts'
import { besides, constraintThere, constraintValid, indexThere, indexValid, literal, named, quote } from '../../words.ts'
import { asideOf, indexName, inOrder, keyColumns, naturalName, type Pointer, primaryName, type Shape, type Surrogate } from './natural.ts'

interface Index {
  readonly id: string
  readonly name: string
  readonly unique: boolean
  /** What comes after its name. */
  readonly tail: string
  /** It goes with the column that it is over. */
  readonly ofNewColumn: boolean
}

export const primaryIndex = (s: Surrogate): Index => ({
  id: s.id,
  name: asideOf(s, primaryName(s)),
  unique: true,
  tail: `(${quote(s.key)})`,
  ofNewColumn: true,
})

/** Over the old key: as it is held once it is no primary key, or as it will be one again. */
const oldIndex = (s: Surrogate, { natural }: Shape, name: string): Index[] =>
  natural.isPrimary ? [{ id: s.id, name: asideOf(s, name), unique: true, tail: natural.tail, ofNewColumn: false }] : []
export const naturalIndex = (s: Surrogate, shape: Shape): Index[] => oldIndex(s, shape, naturalName(s, shape.natural))
export const formerIndex = (s: Surrogate, shape: Shape): Index[] => oldIndex(s, shape, 'former')

const pointerIndex = (p: Pointer): Index[] =>
  p.indexed ? [{ id: p.link.id, name: indexName(p), unique: p.indexed === 'unique', tail: `(${quote(p.column)})`, ofNewColumn: true }] : []

export const indexesOf = (s: Surrogate, shape: Shape): readonly Index[] => [
  primaryIndex(s),
  ...naturalIndex(s, shape),
  ...shape.pointers.flatMap(pointerIndex),
]

export const indexMade = ({ id, name, unique, tail }: Index): string =>
  `create ${unique ? 'unique ' : ''}index ${quote(name)} on ${named(id)} ${tail}`

export const isIndexed = ({ id, name }: Index): string => indexValid(id, name)

export async function makeIndex(hands: Hands, index: Index): Promise<void> {
  if (await holds(hands, isIndexed(index))) return
  hands.tell(`index ${index.name}`)
  await hands.schema.alone([
    `drop index concurrently if exists ${besides(index.id, index.name)}`,
    indexMade(index).replace('index ', 'index concurrently '),
  ])
}

export async function dropIndex(hands: Hands, { id, name }: Index): Promise<void> {
  if (await holds(hands, indexThere(id, name))) await hands.schema.alone([`drop index concurrently if exists ${besides(id, name)}`])
}

/** A foreign key over the new column; it has the same rule for rows that go, and keys do not change. */
export const newLink = (s: Surrogate, { link, column, onDelete }: Pointer): string =>
  `foreign key (${quote(column)}) references ${named(s.id)} (${quote(s.key)})${onDelete}${link.waits}`

/** The one that there has always been. */
export const oldLink = (s: Surrogate, { natural }: Shape, { link }: Pointer): string => {
  const emptied = link.emptied.length ? ` (${link.emptied.map(quote).join(', ')})` : ''
  return `foreign key (${inOrder(link, natural, quote)}) references ${named(s.id)} (${keyColumns(natural)})${link.manner}${emptied}${link.waits}`
}

export const linkThere = (s: Surrogate, { link }: Pointer): string =>
  (link.valid ? constraintValid : constraintThere)(link.id, asideOf(s, link.name))

export async function makeLink(hands: Hands, s: Surrogate, p: Pointer): Promise<void> {
  const [table, name] = [named(p.link.id), quote(asideOf(s, p.link.name))]
  hands.tell(`foreign key ${p.link.name}`)
  await hands.schema.reshape([
    `alter table ${table} drop constraint if exists ${name}`,
    `alter table ${table} add constraint ${name} ${newLink(s, p)} not valid`,
  ])
  if (p.link.valid) await hands.schema.validate([`alter table ${table} validate constraint ${name}`])
}

export const said = (id: string, name: string, words: string | undefined): string[] =>
  words === undefined ? [] : [`comment on constraint ${quote(name)} on ${named(id)} is ${literal(words)}`]
