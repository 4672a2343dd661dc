// What a plan says of other keys before anything is done: which tables, which way and why, and what stands between.
import { bytes, count, list, plural } from '../../../text.ts'
import type { Foreseen, Looking, Step } from '../../step.ts'
import { hangingNames } from '../hanging/hanging.ts'
import { named, relation, short } from '../words.ts'
import { memberNumbers } from './carried.ts'
import { type Asked, type Graph, membersIn, type Way } from './graph.ts'
import { shortly, unlooked } from './reasons.ts'
import { rekeyedOf } from './rekeyed.ts'

/** On a machine that is no fast one. */
const rowsASecond = 200_000

export interface Size {
  readonly rows: number
  readonly bytes: number
}

/** What the two steps do in each way, in words. */
export type Does = Readonly<Record<Way, readonly string[]>>

export async function foreseen(looking: Looking, asked: Asked, does: Does, isFirst: boolean): Promise<Foreseen> {
  const [way, why] = chosen(asked.way, looking, (s) => s.kind === 'rekey swap' && s.params['id'] === asked.r.id)
  if (!isFirst) return { way, says: does[way] }
  const graph: Graph = (await rekeyedOf(looking, asked.r)) ?? { members: [], tables: [], links: [], torn: [] }
  const sizes = await sizesOf(looking, graph)
  const rows = [...sizes.values()].reduce((sum, s) => sum + s.rows, 0)
  return {
    way,
    says: [
      `${way}: ${why}`,
      ...(way === 'online'
        ? [`offline, ${about(rows)} would be written anew in about ${time(rows)}, and nobody could work meanwhile`]
        : []),
      ...graph.tables.map((id) => tableLine(graph, id, sizes.get(id)!)),
      ...(await between(looking, graph, asked)),
      ...does[way],
    ],
  }
}

/** By what is written, and not by how much is there: a copy with few rows is to rehearse the same way. */
export function chosen(way: Way | undefined, { steps }: Looking, isOwn: (step: Step) => boolean): readonly [Way, string] {
  if (way) return [way, 'as it is said']
  const own = steps.find(isOwn)
  return own?.by === undefined
    ? ['online', 'the change of places stands in no window, so people are at work']
    : ['offline', 'the change of places stands in a window, so nobody is at work']
}

const about = (rows: number): string => `about ${plural(rows, 'row')}`
const time = (rows: number): string => (rows < rowsASecond ? 'a second' : plural(Math.ceil(rows / rowsASecond), 'second'))

/** Few rows are counted; of many the statistics know well enough. */
export async function sizesOf({ target }: Looking, { tables }: Pick<Graph, 'tables'>): Promise<ReadonlyMap<string, Size>> {
  const sizes = new Map<string, Size>()
  for (const id of tables) {
    const [row] = await target.ask(
      `select reltuples::bigint::text as n, pg_total_relation_size(oid)::text as bytes, pg_relation_size(oid)::text as own from pg_class where oid = ${relation(id)}`,
    )
    const few = Number(row!['own']) < 32 * 1024 * 1024 || Number(row!['n']) < 0
    const [counted] = few ? await target.ask(`select count(*)::text as n from ${named(id)}`) : [row]
    sizes.set(id, { rows: Number(counted!['n']), bytes: Number(row!['bytes']) })
  }
  return sizes
}

function tableLine(graph: Graph, id: string, size: Size): string {
  const columns = membersIn(graph, id).map((m) => (m.isKey ? `${m.column} (the key)` : m.column))
  const links = graph.links.filter((l) => l.id === id).map((l) => l.name)
  const by = links.length ? `; ${links.length === 1 ? 'foreign key' : `${count(links.length)} foreign keys:`} ${links.join(', ')}` : ''
  return `${short(id)}, ${plural(size.rows, 'row')}, ${bytes(size.bytes)}: ${columns.join(', ')}${by}`
}

async function between(looking: Looking, graph: Graph, asked: Asked): Promise<readonly string[]> {
  if (!graph.members.length) return []
  const again = (await looking.target.ask(hangingNames(memberNumbers(graph)))).map((row) => shortly(row['name']!))
  const unseen = await unlooked(looking, graph, asked.looked)
  return [
    ...(again.length ? [`put up again as they were: ${list(again)}`] : []),
    ...unseen.map(({ what, why }) => `${what} ${why}: not before somebody has looked`),
  ]
}
