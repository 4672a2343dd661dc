// What people have said to a question of a step, and who began the run that asks.
import { answersTo, beganBy } from '../../ledger/approvals.ts'
import type { ApprovalHands } from '../../steps/hands.ts'
import type { Work } from '../context.ts'

export const approvalsOf = ({ control, run }: Work): ApprovalHands => ({
  given: (request) => answersTo(control, request),
  beganBy: async () => {
    const by = await beganBy(control, run)
    return by === undefined ? [] : [by]
  },
})
