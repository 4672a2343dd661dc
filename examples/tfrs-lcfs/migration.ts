// Compliance reports of the old system, TFRS, as the new one, LCFS, keeps them. One file for each kind of rows says what becomes of them.
import { migration } from 'godwit'
import { checks } from './checks.ts'
import { agreements, placeholders } from './exclusions.ts'
import { history } from './history.ts'
import { reports } from './reports.ts'
import { transfers } from './schedule-a.ts'
import { supplies } from './schedule-b.ts'
import * as db from './schema.ts'
import { summaries } from './summary.ts'

export default migration('tfrs-lcfs', reports, transfers, supplies, placeholders, agreements, summaries, history, {
  reads: [db.lcfsOrganization, db.lcfsCompliancePeriod, db.fuelType],
  verify: checks,
})
