// The other way: all of it in one transaction, while nobody works, with each table written anew once.
import { named, quote } from '../../words.ts'
import { pairsForAll, typeOf } from './drawing.ts'
import { follow, unfollow } from './follow.ts'
import { asideOf, type Pointer, type Shape, type Surrogate } from './natural.ts'
import { columnsOf } from './prepare.ts'
import { locked, swapped } from './swap.ts'
import { indexesOf, indexMade, newLink } from './twins.ts'

export const writtenAnew = (s: Surrogate, shape: Shape): string[] => [
  ...locked(shape.tables),
  ...pairsForAll(s, shape.natural),
  ...shape.tables.flatMap((id) => tableAnew(s, shape, id)),
  ...indexesOf(s, shape).map(indexMade),
  ...shape.pointers.map(
    (p) => `${alter(p)} add constraint ${quote(asideOf(s, p.link.name))} ${newLink(s, p)}${p.link.valid ? '' : ' not valid'}`,
  ),
  ...swapped(s, shape),
  ...shape.pointers.filter((p) => p.link.valid).map((p) => `${alter(p)} validate constraint ${quote(asideOf(s, p.link.name))}`),
  ...shape.tables.flatMap((id) => follow(s, shape, id)),
]

const alter = ({ link }: Pointer): string => `alter table ${named(link.id)}`

function tableAnew(s: Surrogate, shape: Shape, id: string): string[] {
  const columns = columnsOf(s, shape).filter((c) => c.id === id)
  const table = `alter table ${named(id)}`
  return [
    `${table} ${columns.map((c) => `add column ${quote(c.column)} ${typeOf(s)}`).join(', ')}`,
    `${table} ${columns
      .flatMap((c) => [
        `alter column ${quote(c.column)} type ${typeOf(s)} using ${c.from}`,
        ...(c.needs ? [`alter column ${quote(c.column)} set not null`] : []),
      ])
      .join(', ')}`,
  ]
}

/** Once the keys are what they were. */
export const takenAway = (s: Surrogate, shape: Shape): string[] => [
  ...shape.tables.flatMap((id) => unfollow(s, id)),
  ...columnsOf(s, shape).map(({ id, column }) => `alter table ${named(id)} drop column if exists ${quote(column)}`),
]
