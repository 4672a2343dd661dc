// What was computed for a report, the summary and schedule B, stands in one JSON document beside it and nowhere else.
import { query } from 'godwit'
import * as db from './schema.ts'

export const snapshots = query(
  'snapshots',
  { report_id: db.tfrsComplianceReport.columns.id, snapshot: db.complianceReportSnapshot.columns.snapshot },
  (t) => `select compliance_report_id as report_id, snapshot from ${t(db.complianceReportSnapshot)}`,
)
