// A notice to send, and a clock that stands still until it is told to go on.
import type { Notice } from '../../src/notify/notice.ts'

export const notice = (more: Partial<Notice> = {}): Notice => ({
  key: 'failed 1 2',
  occasion: 'failed',
  run: 'r4',
  migration: 'pad-history',
  environment: 'qa',
  database: 'app@qa-db/app',
  plan: '7f3a91c',
  at: '2026-11-21T09:14:03.000Z',
  title: 'stopped',
  says: [],
  next: ['godwit run'],
  ...more,
})

/** Goes on by what is slept, at once. */
export function logicalClock(from = Date.UTC(2026, 10, 21)) {
  const clock = {
    at: from,
    now: () => clock.at,
    sleep: async (ms: number) => {
      clock.at += ms
    },
  }
  return clock
}
