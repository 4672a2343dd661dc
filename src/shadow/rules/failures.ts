// More failed measures in a row than are borne.
import type { WatchRule } from './rule.ts'

export const failures = (most: number): WatchRule => ({
  name: 'failures',
  says: `more than ${most} failed measures in a row`,
  judge(measures) {
    const row = measures.length - 1 - measures.findLastIndex((m) => m.state === 'succeeded')
    const share = String(most === 0 ? Math.min(row, 1) : Math.round((row / most) * 1000) / 1000)
    return [{ rule: 'failures', verdict: row > most ? 'failed' : 'passed', says: `${row} failed in a row, ${most} are borne`, share }]
  },
})
