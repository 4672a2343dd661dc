// Keys in words: `user:17`, `/users/17/edit`, by regular expressions in Postgres' words.
import { origin } from '../../../../expr/origin.ts'
import { idOf, literal } from '../../words.ts'
import { type Pattern, patternOf } from './pattern.ts'
import { columnNamed, isText, type Reference } from './reference.ts'
import { uuid } from './way.ts'

/** Patterns with one group, and the table that a key there is of: `{ '^user:(\\d+)$': 'users' }`. */
export function inText(path: string, of: Readonly<Record<string, string>>): Reference {
  const at = origin()
  const all = Object.entries(of).map(([source, table]) => ({ source, pattern: patternOf(source, at), target: idOf(table) }))
  return {
    ...columnNamed(path),
    targets: [...new Set(all.map((a) => a.target))],
    beside: [],
    named: all.map((a) => a.source),
    keep: undefined,
    dangling: 'null',
    says: { inText: path, of },
    becomes: (was) => (isText(was) ? was : undefined),
    rewritten: ({ value }, way) =>
      all.reduce((text, { pattern: p, target }) => {
        const inThree = literal(`(${p.before})(${way.to === 'new' ? p.group : uuid})(${p.after})`)
        return `(select string_agg(coalesce(b, '') || coalesce(m[1] || coalesce(${way.key(target, 'm[2]')}, m[2]) || m[3], ''), '' order by n) from (select ${text} as t) t_, lateral rows from (regexp_split_to_table(t, ${inThree}), regexp_matches(t, ${inThree}, 'g')) with ordinality r(b, m, n))`
      }, `${value}::text`),
    places: ({ value }) =>
      all
        .map(
          ({ source, pattern, target }) =>
            `select ${literal(target)} as target, ${literal(source)} as place, m[1] as value from regexp_matches(${value} #>> '{}', ${literal(either(pattern))}, 'g') m`,
        )
        .join(' union all '),
    rest: ({ value }) =>
      `array[${all.reduce((text, { pattern: p }) => `regexp_replace(${text}, ${literal(`(${p.before})(?:${p.group}|${uuid})(${p.after})`)}, '\\1#\\2', 'g')`, `${value} #>> '{}'`)}]`,
  }
}

/** With keys of either kind. */
const either = ({ before, group, after }: Pattern): string => `${before}(${uuid}|${group})${after}`
