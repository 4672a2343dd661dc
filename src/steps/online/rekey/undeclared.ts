// Whatever points at a table without a foreign key is to be decided by somebody before the keys of the table change.
import { onlineRefused } from '../../../errors/online.ts'
import type { Hands } from '../../hands.ts'
import type { Step } from '../../step.ts'
import { holds } from '../move.ts'
import { columnThere, short } from '../words.ts'
import type { Asked } from './graph.ts'
import { againstLoose } from './loose.ts'
import { candidates, decide, looked, place } from './pointing.ts'
import { rekeyedOf } from './rekeyed.ts'

/** Says no as long as one of them is not decided. */
export function undeclared(asked: Asked): Step {
  const { r, not, at } = asked
  return {
    kind: 'rekey undeclared',
    title: `columns that point at ${short(r.id)} without a foreign key`,
    at,
    params: { id: r.id, also: r.also, not },
    rekeys: { table: r.id, decided: [...not, ...r.also.map(place)] },
    doing: {
      says: [`looks at every column that may hold keys of ${short(r.id)}, by its name and by its values; says no until each is decided`],
      gate: true,
      async do(hands) {
        const reasons = await undecided(hands, asked)
        if (reasons.length) throw onlineRefused({ what: `other keys for ${short(r.id)}`, reasons, at })
        return { done: 'each that there is has been decided' }
      },
    },
  }
}

async function undecided(hands: Hands, { r, not }: Asked): Promise<readonly string[]> {
  const graph = await rekeyedOf(hands, r)
  // from the change of places on they are other keys, and it has been decided
  if (!graph || graph.kind.against.length || (await holds(hands, columnThere(graph.key.id, graph.key.away)))) return []
  const { members, key } = graph
  const said = [...(await againstLoose(hands, r, graph))]
  const ask = (sql: string) => hands.target.ask(sql)
  for (const candidate of await candidates(ask, { ...key, ...graph.kind.pointedAtBy })) {
    if (members.some((m) => m.id === candidate.id && m.column === candidate.column) || not.includes(place(candidate))) continue
    const found = await looked(ask, candidate, { ...key, ...graph.kind.pointedAtBy })
    if (found) said.push(`${found.says}: ${decide(candidate)}`)
  }
  return said
}
