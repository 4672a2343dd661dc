// The same migration in Godwit's words: what is null where it may be, and quarantined where the hand-written one rejects.
import {
  any,
  bigint,
  bool,
  char,
  ddl,
  decide,
  type Expr,
  into,
  json,
  jsonb,
  lookup,
  lookupOrNull,
  mapping,
  migration,
  numeric,
  table,
  text,
  timestamp,
  varchar,
  when,
} from 'godwit'

const employee = table('ref.employee', { id: bigint().key(), email: text(), full_name: text(), active: bool() })
const security = table('ref.security', { id: bigint().key(), inst_symbol: text(), ticker: text().null(), isin: text().null() })

const dealing = table('legacy.personal_account_dealing', {
  id: bigint().key(),
  employee: bigint().null(),
  requested_date: timestamp().null(),
  name: text().null(),
  related_yn: char(1).null(),
  relation: text().null(),
  broker_reporting_yn: char(1).null(),
  security_description: text().null(),
  isin: varchar(12).null(),
  sedol: varchar(7).null(),
  bloomberg: text().null(),
  ticker: text().null(),
  inst_symbol: text().null(),
  trade_size: numeric(18, 4).null(),
  value: numeric(18, 2).null(),
  currency: char(3).null(),
  derivative_contract_yn: char(1).null(),
  justification: text().null(),
  leveraged_yn: char(1).null(),
  buysell: char(1).null(),
  inside_info_yn: char(1).null(),
  existing_pos_yn: char(1).null(),
  signed_yn: char(1).null(),
  status: text().null(),
  status_manager: text().null(),
  status_compliance: text().null(),
  auth_manager: bigint().null(),
  auth_manager_date: timestamp().null(),
  comments_manager: text().null(),
  auth_compliance: bigint().null(),
  auth_compliance_date: timestamp().null(),
  comments_compliance: text().null(),
  restricted_yn: char(1).null(),
  holding_period_yn: char(1).null(),
  conflicts_yn: char(1).null(),
  conflict_comments: text().null(),
  other_comments: text().null(),
  two_business_days_execution_yn: char(1).null(),
  contract_notes_received_yn: char(1).null(),
  last_modified_by: bigint().null(),
  last_modified_date: timestamp().null(),
  is_deleted_yn: char(1).null(),
})

const padRequest = table('app.pad_request', {
  id: bigint().key().identity(),
  employee_id: bigint().references('ref.employee.id'),
  security_id: bigint().null().references('ref.security.id'),
  security_name: text().null(),
  isin: text().null(),
  sedol: text().null(),
  bloomberg_ticker: text().null(),
  ticker: text().null(),
  inst_symbol: text().null(),
  quantity: numeric(18, 4).null(),
  estimated_value: numeric(18, 2).null(),
  currency: char(3).null(),
  direction: text(),
  is_related_party: bool().null(),
  relation: text().null(),
  is_derivative: bool().null(),
  is_leveraged: bool().null(),
  justification: text().null(),
  insider_info_declaration: bool().null(),
  existing_position: bool().null(),
  signed_declaration: bool().null(),
  status: text(),
  is_restricted: bool().null(),
  has_conflict: bool().null(),
  conflict_comments: text().null(),
  other_comments: text().null(),
  broker_reporting: bool().null(),
  executed_within_two_days: bool().null(),
  compliance_assessment: jsonb().null(),
  updated_by_id: bigint().null(),
  created_at: timestamp(),
  updated_at: timestamp().null(),
  deleted_at: timestamp().null(),
  deleted_by_id: bigint().null(),
})

const padApproval = table('app.pad_approval', {
  id: bigint().key().identity(),
  request_id: bigint().references('app.pad_request.id'),
  approval_type: text(),
  approver_id: bigint().references('ref.employee.id'),
  approver_google_uid: text().null(),
  decision: text().null(),
  comments: text().null(),
  decided_at: timestamp().null(),
  restricted_check: bool().null(),
  holding_period_check: bool().null(),
  conflict_check: bool().null(),
})

const padExecution = table('app.pad_execution', {
  id: bigint().key().identity(),
  request_id: bigint().references('app.pad_request.id'),
  executed_at: timestamp().null(),
  execution_price: numeric(18, 6).null(),
  execution_quantity: numeric(18, 4).null(),
  broker_reference: text().null(),
  contract_note_path: text().null(),
  contract_note_received: bool().null(),
  contract_note_verified: bool(),
  verification_metadata: jsonb().null(),
  recorded_by_id: bigint().null(),
})

const auditLog = table('app.audit_log', {
  id: bigint().key().identity(),
  ts: timestamp(),
  action_type: text(),
  action_status: text().null(),
  actor_type: text().null(),
  actor_id: bigint().null(),
  google_uid: text().null(),
  entity_type: text().null(),
  entity_id: bigint().null(),
  request_id: bigint().null(),
  decision: text().null(),
  comments: text().null(),
  details: jsonb().null(),
})

const yes = (given: Expr<string | null>) => given.is('1')

