// A migration is a list of parts: mappings, and steps by phase. It is data, known as a whole before anything happens.
import { type Phase, phases } from '../events/phase.ts'
import type { MappingFacts } from '../mapping/mapping.ts'
import type { Table } from '../schema/table.ts'
import type { Step } from '../steps/step.ts'

export type Steps = { readonly [P in Phase]?: readonly Step[] }

export interface Declarations {
  /** Tables that this migration only reads: fingerprinted before and after. */
  readonly reads?: readonly Table[]
  /** Migrations that must be through before this one begins. */
  readonly after?: readonly Migration[]
}
export type Part = MappingFacts | Steps | Declarations

export interface Migration {
  readonly name: string
  readonly mappings: readonly MappingFacts[]
  readonly steps: readonly { readonly phase: Phase; readonly step: Step }[]
  readonly reads: readonly string[]
  /** Names of migrations that come before. */
  readonly after: readonly string[]
}

export function migration(name: string, ...parts: readonly Part[]): Migration {
  const mappings = parts.filter((p): p is MappingFacts => 'outputs' in p)
  const rest = parts.filter((p): p is Steps & Declarations => !('outputs' in p))
  const steps = phases.flatMap((phase) => rest.flatMap((p) => (p[phase] ?? []).map((step) => ({ phase, step }))))
  const reads = rest.flatMap((p) => (p.reads ?? []).map((t) => t.id))
  const after = [...new Set(rest.flatMap((p) => (p.after ?? []).map((m) => m.name)))]
  return Object.freeze({ name, mappings, steps, reads, after })
}

export const isMigration = (v: unknown): v is Migration => typeof v === 'object' && v !== null && 'mappings' in v && 'steps' in v
