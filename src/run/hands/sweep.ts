// Every row of a table changed where it stands, a stretch of pages in each transaction. New and changed rows are somebody else's
// to keep right (a default, a trigger), from before the sweep on: it goes over the pages that the table has when it begins.
import type { Session } from '../../databases/database.ts'
import { postgres } from '../../dialects/postgres.ts'
import type { Sweep } from '../../steps/hands.ts'
import { atOnce } from '../at-once.ts'
import type { Work } from '../context.ts'

/** Rows that are locked at once are few, and for a short time, so that nobody waits long for one of them. */
const wantedMs = 15
const mostRows = 1000

interface Leaf {
  readonly name: string
  readonly file: string
  readonly pages: number
  readonly rowsAPage: number
}

export async function sweep(work: Work, what: Sweep, patiently: <T>(body: () => Promise<T>) => Promise<T>): Promise<number> {
  let changed = 0
  for (const leaf of await leavesOf(work, what.table)) changed += await sweepLeaf(work, leaf, what, patiently)
  return changed
}

/** The table, or its partitions. Places are pages: they need no key, and rows that move on were written by somebody who knows. */
async function leavesOf({ db }: Work, table: string): Promise<Leaf[]> {
  const { rows } = await db.session((s) =>
    s.query(
      `select c.oid::regclass::text as name, pg_relation_filenode(c.oid)::text as file, (pg_relation_size(c.oid) / current_setting('block_size')::bigint)::text as pages,
        case when c.relpages > 0 and c.reltuples > 0 then ceil(c.reltuples / c.relpages) else 100 end::text as rows
        from pg_partition_tree(${relation(table)}) t join pg_class c on c.oid = t.relid where t.isleaf
        union all select c.oid::regclass::text, pg_relation_filenode(c.oid)::text, (pg_relation_size(c.oid) / current_setting('block_size')::bigint)::text,
          case when c.relpages > 0 and c.reltuples > 0 then ceil(c.reltuples / c.relpages) else 100 end::text
        from pg_class c where c.oid = ${relation(table)} and c.relkind = 'r' and not exists (select from pg_partition_tree(c.oid))`,
    ),
  )
  return rows.map((r) => ({ name: r['name']!, file: r['file']!, pages: Number(r['pages']), rowsAPage: Number(r['rows']) }))
}

const relation = (table: string) => `to_regclass(${postgres.literal(postgres.table(table))})`

async function sweepLeaf(work: Work, leaf: Leaf, what: Sweep, patiently: <T>(body: () => Promise<T>) => Promise<T>): Promise<number> {
  let changed = 0
  let pages = Math.max(1, Math.floor(mostRows / leaf.rowsAPage))
  for (let from = 0; from < leaf.pages; ) {
    work.signal.throwIfAborted()
    const began = performance.now()
    changed += await patiently(() => stretch(work, leaf, what, from, pages))
    from += pages
    const ms = performance.now() - began
    pages = Math.max(1, Math.min(Math.floor(mostRows / leaf.rowsAPage), ms > wantedMs ? Math.floor(pages / 2) : pages + 1))
    // half of the time is for the others
    if (from < leaf.pages) await work.clock.sleep(ms, work.signal)
  }
  // whoever wrote the table anew meanwhile has put its rows elsewhere
  const [again] = (await leavesOf(work, what.table)).filter((l) => l.name === leaf.name && l.file !== leaf.file)
  return again ? changed + (await sweepLeaf(work, again, what, patiently)) : changed
}

const stretch = (work: Work, leaf: Leaf, { set, where }: Sweep, from: number, pages: number): Promise<number> =>
  atOnce(work, work.control, async (tx: Session) => {
    await tx.query(`set local lock_timeout = ${work.settings.lockTimeoutMs}`)
    await work.fence.check(tx)
    const { count } = await tx.query(
      `update ${leaf.name} set ${set} where ctid >= '(${from},0)' and ctid < '(${from + pages},0)' and (${where})`,
    )
    return count
  })
