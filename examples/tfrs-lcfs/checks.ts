// What must be true when all is done, asked of the tables on both sides alone. None of it is derived from the mappings: where both say the
// same rule, they say it in other words, so that a slip in one is not a slip in the other.
import { none, noOrphans, replay, same, type Table } from 'godwit'
import { restatedTransfers, transfers } from './schedule-a.ts'
import { restatedSupplies, supplies } from './schedule-b.ts'
import * as db from './schema.ts'

type Named = (t: Table) => string

const bare = (name: string) => `lower(btrim(regexp_replace(${name}, '\\s+', ' ', 'g')))`
/** Half up, for what is not negative. */
const whole = (quantity: string) => `floor(${quantity} + 0.5)::bigint`
const figure = (value: string) => `case when ${value} ~ '^-?[0-9,]+([.][0-9]+)?$' then replace(${value}, ',', '')::numeric end`

/** The main reports that a walk from the roots reaches and nobody deleted, in the order of their chain. */
const walked = (t: Named) => `main as (
    select r.*, w.fuel_supplier_status as supplier, w.analyst_status as analyst, w.manager_status as manager, w.director_status as director
    from ${t(db.tfrsComplianceReport)} r, ${t(db.workflowState)} w where w.id = r.status_id and r.type_id = 1
  ), way (id, root) as (
    select id, id from main where supplements_id is null
    union all select m.id, w.root from way w, main m where m.supplements_id = w.id
  ), counted as (
    select m.*, w.root, dense_rank() over (partition by w.root order by m.traversal, m.id) - 1 as place from main m join way w using (id) where m.supplier <> 'Deleted'
  )`
/** Those of them that are there, with what they have become. */
const gone = (t: Named) => `${walked(t)}, went as (
    select c.*, l.compliance_report_id, l.version, l.create_user from counted c join lcfs.compliance_report l on l.legacy_id = c.id
  )`
/** What snapshots say, and the list of schedule B in it, if there is one. */
const documents = (t: Named) => `doc as materialized (
    select compliance_report_id as id, case left(snapshot #>> '{}', 1) when '{' then (snapshot #>> '{}')::jsonb end as said from ${t(db.complianceReportSnapshot)}
  ), list as materialized (
    select id, said #> '{schedule_b,records}' as items from doc where jsonb_typeof(said #> '{schedule_b,records}') = 'array'
  )`
const bothWays = (should: string, is: string) => `select 'is missing' as what, * from (${should} except all ${is}) x
    union all select 'should not be', * from (${is} except all ${should}) y`
const count = (t: Table) => (named: Named) => `select count(*) from ${named(t)}`

/** Of each group of a version table, what stands of it in each report: the latest up to it, unless that takes the row away. */
const standing = (table: string, values: string) => `select id, ${values} from (
    select v.id, n.*, row_number() over (partition by v.id, n.group_uuid order by n.version desc) as latest
    from went v join went u on u.root = v.root and u.version <= v.version join ${table} n on n.compliance_report_id = u.compliance_report_id
  ) n where latest = 1 and action_type <> 'DELETE'`

