// What a step keeps of itself: in the ledger, written only by whoever holds the run.
import type { Memory, Plain } from '../../steps/hands.ts'
import { atOnce } from '../at-once.ts'
import type { Work } from '../context.ts'

export const memoryOf = (work: Work, step: string): Memory => ({
  read: () => kept(work, step),
  async of(kind, title) {
    const other = work.plan.steps.find((s) => s.kind === kind && s.title === title)
    return other && kept(work, other.id)
  },
  async write(what) {
    await atOnce(work, work.control, async (tx) => {
      await work.fence.check(tx)
      await tx.query(
        'insert into godwit.memory (run, step, body) values ($1, $2, $3::jsonb) on conflict (run, step) do update set body = excluded.body',
        [work.run, step, JSON.stringify(what)],
      )
    })
    // what was kept has to be there for the next process, wherever the ledger is
    await work.db.elsewhere?.deliver()
  },
})

async function kept({ control, run }: Work, step: string): Promise<Plain | undefined> {
  const { rows } = await control.query('select body::text as body from godwit.memory where run = $1 and step = $2', [run, step])
  return rows[0] ? (JSON.parse(rows[0]['body']!) as Plain) : undefined
}
