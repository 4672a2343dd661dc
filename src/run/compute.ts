// The slow lane: arguments out of the database, through a plain function, results back. A few thousand rows at a time.
import type { Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import { postgres } from '../dialects/postgres.ts'
import type { PlainFunction } from '../expr/words/compute.ts'
import type { SqlType } from '../schema/type.ts'

const batch = 5000

export async function runComputes(
  tx: Session,
  mapping: MappingPlan,
  feed: { sql: string; values: readonly (string | null)[] },
): Promise<void> {
  const { shape, computes } = mapping
  const table = `pg_temp.${postgres.quote(`computed_${shape.slug}`)}`
  await tx.query(`delete from ${table}`)
  await tx.query(`declare godwit_feed no scroll cursor for ${feed.sql}`, feed.values)
  const columns = [...shape.key.map((_, j) => `k${j}`), ...computes!.list.flatMap((_, j) => [`v${j}`, `e${j}`])]
  for (;;) {
    const { rows } = await tx.query(`fetch ${batch} from godwit_feed`)
    if (!rows.length) break
    await tx.copyIn(
      `copy ${table} (${columns.join(', ')}) from stdin`,
      rows.map((r) => line(Object.values(r), mapping)),
    )
  }
  await tx.query('close godwit_feed')
}

function line(values: readonly (string | null)[], mapping: MappingPlan): string {
  const keys = values.slice(0, mapping.shape.key.length)
  let at = keys.length
  const cells: (string | null)[] = [...keys]
  for (const c of mapping.computes!.list) {
    const args = values.slice(at, at + c.types.length).map((v, i) => decode(v, c.types[i]!))
    at += c.types.length
    cells.push(...call(c.node.params['fn'] as PlainFunction, args))
  }
  return `${cells.map((c) => (c === null ? '\\N' : escaped(c))).join('\t')}\n`
}

function call(fn: PlainFunction, args: readonly unknown[]): [string | null, string | null] {
  try {
    const value = (fn as (...a: unknown[]) => unknown)(...args)
    if (value === null || value === undefined) return [null, null]
    if (typeof value === 'object') return [JSON.stringify(value), null]
    return [String(value), null]
  } catch (error) {
    return [null, error instanceof Error ? error.message : String(error)]
  }
}

/** What a function is given: numbers that JavaScript holds exactly as numbers, bigger ones as bigint, all else as the server's text. */
function decode(value: string | null, type: SqlType): unknown {
  if (value === null) return null
  if (type.name === 'int2' || type.name === 'int4' || type.name === 'float4' || type.name === 'float8') return Number(value)
  if (type.name === 'numeric' && type.precision === 1000) return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value)
  if (type.name === 'int8' || (type.name === 'numeric' && type.precision !== undefined && (type.scale ?? 0) === 0)) return BigInt(value)
  if (type.name === 'bool') return value === 'true' || value === 't'
  return value
}

const escaped = (s: string): string =>
  s.replace(/[\\\n\r\t]/g, (c) => (c === '\\' ? '\\\\' : c === '\n' ? '\\n' : c === '\r' ? '\\r' : '\\t'))
