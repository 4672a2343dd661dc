// The databases of these tests as texts: what a server prints, so that nothing in between can take part in what is compared.
import { fileURLToPath } from 'node:url'
import { type FreshDatabase, freshDatabase, query } from '../support/postgres.ts'
import { type Cells, differences, type Expected, expectedOf } from './oracle.ts'

const file = (name: string) => fileURLToPath(new URL(`../../examples/charging-sites/${name}`, import.meta.url))

export const chargingDatabase = (): Promise<FreshDatabase> => freshDatabase({ load: [file('source.sql'), file('target.sql')] })

const sites = 'select organization_id, site_key, street_address, city, postal_code, lat, lon from charging_site'
const equipment = `select s.organization_id, s.site_key, e.serial_nbr, e.equipment_number, e.manufacturer, e.model
  from charging_equipment e join charging_site s using (site_id)`
const usage = `select u.compliance_report_id, s.organization_id, s.site_key, e.serial_nbr, u.supply_from, u.supply_to, u.kwh_usage
  from report_equipment u join charging_equipment e using (equipment_id) join charging_site s using (site_id)`

interface Own {
  readonly sites: readonly Cells[]
  readonly equipment: readonly Cells[]
}

/** What the application has in the new tables by itself: asked before anything is migrated. */
export const ownRows = async (url: string): Promise<Own> => ({ sites: await all(url, sites), equipment: await all(url, equipment) })

/** Rows by column name, each value as the server writes it. */
async function all(url: string, sql: string): Promise<Cells[]> {
  const found = await query(url, `select (select json_object_agg(key, value) from json_each_text(row_to_json(x)))::text from (${sql}) x`)
  return found.map(([row]) => JSON.parse(row!))
}

export async function expected(url: string, own: Own = { sites: [], equipment: [] }, earlier?: Expected): Promise<Expected> {
  const supplies = await all(url, 'select * from final_supply_equipment order by fse_id')
  const reports = await all(url, 'select * from compliance_report')
  return expectedOf({ supplies, reports, ...own, ...(earlier ? { earlier } : {}) })
}

export async function compare(url: string, should: Expected): Promise<string[]> {
  return [
    ...differences(should.sites, await all(url, sites)),
    ...differences(should.equipment, await all(url, equipment)),
    ...differences(should.usage, await all(url, usage)),
  ]
}

const print = async (url: string, tables: readonly string[]): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(
      tables.map(async (table): Promise<[string, string]> => {
        const sql = `select pg_relation_filenode('${table}') || ':' || count(*) || ':' || coalesce(md5(string_agg(t::text || t.xmin || t.ctid, chr(10) order by t::text collate "C")), '-') from ${table} t`
        return [table, (await query(url, sql))[0]![0]!]
      }),
    ),
  )

/** Every row with its version and place on disk: what was written anew with the same values shows, too (I15). */
export const sourcePrint = (url: string) => print(url, ['organization', 'compliance_report', 'final_supply_equipment'])
export const targetPrint = (url: string) => print(url, ['charging_site', 'charging_equipment', 'report_equipment'])

/** Every row, ids included, for two databases beside each other. */
export const targetRows = async (url: string): Promise<unknown[]> => [
  await query(url, 'select * from charging_site order by site_id'),
  await query(url, 'select * from charging_equipment order by equipment_id'),
  await query(url, 'select * from report_equipment order by id'),
]

export const nextIds = (url: string) =>
  query(
    url,
    ['charging_site_site_id', 'charging_equipment_equipment_id', 'report_equipment_id']
      .map((name) => `select '${name}', case when is_called then last_value + 1 else last_value end from ${name}_seq`)
      .join(' union all '),
  )
