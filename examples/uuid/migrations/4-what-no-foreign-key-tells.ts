// Keys in documents, in words and beside the name of a table; a key of its own for what had one of two columns; and the functions as they
// are to be from now on.
import { byType, ddl, inJson, inText, migration, online, references } from 'godwit'
import { documents, log, words } from '../checks.ts'
import { ownerByEither, touch } from '../functions.ts'
import workflow from './3-workflow.ts'

const mapped = {
  users: 't.users',
  reports: 't.reports',
  test_cases: 't.test_cases',
  planning_attributes: 't.planning_attributes',
  workflow_phases: 't.workflow_phases',
}

export default migration(
  'what-no-foreign-key-tells',
  { after: [workflow] },
  references([
    byType('t.audit_logs.record_id', { type: 'table_name', of: mapped, keep: 'legacy_record_id' }),
    inJson('t.audit_logs.old_values', { '$.user_id': 't.users' }),
    inJson('t.workflow_phases.phase_data', { '$.assigned_to': 't.users', '$.report_id': 't.reports' }),
    inJson('t.test_cases.evidence', { '$.reviewer_id': 't.users' }),
    inJson('t.dq_results.violation_ids', { '$[*]': 't.test_cases', '$[*].test_case_id': 't.test_cases' }),
    inText('t.notifications.user_ref', { '^(?:user:)?(\\d+)$': 't.users' }),
  ]),
  {
    expand: [
      online.addColumn('t.cycle_reports', 'id', { type: 'uuid', each: 'gen_random_uuid()', notNull: true }),
      online.index('t.cycle_reports', ['id'], { name: 'cycle_reports_id', unique: true }),
      online.unique('t.cycle_reports', ['cycle_id', 'report_id'], { name: 'cycle_reports_once' }),
    ],
    cutover: [
      log,
      documents,
      words,
      ddl('a report of a cycle is known by a key of its own', {
        forward: [
          'alter table t.workflow_phases drop constraint wp_cr_fk',
          'alter table t.cycle_reports drop constraint cycle_reports_pkey',
          'alter table t.cycle_reports add constraint cycle_reports_pkey primary key using index cycle_reports_id',
          // the pair is still what phases point at
          'alter table t.workflow_phases add constraint wp_cr_fk foreign key (cycle_id, report_id) references t.cycle_reports (cycle_id, report_id) on delete cascade not valid',
        ],
        back: [
          'alter table t.workflow_phases drop constraint wp_cr_fk',
          'alter table t.cycle_reports drop constraint cycle_reports_pkey',
          'alter table t.cycle_reports add constraint cycle_reports_pkey primary key (cycle_id, report_id)',
          'alter table t.workflow_phases add constraint wp_cr_fk foreign key (cycle_id, report_id) references t.cycle_reports on delete cascade',
        ],
      }),
      online.validate('t.workflow_phases', 'wp_cr_fk'),
      ddl('who owns a phase is asked by its key', {
        forward: [
          'drop function t.phase_owner(text)',
          'create function t.phase_owner(p uuid) returns uuid language sql stable as $$ select r.owner_id from t.workflow_phases w join t.reports r using(report_id) where w.phase_id=p $$',
        ],
        back: ['drop function t.phase_owner(uuid)', ownerByEither],
      }),
      ddl('the trigger that logs changes of users says what it said at first', { forward: touch.plain, back: touch.either }),
    ],
  },
)
