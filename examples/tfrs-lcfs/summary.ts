// The summary of a report: five of the lines of its snapshot, and the snapshot itself.
import { into, mapping, query } from 'godwit'
import { reports } from './reports.ts'
import { isDeleted, isMain, reportsWithStatus } from './rules.ts'
import * as db from './schema.ts'
import { snapshots } from './snapshots.ts'

const { id, type_id, fuel_supplier_status } = reportsWithStatus.columns

const reportsWithSnapshot = query(
  'reports with their snapshots',
  { id, type_id, fuel_supplier_status, snapshot: snapshots.columns.snapshot },
  (t) => `select r.id, r.type_id, r.fuel_supplier_status, s.snapshot
    from ${t(reportsWithStatus)} r left join ${t(snapshots)} s on s.report_id = r.id`,
)

export const summaries = mapping(
  reportsWithSnapshot,
  (r) => {
    // some were written into a JSON text once more; what says null holds nothing
    const snapshot = r.snapshot.textAt().asJson()
    const line = (name: string) => snapshot.textAt('summary', 'lines', name).asDecimal({ thousands: ',' })
    // in dollars already: no rate is put on it. Where it is not known, the total is not either.
    const penalty = line('28')
    return {
      summary: into(db.complianceReportSummary, {
        compliance_report_id: reports.report.keyOf(r.id),
        line_1: line('1').required(),
        line_11: line('11').required(),
        line_18: line('25').required(),
        line_21_penalty: penalty,
        total_payable: penalty.plus(line('11').required()).plus(line('22').required()),
        historical_snapshot: snapshot,
      }),
    }
  },
  {
    name: 'summaries',
    only: {
      'main reports': isMain,
      'reports that were not deleted': (r) => isDeleted(r).not(),
      'reports with a snapshot (snapshot_missing)': (r) => r.snapshot.textAt().notNull(),
    },
  },
)
