// A backup as a step: it is done when the copy was brought back into a scratch database and compared with what its snapshot said.
import { cannotPlan } from '../errors/plan.ts'
import { origin } from '../expr/origin.ts'
import { shownId, whereIs } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { bytes, count, list, plural } from '../text.ts'
import type { BackedUp, Hands, Programs } from './hands.ts'
import type { Done, Step } from './step.ts'

/** Of the tables that are named, or of those that the plan writes and reads in the target. */
function snapshotOf(...tables: readonly Table[]): Step {
  const at = origin()
  const ids = tables.map((t) => t.id)
  const away = ids.find((id) => whereIs(id))
  if (away !== undefined)
    throw cannotPlan({
      what: `a snapshot of ${shownId(away)}`,
      why: 'that table is in another database',
      hint: 'Name tables of the target: the others are only read, and are as they were whatever happens.',
      at,
    })
  return step({ title: titleOf(ids), at, tables: ids.length ? ids : 'plan' }, (hands) =>
    hands.backups.take(ids.length ? { tables: ids } : 'plan'),
  )
}

const titleOf = (ids: readonly string[]): string => {
  if (!ids.length) return 'snapshot of the tables of the plan'
  return `snapshot of ${ids.length > 3 ? plural(ids.length, 'table') : list(ids.map((id) => id.replace(/^public\./, '')))}`
}

const ofDatabase = (): Step =>
  step({ title: 'snapshot of the whole database', at: origin(), tables: 'database' }, (hands) => hands.backups.take('database'))

/**
 * By other programs, with the same proof. In their words `{folder}`, `{snapshot}` and `{database}` stand for where the dump goes, for the moment that it
 * must be of, and for the scratch database; how to reach the server they find in PGHOST and the like. What they bring back must be the whole database.
 */
const byPrograms = (programs: Programs): Step =>
  step({ title: `snapshot of the whole database by ${programs.dump[0]}`, at: origin(), tables: 'database', ...programs }, (hands) =>
    hands.backups.takeBy(programs),
  )

export const snapshot = Object.assign(snapshotOf, { database: ofDatabase, by: byPrograms })

interface What {
  readonly title: string
  readonly at: string | undefined
  readonly tables: readonly string[] | 'plan' | 'database'
  readonly [more: string]: unknown
}

const step = ({ title, at, ...params }: What, take: (hands: Hands) => Promise<BackedUp>): Step => ({
  kind: 'snapshot',
  title,
  at,
  params,
  doing: {
    says: ['read at one moment, written with its SHA-256, restored into a scratch database and compared'],
    do: async (hands) => told(await take(hands)),
  },
})

const told = (b: BackedUp): Done => ({
  done: `${plural(b.tables, 'table')}, ${plural(b.rows, 'row')}, ${bytes(b.bytes)}, restored and compared   sha256 ${b.sha256.slice(0, 12)}…   ${b.id}`,
  detail: { id: b.id, sha256: b.sha256, tables: b.tables, rows: count(b.rows), bytes: b.bytes, left: [...b.left] },
})
