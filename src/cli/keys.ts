// Keys of several columns are written as JSON; the ledger keeps them with its own spaces in between.
import type { Plan } from '../plan/plan.ts'

export function keptKey(plan: Plan, given: string): string {
  const several = [...plan.shapes.values()].some((s) => s.key.length > 1 || s.outputs.some((o) => o.key.columns.length > 1))
  if (!several || !given.startsWith('[')) return given
  try {
    const parts = JSON.parse(given) as unknown
    return Array.isArray(parts) ? `[${parts.map((part) => JSON.stringify(part === null ? null : String(part))).join(', ')}]` : given
  } catch {
    return given
  }
}
