// What must be true when all is done, asked of the tables alone. None of it is derived from migration.ts: where both say the same
// rule, they say it in other words, so that a slip in one is not a slip in the other.
import { matrix, none, noOrphans, same } from 'godwit'
import type { split as pad } from './migration.ts'
import * as db from './schema.ts'

/** Each migrated request beside the row that it came from. */
const pairs = `pad.personal_account_dealing s join pad.pad_request q on q.reference_id = 'LEG-' || lpad(s.id::text, greatest(6, length(s.id::text)), '0')`

/** 1234.56 or 1,234.56, the digits taken out one by one. Null for anything else. */
const plain = (text: string) =>
  `case when btrim(${text}, ' £$€') ~ '^([0-9]+|[0-9]{1,3}(,[0-9]{3})+)([.][0-9]+)?$' then regexp_replace(${text}, '[^0-9.]', '', 'g')::numeric end`
const yes = (flag: string) => `case btrim(${flag}) when '1' then true when '2' then false end`
const isEmployee = (id: string) => `exists (select from bo.oracle_employee e where e.id = ${id})`

/** How many securities each source row may mean, and one of them. Worked out once: a planner without statistics would do it for every pair of rows. */
const withMeant = `with named as materialized (
    select id, nullif(btrim(regexp_replace(lower(btrim(bloomberg)), ' equity$', '')), '') as name,
      case when coalesce(btrim(bloomberg), '') = '' then btrim(inst_symbol) end as symbol
    from pad.personal_account_dealing
  ), meant as materialized (
    select id, count(distinct found) as n, min(found) as security from (
      select d.id, b.id as found from named d join bo.oracle_bloomberg b on lower(b.bloomberg) = d.name
      union all select d.id, m.bloomberg_id from named d join bo.map_inst_symbol m on m.inst_symbol = d.symbol
    ) pairs group by id
  )`

const decidedStates = [
  "('request', '-', '-'), ('request', 'pending', '-'), ('request', '-', 'pending'), ('request', 'pending', 'pending')",
  "('approved', 'approved', 'approved'), ('approved', 'approved', 'pending')",
  "('declined', 'declined', '-'), ('declined', 'declined', 'pending'), ('declined', 'approved', 'declined')",
].join(', ')

const wasExecuted = `(s.status, s.status_manager, s.status_compliance) = ('approved', 'approved', 'approved')
    and (btrim(s.two_business_days_execution_yn) in ('1', '2') or btrim(s.contract_notes_received_yn) in ('1', '2'))`
const approverIsKnown = (level: 'manager' | 'compliance') =>
  `(s.auth_${level} is null or ${isEmployee(`s.auth_${level}`)} and s.status_${level} is not null and coalesce(s.auth_${level}_date, s.last_modified_date) is not null)`

/** The rows against which nothing stands. */
const canGo = `
  select s.id from (select *, ${plain('trade_size')} as size, ${plain('value')} as amount from pad.personal_account_dealing) s join meant on meant.id = s.id
  where ${isEmployee('s.employee')} and s.requested_date is not null
    and s.size = trunc(s.size) and s.size between 1 and 2147483647 and s.amount = round(s.amount, 2) and s.amount < 1e13
    and meant.n = 1 and exists (select from bo.oracle_bloomberg b where b.id = meant.security and length(b.bloomberg) <= 30)
    and s.buysell in ('B', 'S') and length(btrim(s.currency)) between 1 and 3
    and btrim(coalesce(s.inside_info_yn, '')) in ('', '1', '2') and btrim(coalesce(s.is_deleted_yn, '')) in ('', 'Y', 'N')
    and (s.status, coalesce(s.status_manager, '-'), coalesce(s.status_compliance, '-')) in (${decidedStates})
    and ${approverIsKnown('manager')} and ${approverIsKnown('compliance')}
    and not coalesce(${wasExecuted} and s.auth_compliance_date is null, false)`

/** What a request should have and has of each kind. */
const decided = (level: 'manager' | 'compliance') =>
  `coalesce(s.auth_${level} is not null and s.status_${level} in ('approved', 'declined'), false)::int`
