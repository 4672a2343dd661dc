// The version rows of schedules that are stated anew in every report, worked out chain by chain: see oracle.ts.
import { type Books, type Cells, count, documentsOf, type Given, type Report, type Text } from './oracle.ts'

interface Stated {
  /** As the ledger names the row that it comes from. */
  readonly id: string
  readonly key: string
  /** What counts as a change. */
  readonly said: string
  readonly target: Cells
  readonly rounded: boolean
}
interface Group {
  readonly versions: Cells[]
  now: { readonly row: Stated } | undefined
}

type Kind = 'transfers' | 'supplies'

export function versionsOf(given: Given, reports: readonly Report[], kind: Kind, held: Map<string, string>) {
  const state = { transfers: scheduleA, supplies: scheduleB }[kind](given)
  const groups: Group[] = []
  let [gone, migrated, stated, warned] = [0, 0, 0, 0]
  for (const r of reports) {
    const rows = state(r)
    stated += rows?.length ?? 0
    if (r.why && r.status !== 'Deleted') for (const row of rows ?? []) held.set(`${kind} ${row.id}`, 'PARENT_QUARANTINED')
  }
  const going = reports.filter((r) => r.why === undefined && r.status !== 'Deleted')
  for (const chain of Map.groupBy(going, (r) => r.root).values()) {
    const open = new Map<string, Group>()
    for (const r of chain.toSorted((a, b) => a.version - b.version)) {
      const rows = state(r)
      if (!rows) continue
      const keyed = new Map(numbered(rows))
      for (const [key, row] of keyed) {
        const group = open.get(key) ?? { versions: [], now: undefined }
        if (!open.has(key)) groups.push(group)
        open.set(key, group)
        const action = !group.now ? 'CREATE' : group.now.row.said !== row.said ? 'UPDATE' : undefined
        group.now = { row }
        if (!action) continue
        write(group, r, action, row)
        if (row.rounded) warned++
      }
      for (const [key, group] of open) {
        if (keyed.has(key) || !group.now) continue
        write(group, r, 'DELETE', group.now.row)
        gone++
        if (group.now.row.rounded) warned++
        group.now = undefined
      }
    }
  }
  for (const g of groups) migrated += g.versions.length
  const quarantined = count(held, kind)
  const read = stated + gone
  const books: Books = { read, migrated, quarantined, filtered: read - migrated - quarantined, warned }
  return { groups: groups.map((g) => g.versions), books }
}

const write = (group: Group, r: Report, action: string, row: Stated) =>
  group.versions.push({ report: r.id, version: String(group.versions.length), action_type: action, ...row.target })

/** Rows that agree in their key are told apart by their order. */
function* numbered(rows: readonly Stated[]): Iterable<[string, Stated]> {
  const seen = new Map<string, number>()
  for (const row of rows) {
    const n = (seen.get(row.key) ?? 0) + 1
    seen.set(row.key, n)
    yield [`${row.key} ${n}`, row]
  }
}

/** Half up, of a text such as 1234.50. */
const whole = (quantity: string): string => {
  const [units, places = ''] = quantity.replaceAll(',', '').split('.')
  return String(BigInt(units!) + (places >= '5' ? 1n : 0n))
}
const isWhole = (quantity: string) => /^[\d,]+(\.0*)?$/.test(quantity)
const swapped: Readonly<Record<string, string>> = { 1: '2', 2: '1', Diesel: '2', Gasoline: '1' }

function scheduleA({ scheduleA: all }: Given) {
  const bySchedule = Map.groupBy(all, (a) => a['schedule_id'])
  return (r: Report): Stated[] | undefined =>
    (bySchedule.get(r.row['schedule_a_id']!) ?? [])
      .toSorted((a, b) => Number(a['id']) - Number(b['id']))
      .map((a) => {
        const name = a['trading_partner']!.trim().replace(/\s+/g, ' ')
        return {
          id: keyOf(a['id']!, 'false'),
          key: `${name.toLowerCase()}|${a['fuel_class_id']}|${a['transfer_type_id']}`,
          said: `${a['quantity']}|${a['postal_address']}`,
          rounded: !isWhole(a['quantity']!),
          target: {
            legal_name: name,
            address_for_service: a['postal_address']!,
            fuel_category_id: swapped[a['fuel_class_id']!]!,
            received_or_transferred: a['transfer_type_id'] === '1' ? 'Received' : 'Transferred',
            quantity: whole(a['quantity']!),
          },
        }
      })
}

const units: Readonly<Record<string, string>> = {
  L: 'Litres',
  kg: 'Kilograms',
  kWh: 'Kilowatt_hour',
  'm³': 'Cubic_metres',
  'm\uFFFD': 'Cubic_metres',
}

function scheduleB(given: Given) {
  const documents = documentsOf(given)
  return (r: Report): Stated[] | undefined => {
    const records = documents.get(r.id)?.['schedule_b']?.['records'] as unknown as Record<string, Text>[] | undefined
    return records?.map((b, i) => {
      const fuelClass = (b['fuel_class'] ?? b['fuel_category'])!
      const provision = (b['provision_of_the_act_description'] ?? b['provision_act'])!
      const sign = b['credits'] == null ? '-' : ''
      const figure = (b['credits'] ?? b['debits'])!.replaceAll(',', '')
      const compliance = `${/[1-9]/.test(figure) ? sign : ''}${figure.replace(/\.(\d+)$/, (_, d: string) => `.${d.padEnd(5, '0')}`)}`
      const unit = units[b['unit_of_measure']!]!
      return {
        id: keyOf(r.id, String(i + 1), 'false'),
        key: [b['fuel_type'], fuelClass, provision].join('|'),
        said: [b['quantity'], unit, compliance].join('|'),
        rounded: !isWhole(b['quantity']!),
        target: {
          fuel_type_id: given.fuelTypes.find((f) => f['fuel_type'] === b['fuel_type'])!['fuel_type_id']!,
          fuel_category_id: swapped[fuelClass]!,
          provision,
          quantity: whole(b['quantity']!),
          units: unit,
          compliance_units: compliance,
        },
      }
    })
  }
}

/** A key of several columns, as the ledger writes it. */
const keyOf = (...columns: readonly string[]) => `[${columns.map((c) => JSON.stringify(c)).join(', ')}]`
