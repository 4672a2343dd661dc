// A clock that goes when it is told to: weeks pass in a test, and nothing waits.
import type { RunOptions } from '../../src/api.ts'

export interface LogicalClock extends NonNullable<RunOptions['clock']> {
  at(moment: number | string): void
  pass(ms: number): void
}

export function logicalClock(start: number | string = '2026-12-01T00:00:00Z'): LogicalClock {
  const moment = (m: number | string) => (typeof m === 'string' ? Date.parse(m) : m)
  let now = moment(start)
  return {
    now: () => now,
    // heartbeats and pauses between two tries take none of it
    sleep: (ms, signal) => {
      now += ms < 2000 ? ms : 0
      return new Promise((done) => {
        const timer = setTimeout(done, ms < 2000 ? 1 : ms)
        signal?.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true })
      })
    },
    at: (m) => void (now = moment(m)),
    pass: (ms) => void (now += ms),
  }
}
