// Exclusion reports: allocations that belong to a main report now. Where the old database has none, a placeholder stands for it.
import { int, into, lookupOrNull, mapping, query, text, uuidOf, when } from 'godwit'
import { chained, reports } from './reports.ts'
import { createdBy, isExclusion, organization, period, reportsWithStatus } from './rules.ts'
import * as db from './schema.ts'

const { id, organization_id, compliance_period_id } = db.tfrsComplianceReport.columns

/** For each organization and period the last report of the chain that went; where none went, the last that should have. */
const mainReports = query(
  'main reports',
  { organization_id, compliance_period_id, report_id: id },
  (t) => `with main as (
      select c.*, exists (select from ${t(db.lcfsComplianceReport)} r where r.legacy_id = c.id) as went
      from ${t(chained)} c where c.type_id = 1 and c.fuel_supplier_status <> 'Deleted'
    )
    select distinct on (m.organization_id, m.compliance_period_id, case when m.went then m.root end) m.organization_id, m.compliance_period_id, m.id as report_id
    from main m
    where m.went or not exists (select from main o where o.went and (o.organization_id, o.compliance_period_id) = (m.organization_id, m.compliance_period_id))
    order by m.organization_id, m.compliance_period_id, case when m.went then m.root end, m.version desc nulls last, m.id desc`,
)

export const placeholders = mapping(
  reportsWithStatus,
  (r) => ({
    placeholder: into(db.lcfsComplianceReport, {
      organization_id: organization(r),
      compliance_period_id: period(r),
      current_status: 'Assessed',
      compliance_report_group_uuid: uuidOf('placeholder', r.id).asText(),
      version: 0,
      legacy_id: r.id,
      create_user: createdBy,
    }),
  }),
  {
    name: 'placeholders',
    only: {
      'exclusion reports': isExclusion,
      'accepted ones': (r) => r.director_status.is('Accepted'),
      'those that no main report takes': (r) =>
        lookupOrNull(mainReports, { organization_id: r.organization_id, compliance_period_id: r.compliance_period_id }).report_id.isNull(),
    },
    ignore: {
      status_id: 'accepted, or it is not here',
      schedule_a_id: 'exclusion reports have none',
      exclusion_agreement_id: 'mapped below',
      supplements_id: 'each stands for itself',
      root_report_id: 'each stands for itself',
      latest_report_id: 'each stands for itself',
      traversal: 'each stands for itself',
      nickname: 'a placeholder has no name',
      supplemental_note: 'a placeholder has no note',
      create_timestamp: 'nobody made it, so it has no date',
      update_timestamp: 'nobody made it, so it has no date',
      fuel_supplier_status: 'accepted, or it is not here',
      analyst_status: 'accepted, or it is not here',
      manager_status: 'accepted, or it is not here',
    },
  },
)

const excluded = query(
  'exclusions',
  {
    ...db.exclusionRecord.columns,
    report_id: int().null(),
    organization_id: int().null(),
    compliance_period_id: int().null(),
    director_status: text().null(),
  },
  (t) => `select e.*, r.id as report_id, r.organization_id, r.compliance_period_id, r.director_status
    from ${t(db.exclusionRecord)} e left join ${t(reportsWithStatus)} r on r.exclusion_agreement_id = e.agreement_id`,
)

export const agreements = mapping(
  excluded,
  (r) => {
    const main = lookupOrNull(mainReports, { organization_id: r.organization_id, compliance_period_id: r.compliance_period_id }).report_id
    return {
      agreement: into(db.allocationAgreement, {
        compliance_report_id: when(main.notNull(), reports.report.keyOf(main))
          .otherwise(placeholders.placeholder.keyOf(r.report_id))
          .required(),
        transaction_partner: r.transaction_partner.required(),
        postal_address: r.postal_address.required().orWarn('Not provided'),
        responsibility: r.transaction_type_id.match({ 1: 'Allocated from', 2: 'Allocated to' }),
        // these numbers have stayed; 8 and above mean other fuels on the other side
        fuel_type_id: r.fuel_type_id.match({ 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7 }),
        quantity: r.quantity.required().asInt(),
        quantity_not_sold: r.quantity_not_sold.asInt(),
        group_uuid: uuidOf('allocation agreement', r.id).asText(),
        version: 0,
        action_type: 'CREATE',
        create_user: createdBy,
      }),
    }
  },
  {
    name: 'agreements',
    only: { 'of accepted reports': (r) => r.director_status.is('Accepted') },
    ignore: { agreement_id: 'the report says it' },
  },
)
