// What several of the mappings say alike: statuses, organizations, periods, fuel classes, texts and figures.
import { any, decide, type Expr, lookup, not, query, type Row, sql, text } from 'godwit'
import * as db from './schema.ts'

/** What came of the old database says so. An earlier load has left rows, too, and those are not ours. */
export const createdBy = 'tfrs'

/** Without blanks around it, and with one where there are several. */
export const oneSpaced = (of: Expr<string | null>) => sql(text())`regexp_replace(${of.trim()}, '\\s+', ' ', 'g')`
/** What makes two texts the same: neither case nor blanks. */
export const sameText = (of: Expr<string | null>) => oneSpaced(of).lower()

export const reportsWithStatus = query(
  'reports',
  {
    ...db.tfrsComplianceReport.columns,
    fuel_supplier_status: text(),
    analyst_status: text(),
    manager_status: text(),
    director_status: text(),
  },
  (t) => `select r.*, w.fuel_supplier_status, w.analyst_status, w.manager_status, w.director_status
    from ${t(db.tfrsComplianceReport)} r join ${t(db.workflowState)} w on w.id = r.status_id`,
)
export type Report = Row<typeof reportsWithStatus>

/** Four columns said one thing, each its part of it. The first line that fits wins. */
export const status = (r: Pick<Report, 'fuel_supplier_status' | 'analyst_status' | 'manager_status' | 'director_status'>) =>
  decide(
    [r.fuel_supplier_status, r.analyst_status, r.manager_status, r.director_status],
    [
      [['Draft', any, any, any], 'Draft'],
      [[any, 'Requested Supplemental', any, any], 'Supplemental_requested'],
      [[any, any, 'Requested Supplemental', any], 'Supplemental_requested'],
      [[any, any, any, 'Accepted'], 'Assessed'],
      [[any, any, any, 'Rejected'], 'Rejected'],
      [[any, any, 'Recommended', any], 'Recommended_by_manager'],
      [[any, any, 'Not Recommended', any], 'Not_recommended_by_manager'],
      [[any, 'Recommended', any, any], 'Recommended_by_analyst'],
      [[any, 'Not Recommended', any, any], 'Not_recommended_by_analyst'],
      [[any, any, any, any], 'Submitted'],
    ],
  )
export const isDeleted = (r: { readonly fuel_supplier_status: Expr<string | null> }) => r.fuel_supplier_status.is('Deleted')

/** Reports are of two types; a third would be news. */
export const isMain = (r: { readonly type_id: Expr<number> }) => r.type_id.match({ 1: true, 2: false })
export const isExclusion = (r: { readonly type_id: Expr<number> }) => not(isMain(r))

const organizations = query(
  'organizations',
  { id: db.lcfsOrganization.columns.organization_id, name: text() },
  (t) => `select organization_id as id, lower(regexp_replace(btrim(name), '\\s+', ' ', 'g')) as name from ${t(db.lcfsOrganization)}`,
)
/** By name, since the ids are others. One that the new database does not have is never made. */
export const organization = (r: { readonly organization_id: Expr<number> }) =>
  lookup(organizations, { name: sameText(lookup(db.tfrsOrganization, { id: r.organization_id }).name) }).id

/** By number, one above the old one; what the two are called must agree. The first period was of two years, and is known by the second. */
export function period(r: { readonly compliance_period_id: Expr<number> }) {
  const id = r.compliance_period_id.match({ 4: 5, 5: 6, 6: 7, 7: 8, 8: 9, 9: 10, 10: 11, 11: 12, 12: 13, 13: 14 })
  const was = lookup(db.tfrsCompliancePeriod, { id: r.compliance_period_id }).description
  const is = lookup(db.lcfsCompliancePeriod, { compliance_period_id: id }).description
  return id.must(is.is(was.match({ '2013-14': '2014' }, was)), 'the period of that number is called something else')
}

/** Diesel was 1 and gasoline 2; now it is the other way round, and each number is a valid one on both sides. */
export const diesel = 2
export const gasoline = 1
