// The same migration as scripts mostly do it: chain by chain and report by report, each lookup, each question whether a row is there and
// each insert a statement. What a script does well is done well here: it keeps to the rules, and one chain is one transaction.
import { randomUUID } from 'node:crypto'
import type pg from 'pg'

type Cells = Record<string, string | null>

export interface Two {
  readonly source: pg.Client
  readonly target: pg.Client
}

const asTexts = { getTypeParser: () => (value: string) => value }
const ask = async (client: pg.Client, text: string, ...values: readonly (string | null)[]): Promise<Cells[]> =>
  (await client.query<Cells>({ text, values: [...values], types: asTexts })).rows

async function insert(client: pg.Client, table: string, cells: Cells): Promise<string> {
  const names = Object.keys(cells)
  const text = `insert into lcfs.${table} (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')}) returning *`
  const { rows } = await client.query<string[]>({ text, values: Object.values(cells), rowMode: 'array', types: asTexts })
  return rows[0]![0]!
}

export async function migrateByRow(two: Two): Promise<void> {
  for (const root of await ask(two.source, 'select * from tfrs.compliance_report where type_id = 1 and supplements_id is null order by id'))
    await inOne(two.target, () => migrateChain(two, root))
  for (const exclusion of await ask(two.source, 'select * from tfrs.compliance_report where type_id = 2 order by id'))
    await inOne(two.target, () => migrateExclusion(two, exclusion))
}

async function inOne(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin')
  await work()
  await client.query('commit')
}

/** Of one row that is stated again and again: how far its versions have come, and what was said last, if it is still there. */
interface Known {
  readonly group: string
  version: number
  said: string | undefined
  cells: Cells
}

async function migrateChain(two: Two, root: Cells): Promise<void> {
  const members = [root]
  for (const member of members)
    members.push(...(await ask(two.source, 'select * from tfrs.compliance_report where supplements_id = $1', member['id']!)))
  members.sort((a, b) => Number(a['traversal']) - Number(b['traversal']) || Number(a['id']) - Number(b['id']))
  const group = await groupOf(two.target, members)
  const [transfers, supplies] = [new Map<string, Known>(), new Map<string, Known>()]
  let version = 0
  for (const report of members) {
    const status = await statusOf(two.source, report['status_id']!)
    if (status === 'Deleted') continue
    const id = await migrateReport(two, report, status, group, version++)
    if (id === undefined) continue
    await migrateStated(two.target, 'notional_transfer', id, await transfersOf(two.source, report), transfers)
    const document = await documentOf(two.source, report['id']!)
    if (document) {
      await migrateStated(two.target, 'fuel_supply', id, await suppliesOf(two.target, document), supplies)
      await migrateSummary(two.target, id, document)
    }
    await migrateHistory(two, report['id']!, id)
  }
}

async function groupOf(target: pg.Client, members: readonly Cells[]): Promise<string> {
  for (const member of members) {
    const [there] = await ask(
      target,
      'select compliance_report_group_uuid as uuid from lcfs.compliance_report where legacy_id = $1',
      member['id']!,
    )
    if (there) return there['uuid']!
  }
  return randomUUID()
}

async function statusOf(source: pg.Client, id: string): Promise<string> {
  const [s] = await ask(source, 'select * from tfrs.workflow_state where id = $1', id)
  const {
    fuel_supplier_status: supplier,
    analyst_status: analyst,
    manager_status: manager,
    director_status: director,
  } = s as Record<string, string>
  if (supplier === 'Deleted' || supplier === 'Draft') return supplier
  if (analyst === 'Requested Supplemental' || manager === 'Requested Supplemental') return 'Supplemental_requested'
  if (director === 'Accepted') return 'Assessed'
  if (director === 'Rejected') return 'Rejected'
  if (manager === 'Recommended') return 'Recommended_by_manager'
  if (manager === 'Not Recommended') return 'Not_recommended_by_manager'
  if (analyst === 'Recommended') return 'Recommended_by_analyst'
  if (analyst === 'Not Recommended') return 'Not_recommended_by_analyst'
  return 'Submitted'
}

/** The new id; none where the organization is not known. */
async function migrateReport(two: Two, report: Cells, status: string, group: string, version: number): Promise<string | undefined> {
  const [there] = await ask(two.target, 'select compliance_report_id as id from lcfs.compliance_report where legacy_id = $1', report['id']!)
  if (there) return there['id']!
  const place = await placeOf(two, report)
  if (!place) return undefined
  return insert(two.target, 'compliance_report', {
    ...place,
    current_status: status,
    compliance_report_group_uuid: group,
    version: String(version),
    legacy_id: report['id']!,
    nickname: report['nickname']!,
    supplemental_note: report['supplemental_note']!,
    create_date: report['create_timestamp']!,
    update_date: report['update_timestamp']!,
    create_user: 'tfrs',
  })
}

