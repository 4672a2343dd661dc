// Users, whom everything points at, their lines of business, which point back at them, and reports.
import { migration, rekey } from 'godwit'
import { samePairs } from '../checks.ts'
import { decided } from '../decided.ts'
import leaves from './1-leaves.ts'

export default migration('people', { after: [leaves] }, rekey('t.users', decided), rekey('t.lobs', decided), rekey('t.reports', decided), {
  cutover: [
    samePairs('t.users', 'user_id', [
      't.users.manager_id',
      't.lobs.head_user_id',
      't.user_roles.user_id',
      't.reports.owner_id',
      't.reports.created_by_id',
      't.test_cycles.manager_id',
      't.cycle_reports.tester_id',
      't.workflow_phases.started_by',
      't.workflow_phases.completed_by',
      't.planning_attributes.created_by_id',
      't.scoping_versions.submitted_by_id',
      't.scoping_attributes.decided_by_id',
      't.test_cases.tester_id',
      't.rfi_validations.validated_by',
      't.audit_logs.user_id',
      't.login_events.user_id',
    ]),
    samePairs('t.lobs', 'lob_id', ['t.users.lob_id', 't.reports.lob_id']),
    samePairs('t.reports', 'report_id', ['t.cycle_reports.report_id', 't.workflow_phases.report_id']),
  ],
})
