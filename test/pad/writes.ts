// What others write while and after the migration runs, the same everywhere: SEEDS §3.4.
import { query } from '../support/postgres.ts'

/** W2: the old application takes five more requests, approved and executed like 16. */
export const newLegacyRows = (url: string) =>
  query(
    url,
    `create temp table copied as select s.* from pad.personal_account_dealing s where id = 16;
     insert into pad.personal_account_dealing select (json_populate_record(c, json_build_object('id', 3000 + n))).* from copied c, generate_series(1, 5) n`,
  )

/** W3: it approves 510 on both levels, and deletes 523. */
export const changedLegacyRows = (url: string) =>
  query(
    url,
    `update pad.personal_account_dealing set status = 'approved', status_manager = 'approved', auth_manager = 105, auth_manager_date = '2019-03-01 10:00',
       status_compliance = 'approved', auth_compliance = 106, auth_compliance_date = '2019-03-02 11:00', last_modified_date = '2019-03-02 11:00' where id = 510;
     update pad.personal_account_dealing set is_deleted_yn = 'Y', last_modified_date = '2019-03-03 12:00' where id = 523`,
  )

/** W4: three requests are made in the new application, with their audit rows. `security` tells for which security. */
export const newRequests = (url: string, security = '1 + g') =>
  query(
    url,
    `insert into pad.pad_request(reference_id, created_at, updated_at, employee_id, security_id, direction, quantity, estimated_value, status)
       select 'PAD-' || lpad((40 + g)::text, 5, '0'), '2026-02-01 09:00+00', '2026-02-01 09:00+00', 101 + g, ${security}, 'BUY', g, g * 10, 'pending_manager' from generate_series(1, 3) g;
     insert into pad.audit_log("timestamp", action_type, action_status, actor_type, actor_id, entity_type, entity_id, request_id)
       select created_at, 'request_submitted', 'success', 'user', employee_id, 'pad_request', id, id from pad.pad_request where reference_id in ('PAD-00041', 'PAD-00042', 'PAD-00043')`,
  )
