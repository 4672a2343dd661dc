// Whether two ways have made the same rows, whatever ids and groups they gave them: how many, and a digest of what stands in them.
import type pg from 'pg'

export type Digest = Readonly<Record<string, string>>

const of = (table: string, columns: string) =>
  `select l.legacy_id, ${columns} from lcfs.${table} n join lcfs.compliance_report l using (compliance_report_id) where l.legacy_id is not null`
/** A group is told by its versions. */
const versions = (table: string, columns: string) =>
  `select string_agg((l.legacy_id, n.version, n.action_type, ${columns})::text, ' ' order by n.version) as versions
    from lcfs.${table} n join lcfs.compliance_report l using (compliance_report_id) where l.legacy_id is not null group by n.group_uuid`

const questions: Readonly<Record<string, string>> = {
  reports: `select l.legacy_id, l.organization_id, l.compliance_period_id, l.current_status, l.version, l.nickname, l.supplemental_note, l.create_date, l.update_date,
    (select min(o.legacy_id) from lcfs.compliance_report o where o.compliance_report_group_uuid = l.compliance_report_group_uuid) as chain
    from lcfs.compliance_report l where l.legacy_id is not null`,
  transfers: versions(
    'notional_transfer',
    'n.legal_name, n.address_for_service, n.fuel_category_id, n.received_or_transferred, n.quantity',
  ),
  supplies: versions('fuel_supply', 'n.fuel_type_id, n.fuel_category_id, n.provision, n.quantity, n.units, n.compliance_units'),
  agreements: of(
    'allocation_agreement',
    'n.transaction_partner, n.postal_address, n.responsibility, n.fuel_type_id, n.quantity, n.quantity_not_sold',
  ),
  summaries: of('compliance_report_summary', 'n.line_1, n.line_11, n.line_18, n.line_21_penalty, n.total_payable, n.historical_snapshot'),
  history: of('compliance_report_history', 'n.status, n.create_date'),
}

export async function digestOf(client: pg.Client): Promise<Digest> {
  const entries: [string, string][] = []
  for (const [name, sql] of Object.entries(questions)) {
    const { rows } = await client.query(
      `select count(*) || ' rows, digest ' || coalesce(sum(hashtextextended(x::text, 0)::numeric), 0) as digest from (${sql}) x`,
    )
    entries.push([name, rows[0].digest])
  }
  return Object.fromEntries(entries)
}