const reportsThere = [
  none('a report has gone, unless its chain, its organization or its deletion stands against it', {
    of: count(db.tfrsComplianceReport),
    rows: (t) => `with recursive ${walked(t)}, should as (
        select c.id from counted c join ${t(db.tfrsOrganization)} o on o.id = c.organization_id
        where ${bare('o.name')} in (select ${bare('name')} from lcfs.organization)
      ), there as (select legacy_id as id from lcfs.compliance_report where legacy_id in (select id from main))
      ${bothWays('select id from should', 'select id from there')}`,
  }),
  none('a report is of the same organization and period, and has its own name, note and days', {
    of: count(db.tfrsComplianceReport),
    rows: (t) => `with recursive ${gone(t)}, was as (
        select w.id, ${bare('o.name')} as organization, case p.description when '2013-14' then '2014' else p.description end as period, w.nickname, w.supplemental_note, w.create_timestamp, w.update_timestamp
        from went w join ${t(db.tfrsOrganization)} o on o.id = w.organization_id join ${t(db.tfrsCompliancePeriod)} p on p.id = w.compliance_period_id
        where w.create_user = 'tfrs'
      ), now as (
        select l.legacy_id, ${bare('o.name')}, p.description, l.nickname, l.supplemental_note, l.create_date, l.update_date
        from lcfs.compliance_report l join lcfs.organization o using (organization_id) join lcfs.compliance_period p using (compliance_period_id)
        where l.create_user = 'tfrs' and l.legacy_id in (select id from main)
      )
      ${bothWays('select * from was', 'select * from now')}`,
  }),
  none('a status is one that the four columns say', {
    of: count(db.workflowState),
    rows: (t) => `with recursive ${gone(t)}, says (supplier, analyst, manager, director, status) as (values
        ('Draft', 'Unreviewed', 'Unreviewed', 'Unreviewed', 'Draft'),
        ('Submitted', 'Unreviewed', 'Unreviewed', 'Unreviewed', 'Submitted'),
        ('Submitted', 'Requested Supplemental', 'Recommended', 'Accepted', 'Supplemental_requested'),
        ('Submitted', 'Recommended', 'Unreviewed', 'Unreviewed', 'Recommended_by_analyst'),
        ('Submitted', 'Not Recommended', 'Unreviewed', 'Unreviewed', 'Not_recommended_by_analyst'),
        ('Submitted', 'Recommended', 'Recommended', 'Unreviewed', 'Recommended_by_manager'),
        ('Submitted', 'Recommended', 'Not Recommended', 'Unreviewed', 'Not_recommended_by_manager'),
        ('Submitted', 'Recommended', 'Recommended', 'Accepted', 'Assessed'),
        ('Submitted', 'Recommended', 'Recommended', 'Rejected', 'Rejected'))
      select w.id, w.supplier, w.analyst, w.manager, w.director, l.current_status
      from went w join lcfs.compliance_report l using (compliance_report_id)
      where w.create_user = 'tfrs' and (w.supplier, w.analyst, w.manager, w.director, l.current_status) not in (select * from says)`,
  }),
  none('the versions of a chain are counted through', {
    of: count(db.tfrsComplianceReport),
    rows: (t) => `with recursive ${gone(t)} select id, root, place, version from went where place <> version`,
  }),
  none('a report is of the group of the one that it supplements', {
    of: (t) => `select count(*) from ${t(db.tfrsComplianceReport)} where supplements_id is not null`,
    rows: (t) => `select r.id, a.compliance_report_group_uuid as before, b.compliance_report_group_uuid as after
      from ${t(db.tfrsComplianceReport)} r join lcfs.compliance_report a on a.legacy_id = r.supplements_id join lcfs.compliance_report b on b.legacy_id = r.id
      where a.compliance_report_group_uuid <> b.compliance_report_group_uuid`,
  }),
]

