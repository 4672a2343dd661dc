// The row of another relation that agrees on some columns. None is one reason, more than one is another.
import { shownId } from '../../schema/schema.ts'
import { make, type Node, type Relation, type Word } from '../node.ts'

export const lookupWord: Word = {
  name: 'lookup',
  write(node, w) {
    const relation = node.params['relation'] as Relation
    const columns = node.params['on'] as string[]
    const take = node.params['take'] as string
    const on = columns.map((c, i) => [c, w.value(node.args[i]!)] as const)
    const found = w.find(relation, on, take)
    const given = on.filter(([, v]) => v.nullable).map(([, v]) => `${v.sql} is not null`)
    const asked = given.length ? `${given.join(' and ')} and ` : ''
    const name = shownId(relation.id)
    const about = { columns: w.columnsOf(node), at: node.at }
    w.refuse(`${found.matches} > 1`, { ...about, code: 'LOOKUP_AMBIGUOUS', says: `agrees with more than one row of ${name}` })
    if (!node.params['orNull'])
      w.refuse(`${asked}${found.matches} is null`, { ...about, code: 'LOOKUP_MISS', says: `is in no row of ${name}` })
    return { ...found.value, nullable: found.value.nullable || given.length > 0 || node.params['orNull'] === true }
  },
}

export const lookup = (relation: Relation, on: readonly (readonly [string, Node])[], take: string, orNull: boolean, at?: string): Node =>
  make(
    lookupWord,
    on.map(([, n]) => n),
    {
      relation: { id: relation.id, query: relation.query, derived: relation.derived, columns: relation.columns, key: relation.key },
      on: on.map(([c]) => c),
      take,
      orNull,
    },
    at,
  )
