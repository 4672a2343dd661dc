// Compliance reports: each supplements the one before it, and is a version of one chain now.
import { chains, into, lookupOrNull, mapping, query, text, uuidOf } from 'godwit'
import { createdBy, isDeleted, isMain, organization, period, reportsWithStatus, status } from './rules.ts'
import * as db from './schema.ts'

/** What a report says of its root is a hint that is wrong at times, so the way is walked. A deleted report is no version. */
export const chained = chains('chained reports', reportsWithStatus, {
  before: 'supplements_id',
  order: (r) => [r.traversal],
  counts: (r) => r.type_id.is(1).and(r.fuel_supplier_status.isNot('Deleted')),
})

/** Chains of which an earlier load has left a report: they keep the group that it gave them. */
const loadedBefore = query(
  'chains that were loaded before',
  { root: db.tfrsComplianceReport.columns.id, group_uuid: text() },
  (t) => `select distinct c.root, r.compliance_report_group_uuid as group_uuid
    from ${t(chained)} c join ${t(db.lcfsComplianceReport)} r on r.legacy_id = c.id
    where c.root is not null and r.create_user is distinct from '${createdBy}'`,
)

export const reports = mapping(
  chained,
  (r) => {
    const root = r.root
      .must(r.trouble.orElse('none').isNot('cycle'), 'chain_cycle')
      .must(r.trouble.orElse('none').isNot('dangling'), 'chain_dangling')
      .required()
    const report = into(
      db.lcfsComplianceReport,
      {
        organization_id: organization(r),
        compliance_period_id: period(r),
        current_status: status(r),
        compliance_report_group_uuid: lookupOrNull(loadedBefore, { root }).group_uuid.orElse(uuidOf('compliance report', root).asText()),
        version: r.version.required(),
        legacy_id: r.id,
        nickname: r.nickname,
        supplemental_note: r.supplemental_note,
        create_date: r.create_timestamp,
        update_date: r.update_timestamp,
        create_user: createdBy,
      },
      // an earlier load has left ten of them: they stay as they are
      { per: ['legacy_id'], adopt: true },
    )
    return { report }
  },
  {
    name: 'reports',
    only: { 'main reports': isMain, 'reports that were not deleted': (r) => isDeleted(r).not() },
    ignore: {
      traversal: 'orders the chain',
      status_id: 'the four columns of the state say it',
      supplements_id: 'the chain and the version say it',
      root_report_id: 'a hint, wrong at times: the chain is walked',
      latest_report_id: 'the version says it',
      schedule_a_id: 'mapped in schedule-a.ts',
      exclusion_agreement_id: 'mapped in exclusions.ts',
    },
  },
)
