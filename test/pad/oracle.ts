// What the PAD migration should come to, worked out row by row in plain TypeScript, from the words of the specification and from nothing in src/.
// It takes rows as a server in UTC prints them and gives the rows that should be there, ids left out: children name their source row,
// requests their security by its id in the reference.
import { type Exact, exact, printed, quotient, shortest } from './decimal.ts'

export type Text = string | null
export type Cells = Readonly<Record<string, Text>>

export interface Given {
  readonly dealings: readonly Cells[]
  readonly employees: readonly Cells[]
  readonly listings: readonly Cells[]
  readonly symbols: readonly Cells[]
  /** The application's securities before the migration. */
  readonly securities: readonly Cells[]
}

/** The reasons why a row cannot go. One that has several may be quarantined under any of them. */
export type Fate = 'migrated' | ReadonlySet<string>
export interface Warning {
  readonly source: string
  readonly column: string
}

export interface Expected {
  readonly fates: ReadonlyMap<string, Fate>
  readonly requests: readonly Cells[]
  readonly approvals: readonly Cells[]
  readonly executions: readonly Cells[]
  readonly audits: readonly Cells[]
  /** Those that had to be made. */
  readonly securities: readonly Cells[]
  /** Of the rows that went. */
  readonly warnings: readonly Warning[]
}

interface RowOut {
  readonly request: Cells
  readonly approvals: Cells[]
  readonly executions: Cells[]
  readonly audits: Cells[]
  readonly listing: Cells
}

export function expectedOf(given: Given): Expected {
  const fates = new Map<string, Fate>()
  const out: RowOut[] = []
  const warnings: Warning[] = []
  for (const dealing of given.dealings) {
    const one = new Dealing(dealing, given)
    const made = one.make()
    fates.set(dealing['id']!, made ? 'migrated' : one.problems)
    if (made) {
      out.push(made)
      warnings.push(...one.warnings)
    }
  }
  const there = new Set(given.securities.map((s) => s['ref_id']))
  const needed = new Map(out.map(({ listing }) => [listing['id']!, listing]))
  const made = [...needed.values()].filter((l) => !there.has(l['id']!))
  return {
    fates,
    requests: out.map((o) => o.request),
    approvals: out.flatMap((o) => o.approvals),
    executions: out.flatMap((o) => o.executions),
    audits: out.flatMap((o) => o.audits),
    securities: made.map((l) => ({ bloomberg: l['bloomberg']!, ticker: l['ticker']!, isin: l['isin']!, ref_id: l['id']! })),
    warnings,
  }
}

const greatestInt = 2_147_483_647n
const blank = (text: Text | undefined): boolean => text == null || text.trim() === ''

class Dealing {
  readonly problems = new Set<string>()
  readonly warnings: Warning[] = []
  readonly row: Cells
  readonly given: Given
  constructor(row: Cells, given: Given) {
    this.row = row
    this.given = given
  }

  make(): RowOut | undefined {
    const id = this.row['id']!
    const requestedAt = this.required('requested_date')
    const changedAt = this.at('last_modified_date') ?? requestedAt
    const employee = this.required('employee')
    if (employee !== null) this.mustBeEmployee(employee)
    const listing = this.listing()
    const size = this.size()
    const value = this.value()
    const status = this.status()
    const flags = this.flags()
    const executed =
      status === 'approved' && (flags['two_business_days_execution_yn'] !== null || flags['contract_notes_received_yn'] !== null)
    const request: Cells = {
      reference_id: `LEG-${id.padStart(6, '0')}`,
      created_at: utc(requestedAt),
      updated_at: utc(changedAt),
      employee_id: employee,
      security: listing?.['id'] ?? null,
      direction: this.direction(),
      quantity: size && printed(size, 0),
      estimated_value: value && printed(value, 2),
      currency: this.currency(),
      is_connected_person: flags['related_yn']!,
      relation: this.at('relation'),
      has_existing_position: flags['existing_pos_yn']!,
      justification: this.at('justification'),
      insider_info_declaration: this.declaration(),
      status,
      compliance_assessment: canonical({
        holding_period: truth(flags['holding_period_yn']!),
        restricted: truth(flags['restricted_yn']!),
        conflict: truth(flags['conflicts_yn']!),
      }),
      conflict_comments: this.at('conflict_comments'),
      other_comments: this.at('other_comments'),
      broker_reporting: flags['broker_reporting_yn']!,
      is_derivative: flags['derivative_contract_yn']!,
      is_leveraged: flags['leveraged_yn']!,
      related_party_name: null,
      signed_declaration: flags['signed_yn']!,
      updated_by_id: this.updatedBy(),
      deleted_at: this.isDeleted() ? utc(changedAt) : null,
      deleted_by_id: null,
      executed_within_two_days: flags['two_business_days_execution_yn']!,
    }
    const levels = (['manager', 'compliance'] as const).flatMap((level) => this.level(level, flags))
    const audits = [
      audit(id, 'request_submitted', 'success', employee, utc(requestedAt), {}),
      ...levels.flatMap(({ audit: a }) => (a ? [a] : [])),
    ]
    const executions = executed ? [this.execution(size, value, flags)] : []
    if (this.problems.size > 0 || !listing) return undefined
    return { request, approvals: levels.map((l) => l.approval), executions, audits, listing }
  }

