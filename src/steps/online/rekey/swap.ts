// The change of places: all tables of the graph in one short transaction, by names. The way back is the same, the other way round.

import { exchangeNeeds } from '../exchange-names.ts'
import { dress } from '../retype/swap.ts'
import type { Twin } from '../twins/twin.ts'
import { named, quote } from '../words.ts'
import { followNew, followOld } from './follow.ts'
import type { Graph, Link, Member, Rekeying } from './graph.ts'
import type { Rekeyed } from './rekeyed.ts'
import { aside, linkWords, twinExchanged, type Waiting } from './twins.ts'

export interface Attached {
  readonly twins: readonly Twin[]
  readonly links: readonly Link[]
}

export const swapped = (r: Rekeying, graph: Rekeyed, attached: Attached): string[] => {
  const { there } = graph.kind.byNames
  return [
    ...there.before,
    ...graph.members.map(dress),
    ...exchanged(r, graph, attached, 'fresh', 'away'),
    ...loosened(graph),
    ...there.after,
    ...graph.kind.functions.sinceThen,
    ...graph.tables.flatMap((id) => followOld(r, graph, id)),
  ]
}

export const swappedBack = (r: Rekeying, graph: Rekeyed, attached: Attached): string[] => [
  ...graph.kind.byNames.back.before,
  ...exchanged(r, graph, attached, 'away', 'fresh'),
  ...graph.kind.byNames.back.after,
  ...graph.tables.flatMap((id) => followNew(r, graph, id)),
]

/** A row that has no old key is a row all the same. */
export const loosened = ({ kind, members }: Rekeyed): string[] =>
  kind.loosens ? members.map((m) => `alter table ${named(m.id)} alter column ${quote(m.away)} drop not null`) : []

export const exchanged = (r: Rekeying, graph: Graph, { twins, links }: Attached, into: Waiting, from: Waiting): string[] => {
  const primary = twins.filter((t) => t.kind === 'primary key')
  const columns = (one: (m: Member) => readonly [string, string]) =>
    graph.members.map((m) => `alter table ${named(m.id)} rename column ${one(m).map(quote).join(' to ')}`)
  return [
    ...links.map((l) => `alter table ${named(l.id)} drop constraint ${quote(l.name)}`),
    ...primary.map((t) => `alter table ${named(t.id)} drop constraint ${quote(t.name)}`),
    ...columns((m) => [m.column, m[from]]),
    ...columns((m) => [m[into], m.column]),
    ...primary.map(
      (t) => `alter table ${named(t.id)} add constraint ${quote(t.name)} primary key using index ${quote(aside(r, t.name))}${t.manner}`,
    ),
    ...links.map((l) => `alter table ${named(l.id)} rename constraint ${quote(aside(r, l.name))} to ${quote(l.name)}`),
    ...links.flatMap(linkWords),
    ...primary.flatMap((t) => t.worn),
    ...twins.filter((t) => t.kind !== 'primary key').flatMap((t) => twinExchanged(r, t)),
    ...graph.members.map((m) => exchangeNeeds(m.id, m.column, m[from])),
  ]
}
