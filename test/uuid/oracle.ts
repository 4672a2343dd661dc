// What every row has to be afterwards, told from the rows as they were, in plain code that knows neither the migrations nor the engine: from
// the tables as source.sql declares them, and from what is asked of the target.
import { createHash } from 'node:crypto'

type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }
export type Row = Readonly<Record<string, Value>>
export type Tables = Readonly<Record<string, readonly Row[]>>

interface Shape {
  readonly key?: string
  readonly refs: Readonly<Record<string, string>>
}

/** Tables of schema t: the key that becomes a UUID, and columns that point at such a key. */
export const shapes: Readonly<Record<string, Shape>> = {
  lobs: { key: 'lob_id', refs: { head_user_id: 'users' } },
  users: { key: 'user_id', refs: { lob_id: 'lobs', manager_id: 'users' } },
  user_roles: { refs: { user_id: 'users' } },
  reports: { key: 'report_id', refs: { owner_id: 'users', lob_id: 'lobs', created_by_id: 'users' } },
  test_cycles: { key: 'cycle_id', refs: { manager_id: 'users' } },
  cycle_reports: { refs: { cycle_id: 'test_cycles', report_id: 'reports', tester_id: 'users' } },
  workflow_phases: {
    key: 'phase_id',
    refs: { cycle_id: 'test_cycles', report_id: 'reports', started_by: 'users', completed_by: 'users' },
  },
  planning_attributes: {
    key: 'id',
    refs: {
      phase_id: 'workflow_phases',
      master_attribute_id: 'planning_attributes',
      replaced_attribute_id: 'planning_attributes',
      created_by_id: 'users',
    },
  },
  scoping_versions: { refs: { phase_id: 'workflow_phases', submitted_by_id: 'users' } },
  scoping_attributes: { refs: { phase_id: 'workflow_phases', planning_attribute_id: 'planning_attributes', decided_by_id: 'users' } },
  test_cases: { key: 'test_case_id', refs: { phase_id: 'workflow_phases', attribute_id: 'planning_attributes', tester_id: 'users' } },
  rfi_validations: { refs: { test_case_id: 'test_cases', validated_by: 'users' } },
  dq_results: { refs: {} },
  audit_logs: { key: 'audit_id', refs: { user_id: 'users' } },
  notifications: { refs: {} },
  login_events: { refs: { user_id: 'users' } },
}

/** As docs/why says it: lengths and parts, hashed, with the marks of a UUID of version 8. */
export function uuidOf(table: string, old: Value): string {
  const parts = [`t.${table}`, String(old)].map((part) => `${Buffer.byteLength(part)}:${part}`).join('')
  const bytes = createHash('sha256').update(parts).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 15) | 128
  bytes[8] = Math.max(bytes[8]! & 63, 1) | 128
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export class Oracle {
  readonly #there: ReadonlyMap<string, ReadonlySet<string>>
  readonly #source: Tables

  constructor(source: Tables) {
    this.#source = source
    this.#there = new Map(
      Object.entries(shapes).flatMap(([table, { key }]) =>
        key ? [[table, new Set(source[table]!.map((r) => String(r[key])))] as const] : [],
      ),
    )
  }

  /** By foreign keys alone, and with what none tells of. */
  rows(table: string, whole: boolean): Row[] {
    const { key, refs } = shapes[table]!
    return this.#source[table]!.map((row) => {
      const keyed = Object.fromEntries(
        Object.entries(row).map(([column, value]) => {
          const to = column === key ? table : refs[column]
          return [column, to && value !== null ? uuidOf(to, value) : value]
        }),
      )
      return whole ? { ...keyed, ...this.#soft(table, row) } : keyed
    })
  }

  /** The new key of a number or of a text of digits, if there is such a row; else what it is. */
  #key(table: string, value: Value): Value {
    const isKey = (typeof value === 'number' || typeof value === 'string') && this.#there.get(table)!.has(String(value))
    return isKey ? uuidOf(table, value) : value
  }

  #within(table: string, document: Value, name: string): Value {
    if (typeof document !== 'object' || document === null || Array.isArray(document) || !(name in document)) return document
    return { ...document, [name]: this.#key(table, (document as Row)[name]!) }
  }

  #soft(table: string, row: Row): Row {
    switch (table) {
      case 'audit_logs': {
        const about = String(row['table_name'])
        const mapped = ['users', 'reports', 'test_cases', 'planning_attributes', 'workflow_phases'].includes(about)
        const key = mapped ? this.#key(about, row['record_id']!) : null
        return {
          record_id: typeof key === 'string' ? key : null,
          legacy_record_id: row['record_id']!,
          old_values: this.#within('users', row['old_values']!, 'user_id'),
        }
      }
      case 'workflow_phases':
        return { phase_data: this.#within('reports', this.#within('users', row['phase_data']!, 'assigned_to'), 'report_id') }
      case 'test_cases':
        return { evidence: this.#within('users', row['evidence']!, 'reviewer_id') }
      case 'dq_results':
        return {
          violation_ids: (row['violation_ids'] as readonly Value[]).map((v) =>
            this.#within('test_cases', this.#key('test_cases', v), 'test_case_id'),
          ),
        }
      case 'notifications': {
        const said = String(row['user_ref'])
        const before = said.startsWith('user:') ? 'user:' : ''
        return { user_ref: `${before}${String(this.#key('users', said.slice(before.length)))}` }
      }
      default:
        return {}
    }
  }
}