  at(column: string): Text {
    const value = this.row[column]
    if (value === undefined) throw new Error(`The source has no column ${column}.`)
    return value
  }

  problem(...codes: string[]): null {
    for (const code of codes) this.problems.add(code)
    return null
  }

  required(column: string): Text {
    return this.at(column) ?? this.problem('NULL_NOT_ALLOWED')
  }

  isEmployee(id: string): boolean {
    return this.given.employees.some((e) => e['id'] === id)
  }
  mustBeEmployee(id: string): void {
    if (!this.isEmployee(id)) this.problem('LOOKUP_MISS', 'FK_ORPHAN')
  }

  listing(): Cells | undefined {
    const ids = new Set(blank(this.at('bloomberg')) ? this.idsBySymbol() : this.idsByName(this.at('bloomberg')!))
    if (ids.size > 1) this.problem('LOOKUP_AMBIGUOUS')
    const found = ids.size === 1 ? this.given.listings.find((l) => ids.has(l['id']!)) : undefined
    if (ids.size === 0 && blank(this.at('bloomberg')) && blank(this.at('inst_symbol'))) this.problem('NULL_NOT_ALLOWED', 'LOOKUP_MISS')
    else if (ids.size < 2 && !found) this.problem('LOOKUP_MISS')
    if (found?.['bloomberg'] && found['bloomberg'].length > 30) this.problem('TOO_LONG')
    return found
  }
  idsByName(given: string): string[] {
    const name = given
      .trim()
      .replace(/ equity$/i, '')
      .trim()
      .toUpperCase()
    return this.given.listings.filter((l) => l['bloomberg']?.trim().toUpperCase() === name).map((l) => l['id']!)
  }
  idsBySymbol(): string[] {
    const symbol = this.at('inst_symbol')?.trim()
    return this.given.symbols
      .filter((s) => !blank(symbol) && s['inst_symbol'] === symbol && s['bloomberg_id'] !== null)
      .map((s) => s['bloomberg_id']!)
  }