const counted = `
  select s.id, due.kind, should, coalesce(has, 0) as has from ${pairs} cross join lateral (values
    ('audit', 1 + ${decided('manager')} + ${decided('compliance')}),
    ('audit request_submitted', 1), ('audit approval_manager', ${decided('manager')}), ('audit approval_compliance', ${decided('compliance')}),
    ('manager', (s.auth_manager is not null)::int), ('compliance', (s.auth_compliance is not null)::int),
    ('execution', coalesce(${wasExecuted}, false)::int)
  ) as due (kind, should) left join (
    select request_id, 'audit' as kind, count(*) as has from pad.audit_log group by 1
    union all select request_id, 'audit ' || action_type, count(*) from pad.audit_log group by 1, 2
    union all select request_id, approval_type, count(*) from pad.pad_approval group by 1, 2
    union all select request_id, 'execution', count(*) from pad.pad_execution group by 1
  ) there on there.request_id = q.id and there.kind = due.kind`

/** What each audit row should say. */
const outcome = (state: string) => `case ${state} when 'approved' then 'success' when 'declined' then 'blocked' end`
const events = `lateral (values
    ('request_submitted', 'success', s.employee, s.requested_date),
    ('approval_manager', ${outcome('s.status_manager')}, s.auth_manager, coalesce(s.auth_manager_date, s.last_modified_date)),
    ('approval_compliance', ${outcome('s.status_compliance')}, s.auth_compliance, coalesce(s.auth_compliance_date, s.last_modified_date))
  ) as event (action, outcome, actor, at)`

const sequences = ['security', 'pad_request', 'pad_approval', 'pad_execution', 'audit_log']

/** No answer may become one. The two odd texts are what the source has: a third would show up here, and somebody would have to look at it. */
const flagCells = [
  [['1'], [true]],
  [['2'], [false]],
  [[null], [null]],
  [[' '], [null]],
  [['0'], [null]],
] as const

const requestFlags = [
  ['related_yn', 'is_connected_person'],
  ['existing_pos_yn', 'has_existing_position'],
  ['broker_reporting_yn', 'broker_reporting'],
  ['derivative_contract_yn', 'is_derivative'],
  ['leveraged_yn', 'is_leveraged'],
  ['signed_yn', 'signed_declaration'],
  ['two_business_days_execution_yn', 'executed_within_two_days'],
] as const
const complianceFlags = [
  ['restricted_yn', 'restricted_check'],
  ['holding_period_yn', 'holding_period_check'],
  ['conflicts_yn', 'conflict_check'],
] as const