const normal = (name: string) => name.trim().replace(/\s+/g, ' ').toLowerCase()

async function placeOf({ source, target }: Two, report: Cells): Promise<Cells | undefined> {
  const [was] = await ask(source, 'select name from tfrs.organization where id = $1', report['organization_id']!)
  const [is] = await ask(
    target,
    `select organization_id from lcfs.organization where lower(regexp_replace(btrim(name), '\\s+', ' ', 'g')) = $1`,
    normal(was!['name']!),
  )
  if (!is) return undefined
  const [period] = await ask(source, 'select description from tfrs.compliance_period where id = $1', report['compliance_period_id']!)
  const said = period!['description'] === '2013-14' ? '2014' : period!['description']!
  const [found] = await ask(target, 'select compliance_period_id from lcfs.compliance_period where description = $1', said)
  return { organization_id: is['organization_id']!, compliance_period_id: found!['compliance_period_id']! }
}

interface Stated {
  readonly key: string
  readonly said: string
  readonly cells: Cells
}

const swapped: Record<string, string> = { 1: '2', 2: '1', Diesel: '2', Gasoline: '1' }
const whole = (quantity: string): string => {
  const [units, places = ''] = quantity.replaceAll(',', '').split('.')
  return String(BigInt(units!) + (places >= '5' ? 1n : 0n))
}

async function transfersOf(source: pg.Client, report: Cells): Promise<Stated[]> {
  const rows = await ask(source, 'select * from tfrs.schedule_a_record where schedule_id = $1 order by id', report['schedule_a_id']!)
  return rows.map((r) => {
    const partner = r['trading_partner']!.trim().replace(/\s+/g, ' ')
    return {
      key: [partner.toLowerCase(), r['fuel_class_id'], r['transfer_type_id']].join('|'),
      said: `${r['quantity']}|${r['postal_address']}`,
      cells: {
        legal_name: partner,
        address_for_service: r['postal_address']!,
        fuel_category_id: swapped[r['fuel_class_id']!]!,
        received_or_transferred: r['transfer_type_id'] === '1' ? 'Received' : 'Transferred',
        quantity: whole(r['quantity']!),
      },
    }
  })
}

interface Snapshot {
  readonly text: string
  readonly summary: { readonly lines: Record<string, string | null> }
  readonly schedule_b: { readonly records: readonly Record<string, string | null>[] }
}

async function documentOf(source: pg.Client, report: string): Promise<Snapshot | undefined> {
  const [row] = await ask(source, 'select snapshot from tfrs.compliance_report_snapshot where compliance_report_id = $1', report)
  if (!row?.['snapshot']) return undefined
  const said: unknown = JSON.parse(row['snapshot'])
  const text = typeof said === 'string' ? said : row['snapshot']
  const document = JSON.parse(text) as Snapshot | null
  return document === null ? undefined : { ...document, text }
}

const units: Record<string, string> = {
  L: 'Litres',
  kg: 'Kilograms',
  kWh: 'Kilowatt_hour',
  'm³': 'Cubic_metres',
  'm\uFFFD': 'Cubic_metres',
}

async function suppliesOf(target: pg.Client, document: Snapshot): Promise<Stated[]> {
  const stated: Stated[] = []
  for (const r of document.schedule_b.records) {
    const fuelClass = (r['fuel_class'] ?? r['fuel_category'])!
    const provision = (r['provision_of_the_act_description'] ?? r['provision_act'])!
    const [fuel] = await ask(target, 'select fuel_type_id from lcfs.fuel_type where fuel_type = $1', r['fuel_type']!)
    const compliance = r['credits'] == null ? `-${r['debits']!.replaceAll(',', '')}` : r['credits'].replaceAll(',', '')
    const unit = units[r['unit_of_measure']!]!
    stated.push({
      key: [r['fuel_type'], fuelClass, provision].join('|'),
      said: [r['quantity'], unit, compliance].join('|'),
      cells: {
        fuel_type_id: fuel!['fuel_type_id']!,
        fuel_category_id: swapped[fuelClass]!,
        provision,
        quantity: whole(r['quantity']!),
        units: unit,
        compliance_units: compliance,
      },
    })
  }
  return stated
}

