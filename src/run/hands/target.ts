// The target as a step sees it: questions of it as it is now, and changes that are fenced and wait for locks only briefly.
import type { Row, TargetHands } from '../../steps/hands.ts'
import { atOnce } from '../at-once.ts'
import type { Work } from '../context.ts'
import { retrying } from '../failures.ts'

export function targetHands(work: Work, { id, title }: { readonly id: string; readonly title: string }): TargetHands {
  const there = work.db.elsewhere
  return {
    engine: there?.kind.toLowerCase() ?? 'postgres',
    ask: (sql) => askedOf(work, sql),
    async timed(sql) {
      const began = performance.now()
      const { length } = await askedOf(work, sql)
      return { ms: performance.now() - began, rows: length }
    },
    change: (statements) => (there ? changedThere(work, statements) : changedHere(work, { id, title }, statements)),
  }
}

const askedOf = async ({ db }: Work, sql: string): Promise<readonly Row[]> =>
  db.elsewhere ? db.elsewhere.look(sql) : (await db.session((s) => s.query(sql))).rows

async function changedThere(work: Work, statements: readonly string[]): Promise<void> {
  await work.db.elsewhere!.deliver()
  await work.db.elsewhere!.change(statements)
}

async function changedHere(work: Work, { id, title }: { id: string; title: string }, statements: readonly string[]): Promise<void> {
  const { settings, clock, signal } = work
  const waiting = (why: string) => work.bus.emit({ type: 'step.waiting', step: id, why })
  await retrying(title, Math.max(settings.retries, 10), clock, signal, waiting, () =>
    atOnce(work, work.control, async (tx) => {
      await tx.query(`set local lock_timeout = ${settings.lockTimeoutMs}`)
      await work.fence.check(tx)
      for (const sql of statements) await tx.query(sql)
    }),
  )
}
