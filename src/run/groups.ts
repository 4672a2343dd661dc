// Rows that several source rows share, made before any of these.
import type { Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import { postgres } from '../dialects/postgres.ts'
import { sharedRowRefused } from '../errors/run.ts'
import { setAside } from '../ledger/sequences.ts'
import { atOnce } from './at-once.ts'
import type { Work } from './context.ts'
import { reaction } from './failures.ts'
import { markUnit } from './unit.ts'

/** Rows that several source rows share are there before any of these. */
type Group = MappingPlan['groups'][number]

async function refuseUnfit(session: Session, g: Group): Promise<void> {
  if (g.statements.unfit === undefined) return
  const rows = await sharedRows(g, () => session.query(g.statements.unfit!))
  if (rows.rows[0]!['n'] !== '0')
    throw sharedRowRefused({
      output: g.output.output.name,
      table: g.output.table.id,
      at: g.output.output.at,
      says: 'a sum has more digits than its column keeps; round it, or widen the column',
    })
}

/** A shared row that the server refuses is nobody's fault in particular: no source row can be put aside for it. */
export async function sharedRows<T>(g: Group, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    if (reaction(error) !== 'row') throw error
    throw sharedRowRefused({
      output: g.output.output.name,
      table: g.output.table.id,
      at: g.output.output.at,
      says: (error as Error).message,
    })
  }
}

export async function makeGroups(work: Work, mapping: MappingPlan): Promise<void> {
  for (const g of mapping.groups) {
    const { control } = work
    for (const sql of g.gather) await control.query(sql)
    await refuseUnfit(control, g)
    await sharedRows(g, () =>
      atOnce(work, control, async (tx) => {
        await work.fence.check(tx)
        const { key, table } = g.output
        const taken = { table: postgres.table(table.id), column: postgres.quote(key.columns[0]!.name) }
        await putGroups(tx, g, (n) => setAside(tx, work.run, key.sequence!, n, taken))
        await markUnit(work, tx, mapping, 'groups')
      }),
    )
  }
}

/** `numbers`: the first of so many that nobody else will be given. */
export async function putGroups(tx: Session, g: Group, numbers: (n: bigint) => Promise<bigint>): Promise<void> {
  if (g.statements.adopt !== undefined) await tx.query(g.statements.adopt)
  for (const sql of g.statements.refuse) await tx.query(sql)
  const n = BigInt((await tx.query(g.statements.countNew)).rows[0]!['n']!)
  if (n === 0n) return
  await tx.query(g.statements.make, g.output.key.sequence ? [String(await numbers(n))] : [])
}
