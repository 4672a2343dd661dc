// One table of charging equipment, as reports have listed it year after year, becomes sites, their equipment, and what each report used it for.
// Each rule below was a question that somebody had to answer; where the answer is not plain from the code, its reason stands beside it.
import { concat, type Expr, int, into, lookup, mapping, migration, min, nth, query, type Row, text, when } from 'godwit'
import { checks } from './checks.ts'
import * as db from './schema.ts'

// Whose row it is, and of which version of the report, stands with the report, and a window sees columns of its own row only.
const supply = query(
  'final_supply_equipment',
  { ...db.finalSupplyEquipment.columns, organization_id: int(), version: int() },
  'select f.*, r.organization_id, r.version from public.final_supply_equipment f join public.compliance_report r using (compliance_report_id)',
)

/** Without the white space at both ends that `.trim()` takes, too. */
const bare = (column: string) => `btrim(${column}, E' \\t\\n\\r\\f\\u000b\\u00a0')`

// A charger that has a number keeps it; those that have none get the next ones of their site, in the order in which they were first
// listed. Rows that do not go give nobody a number: what is asked of them here must be what `read` asks of them below.
const equipmentNumbers = query(
  'equipment_number',
  { site_id: int().key(), serial_nbr: text().key(), equipment_number: text() },
  `with listed as (
     select s.site_id, ${bare('f.serial_nbr')} as serial_nbr, min(f.fse_id) as first
     from public.final_supply_equipment f join public.compliance_report r using (compliance_report_id)
     join public.charging_site s on s.organization_id = r.organization_id and s.site_key = lower(${bare('f.street_address')}) || '|' || lower(${bare('f.city')})
     where ${bare('f.serial_nbr')} <> '' and ${bare('f.manufacturer')} <> '' and f.kwh_usage is not null
       and least(f.supply_from, f.supply_to) >= '2010-01-01' and greatest(f.supply_from, f.supply_to) <= '2030-12-31'
       and (f.supply_from <= f.supply_to or extract(year from f.supply_from) = extract(year from f.supply_to))
     group by 1, 2
   ), fresh as (
     select l.*, row_number() over (partition by l.site_id order by l.first) as n from listed l
     where not exists (select from public.charging_equipment e where (e.site_id, e.serial_nbr) = (l.site_id, l.serial_nbr))
   ), last as (
     select site_id, max(equipment_number::int) as n from public.charging_equipment where equipment_number ~ '^[0-9]{5}$' group by 1
   )
   select site_id, serial_nbr, equipment_number from public.charging_equipment
   union all select site_id, serial_nbr, lpad(n, greatest(5, length(n)), '0')
     from (select f.site_id, f.serial_nbr, (f.n + coalesce(l.n, 0))::text as n from fresh f left join last l using (site_id)) numbered`,
)

/** What a row says, read the same way by all that is made of it. */
function read(r: Row<typeof supply>) {
  const street = r.street_address.blankToNull()
  const city = r.city.blankToNull()
  const serial = r.serial_nbr.blankToNull()
  const manufacturer = r.manufacturer.blankToNull()
  const siteKey = concat(street.lower(), '|', city.lower())
  const located = street.notNull().and(city.notNull())
  const year = (day: Expr<string>) => day.asText().slice(0, 4)
  // The days of one year in the wrong order were exchanged by hand. Across years it is a year that is wrong, and nobody knows which.
  const swapped = r.supply_from.moreThan(r.supply_to).and(year(r.supply_from).is(year(r.supply_to)))
  const [from, to] = [when(swapped, r.supply_to).otherwise(r.supply_from), when(swapped, r.supply_from).otherwise(r.supply_to)]
  const plausible = from.atMost(to).and(from.atLeast('2010-01-01'), to.atMost('2030-12-31'))
  /** What does not go has no say in what rows share. */
  const sound = located.and(serial.notNull(), manufacturer.notNull(), r.kwh_usage.notNull(), plausible)
  return { street, city, located, serial, manufacturer, siteKey, swapped, from, to, plausible, sound }
}

/** Of rows that share one, what the first of them says. */
const of = <T>(isFirst: Expr<boolean | null>, value: Expr<T>) => min(when(isFirst, value).otherwise(null)) as Expr<T>

const nowhere = 'the new tables have no place for it; the old one keeps it'
const ignored = { allocating_org_name: nowhere, notes: nowhere, update_user: nowhere }

export const sites = mapping(
  supply,
  (r) => {
    const { street, city, siteKey, sound } = read(r)
    const isFirst = nth({ by: [r.organization_id, siteKey, sound], order: [r.fse_id] }).is(1)
    const site = into(
      db.chargingSite,
      {
        organization_id: r.organization_id,
        site_key: siteKey,
        street_address: of(isFirst, street.required()),
        city: of(isFirst, city.required()),
        postal_code: of(isFirst, r.postal_code),
        lat: of(isFirst, r.lat),
        lon: of(isFirst, r.lon),
      },
      { per: ['organization_id', 'site_key'], adopt: true },
    )
    return { site }
  },
  {
    name: 'sites',
    only: { 'rows that go': (r) => read(r).sound },
    ignore: { ...ignored, compliance_report_id: 'of the usage', version: 'a site is as it was listed first', model: 'of the equipment' },
  },
)

export const usage = mapping(
  supply,
  (r) => {
    const { located, siteKey, manufacturer, swapped, from, to, plausible, sound } = read(r)
    const serial = r.serial_nbr.blankToNull().required()
    const site = sites.site.keyOf<number | string>(r.organization_id, siteKey.must(located, 'blank address'))
    const number = lookup(equipmentNumbers, { site_id: site, serial_nbr: serial })
    // A later version corrects an earlier one: what it says of a charger holds for all of them.
    const isLatest = nth({ by: [r.organization_id, siteKey, serial, sound], order: [[r.version, 'desc'], r.fse_id] }).is(1)
    const equipment = into(
      db.chargingEquipment,
      {
        site_id: site,
        serial_nbr: serial,
        equipment_number: number.equipment_number,
        manufacturer: of(isLatest, manufacturer.required()),
        model: of(isLatest, r.model),
      },
      { per: ['site_id', 'serial_nbr'], adopt: true },
    )
    const isTwice = nth({ by: [r.compliance_report_id, r.organization_id, siteKey, serial, from, to, sound], order: [r.fse_id] }).moreThan(
      1,
    )
    const used = into(db.reportEquipment, {
      compliance_report_id: r.compliance_report_id,
      equipment_id: equipment.key(),
      supply_from: from.must(plausible, 'implausible year').warnIf(swapped, 'dates_swapped'),
      supply_to: to,
      kwh_usage: r.kwh_usage.required().must(isTwice.not(), 'duplicate_usage: an earlier row has the same report, charger and days'),
    })
    return { equipment, used }
  },
  {
    name: 'usage',
    ignore: { ...ignored, postal_code: 'of the site', lat: 'of the site', lon: 'of the site' },
  },
)

export default migration('charging-sites', sites, usage, {
  reads: [db.organization, db.complianceReport, db.finalSupplyEquipment],
  verify: checks,
})
