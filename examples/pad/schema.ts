// Written by `godwit pull`; `godwit pull --check` tells when the database has become another.
import { bigint, bool, date, int, jsonb, numeric, table, text, timestamp, timestamptz, varchar } from 'godwit'

export const oracleBloomberg = table('bo.oracle_bloomberg', {
  id: bigint().key(),
  bloomberg: varchar(60).null(),
  ticker: varchar(30).null(),
  isin: varchar(12).null(),
  sedol: varchar(7).null(),
})

export const oracleEmployee = table('bo.oracle_employee', {
  id: bigint().key(),
  mnemonic: varchar(20),
  end_date: date().null(),
})

export const mapInstSymbol = table('bo.map_inst_symbol', {
  inst_symbol: varchar(30).null(),
  bloomberg_id: bigint().null(),
})

export const auditLog = table('pad.audit_log', {
  id: bigint().key().default(),
  timestamp: timestamptz(),
  action_type: varchar(40),
  action_status: varchar(20),
  actor_type: varchar(20),
  actor_id: bigint().null(),
  entity_type: varchar(40).null(),
  entity_id: bigint().null(),
  request_id: bigint().null(),
  details: jsonb().default(),
})

export const padApproval = table('pad.pad_approval', {
  id: bigint().key().default(),
  request_id: bigint().references('pad.pad_request.id'),
  approval_type: varchar(20),
  approver_id: bigint().references('bo.oracle_employee.id'),
  decision: varchar(10),
  comments: text().null(),
  decided_at: timestamptz(),
  restricted_check: bool().null(),
  holding_period_check: bool().null(),
  conflict_check: bool().null(),
})

export const padExecution = table('pad.pad_execution', {
  id: bigint().key().default(),
  request_id: bigint().references('pad.pad_request.id'),
  executed_at: timestamptz(),
  execution_price: numeric(15, 4),
  execution_quantity: int(),
  contract_note_received: bool().null(),
  recorded_by_id: bigint().null().references('bo.oracle_employee.id'),
})

export const padRequest = table('pad.pad_request', {
  id: bigint().key().default(),
  reference_id: varchar(20).null(),
  created_at: timestamptz(),
  updated_at: timestamptz(),
  employee_id: bigint().references('bo.oracle_employee.id'),
  security_id: bigint().references('pad.security.id'),
  direction: varchar(4),
  quantity: int(),
  estimated_value: numeric(15, 2),
  currency: varchar(3).default(),
  is_connected_person: bool().null(),
  relation: varchar(100).null(),
  has_existing_position: bool().null(),
  justification: text().null(),
  insider_info_declaration: bool().null(),
  status: varchar(20),
  compliance_assessment: jsonb().default(),
  conflict_comments: text().null(),
  other_comments: text().null(),
  broker_reporting: bool().null(),
  is_derivative: bool().null(),
  is_leveraged: bool().null(),
  related_party_name: varchar(250).null(),
  signed_declaration: bool().null(),
  updated_by_id: bigint().null().references('bo.oracle_employee.id'),
  deleted_at: timestamptz().null(),
  deleted_by_id: bigint().null().references('bo.oracle_employee.id'),
  executed_within_two_days: bool().null(),
})

export const personalAccountDealing = table('pad.personal_account_dealing', {
  id: numeric(12).key(),
  employee: numeric(12).null(),
  requested_date: timestamp().null(),
  name: varchar(250).null(),
  related_yn: varchar(1).null(),
  relation: varchar(100).null(),
  broker_reporting_yn: varchar(1).null(),
  security_description: varchar(250).null(),
  isin: varchar(12).null(),
  sedol: varchar(7).null(),
  bloomberg: varchar(60).null(),
  ticker: varchar(30).null(),
  inst_symbol: varchar(30).null(),
  trade_size: varchar(30).null(),
  value: varchar(30).null(),
  currency: varchar(10).null(),
  derivative_contract_yn: varchar(1).null(),
  justification: varchar(4000).null(),
  leveraged_yn: varchar(1).null(),
  buysell: varchar(1).null(),
  inside_info_yn: varchar(1).null(),
  existing_pos_yn: varchar(1).null(),
  signed_yn: varchar(1).null(),
  status: varchar(20).null(),
  status_manager: varchar(20).null(),
  auth_manager: numeric(12).null(),
  auth_manager_date: timestamp().null(),
  comments_manager: varchar(2000).null(),
  status_compliance: varchar(20).null(),
  auth_compliance: numeric(12).null(),
  auth_compliance_date: timestamp().null(),
  comments_compliance: varchar(2000).null(),
  restricted_yn: varchar(1).null(),
  holding_period_yn: varchar(1).null(),
  conflicts_yn: varchar(1).null(),
  conflict_comments: varchar(2000).null(),
  other_comments: varchar(2000).null(),
  two_business_days_execution_yn: varchar(1).null(),
  contract_notes_received_yn: varchar(1).null(),
  last_modified_by: numeric(12).null(),
  last_modified_date: timestamp().null(),
  is_deleted_yn: varchar(1).null(),
})

export const security = table('pad.security', {
  id: bigint().key().default(),
  bloomberg: varchar(30),
  ticker: varchar(30).null(),
  isin: varchar(12).null(),
  ref_id: bigint().null(),
})