async function migrateStated(
  target: pg.Client,
  table: string,
  report: string,
  stated: readonly Stated[],
  known: Map<string, Known>,
): Promise<void> {
  const write = async (row: Known, action: string) => {
    const version = String(row.version++)
    await insert(target, table, {
      ...row.cells,
      compliance_report_id: report,
      group_uuid: row.group,
      version,
      action_type: action,
      create_user: 'tfrs',
    })
  }
  const [seen, here] = [new Map<string, number>(), new Set<string>()]
  for (const { key, said, cells } of stated) {
    const nth = (seen.get(key) ?? 0) + 1
    seen.set(key, nth)
    const name = `${key} ${nth}`
    here.add(name)
    const row = known.get(name) ?? { group: randomUUID(), version: 0, said: undefined, cells }
    known.set(name, row)
    const action = row.said === undefined ? 'CREATE' : row.said === said ? undefined : 'UPDATE'
    Object.assign(row, { said, cells })
    if (action) await write(row, action)
  }
  for (const [name, row] of known) {
    if (here.has(name) || row.said === undefined) continue
    row.said = undefined
    await write(row, 'DELETE')
  }
}

async function migrateSummary(target: pg.Client, report: string, { text, summary: { lines } }: Snapshot): Promise<void> {
  const line = (name: string) => lines[name]?.replaceAll(',', '') ?? null
  const [total] = await ask(target, 'select ($1::numeric + $2::numeric + $3::numeric)::text as total', line('11'), line('22'), line('28'))
  await insert(target, 'compliance_report_summary', {
    compliance_report_id: report,
    line_1: line('1'),
    line_11: line('11'),
    line_18: line('25'),
    line_21_penalty: line('28'),
    total_payable: total!['total']!,
    historical_snapshot: text,
  })
}

async function migrateHistory({ source, target }: Two, old: string, report: string): Promise<void> {
  const events = await ask(
    source,
    'select * from tfrs.compliance_report_history where compliance_report_id = $1 order by create_timestamp, id',
    old,
  )
  for (const event of events) {
    const status = await statusOf(source, event['status_id']!)
    if (status === 'Draft' || status === 'Deleted') continue
    const there = await ask(
      target,
      'select 1 from lcfs.compliance_report_history where compliance_report_id = $1 and status = $2',
      report,
      status,
    )
    if (there.length) continue
    await insert(target, 'compliance_report_history', { compliance_report_id: report, status, create_date: event['create_timestamp']! })
  }
}

async function migrateExclusion(two: Two, exclusion: Cells): Promise<void> {
  const [state] = await ask(two.source, 'select director_status from tfrs.workflow_state where id = $1', exclusion['status_id']!)
  if (state!['director_status'] !== 'Accepted') return
  const report = await reportFor(two, exclusion)
  if (report === undefined) return
  const records = await ask(
    two.source,
    'select * from tfrs.exclusion_record where agreement_id = $1 order by id',
    exclusion['exclusion_agreement_id']!,
  )
  for (const r of records) {
    if (r['transaction_partner'] === null || !(Number(r['fuel_type_id']) <= 7)) continue
    await insert(two.target, 'allocation_agreement', {
      compliance_report_id: report,
      transaction_partner: r['transaction_partner']!,
      postal_address: r['postal_address'] ?? 'Not provided',
      responsibility: r['transaction_type_id'] === '1' ? 'Allocated from' : 'Allocated to',
      fuel_type_id: r['fuel_type_id']!,
      quantity: r['quantity']!,
      quantity_not_sold: r['quantity_not_sold']!,
      group_uuid: randomUUID(),
      version: '0',
      action_type: 'CREATE',
      create_user: 'tfrs',
    })
  }
}

/** The last main report that went, or a placeholder where the old database has none; nothing where it has one that did not go. */
async function reportFor(two: Two, exclusion: Cells): Promise<string | undefined> {
  const mains = await ask(
    two.source,
    `select r.id from tfrs.compliance_report r join tfrs.workflow_state w on w.id = r.status_id
      where r.type_id = 1 and r.organization_id = $1 and r.compliance_period_id = $2 and w.fuel_supplier_status <> 'Deleted'`,
    exclusion['organization_id']!,
    exclusion['compliance_period_id']!,
  )
  let last: Cells | undefined
  for (const main of mains) {
    const [went] = await ask(
      two.target,
      'select compliance_report_id as id, version from lcfs.compliance_report where legacy_id = $1',
      main['id']!,
    )
    if (went && (!last || Number(went['version']) > Number(last['version']))) last = went
  }
  if (last || mains.length) return last?.['id'] ?? undefined
  const place = await placeOf(two, exclusion)
  if (!place) return undefined
  return insert(two.target, 'compliance_report', {
    ...place,
    current_status: 'Assessed',
    compliance_report_group_uuid: randomUUID(),
    version: '0',
    legacy_id: exclusion['id']!,
    create_user: 'tfrs',
  })
}
