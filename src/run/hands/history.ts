// What a step sees time and again, line by line: written only by whoever holds the run, numbered, and never changed.
import { addLine, linesOf } from '../../ledger/shadow.ts'
import type { History } from '../../steps/hands.ts'
import { atOnce } from '../at-once.ts'
import type { Work } from '../context.ts'

export const historyOf = (work: Work, step: string): History => ({
  read: () => linesOf(work.control, work.run, step),
  async add(line) {
    await atOnce(work, work.control, async (tx) => {
      await work.fence.check(tx)
      await addLine(tx, { run: work.run, step, at: work.clock.now(), line })
    })
    await work.db.elsewhere?.deliver()
  },
})