const schedules = [
  none('every report has the schedule A that it stated', {
    of: count(db.scheduleARecord),
    rows: (t) => `with recursive ${gone(t)}, stated as (
        select w.id, ${bare('a.trading_partner')}, a.postal_address, case a.fuel_class_id when 1 then 2 when 2 then 1 end,
          case a.transfer_type_id when 1 then 'Received' when 2 then 'Transferred' end, ${whole('a.quantity')}
        from went w join ${t(db.scheduleARecord)} a on a.schedule_id = w.schedule_a_id where a.fuel_class_id in (1, 2) and a.transfer_type_id in (1, 2)
      ), stands as (
        ${standing('lcfs.notional_transfer', 'lower(legal_name), address_for_service, fuel_category_id, received_or_transferred::text, quantity')}
      )
      ${bothWays('select * from stated', 'select * from stands')}`,
  }),
  none('every report with a snapshot has the schedule B that it stated', {
    of: count(db.complianceReportSnapshot),
    rows: (t) => `with recursive ${gone(t)}, ${documents(t)}, stated as (
        select w.id, f.fuel_type_id, case coalesce(e ->> 'fuel_class', e ->> 'fuel_category') when 'Diesel' then 2 when 'Gasoline' then 1 end,
          coalesce(e ->> 'provision_of_the_act_description', e ->> 'provision_act'), ${whole(figure(`e ->> 'quantity'`))},
          case when e ->> 'unit_of_measure' = 'L' then 'Litres' when e ->> 'unit_of_measure' = 'kg' then 'Kilograms' when e ->> 'unit_of_measure' = 'kWh' then 'Kilowatt_hour' else 'Cubic_metres' end,
          coalesce(${figure(`e ->> 'credits'`)}, - (${figure(`e ->> 'debits'`)}))
        from went w join list l on l.id = w.id cross join jsonb_array_elements(l.items) e join lcfs.fuel_type f on f.fuel_type = e ->> 'fuel_type'
      ), stands as (
        ${standing('lcfs.fuel_supply', 'fuel_type_id, fuel_category_id, provision, quantity, units, compliance_units')}
      ), known as (select * from stands where id in (select id from list))
      ${bothWays('select * from stated', 'select * from known')}`,
  }),
  none('a report without a snapshot changes nothing of schedule B', {
    of: count(db.tfrsComplianceReport),
    rows: (t) => `with ${documents(t)} select l.legacy_id, s.action_type, s.quantity
      from lcfs.fuel_supply s join lcfs.compliance_report l using (compliance_report_id)
      where s.create_user = 'tfrs' and not exists (select from list where list.id = l.legacy_id)`,
  }),
  none('no report takes a transfer away and makes it again', {
    of: db.notionalTransfer,
    rows: `select compliance_report_id, lower(legal_name), fuel_category_id, received_or_transferred from lcfs.notional_transfer where create_user = 'tfrs'
      group by 1, 2, 3, 4 having bool_or(action_type = 'CREATE') and bool_or(action_type = 'DELETE')`,
  }),
  none('no report takes a supply away and makes it again', {
    of: db.fuelSupply,
    rows: `select compliance_report_id, fuel_type_id, fuel_category_id, provision from lcfs.fuel_supply where create_user = 'tfrs'
      group by 1, 2, 3, 4 having bool_or(action_type = 'CREATE') and bool_or(action_type = 'DELETE')`,
  }),
  none('an update of a transfer says something else than the version before', {
    of: `select count(*) from lcfs.notional_transfer where action_type = 'UPDATE'`,
    rows: `select n.group_uuid, n.version from lcfs.notional_transfer n join lcfs.notional_transfer b on (b.group_uuid, b.version) = (n.group_uuid, n.version - 1)
      where n.action_type = 'UPDATE' and (n.quantity, n.address_for_service) = (b.quantity, b.address_for_service)`,
  }),
  same(
    'transfers that were rounded, and what they have gained',
    (t) =>
      `with recursive ${gone(t)} select sum(${whole('a.quantity')} - a.quantity) from went w join ${t(db.scheduleARecord)} a on a.schedule_id = w.schedule_a_id`,
    (t) => `select sum(n.quantity - a.quantity) from godwit.warning w join godwit.rule r using (migration, mapping)
      join ${t(db.scheduleARecord)} a on a.id::text = w.key::jsonb ->> 0 join ${t(db.tfrsComplianceReport)} c on c.schedule_a_id = a.schedule_id
      join lcfs.compliance_report l on l.legacy_id = c.id
      join lcfs.notional_transfer n on n.compliance_report_id = l.compliance_report_id and n.action_type <> 'DELETE' and n.quantity = ${whole('a.quantity')} and lower(n.legal_name) = ${bare('a.trading_partner')}
      where migration = 'tfrs-lcfs' and mapping = 'transfers' and r.n = w.rule and r.says = 'quantity_rounded'`,
  ),
  replay('schedule A, rebuilt from its versions', restatedTransfers, transfers.transfer, {
    group: 'group_uuid',
    version: 'version',
    action: 'action_type',
    document: 'compliance_report_id',
    compare: (r) => ({
      partner: r.legal_name.lower(),
      address: r.address_for_service,
      class: r.fuel_category_id,
      type: r.received_or_transferred,
      quantity: r.quantity,
    }),
  }),
  replay('schedule B, rebuilt from its versions', restatedSupplies, supplies.supply, {
    group: 'group_uuid',
    version: 'version',
    action: 'action_type',
    document: 'compliance_report_id',
    compare: (r) => ({
      fuel: r.fuel_type_id,
      class: r.fuel_category_id,
      provision: r.provision,
      quantity: r.quantity,
      units: r.units,
      compliance_units: r.compliance_units,
    }),
  }),
]