export const checks = (split: typeof pad) => [
  none('what can go has gone, and nothing else has', {
    of: db.personalAccountDealing,
    rows: `${withMeant}, can as materialized (${canGo}), gone as materialized (select s.id from ${pairs})
      select id, gone.id is null as "should have gone" from can full join gone using (id) where can.id is null or gone.id is null`,
  }),

  matrix('direction', db.personalAccountDealing, split.request, {
    from: (r) => [r.buysell],
    to: (r) => [r.direction],
    cells: [
      [['B'], ['BUY']],
      [['S'], ['SELL']],
    ],
  }),
  matrix('insider declaration: the reverse of the old question', db.personalAccountDealing, split.request, {
    from: (r) => [r.inside_info_yn],
    to: (r) => [r.insider_info_declaration],
    cells: [
      [['1'], [false]],
      [['2'], [true]],
      [[null], [null]],
      [[' '], [null]],
    ],
  }),
  matrix('status', db.personalAccountDealing, split.request, {
    from: (r) => [r.status, r.status_manager, r.status_compliance],
    to: (r) => [r.status],
    cells: [
      [['request', null, null], ['pending_manager']],
      [['request', 'pending', null], ['pending_manager']],
      [['request', null, 'pending'], ['pending_manager']],
      [['request', 'pending', 'pending'], ['pending_manager']],
      [['approved', 'approved', 'pending'], ['pending_compliance']],
      [['approved', 'approved', 'approved'], ['approved']],
      [['declined', 'declined', null], ['declined']],
      [['declined', 'declined', 'pending'], ['declined']],
      [['declined', 'approved', 'declined'], ['declined']],
    ],
  }),
  ...requestFlags.map(([from, to]) =>
    matrix(`${from} → ${to}`, db.personalAccountDealing, split.request, { from: (r) => [r[from]], to: (r) => [r[to]], cells: flagCells }),
  ),
  ...complianceFlags.map(([from, to]) =>
    matrix(`${from} → ${to}`, db.personalAccountDealing, split.compliance, {
      from: (r) => [r[from]],
      to: (r) => [r[to]],
      cells: flagCells,
    }),
  ),
  none('a manager was asked for no checks', {
    of: `select count(*) from pad.pad_approval where approval_type = 'manager'`,
    rows: `select id from pad.pad_approval where approval_type = 'manager' and coalesce(restricted_check, holding_period_check, conflict_check) is not null`,
  }),
  none('the assessment says what the flags say', {
    of: `select count(*) from ${pairs}`,
    rows: `select s.id, q.compliance_assessment from ${pairs} where q.compliance_assessment is distinct from
      jsonb_build_object('restricted', ${yes('s.restricted_yn')}, 'holding_period', ${yes('s.holding_period_yn')}, 'conflict', ${yes('s.conflicts_yn')})`,
  }),

  same(
    'value asked for, in all',
    `select sum(${plain('s.value')}) from ${pairs}`,
    `select sum(estimated_value) from pad.pad_request where reference_id like 'LEG-%'`,
  ),
  same(
    'size asked for, in all',
    `select sum(${plain('s.trade_size')}) from ${pairs}`,
    `select sum(quantity) from pad.pad_request where reference_id like 'LEG-%'`,
  ),
  none('value and size are what the source row says', {
    of: `select count(*) from ${pairs}`,
    rows: `select s.id, s.value, q.estimated_value, s.trade_size, q.quantity from ${pairs}
      where q.estimated_value is distinct from ${plain('s.value')} or q.quantity is distinct from ${plain('s.trade_size')}`,
  }),
  none('the price is the value over the size, and the size is the whole of it', {
    of: `select count(*) from ${pairs} join pad.pad_execution x on x.request_id = q.id`,
    rows: `select s.id, x.execution_price, x.execution_quantity from ${pairs} join pad.pad_execution x on x.request_id = q.id
      where x.execution_quantity <> q.quantity or abs(x.execution_price * q.quantity - q.estimated_value) > q.quantity * 0.00005`,
  }),

  none('the security is the only one that can be meant', {
    of: `select count(*) from ${pairs}`,
    rows: `${withMeant} select s.id, s.bloomberg, s.inst_symbol, t.bloomberg as became, meant.n
      from ${pairs} join pad.security t on t.id = q.security_id left join meant on meant.id = s.id
      where meant.n is distinct from 1 or meant.security is distinct from t.ref_id`,
  }),
  none('securities are named as the reference names them', {
    of: `select count(*) from pad.security t where t.id in (select q.security_id from ${pairs})`,
    rows: `select t.id, t.bloomberg, b.bloomberg as listed from pad.security t left join bo.oracle_bloomberg b on b.id = t.ref_id
      where t.id in (select q.security_id from ${pairs}) and (t.bloomberg, t.ticker, t.isin) is distinct from (b.bloomberg, b.ticker, b.isin)`,
  }),

  none('one audit row for each request and each decided approval', {
    of: `select count(*) from ${pairs}`,
    rows: `select id, kind, should, has from (${counted}) c where has <> should`,
  }),
  none('who did what, and when', {
    of: `select count(*) from ${pairs} join pad.audit_log a on a.request_id = q.id`,
    rows: `select s.id, a.action_type, a.action_status, a.actor_id, a.timestamp from ${pairs} cross join ${events}
      join pad.audit_log a on a.request_id = q.id and a.action_type = event.action
      where (a.action_status, a.actor_id, a.timestamp) is distinct from (event.outcome, event.actor, event.at at time zone 'UTC')
        or (a.actor_type, a.entity_type, a.entity_id, a.details->>'source') is distinct from ('user', 'pad_request', q.id, 'legacy_migration')`,
  }),
  none('audit rows are about requests that are there', {
    of: `select count(*) from pad.audit_log where request_id is not null`,
    rows: `select a.id, a.request_id from pad.audit_log a where a.request_id is not null and not exists (select from pad.pad_request q where q.id = a.request_id)`,
  }),
  none('times are those of the source, read as UTC', {
    of: `select count(*) from ${pairs}`,
    rows: `select s.id, q.created_at, q.updated_at, q.deleted_at from ${pairs}
      where q.created_at is distinct from s.requested_date at time zone 'UTC'
        or q.updated_at is distinct from coalesce(s.last_modified_date, s.requested_date) at time zone 'UTC'
        or q.deleted_at is distinct from case when btrim(s.is_deleted_yn) = 'Y' then q.updated_at end`,
  }),

  noOrphans(db.padRequest, db.padApproval, db.padExecution),
  // An id of the old table that is used again is one that the application will give out once more.
  none('the next ids are still free', {
    of: `select ${sequences.map((t) => `(select count(*) from pad.${t})`).join(' + ')}`,
    rows: sequences
      .map((t) => `select '${t}' as "table", max(id) as given from pad.${t} having max(id) > (select last_value from pad.${t}_id_seq)`)
      .join(' union all '),
  }),
]
