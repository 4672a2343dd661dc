// A plan's id: the digest of what it says, in whatever order that was written down.
import { createHash } from 'node:crypto'

export const planId = (lines: Readonly<Record<string, string>>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(lines).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')
    .slice(0, 12)