/** Accepted exclusion reports; the old numbers of organization and period say which main report is theirs. */
const accepted = (t: Named) => `accepted as (
    select x.* from ${t(db.tfrsComplianceReport)} x join ${t(db.workflowState)} w on w.id = x.status_id where x.type_id = 2 and w.director_status = 'Accepted'
  )`
const besides = [
  none('what accepted reports exclude is at the last main report of that organization and period, or at a placeholder', {
    of: count(db.exclusionRecord),
    rows: (t) => `with recursive ${gone(t)}, ${accepted(t)}, last as (
        select distinct on (organization_id, compliance_period_id) organization_id, compliance_period_id, compliance_report_id
        from went order by organization_id, compliance_period_id, version desc
      ), taken as (
        select x.*, coalesce(last.compliance_report_id, l.compliance_report_id) as report from accepted x
        left join last using (organization_id, compliance_period_id) left join lcfs.compliance_report l on l.legacy_id = x.id
      ), should as (
        select x.report, e.transaction_partner, coalesce(e.postal_address, 'Not provided'), case e.transaction_type_id when 1 then 'Allocated from' else 'Allocated to' end, e.fuel_type_id, e.quantity::bigint, e.quantity_not_sold::bigint
        from taken x join ${t(db.exclusionRecord)} e on e.agreement_id = x.exclusion_agreement_id
        where x.report is not null and e.transaction_partner is not null and e.fuel_type_id between 1 and 7 and e.transaction_type_id in (1, 2)
      ), there as (
        select compliance_report_id, transaction_partner, postal_address, responsibility, fuel_type_id, quantity, quantity_not_sold from lcfs.allocation_agreement where create_user = 'tfrs'
      )
      ${bothWays('select * from should', 'select * from there')}`,
  }),
  none('a placeholder stands only where the old database has no main report', {
    of: (t) => `with ${accepted(t)} select count(*) from accepted`,
    rows: (t) => `with recursive ${walked(t)}, ${accepted(t)}
      select x.id, l.compliance_report_id from accepted x left join lcfs.compliance_report l on l.legacy_id = x.id
      where (l.compliance_report_id is null) <> exists (select from main m where m.supplier <> 'Deleted' and (m.organization_id, m.compliance_period_id) = (x.organization_id, x.compliance_period_id))
        or (l.current_status, l.version) <> ('Assessed', 0) or l.create_date is not null or l.update_date is not null`,
  }),
  none('a summary has the lines of its snapshot, in dollars', {
    of: count(db.complianceReportSnapshot),
    rows: (t) => `with recursive ${gone(t)}, ${documents(t)}, line as (
        select id, ${['1', '11', '22', '25', '28'].map((n) => `${figure(`said #>> '{summary,lines,${n}}'`)} as l${n}`).join(', ')} from doc where said is not null
      ), should as (select w.compliance_report_id, l1, l11, l25, l28, l11 + l22 + l28 from went w join line l on l.id = w.id
      ), there as (
        select compliance_report_id, s.line_1, s.line_11, s.line_18, s.line_21_penalty, s.total_payable from lcfs.compliance_report_summary s join went w using (compliance_report_id)
      )
      ${bothWays('select * from should', 'select * from there')}`,
  }),
  none('history has each status of a report once, with its first day', {
    of: count(db.tfrsComplianceReportHistory),
    rows: (t) => `with recursive ${gone(t)}, should as (
        select w.compliance_report_id, s.status, min(h.create_timestamp)
        from went w join ${t(db.tfrsComplianceReportHistory)} h on h.compliance_report_id = w.id
        join (values (9001, 'Submitted'), (9002, 'Supplemental_requested'), (9003, 'Recommended_by_analyst'), (9004, 'Assessed')) s (id, status) on s.id = h.status_id
        group by 1, 2
      ), there as (select compliance_report_id, h.status, h.create_date from lcfs.compliance_report_history h join went w using (compliance_report_id))
      ${bothWays('select * from should', 'select * from there')}`,
  }),
  noOrphans(
    db.lcfsComplianceReport,
    db.lcfsComplianceReportHistory,
    db.complianceReportSummary,
    db.notionalTransfer,
    db.fuelSupply,
    db.allocationAgreement,
  ),
]

export const checks = [...reportsThere, ...schedules, ...besides]
