// The same migration as scripts mostly do it: a row at a time, each lookup and each insert a statement, a mapping row for each row made.
import type pg from 'pg'

type Cells = Record<string, string | null>
interface Made {
  readonly table: string
  readonly cells: Cells
  /** Tells apart the rows that one source row makes in one table. */
  readonly suffix: string
}

const rowsPerCommit = 500
const asTexts = { getTypeParser: () => (value: string) => value }

/** The first `rows` dealings. */
export async function migrateByRow(client: pg.Client, rows: number): Promise<void> {
  let after = '0'
  for (let done = 0; done < rows; ) {
    const batch = await dealings(client, after, Math.min(rowsPerCommit, rows - done))
    if (batch.length === 0) return
    await client.query('begin')
    for (const dealing of batch) await migrateOne(client, dealing)
    await client.query('commit')
    done += batch.length
    after = batch.at(-1)!.id!
  }
}

async function dealings(client: pg.Client, after: string, limit: number): Promise<Cells[]> {
  const query = {
    text: 'select * from legacy.personal_account_dealing where id > $1 order by id limit $2',
    values: [after, limit],
    types: asTexts,
  }
  return (await client.query<Cells>(query)).rows
}

async function migrateOne(client: pg.Client, s: Cells): Promise<void> {
  const done = await client.query(
    `select 1 from app.migration_mapping where source_table = 'personal_account_dealing' and source_id = $1 and target_table = 'pad_request'`,
    [s.id],
  )
  if (done.rowCount) return
  const employee = await client.query('select 1 from ref.employee where id = $1', [s.employee])
  if (!employee.rowCount) {
    await client.query('insert into app.reject values ($1, $2)', [s.id, `employee ${s.employee} not found`])
    return
  }
  const security = await client.query({
    text: 'select id from ref.security where inst_symbol = $1',
    values: [s.inst_symbol],
    types: asTexts,
  })
  for (const made of rowsOf(s, security.rows[0]?.id ?? null)) await insert(client, s.id!, made)
}

async function insert(client: pg.Client, source: string, { table, cells, suffix }: Made): Promise<void> {
  const names = Object.keys(cells)
  const { rows } = await client.query(
    `insert into app.${table} (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')}) returning id`,
    Object.values(cells),
  )
  await client.query('insert into app.migration_mapping (source_table, source_id, target_table, target_id) values ($1, $2, $3, $4)', [
    'personal_account_dealing',
    source,
    `${table}${suffix}`,
    rows[0].id,
  ])
}

const is = (given: string | null | undefined, value: string): string | null =>
  given === null || given === undefined ? null : String(given === value)

function rowsOf(s: Cells, security: string | null): Made[] {
  const made: Made[] = [{ table: 'pad_request', cells: requestOf(s, security), suffix: '' }]
  for (const level of ['manager', 'compliance'] as const)
    if (s[`auth_${level}`] !== null) made.push({ table: 'pad_approval', cells: approvalOf(s, level), suffix: `:${level}` })
  if (s.two_business_days_execution_yn !== null || s.contract_notes_received_yn !== null)
    made.push({ table: 'pad_execution', cells: executionOf(s), suffix: '' })
  return [...made, ...eventsOf(s)]
}

function requestOf(s: Cells, security: string | null): Cells {
  const same = 'isin sedol ticker inst_symbol currency relation justification conflict_comments other_comments'.split(' ')
  return {
    id: s.id!,
    employee_id: s.employee!,
    security_id: security,
    ...Object.fromEntries(same.map((name) => [name, s[name] ?? null])),
    security_name: s.security_description!,
    bloomberg_ticker: s.bloomberg!,
    quantity: s.trade_size!,
    estimated_value: s.value!,
    direction: s.buysell === 'B' ? 'BUY' : 'SELL',
    is_related_party: is(s.related_yn, '1'),
    is_derivative: is(s.derivative_contract_yn, '1'),
    is_leveraged: is(s.leveraged_yn, '1'),
    insider_info_declaration: is(s.inside_info_yn, '2'),
    existing_position: is(s.existing_pos_yn, '1'),
    signed_declaration: is(s.signed_yn, '1'),
    status: statusOf(s),
    is_restricted: is(s.restricted_yn, '1'),
    has_conflict: is(s.conflicts_yn, '1'),
    broker_reporting: is(s.broker_reporting_yn, '1'),
    executed_within_two_days: is(s.two_business_days_execution_yn, '1'),
    compliance_assessment: JSON.stringify({ holding_period: s.holding_period_yn === '1' }),
    updated_by_id: s.last_modified_by!,
    created_at: s.requested_date!,
    updated_at: s.last_modified_date!,
    deleted_at: s.is_deleted_yn === 'Y' ? s.last_modified_date! : null,
  }
}

function statusOf(s: Cells): string {
  if (s.status === 'request') return 'pending_manager'
  if (s.status === 'declined') return 'declined'
  return s.status_compliance === 'approved' ? 'approved' : 'pending_compliance'
}

function approvalOf(s: Cells, level: 'manager' | 'compliance'): Cells {
  const looked = level === 'compliance'
  return {
    request_id: s.id!,
    approval_type: level,
    approver_id: s[`auth_${level}`]!,
    decision: s[`status_${level}`]!,
    comments: s[`comments_${level}`]!,
    decided_at: s[`auth_${level}_date`]!,
    restricted_check: looked ? is(s.restricted_yn, '1') : null,
    holding_period_check: looked ? is(s.holding_period_yn, '1') : null,
    conflict_check: looked ? is(s.conflicts_yn, '1') : null,
  }
}

const executionOf = (s: Cells): Cells => ({
  request_id: s.id!,
  executed_at: s.auth_compliance_date!,
  execution_price: (Number(s.value) / Number(s.trade_size)).toFixed(6),
  execution_quantity: s.trade_size!,
  contract_note_received: is(s.contract_notes_received_yn, '1'),
  contract_note_verified: 'false',
  recorded_by_id: s.auth_compliance!,
})

function eventsOf(s: Cells): Made[] {
  const event = (type: string, ts: string | null, actor: string | null, rest: Cells): Made => ({
    table: 'audit_log',
    suffix: `:${type}`,
    cells: {
      ts,
      action_type: type,
      actor_type: 'user',
      actor_id: actor,
      entity_type: 'pad_request',
      entity_id: s.id!,
      request_id: s.id!,
      details: '{"source":"legacy_migration","original_table":"personal_account_dealing"}',
      ...rest,
    },
  })
  const decisions = (['manager', 'compliance'] as const).filter((level) => s[`auth_${level}`] !== null)
  return [
    event('request_submitted', s.requested_date!, s.employee!, { action_status: 'success' }),
    ...decisions.map((level) => {
      const decision = s[`status_${level}`]!
      const outcome = { action_status: decision === 'approved' ? 'success' : 'blocked', decision, comments: s[`comments_${level}`]! }
      return event(`approval_${level}`, s[`auth_${level}_date`]!, s[`auth_${level}`]!, outcome)
    }),
  ]
}
