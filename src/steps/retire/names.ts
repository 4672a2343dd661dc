// Names of what is out of sight.
import { createHash } from 'node:crypto'

/** What is too long for a name ends in a digest. */
export function cut(name: string, most: number): string {
  if (Buffer.byteLength(name) <= most) return name
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8)
  const begins = Buffer.from(name)
    .subarray(0, most - 9)
    .toString('utf8')
  return `${begins.replace(/\uFFFD+$/, '')}_${digest}`
}

export const awayColumn = (column: string): string => cut(`_retired_${column}`, 63)
/** Where there is no schema to put it into. */
export const awayTable = (name: string): string => cut(`_retired_${name}`, 63)
