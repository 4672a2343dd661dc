// Indexes, checks, keys and statistics of a column: the new column gets the same before it takes the place, under names that change with
// the columns.
import type { Hands } from '../../hands.ts'
import { exchangeNames } from '../exchange-names.ts'
import { holds, type Move } from '../move.ts'
import { type Graph, type Link, linksThere } from '../rekey/graph.ts'
import { aside, definedOver, linkThere, linkWords, makeLink, makeTwin, twinExchanged, twinsOf, twinThere } from '../rekey/twins.ts'
import type { Twin } from '../twins/twin.ts'
import { columnThere, named, quote } from '../words.ts'
import type { Pair } from './retype.ts'

export interface Attached {
  readonly twins: readonly Twin[]
  readonly links: readonly Link[]
}

/** It changes places as the columns of a graph do. */
const graphOfOne = ({ id, column, fresh, away }: Pair): Graph => ({
  members: [{ id, column, fresh, away, isKey: false, stays: false }],
  tables: [id],
  links: [],
  torn: [],
})

/** What waits is called after the column as well: others of the table may change their type at the same time. */
const nameOf = ({ id, column }: Pair) => ({ id: `${id}_${column}` })

export const attachedTo = async (hands: Hands, pair: Pair): Promise<Attached> => ({
  twins: await twinsOf(hands, graphOfOne(pair)),
  links: (await linksThere(hands)).filter((l) => l.id === pair.id && l.columns.includes(pair.column)),
})

/** All of it, tried: what Postgres has against one of them is thrown. */
export async function attachedTried(hands: Hands, pair: Pair): Promise<void> {
  for (const twin of (await attachedTo(hands, pair)).twins) await definedOver(hands, graphOfOne(pair), twin, 'fresh', pair.to)
}

export const attachedMove = (pair: Pair): Move => ({
  name: 'attached',
  says: `what ${named(pair.id)} (${quote(pair.column)}) has, for the new column too: indexes beside everybody, checks and keys that are looked at afterwards`,
  async there(hands) {
    if (await holds(hands, columnThere(pair.id, pair.away))) return true
    const { twins, links } = await attachedTo(hands, pair)
    const all = [...twins.map((t) => twinThere(nameOf(pair), t)), ...links.map((l) => linkThere(nameOf(pair), l))]
    return !all.length || holds(hands, all.map((there) => `(${there})`).join(' and '))
  },
  async do(hands) {
    const { twins, links } = await attachedTo(hands, pair)
    const [graph, name] = [graphOfOne(pair), nameOf(pair)]
    for (const twin of twins)
      if (!(await holds(hands, twinThere(name, twin))))
        await makeTwin(hands, name, twin, await definedOver(hands, graph, twin, 'fresh', pair.to))
    for (const link of links) if (!(await holds(hands, linkThere(name, link)))) await makeLink(hands, name, graph, link, 'fresh')
  },
})

/** By names: there and back. */
export const attachedExchanged = (pair: Pair, { twins, links }: Attached): string[] => [
  ...twins.flatMap((t) => twinExchanged(nameOf(pair), t)),
  ...links.flatMap((link) => [
    exchangeNames({ id: link.id, kind: 'constraint', name: link.name, other: aside(nameOf(pair), link.name) }),
    ...linkWords(link),
  ]),
]
