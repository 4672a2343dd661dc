// A column that points at several tables, and another one beside it that says at which.
import { idOf, literal } from '../../words.ts'
import { columnNamed, isText, isWhole, type Keeping, type Reference } from './reference.ts'

export interface Pointing extends Keeping {
  /** The column beside it that says what it points at. */
  readonly type: string
  /** What stands there, and the table that is meant. */
  readonly of: Readonly<Record<string, string>>
}

/** A pair of columns: one holds a key, and one says of which table. Keys of tables that are not named have no new key. */
export function byType(path: string, { type, of, keep, dangling }: Pointing): Reference {
  const tables = Object.entries(of).map(([word, table]) => [word, idOf(table)] as const)
  const each = (word: string, to: (target: string) => string) =>
    `case ${word}::text ${tables.map(([w, target]) => `when ${literal(w)} then ${to(target)}`).join(' ')} end`
  return {
    ...columnNamed(path),
    targets: [...new Set(tables.map(([, id]) => id))],
    beside: [type],
    named: [],
    keep,
    dangling: dangling ?? (keep === undefined ? 'refuse' : 'null'),
    says: { byType: path, type, of, keep, dangling },
    becomes: (was) => (isWhole(was) ? 'uuid' : isText(was) ? was : undefined),
    rewritten: ({ value, type: was, of: other }, way) => {
      const key = each(other(type), (target) => way.key(target, `${value}::text`))
      return isText(was) ? `coalesce(${key}, ${value})` : `(${key})::${way.to === 'new' ? 'uuid' : was}`
    },
    places: ({ value, of: other }) =>
      `select ${each(other(type), literal)} as target, coalesce(${other(type)}::text, '') as place, ${value} #>> '{}' as value where ${value} #>> '{}' is not null`,
    rest: () => 'null::text[]',
  }
}
