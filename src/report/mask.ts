// Values by their shape: '1.234,56' is 9.999,99. Enough to see what is wrong with them, and nothing that anybody could be known by.

const shape = (value: string): string => value.replace(/\p{L}|\p{N}/gu, (c) => (/\p{N}/u.test(c) ? '9' : /\p{Lu}/u.test(c) ? 'X' : 'x'))

const longest = 60

export const shortened = (value: string): string => {
  const characters = [...value]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : value
}

export const maskedBy = (masks: boolean) => (value: string) => shortened(masks ? shape(value) : value)

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
