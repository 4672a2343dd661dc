// A graph with what its keys become: read from the catalogue, the same before the change of places and after it.
import { type Asking, type Graph, graphOf, type Member, membersIn, place, type Rekeying, type Types, typesOf } from './graph.ts'
import { kindOf } from './kinds/index.ts'
import type { KeyKind } from './kinds/kind.ts'
import { type OldKey, oldKeyOf } from './old-key.ts'

export interface Rekeyed extends Graph {
  readonly key: Member
  readonly kind: KeyKind
  readonly types: Types
  readonly old: OldKey
}

/** Nothing where there is no such table, or no key. */
export async function rekeyedOf(hands: Asking, r: Rekeying): Promise<Rekeyed | undefined> {
  const graph = await graphOf(hands, r)
  const key = graph.members.find((m) => m.isKey)
  if (!key) return undefined
  const types = await typesOf(hands, graph.members)
  const old = await oldKeyOf(hands, key)
  const kind = kindOf({ r, key, types, old })
  return { ...(kind.forEveryValue ? narrow(graph, types) : graph), key, kind, types, old }
}

/** Columns that have room enough stay, and so do foreign keys between two of them; one may point at another table as well. */
function narrow(graph: Graph, types: Types): Graph {
  const members = graph.members.filter((m) => m.isKey || types[place(m)] !== 'bigint')
  const of = (id: string, columns: readonly string[]) => membersIn({ ...graph, members }, id).some((m) => columns.includes(m.column))
  const links = graph.links.filter((l) => of(l.id, l.columns) || of(l.to, l.toColumns))
  const tables = [...new Set(members.map((m) => m.id))].toSorted()
  return { members, tables, links, around: [...new Set([...tables, ...links.flatMap((l) => [l.id, l.to])])].toSorted(), torn: [] }
}
