// What the charging-sites migration should come to, worked out row by row in plain TypeScript, from the words of the specification and
// from nothing in src/. It takes rows as a server prints them and gives the rows that should be there, ids left out: a site is named by
// organization and key, a charger by its site and serial number.

type Text = string | null
export type Cells = Readonly<Record<string, Text>>

export interface Given {
  /** The whole of final_supply_equipment, by fse_id. */
  readonly supplies: readonly Cells[]
  readonly reports: readonly Cells[]
  /** The application's own, from before: they are used as they are. */
  readonly sites: readonly Cells[]
  readonly equipment: readonly Cells[]
  /** What an earlier pass has made: numbers that were given stay given. */
  readonly earlier?: Expected
}

export interface Expected {
  /** By fse_id: why it does not go, or nothing. */
  readonly fates: ReadonlyMap<string, string | undefined>
  readonly sites: readonly Cells[]
  readonly equipment: readonly Cells[]
  readonly usage: readonly Cells[]
  /** The days as they stand in the source, of rows whose days are exchanged in the target. */
  readonly exchanged: ReadonlyMap<string, readonly [string, string]>
}

interface Reading {
  readonly row: Cells
  readonly report: Cells
  readonly site: string
  readonly charger: string
  readonly from: string
  readonly to: string
}

export function expectedOf(given: Given): Expected {
  const fates = new Map<string, string | undefined>()
  const exchanged = new Map<string, readonly [string, string]>()
  const seen = new Set<string>()
  const going: Reading[] = []
  for (const row of given.supplies) {
    const reading = read(row, given.reports)
    const why = typeof reading === 'string' ? reading : twice(reading, seen)
    fates.set(row['fse_id']!, why)
    if (why !== undefined || typeof reading === 'string') continue
    going.push(reading)
    if (reading.from !== row['supply_from']) exchanged.set(row['fse_id']!, [row['supply_from']!, row['supply_to']!])
  }
  return { fates, exchanged, sites: sitesOf(going, given), equipment: equipmentOf(going, given), usage: going.map(used) }
}

function read(row: Cells, reports: readonly Cells[]): Reading | string {
  const report = reports.find((r) => r['compliance_report_id'] === row['compliance_report_id'])!
  const [street, city, serial] = [trimmed(row['street_address']), trimmed(row['city']), trimmed(row['serial_nbr'])]
  if (serial === '') return 'NULL_NOT_ALLOWED serial_nbr'
  if (street === '' || city === '') return 'RULE blank address'
  if (trimmed(row['manufacturer']) === '') return 'NULL_NOT_ALLOWED manufacturer'
  const [a, b] = [row['supply_from']!, row['supply_to']!]
  const years = [yearOf(a), yearOf(b)]
  if (years.some((y) => y < 2010 || y > 2030) || (a > b && years[0] !== years[1])) return 'RULE implausible year'
  if (row['kwh_usage'] === null) return 'NULL_NOT_ALLOWED kwh_usage'
  const site = `${report['organization_id']} ${street.toLowerCase()}|${city.toLowerCase()}`
  return { row, report, site, charger: `${site} ${serial}`, from: a > b ? b : a, to: a > b ? a : b }
}

function twice(r: Reading, seen: Set<string>): string | undefined {
  const key = [r.row['compliance_report_id'], r.charger, r.from, r.to].join(' ')
  if (seen.has(key)) return 'RULE duplicate_usage'
  seen.add(key)
  return undefined
}

const yearOf = (day: string) => Number(day.slice(0, 4))
const trimmed = (text: Text | undefined): string => (text ?? '').trim()

function sitesOf(going: readonly Reading[], { sites }: Given): Cells[] {
  const made = new Map<string, Cells>(sites.map((s) => [siteName(s), s]))
  for (const { row, site } of going)
    if (!made.has(site))
      made.set(site, {
        organization_id: site.slice(0, site.indexOf(' ')),
        site_key: site.slice(site.indexOf(' ') + 1),
        street_address: trimmed(row['street_address']),
        city: trimmed(row['city']),
        postal_code: row['postal_code']!,
        lat: row['lat']!,
        lon: row['lon']!,
      })
  return [...made.values()]
}

const siteName = (s: Cells) => `${s['organization_id']} ${s['site_key']}`
const chargerName = (e: Cells) => `${siteName(e)} ${e['serial_nbr']}`

function equipmentOf(going: readonly Reading[], { equipment, earlier }: Given): Cells[] {
  const own = new Set(equipment.map(chargerName))
  const listed = Map.groupBy(going, (r) => r.charger)
  const kept = [...equipment, ...(earlier?.equipment ?? []).filter((e) => !own.has(chargerName(e)) && listed.has(chargerName(e)))]
  const numbers = new Map(kept.map((e) => [chargerName(e), e['equipment_number']!]))
  const last = new Map<string, number>()
  for (const e of kept) last.set(siteName(e), Math.max(last.get(siteName(e)) ?? 0, Number(e['equipment_number'])))
  const made = [...listed].flatMap(([name, rows]): Cells[] => {
    if (own.has(name)) return []
    const { site, row } = rows[0]!
    if (!numbers.has(name)) {
      const next = (last.get(site) ?? 0) + 1
      last.set(site, next)
      numbers.set(name, String(next).padStart(5, '0'))
    }
    const latest = Math.max(...rows.map((r) => Number(r.report['version'])))
    const says = rows.find((r) => Number(r.report['version']) === latest)!.row
    return [
      {
        organization_id: site.slice(0, site.indexOf(' ')),
        site_key: site.slice(site.indexOf(' ') + 1),
        serial_nbr: trimmed(row['serial_nbr']),
        equipment_number: numbers.get(name)!,
        manufacturer: trimmed(says['manufacturer']),
        model: says['model']!,
      },
    ]
  })
  return [...equipment, ...made]
}

const used = (r: Reading): Cells => ({
  compliance_report_id: r.row['compliance_report_id']!,
  organization_id: r.site.slice(0, r.site.indexOf(' ')),
  site_key: r.site.slice(r.site.indexOf(' ') + 1),
  serial_nbr: trimmed(r.row['serial_nbr']),
  supply_from: r.from,
  supply_to: r.to,
  kwh_usage: r.row['kwh_usage']!,
})

/** Nothing, if these are the same rows, each as often. */
export function differences(expected: readonly Cells[], are: readonly Cells[]): string[] {
  const count = (rows: readonly Cells[]) =>
    Map.groupBy(
      rows.map((r) => JSON.stringify(r, Object.keys(r).toSorted())),
      (text) => text,
    )
  const [left, right] = [count(expected), count(are)]
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((text) => {
    const [should, is] = [left.get(text)?.length ?? 0, right.get(text)?.length ?? 0]
    return should === is ? [] : [`${text} is there ${is} times, should be ${should}`]
  })
}
