// The rows that a check shows, their values by their shape only.
import { shortened } from '../text.ts'

/** What tells rows and places apart, in the rows that a check shows; all else in them is a value. */
const names = new Set(['what', 'source', 'key', 'table', 'target', 'column', 'id'])

export function maskSample(row: Readonly<Record<string, string | null>>, mask: (value: string) => string): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null ? null : names.has(name) ? shortened(value) : sampled(value, mask)]),
  )
}

/** A comparison shows the columns that differ as JSON: [{"column": "status", "is": "…", "should be": "…"}]. */
function sampled(value: string, mask: (value: string) => string): string {
  const columns = differences(value)
  if (!columns) return mask(value)
  const said = (v: unknown) => (typeof v === 'string' ? mask(v) : 'nothing')
  return columns.map((c) => `${c.column} is ${said(c.is)}, should be ${said(c['should be'])}`).join('; ')
}

interface Difference {
  readonly column: string
  readonly is: unknown
  readonly 'should be': unknown
}

function differences(value: string): readonly Difference[] | undefined {
  if (!value.startsWith('[{"')) return undefined
  try {
    const read: unknown = JSON.parse(value)
    return Array.isArray(read) && read.every((d) => typeof d === 'object' && d !== null && 'column' in d && 'is' in d && 'should be' in d)
      ? (read as Difference[])
      : undefined
  } catch {
    return undefined
  }
}