  /** 1,234.56 or 1234.56, with or without a currency sign; nothing else. */
  number(column: string): Exact | null {
    const given = this.required(column)
    if (given === null) return null
    const bare = given.trim().replace(/^[£$€]\s*|\s*[£$€]$/g, '')
    if (!/^(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$/.test(bare))
      return this.problem('CAST_NUMERIC', ...(/^[+-]/.test(bare) ? ['ENUM_UNKNOWN', 'CHECK_FAILED'] : []))
    return exact(bare.replaceAll(',', ''))
  }
  size(): Exact | null {
    const number = this.number('trade_size')
    if (!number) return null
    const whole = shortest(number)
    if (whole.scale > 0) return this.problem('PRECISION_LOSS')
    if (whole.digits > greatestInt) return this.problem('OUT_OF_RANGE')
    // the price divides by it, too; which of both is seen first is nobody's concern
    if (whole.digits === 0n) return this.problem('CHECK_FAILED', 'DIV_BY_ZERO')
    return whole
  }
  value(): Exact | null {
    const number = this.number('value')
    if (!number) return null
    const short = shortest(number)
    if (short.scale > 2) return this.problem('PRECISION_LOSS')
    if (printed(short, 2).length > '1234567890123.00'.length) return this.problem('OUT_OF_RANGE')
    return short
  }

  direction(): Text {
    const given = this.required('buysell')
    return given === null ? null : given === 'B' ? 'BUY' : given === 'S' ? 'SELL' : this.problem('ENUM_UNKNOWN')
  }

  currency(): Text {
    const given = this.at('currency')
    if (blank(given)) return this.problem('NULL_NOT_ALLOWED')
    const code = given!.trim().toUpperCase()
    return code.length > 3 ? this.problem('TOO_LONG') : code
  }

  /** The old form asked "do you have inside information?", the new one has you declare that you have none. */
  declaration(): Text {
    const given = this.at('inside_info_yn')
    if (blank(given)) return null
    return given!.trim() === '1' ? 'f' : given!.trim() === '2' ? 't' : this.problem('ENUM_UNKNOWN')
  }

  status(): Text {
    const or = (text: Text) => text ?? '-'
    const three = [this.at('status'), this.at('status_manager'), this.at('status_compliance')].map(or).join(' ')
    if (/^request (-|pending) (-|pending)$/.test(three)) return 'pending_manager'
    if (three === 'approved approved approved') return 'approved'
    if (three === 'approved approved pending') return 'pending_compliance'
    if (/^declined declined (-|pending)$/.test(three) || three === 'declined approved declined') return 'declined'
    return this.problem('ENUM_UNKNOWN')
  }

  isDeleted(): boolean {
    const given = this.at('is_deleted_yn')
    if (blank(given) || given!.trim() === 'N') return false
    if (given!.trim() !== 'Y') this.problem('ENUM_UNKNOWN')
    return true
  }

  updatedBy(): Text {
    const by = this.at('last_modified_by')
    if (by === null || this.isEmployee(by)) return by
    this.warn('last_modified_by')
    return null
  }

  flags(): Record<string, Text> {
    return Object.fromEntries(optionalFlags.map((column) => [column, this.flag(column)]))
  }
  flag(column: string): Text {
    const given = this.at(column)
    if (blank(given)) return null
    if (given!.trim() === '1') return 't'
    if (given!.trim() === '2') return 'f'
    this.warn(column)
    return null
  }

  warn(column: string): void {
    this.warnings.push({ source: this.row['id']!, column })
  }

  level(level: 'manager' | 'compliance', flags: Record<string, Text>): { approval: Cells; audit: Cells | undefined }[] {
    const by = this.at(`auth_${level}`)
    if (by === null) return []
    this.mustBeEmployee(by)
    const decision = this.required(`status_${level}`)
    const comments = this.at(`comments_${level}`)
    const at = this.decidedAt(level)
    const asked = (column: string) => (level === 'compliance' ? flags[column]! : null)
    const approval = {
      source: this.row['id']!,
      approval_type: level,
      approver_id: by,
      decision,
      comments,
      decided_at: at,
      restricted_check: asked('restricted_yn'),
      holding_period_check: asked('holding_period_yn'),
      conflict_check: asked('conflicts_yn'),
    }
    const outcome = decision === 'approved' ? 'success' : decision === 'declined' ? 'blocked' : undefined
    return [{ approval, audit: outcome && audit(this.row['id']!, `approval_${level}`, outcome, by, at, { decision, comments }) }]
  }

  decidedAt(level: string): Text {
    const own = this.at(`auth_${level}_date`)
    if (own !== null) return utc(own)
    const changed = this.at('last_modified_date')
    if (changed === null) return this.problem('NULL_NOT_ALLOWED')
    this.warn(`auth_${level}_date`)
    return utc(changed)
  }

  execution(size: Exact | null, value: Exact | null, flags: Record<string, Text>): Cells {
    const executedAt = this.required('auth_compliance_date')
    const price = size && value && quotient(value, size, 4)
    if (price && printed(price, 4).length > '12345678901.0000'.length) this.problem('OUT_OF_RANGE')
    return {
      source: this.row['id']!,
      executed_at: utc(executedAt),
      execution_price: price && printed(price, 4),
      execution_quantity: size && printed(size, 0),
      contract_note_received: flags['contract_notes_received_yn']!,
      recorded_by_id: this.at('auth_compliance'),
    }
  }
}

const optionalFlags = [
  'related_yn',
  'broker_reporting_yn',
  'derivative_contract_yn',
  'leveraged_yn',
  'existing_pos_yn',
  'signed_yn',
  'restricted_yn',
  'holding_period_yn',
  'conflicts_yn',
  'two_business_days_execution_yn',
  'contract_notes_received_yn',
]

function audit(source: string, action: string, outcome: string, actor: Text, at: Text, more: Record<string, Text>): Cells {
  return {
    source,
    timestamp: at,
    action_type: action,
    action_status: outcome,
    actor_type: 'user',
    actor_id: actor,
    entity_type: 'pad_request',
    details: canonical({ source: 'legacy_migration', original_table: 'personal_account_dealing', ...more }),
  }
}

/** A wall-clock time, taken as UTC, as the server prints that point in time. */
const utc = (local: Text): Text => local && `${local}+00`
const truth = (flag: Text): boolean | null => (flag === null ? null : flag === 't')
export const canonical = (value: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))))
