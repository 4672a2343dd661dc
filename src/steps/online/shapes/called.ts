// Columns that one shape knows by another name get that name: nobody says the old one any more.
import type { Step } from '../../step.ts'
import { between, online, reasonsOf } from '../move.ts'
import { stillSaid } from '../still-said.ts'
import { columnThere, named, quote, reason, short } from '../words.ts'
import type { Shapes } from './shapes.ts'

export function calledForGood({ tables }: Shapes, at: string | undefined): readonly Step[] {
  const all = tables.flatMap(({ id, called }) => Object.entries(called).map(([from, to]) => ({ id, from, to })))
  if (!all.length) return []
  return [
    online({
      kind: 'online shape names',
      title: `the new names: ${all.map(({ id, from, to }) => `${short(id)}.${from} is ${to}`).join(', ')}`,
      at,
      changes: [...new Set(all.map(({ id }) => id))],
      params: { all },
      moves: all.map(({ id, from, to }) => {
        const rename = (a: string, b: string) => [`alter table ${named(id)} rename column ${quote(a)} to ${quote(b)}`]
        const done = `${columnThere(id, to)} and not ${columnThere(id, from)}`
        return between(`${id}.${from}`, rename(from, to)[0]!, done, done, rename(from, to), rename(to, from))
      }),
      against: (hands) =>
        reasonsOf(
          hands,
          all
            .flatMap(({ id, from, to }) => [
              reason(`not ${columnThere(id, from)}`, `there is no column ${short(id)}.${from}`),
              reason(columnThere(id, to), `${short(id)} has a column ${to} already`),
              ...stillSaid(id, id, from),
            ])
            .join(' union all '),
        ),
    }),
  ]
}
