// The same migration as somebody writes it who knows SQL: one INSERT … SELECT for each target table, all in one transaction.
import type pg from 'pg'

/** `fat`: a row in the plan's mapping table for each row that is made. */
export type Mapped = 'fat' | 'none'

const request = `insert into app.pad_request(id,employee_id,security_id,security_name,isin,sedol,bloomberg_ticker,ticker,inst_symbol,quantity,
    estimated_value,currency,direction,is_related_party,relation,is_derivative,is_leveraged,justification,insider_info_declaration,existing_position,
    signed_declaration,status,is_restricted,has_conflict,conflict_comments,other_comments,broker_reporting,executed_within_two_days,
    compliance_assessment,updated_by_id,created_at,updated_at,deleted_at,deleted_by_id)
  select s.id, s.employee, sec.id, s.security_description, s.isin, s.sedol, s.bloomberg, s.ticker, s.inst_symbol, s.trade_size, s.value, s.currency,
    case s.buysell when 'B' then 'BUY' when 'S' then 'SELL' end, s.related_yn='1', s.relation, s.derivative_contract_yn='1', s.leveraged_yn='1',
    s.justification, s.inside_info_yn='2', s.existing_pos_yn='1', s.signed_yn='1',
    case when s.status='request' then 'pending_manager' when s.status='approved' and s.status_compliance='approved' then 'approved'
      when s.status='approved' and s.status_compliance='pending' then 'pending_compliance' when s.status='declined' then 'declined' end,
    s.restricted_yn='1', s.conflicts_yn='1', s.conflict_comments, s.other_comments, s.broker_reporting_yn='1', s.two_business_days_execution_yn='1',
    jsonb_build_object('holding_period', s.holding_period_yn='1'), s.last_modified_by, s.requested_date, s.last_modified_date,
    case when s.is_deleted_yn='Y' then s.last_modified_date end, null::bigint
  from legacy.personal_account_dealing s join ref.employee e on e.id=s.employee left join ref.security sec on sec.inst_symbol=s.inst_symbol`

const approvals = `insert into app.pad_approval(request_id,approval_type,approver_id,decision,comments,decided_at,restricted_check,
    holding_period_check,conflict_check)
  select s.id, v.* from legacy.personal_account_dealing s join ref.employee e on e.id=s.employee cross join lateral (values
    ('manager', s.auth_manager, s.status_manager, s.comments_manager, s.auth_manager_date, null::bool, null::bool, null::bool),
    ('compliance', s.auth_compliance, s.status_compliance, s.comments_compliance, s.auth_compliance_date, s.restricted_yn='1',
      s.holding_period_yn='1', s.conflicts_yn='1')) v(t,by,d,c,at,r1,r2,r3)
  where v.by is not null`

const executions = `insert into app.pad_execution(request_id,executed_at,execution_price,execution_quantity,contract_note_received,
    contract_note_verified,recorded_by_id)
  select s.id, s.auth_compliance_date, s.value/nullif(s.trade_size,0), s.trade_size, s.contract_notes_received_yn='1', false, s.auth_compliance
  from legacy.personal_account_dealing s join ref.employee e on e.id=s.employee
  where s.two_business_days_execution_yn is not null or s.contract_notes_received_yn is not null`

const audit = `insert into app.audit_log(ts,action_type,action_status,actor_type,actor_id,entity_type,entity_id,request_id,decision,comments,details)
  select v.ts, v.a, v.st, 'user', v.by, 'pad_request', s.id, s.id, v.d, v.c,
    '{"source":"legacy_migration","original_table":"personal_account_dealing"}'::jsonb
  from legacy.personal_account_dealing s join ref.employee e on e.id=s.employee cross join lateral (values
    (s.requested_date,'request_submitted','success',s.employee,null,null),
    (s.auth_manager_date,'approval_manager',case when s.status_manager='approved' then 'success' else 'blocked' end,s.auth_manager,
      s.status_manager,s.comments_manager),
    (s.auth_compliance_date,'approval_compliance',case when s.status_compliance='approved' then 'success' else 'blocked' end,s.auth_compliance,
      s.status_compliance,s.comments_compliance)) v(ts,a,st,by,d,c)
  where v.by is not null`

const rejects = `insert into app.reject select s.id,'employee '||s.employee||' not found'
  from legacy.personal_account_dealing s left join ref.employee e on e.id=s.employee where e.id is null`

/** The insert with its mapping rows written from what it returns. `suffix` tells apart the rows that one source row makes in one table. */
const mapped = (insert: string, table: string, source: string, suffix = `''`) =>
  `with i as (${insert} returning ${source} sid, id tid, ${suffix} sfx)
   insert into app.migration_mapping(source_table,source_id,target_table,target_id)
   select 'personal_account_dealing', sid, '${table}'||sfx, tid from i`

export const statements = (mapping: Mapped): string[] =>
  mapping === 'none'
    ? [rejects, request, approvals, executions, audit]
    : [
        rejects,
        mapped(request, 'pad_request', 'id'),
        mapped(approvals, 'pad_approval', 'request_id', `':'||approval_type`),
        mapped(executions, 'pad_execution', 'request_id'),
        mapped(audit, 'audit_log', 'request_id', `':'||action_type`),
      ]

export async function migrateByHand(client: pg.Client, mapping: Mapped): Promise<void> {
  await client.query('begin')
  for (const sql of statements(mapping)) await client.query(sql)
  await client.query('commit')
}
