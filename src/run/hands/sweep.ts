// Every row of a table changed where it stands, a stretch of pages in each transaction. New and changed rows are somebody else's
// to keep right (a default, a trigger), from before the sweep on: it goes over the pages that the table has when it begins.
import type { Session } from '../../databases/database.ts'
import { postgres } from '../../dialects/postgres.ts'
import type { PlannedStep } from '../../plan/plan.ts'
import type { Sweep } from '../../steps/hands.ts'
import { atOnce } from '../at-once.ts'
import type { Work } from '../context.ts'
import { searching } from '../searching.ts'

/** Rows that are locked at once are few, and for a short time, so that nobody waits long for one of them. */
const wantedMs = 5
const mostRows = 200

interface Leaf {
  readonly name: string
  readonly file: string
  readonly pages: number
  readonly rowsAPage: number
}

type Patiently = <T>(body: () => Promise<T>) => Promise<T>
/** Rows that have been gone over. */
type Tell = (rows: number) => void

export async function sweep(work: Work, step: PlannedStep, what: Sweep, patiently: Patiently): Promise<number> {
  const leaves = await leavesOf(work, what.table)
  const tell = telling(work, step.id, leaves)
  let changed = 0
  for (const leaf of leaves) changed += await sweepLeaf({ work, step, what, patiently, tell }, leaf)
  return changed
}

/** How far it has come, in rows as they stand in the pages: whoever looks on sees how fast it goes, and how long it will take. */
function telling({ bus }: Work, step: string, leaves: readonly Leaf[]): Tell {
  const of = Math.round(leaves.reduce((rows, l) => rows + l.pages * l.rowsAPage, 0))
  let done = 0
  const tell: Tell = (rows) => {
    done = Math.min(of, done + rows)
    bus.emit({ type: 'step.progress', step, done: Math.round(done), of, quarantined: 0 })
  }
  tell(0)
  return tell
}

/** The table, or its partitions. Places are pages: they need no key, and rows that move on were written by somebody who knows. */
async function leavesOf({ db }: Work, table: string): Promise<Leaf[]> {
  const facts = `c.oid::regclass::text as name, pg_relation_filenode(c.oid)::text as file, (pg_relation_size(c.oid) / current_setting('block_size')::bigint)::text as pages,
    case when c.relpages > 0 and c.reltuples > 0 then (c.reltuples / c.relpages)::text end as rows`
  return db.session(async (s) => {
    const { rows } = await s.query(
      `select ${facts} from pg_partition_tree(${relation(table)}) t join pg_class c on c.oid = t.relid where t.isleaf
        union all select ${facts} from pg_class c where c.oid = ${relation(table)} and c.relkind = 'r' and not exists (select from pg_partition_tree(c.oid))`,
    )
    const leaves: Leaf[] = []
    for (const r of rows) {
      const [name, pages] = [r['name']!, Number(r['pages'])]
      leaves.push({ name, file: r['file']!, pages, rowsAPage: r['rows'] ? Number(r['rows']) : await rowsSeen(s, name, pages) })
    }
    return leaves
  })
}

/** Of a table that nobody has analysed yet. */
async function rowsSeen(s: Session, name: string, pages: number): Promise<number> {
  const looked = Math.min(pages, 50)
  const { rows } = await s.query(`select count(*)::text as n from ${name} where ctid < '(${looked},0)'`)
  return Number(rows[0]!['n']) / Math.max(1, looked)
}

const relation = (table: string) => `to_regclass(${postgres.literal(postgres.table(table))})`

interface Sweeping {
  readonly work: Work
  readonly step: PlannedStep
  readonly what: Sweep
  readonly patiently: Patiently
  readonly tell: Tell
}

async function sweepLeaf(sweeping: Sweeping, leaf: Leaf): Promise<number> {
  const { work, what, patiently, tell } = sweeping
  const most = Math.max(1, Math.floor(mostRows / Math.max(1, leaf.rowsAPage)))
  let changed = 0
  let pages = most
  for (let from = 0; from < leaf.pages; ) {
    work.signal.throwIfAborted()
    const began = performance.now()
    changed += await patiently(() => stretch(sweeping, leaf, from, pages))
    tell(Math.min(pages, leaf.pages - from) * leaf.rowsAPage)
    from += pages
    const ms = performance.now() - began
    pages = Math.max(1, Math.min(most, ms > wantedMs ? Math.floor(pages / 2) : pages + 1))
    // half of the time is for the others
    if (from < leaf.pages) await work.clock.sleep(ms, work.signal)
  }
  // whoever wrote the table anew meanwhile has put its rows elsewhere
  const [again] = (await leavesOf(work, what.table)).filter((l) => l.name === leaf.name && l.file !== leaf.file)
  return again ? changed + (await sweepLeaf(sweeping, again)) : changed
}

const stretch = ({ work, step, what: { set, where } }: Sweeping, leaf: Leaf, from: number, pages: number): Promise<number> =>
  atOnce(work, work.control, async (tx: Session) => {
    // nobody's commit waits for the log of a stretch: one that a crash takes away is found not to be done, and the step's own end is waited for
    await tx.query('set local synchronous_commit = off')
    await tx.query(`set local lock_timeout = ${work.settings.lockTimeoutMs}`)
    await work.fence.check(tx)
    await searching(tx, step)
    const { count } = await tx.query(
      `update ${leaf.name} set ${set} where ctid >= '(${from},0)' and ctid < '(${from + pages},0)' and (${where})`,
    )
    return count
  })