/** `kept`: a request has its dealing's id, as in the hand-written one. `new`: the target's sequence numbers them. */
export type Ids = 'kept' | 'new'

const split = (ids: Ids) =>
  mapping(
    dealing,
    (r) => {
      const requestedAt = r.requested_date.required()
      const request = into(padRequest, {
        ...(ids === 'kept' ? { id: r.id } : {}),
        employee_id: lookup(employee, { id: r.employee }).id.required(),
        security_id: lookupOrNull(security, { inst_symbol: r.inst_symbol }).id,
        security_name: r.security_description,
        isin: r.isin,
        sedol: r.sedol,
        bloomberg_ticker: r.bloomberg,
        ticker: r.ticker,
        inst_symbol: r.inst_symbol,
        quantity: r.trade_size,
        estimated_value: r.value,
        currency: r.currency,
        direction: r.buysell.match({ B: 'BUY', S: 'SELL' }).required(),
        is_related_party: yes(r.related_yn),
        relation: r.relation,
        is_derivative: yes(r.derivative_contract_yn),
        is_leveraged: yes(r.leveraged_yn),
        justification: r.justification,
        insider_info_declaration: r.inside_info_yn.is('2'),
        existing_position: yes(r.existing_pos_yn),
        signed_declaration: yes(r.signed_yn),
        status: decide(
          [r.status, r.status_compliance],
          [
            [['request', any], 'pending_manager'],
            [['approved', 'approved'], 'approved'],
            [['approved', 'pending'], 'pending_compliance'],
            [['declined', any], 'declined'],
          ],
        ),
        is_restricted: yes(r.restricted_yn),
        has_conflict: yes(r.conflicts_yn),
        conflict_comments: r.conflict_comments,
        other_comments: r.other_comments,
        broker_reporting: yes(r.broker_reporting_yn),
        executed_within_two_days: yes(r.two_business_days_execution_yn),
        compliance_assessment: json({ holding_period: yes(r.holding_period_yn) }),
        updated_by_id: r.last_modified_by,
        created_at: requestedAt,
        updated_at: r.last_modified_date,
        deleted_at: when(r.is_deleted_yn.is('Y'), r.last_modified_date).otherwise(null),
      })

      const audit = {
        actor_type: 'user',
        entity_type: 'pad_request',
        entity_id: request.key(),
        request_id: request.key(),
        details: json({ source: 'legacy_migration', original_table: 'personal_account_dealing' }),
      }
      const level = (
        type: 'manager' | 'compliance',
        looked: Partial<Record<'restricted_check' | 'holding_period_check' | 'conflict_check', Expr<boolean | null>>>,
      ) => {
        const by = r[`auth_${type}` as const]
        const decision = r[`status_${type}` as const]
        const comments = r[`comments_${type}` as const]
        const at = r[`auth_${type}_date` as const]
        return {
          approval: into(
            padApproval,
            { request_id: request.key(), approval_type: type, approver_id: by.required(), decision, comments, decided_at: at, ...looked },
            { when: by.notNull() },
          ),
          event: into(
            auditLog,
            {
              ...audit,
              ts: at.required(),
              action_type: `approval_${type}`,
              action_status: when(decision.is('approved'), 'success').otherwise('blocked'),
              actor_id: by,
              decision,
              comments,
            },
            { when: by.notNull() },
          ),
        }
      }
      const manager = level('manager', {})
      const compliance = level('compliance', {
        restricted_check: yes(r.restricted_yn),
        holding_period_check: yes(r.holding_period_yn),
        conflict_check: yes(r.conflicts_yn),
      })

      return {
        request,
        manager: manager.approval,
        compliance: compliance.approval,
        execution: into(
          padExecution,
          {
            request_id: request.key(),
            executed_at: r.auth_compliance_date,
            execution_price: r.value.over(r.trade_size).round(6),
            execution_quantity: r.trade_size,
            contract_note_received: yes(r.contract_notes_received_yn),
            contract_note_verified: false,
            recorded_by_id: r.auth_compliance,
          },
          { when: r.two_business_days_execution_yn.notNull().or(r.contract_notes_received_yn.notNull()) },
        ),
        submitted: into(auditLog, {
          ...audit,
          ts: requestedAt,
          action_type: 'request_submitted',
          action_status: 'success',
          actor_id: r.employee,
        }),
        managerEvent: manager.event,
        complianceEvent: compliance.event,
      }
    },
    { name: 'pad', ignore: { name: 'the employee has it' } },
  )

// Ids that were brought along leave the sequence where it stood, and the application's next one would be taken already.
const moveSequence = ddl('next id of app.pad_request', {
  forward: `select setval('app.pad_request_id_seq', (select max(id) from app.pad_request))`,
  back: `select setval('app.pad_request_id_seq', 1, false)`,
})

export const padMigration = (ids: Ids) =>
  migration('bench-pad', split(ids), { reads: [dealing, employee, security] }, ids === 'kept' ? { backfill: [moveSequence] } : {})
