// How much there is: rows counted where that is done in time, and what will be needed besides.
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { TookTooLong } from '../databases/looking.ts'
import { shownId } from '../schema/schema.ts'
import { bytes, list } from '../text.ts'
import { aboutNoRows, type Finding, type Unlooked, type Volume } from './assessment.ts'
import type { Place } from './place.ts'
import type { Subject } from './question.ts'

export interface Counted {
  readonly rows: number | undefined
  readonly counted: boolean
}

export async function countRows(place: Place, named: string, estimate: number, patienceMs: number): Promise<Counted> {
  try {
    const [row] = await place.looking.look(`select count(*) as n from ${named} s`, patienceMs)
    return { rows: Number(row!['n']), counted: true }
  } catch (problem) {
    if (!(problem instanceof TookTooLong)) throw problem
    return { rows: estimate < 0 ? undefined : estimate, counted: false }
  }
}

export const volumeOf = ({ id, place, table, roles }: Subject, { rows, counted }: Counted): Volume => ({
  table: id,
  place: place.shown,
  roles: [...roles],
  rows,
  counted,
  bytes: table.bytes > 0 ? table.bytes : undefined,
})

/** Nothing to go through is no migration: a green report over nothing is how data is lost. */
export function emptySources(volumes: readonly Volume[]): Finding[] {
  const sources = volumes.filter((v) => v.roles.includes('source'))
  const empty = sources.filter((v) => v.rows === 0)
  if (!empty.length) return []
  const all = empty.length === sources.length
  const names = list(empty.map((v) => shownId(v.table)))
  return [
    {
      kind: 'volumes',
      grade: all ? 'error' : 'warning',
      title: all
        ? `There is nothing to migrate: ${names} ${empty.length === 1 ? 'has' : 'have'} no rows.`
        : `${names} ${empty.length === 1 ? 'has' : 'have'} no rows.`,
      place: empty[0]!.place,
      table: empty.length === 1 ? empty[0]!.table : undefined,
      columns: [],
      found: 0,
      of: 0,
      examples: [],
      query: undefined,
      fix: 'Look whether this is the right database, and whether this role sees the rows.',
      at: undefined,
    },
  ]
}

/** What is copied, indexed and logged needs its own size up to three times. */
const times = 3

export interface Room {
  readonly findings: readonly Finding[]
  readonly notLookedAt: readonly Unlooked[]
}

export async function roomNeeded(subjects: readonly Subject[], target: Place, patienceMs: number): Promise<Room> {
  const sources = subjects.filter((s) => s.roles.has('source'))
  if (!sources.length) return { findings: [], notLookedAt: [] }
  const needed = (await sizeOf(sources, patienceMs)) * times
  const free = await freeRoom(target, patienceMs)
  const short = free !== undefined && free < needed
  return {
    findings: [roomFinding(needed, free, short, target)],
    notLookedAt:
      free === undefined
        ? [{ what: 'free room on the disk', why: 'no SQL asks how much is free; the note on room says how much it takes' }]
        : [],
  }
}

/** Of tables that tell it; where they do not, of all of their database. */
async function sizeOf(sources: readonly Subject[], patienceMs: number): Promise<number> {
  const known = sources.filter((s) => s.table.bytes > 0).reduce((n, s) => n + s.table.bytes, 0)
  const others = new Set(sources.filter((s) => s.table.bytes <= 0 && s.rows !== 0).map((s) => s.place))
  let size = known
  for (const place of others) size += Number((await place.looking.look(place.spelling.size, patienceMs))[0]?.['bytes'] ?? 0)
  return size
}

/** Of a file it is known where it stands. */
async function freeRoom({ spelling, looking }: Place, patienceMs: number): Promise<number | undefined> {
  if (spelling.engine !== 'sqlite') return undefined
  const [main] = await looking.look(`select file from pragma_database_list where name = 'main'`, patienceMs)
  if (!main?.['file']) return undefined
  const { bavail, bsize } = await statfs(dirname(main['file']))
  return bavail * bsize
}

const roomFinding = (needed: number, free: number | undefined, short: boolean, { shown }: Place): Finding => ({
  kind: 'room',
  grade: short ? 'error' : 'note',
  title: `Up to ${bytes(needed)} are needed in the target while rows, indexes and the log are written: the sources' own size, ${times} times. ${free === undefined ? 'How much is free cannot be asked.' : `${bytes(free)} are free.`}`,
  place: shown,
  ...aboutNoRows,
  fix: short
    ? 'Make room first: a run that finds none stops, and goes on when there is some.'
    : 'Look on the server of the target: df -h, for the data and for the log.',
})
