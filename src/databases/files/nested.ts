// Lists, structures and maps of Parquet as JSON that keeps every digit.
import type { DuckDBValue } from '@duckdb/node-api'

export const nestedText = (value: DuckDBValue): string => {
  if (value === null) return 'null'
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number')
    return Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : JSON.stringify(String(value))
  if (typeof value === 'string') return JSON.stringify(value)
  if ('items' in value) return `[${value.items.map(nestedText).join(',')}]`
  // a decimal is written as the number that it is
  if ('scale' in value) return String(value)
  if (!('entries' in value)) return JSON.stringify(String(value))
  if (!Array.isArray(value.entries)) return object(Object.entries(value.entries))
  const entries = value.entries as readonly { readonly key: DuckDBValue; readonly value: DuckDBValue }[]
  const named = entries.every(({ key }) => typeof key === 'string')
  return named
    ? object(entries.map((e) => [e.key as string, e.value] as const))
    : `[${entries.map((e) => `[${nestedText(e.key)},${nestedText(e.value)}]`).join(',')}]`
}

const object = (members: readonly (readonly [string, DuckDBValue])[]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${nestedText(value)}`).join(',')}}`
