// What must be true when all is done, asked of the tables alone. None of it is derived from migration.ts: where both say the same
// rule, they say it in other words, so that a slip in one is not a slip in the other.
import { none, noOrphans, same } from 'godwit'
import * as db from './schema.ts'

const bare = (text: string) => `regexp_replace(${text}, '^\\s+|\\s+$', '', 'g')`
const says = (text: string) => `coalesce(${bare(text)}, '') <> ''`

/** All rows as they can be read, those among them against which nothing stands, and the usage that is there. */
const tables = `said as materialized (
    select f.*, r.organization_id, r.version, lower(${bare('f.street_address')} || '|' || ${bare('f.city')}) as place, ${bare('f.serial_nbr')} as serial,
      least(f.supply_from, f.supply_to) as first_day, greatest(f.supply_from, f.supply_to) as last_day
    from public.final_supply_equipment f join public.compliance_report r on r.compliance_report_id = f.compliance_report_id
  ), counted as (
    select *, row_number() over (partition by compliance_report_id, place, serial, first_day, last_day order by fse_id) as time from said
    where ${says('street_address')} and ${says('city')} and ${says('serial')} and ${says('manufacturer')} and kwh_usage is not null
      and date_part('year', first_day) >= 2010 and date_part('year', last_day) <= 2030
      and not (supply_from > supply_to and date_part('year', first_day) <> date_part('year', last_day))
  ), can as materialized (select * from counted where time = 1
  ), has as materialized (
    select u.*, s.organization_id, s.site_key, e.serial_nbr from public.report_equipment u
    join public.charging_equipment e on e.equipment_id = u.equipment_id join public.charging_site s on s.site_id = e.site_id
  )`
const agree = (
  row: 'can' | 'said',
) => `(has.compliance_report_id, has.organization_id, has.site_key, has.serial_nbr, has.supply_from, has.supply_to)
    = (${row}.compliance_report_id, ${row}.organization_id, ${row}.place, ${row}.serial, ${row}.first_day, ${row}.last_day)`
const ask = (question: string) => `with ${tables}${question.startsWith(',') ? '' : ' '}${question}`

/** What one of several rows decides. A row that the application had made before says what none of them says, and is left to it. */
const decided = (key: string, order: string, isSaid: string, shouldSay: string) =>
  ask(`, told as (
      select ${key} as id, fse_id, ${isSaid} as told, ${shouldSay} as says, first_value(${shouldSay}) over (partition by ${key} order by ${order}) as should
      from can join public.charging_site s on s.organization_id = can.organization_id and s.site_key = can.place
      join public.charging_equipment e on e.site_id = s.site_id and e.serial_nbr = can.serial
    )
    select id, told, min(should) as should from told group by 1, 2 having bool_or(told = says) and told <> min(should)`)
const together = (...parts: string[]) => `concat_ws(' / ', ${parts.map((p) => `coalesce(${p}::text, '–')`).join(', ')})`

export const checks = [
  none('what can go has gone, with its kWh', {
    of: ask('select count(*) from can'),
    rows: ask(`select can.fse_id, can.kwh_usage as said, has.kwh_usage as "has gone with" from can left join has on ${agree('can')}
      where has.kwh_usage is distinct from can.kwh_usage`),
  }),
  none('what cannot go has not gone', {
    of: db.finalSupplyEquipment,
    rows: ask(`select said.fse_id, has.id from said join has on ${agree('said')}
      where not exists (select from can where ${agree('can')})`),
  }),
  same(
    'kWh in all',
    ask('select sum(kwh_usage) from can'),
    ask(`select sum(has.kwh_usage) from has where exists (select from can where ${agree('can')})`),
  ),
  none('each report has as many rows and kWh as were reported', {
    of: db.complianceReport,
    rows: ask(`, due as (select compliance_report_id as report, count(*) as n, sum(kwh_usage) as kwh from can group by 1),
      there as (select has.compliance_report_id as report, count(*) as n, sum(has.kwh_usage) as kwh from has join can on ${agree('can')} group by 1)
      select report, due.n as rows_due, there.n as rows_there, due.kwh as kwh_due, there.kwh as kwh_there
      from due full join there using (report) where (due.n, due.kwh) is distinct from (there.n, there.kwh)`),
  }),

  // Over no row this is not verified, and neither is the run: such rows are in the source, and whoever has mended them there has
  // changed what somebody else signed.
  none('days in the wrong order are exchanged in the target only, and counted', {
    of: ask('select count(*) from can where supply_from > supply_to'),
    rows: ask(`, warned as (
        select w.key::int as fse_id from godwit.warning w join godwit.rule r using (migration, mapping)
        where r.n = w.rule and migration = 'charging-sites' and r.says = 'dates_swapped'
      ), exchanged as (select fse_id from can where supply_from > supply_to)
      select fse_id, w.fse_id is not null as counted from exchanged e full join warned w using (fse_id) where e.fse_id is null or w.fse_id is null`),
  }),

  none('a site is as its first row has it', {
    of: db.chargingSite,
    rows: decided(
      's.site_id',
      'fse_id',
      together('s.street_address', 's.city', 's.postal_code', 's.lat', 's.lon'),
      together(bare('can.street_address'), bare('can.city'), 'can.postal_code', 'can.lat', 'can.lon'),
    ),
  }),
  none('a charger is what the latest version of a report says', {
    of: db.chargingEquipment,
    rows: decided(
      'e.equipment_id',
      'version desc, fse_id',
      together('e.manufacturer', 'e.model'),
      together(bare('can.manufacturer'), 'can.model'),
    ),
  }),
  none('equipment numbers have five digits', {
    of: db.chargingEquipment,
    rows: `select equipment_id, equipment_number from public.charging_equipment where equipment_number !~ '^[0-9]{5}$'`,
  }),
  noOrphans(db.chargingSite, db.chargingEquipment, db.reportEquipment),
]
