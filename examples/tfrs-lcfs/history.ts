// What became of a report, and when. The new table keeps each status of a report once: the first time counts.
import { into, lookup, mapping, nth, query } from 'godwit'
import { reports } from './reports.ts'
import { isDeleted, reportsWithStatus, status } from './rules.ts'
import * as db from './schema.ts'

const { fuel_supplier_status, analyst_status, manager_status, director_status } = reportsWithStatus.columns

const events = query(
  'history',
  { ...db.tfrsComplianceReportHistory.columns, fuel_supplier_status, analyst_status, manager_status, director_status },
  (t) => `select h.*, w.fuel_supplier_status, w.analyst_status, w.manager_status, w.director_status
    from ${t(db.tfrsComplianceReportHistory)} h join ${t(db.workflowState)} w on w.id = h.status_id`,
)

export const history = mapping(
  events,
  (r) => ({
    event: into(db.lcfsComplianceReportHistory, {
      compliance_report_id: reports.report.keyOf(r.compliance_report_id),
      status: status(r),
      create_date: r.create_timestamp,
    }),
  }),
  {
    name: 'history',
    only: {
      'what was handed in': (r) => r.fuel_supplier_status.isNot('Draft'),
      'of reports that were not deleted': (r) => isDeleted(lookup(reportsWithStatus, { id: r.compliance_report_id })).not(),
      'the first time': (r) => nth({ by: [r.compliance_report_id, status(r)], order: [r.create_timestamp] }).is(1),
    },
    ignore: { status_id: 'the four columns of the state say it', create_user_id: 'the new table has no place for it' },
  },
)
