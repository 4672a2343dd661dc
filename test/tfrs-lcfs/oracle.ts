// What the tfrs-lcfs migration should come to, worked out in plain TypeScript from the words of the specification and from nothing in
// src/ or in the example. It takes rows as a server prints them and gives the rows that should be there, ids left out: a report is named
// by its old id, a group of versions by its versions.
import { versionsOf } from './versions.ts'

export type Text = string | null
export type Cells = Readonly<Record<string, Text>>

export interface Given {
  readonly reports: readonly Cells[]
  readonly states: readonly Cells[]
  readonly organizations: readonly Cells[]
  readonly periods: readonly Cells[]
  readonly scheduleA: readonly Cells[]
  readonly exclusions: readonly Cells[]
  readonly snapshots: readonly Cells[]
  readonly history: readonly Cells[]
  readonly newOrganizations: readonly Cells[]
  readonly newPeriods: readonly Cells[]
  readonly fuelTypes: readonly Cells[]
  /** Reports of an earlier load that are there already: used as they are. */
  readonly loaded: readonly Cells[]
  /** A report that a constraint of the new database does not take. */
  readonly refused?: string | undefined
}

export interface Books {
  readonly read: number
  readonly migrated: number
  readonly quarantined: number
  readonly filtered: number
  readonly warned: number
}

export interface Expected {
  readonly reports: readonly Cells[]
  /** Each the versions of one group, in order. */
  readonly transfers: readonly (readonly Cells[])[]
  readonly supplies: readonly (readonly Cells[])[]
  readonly agreements: readonly Cells[]
  readonly summaries: readonly Cells[]
  readonly history: readonly Cells[]
  /** By mapping and source key, why a row does not go. */
  readonly held: ReadonlyMap<string, string>
  readonly books: Readonly<Record<string, Books>>
}

export interface Report {
  readonly row: Cells
  readonly id: string
  readonly status: string
  readonly root: string | undefined
  version: number
  /** Why it does not go, or nothing. */
  readonly why: string | undefined
}

export function expectedOf(given: Given): Expected {
  const held = new Map<string, string>()
  const reports = mainReports(given)
  const byId = new Map(reports.map((r) => [r.id, r]))
  const went = reports.filter((r) => r.status !== 'Deleted' && r.why === undefined)
  for (const r of reports) if (r.status !== 'Deleted' && r.why) held.set(`reports ${r.id}`, r.why)
  const a = versionsOf(given, reports, 'transfers', held)
  const b = versionsOf(given, reports, 'supplies', held)
  const exclusions = excluded(given, reports, held)
  const summaries = summariesOf(given, reports, held)
  const history = historyOf(given, byId, held)
  return {
    reports: [...went.map((r) => reportRow(r, given, went)), ...exclusions.placeholders],
    transfers: a.groups,
    supplies: b.groups,
    agreements: exclusions.agreements,
    summaries: summaries.rows,
    history: history.rows,
    held,
    books: {
      reports: books(given.reports.length, went.length, count(held, 'reports')),
      transfers: a.books,
      supplies: b.books,
      placeholders: books(given.reports.length, exclusions.placeholders.length, 0),
      agreements: { ...books(given.exclusions.length, exclusions.agreements.length, count(held, 'agreements')), warned: exclusions.warned },
      summaries: books(given.reports.length, summaries.rows.length, count(held, 'summaries')),
      history: books(given.history.length, history.rows.length, count(held, 'history')),
    },
  }
}

export const count = (held: ReadonlyMap<string, string>, mapping: string) =>
  [...held.keys()].filter((k) => k.startsWith(`${mapping} `)).length
const books = (read: number, migrated: number, quarantined: number): Books => ({
  read,
  migrated,
  quarantined,
  filtered: read - migrated - quarantined,
  warned: 0,
})

const normal = (name: string) => name.trim().replace(/\s+/g, ' ').toLowerCase()
const statesById = ({ states }: Given) => new Map(states.map((s) => [s['id']!, s]))

function statusOf(s: Cells): string {
  const [supplier, analyst, manager, director] = ['fuel_supplier', 'analyst', 'manager', 'director'].map((who) => s[`${who}_status`]!)
  if (supplier === 'Deleted' || supplier === 'Draft') return supplier
  if (analyst === 'Requested Supplemental' || manager === 'Requested Supplemental') return 'Supplemental_requested'
  if (director === 'Accepted') return 'Assessed'
  if (director === 'Rejected') return 'Rejected'
  for (const [who, said] of [
    ['manager', manager],
    ['analyst', analyst],
  ] as const) {
    if (said === 'Recommended') return `Recommended_by_${who}`
    if (said === 'Not Recommended') return `Not_recommended_by_${who}`
  }
  return 'Submitted'
}

const organizationOf = (row: Cells, given: Given): Text | undefined => {
  const name = normal(given.organizations.find((o) => o['id'] === row['organization_id'])!['name']!)
  return given.newOrganizations.find((o) => normal(o['name']!) === name)?.['organization_id']
}

function periodOf(row: Cells, given: Given): Text {
  const was = given.periods.find((p) => p['id'] === row['compliance_period_id'])!['description']!
  const is = was === '2013-14' ? '2014' : was
  return given.newPeriods.find((p) => p['description'] === is)!['compliance_period_id']!
}

function mainReports(given: Given): Report[] {
  const states = statesById(given)
  const main = given.reports.filter((r) => r['type_id'] === '1')
  const byId = new Map(main.map((r) => [r['id']!, r]))
  const reports = main.map((row): Report => {
    const root = rootOf(row, byId)
    const noOrganization = organizationOf(row, given) === undefined ? 'LOOKUP_MISS' : undefined
    return {
      row,
      id: row['id']!,
      status: statusOf(states.get(row['status_id']!)!),
      root: root.startsWith('chain_') ? undefined : root,
      version: -1,
      why:
        (row['id'] === given.refused ? 'CHECK_FAILED' : undefined) ??
        noOrganization ??
        (root.startsWith('chain_') ? `RULE ${root}` : undefined),
    }
  })
  for (const members of Map.groupBy(
    reports.filter((r) => r.root && r.status !== 'Deleted'),
    (r) => r.root,
  ).values())
    for (const [i, r] of members.toSorted(inChain).entries()) r.version = i
  return reports
}

const inChain = (a: Report, b: Report) => Number(a.row['traversal']) - Number(b.row['traversal']) || Number(a.id) - Number(b.id)

function rootOf(row: Cells, byId: ReadonlyMap<string, Cells>): string {
  const seen = new Set<string>()
  for (let at = row; ; ) {
    if (seen.has(at['id']!)) return 'chain_cycle'
    seen.add(at['id']!)
    if (at['supplements_id'] === null) return at['id']!
    const before = byId.get(at['supplements_id']!)
    if (!before) return 'chain_dangling'
    at = before
  }
}

function reportRow(r: Report, given: Given, went: readonly Report[]): Cells {
  const there = given.loaded.find((l) => l['legacy_id'] === r.id)
  if (there) return there
  const chain = went.filter((o) => o.root === r.root)
  const loaded = given.loaded.find((l) => chain.some((o) => o.id === l['legacy_id']))
  return {
    legacy_id: r.id,
    organization_id: organizationOf(r.row, given)!,
    compliance_period_id: periodOf(r.row, given),
    current_status: r.status,
    compliance_report_group_uuid: loaded ? loaded['compliance_report_group_uuid']! : `chain of ${lowest(chain.map((o) => o.id))}`,
    version: String(r.version),
    nickname: r.row['nickname']!,
    supplemental_note: r.row['supplemental_note']!,
    create_date: r.row['create_timestamp']!,
    update_date: r.row['update_timestamp']!,
    create_user: 'tfrs',
  }
}

export const lowest = (ids: readonly string[]): string => ids.toSorted((a, b) => Number(a) - Number(b))[0]!

function excluded(given: Given, reports: readonly Report[], held: Map<string, string>) {
  const states = statesById(given)
  const placeholders: Cells[] = []
  const agreements: Cells[] = []
  let warned = 0
  const place = (row: Cells) => `${row['organization_id']} ${row['compliance_period_id']}`
  for (const x of given.reports.filter((r) => r['type_id'] === '2' && states.get(r['status_id']!)!['director_status'] === 'Accepted')) {
    const mains = reports.filter((r) => r.status !== 'Deleted' && place(r.row) === place(x))
    const last = mains.filter((r) => r.why === undefined).toSorted((a, b) => b.version - a.version)[0]
    if (!mains.length)
      placeholders.push({
        legacy_id: x['id']!,
        organization_id: organizationOf(x, given)!,
        compliance_period_id: periodOf(x, given),
        current_status: 'Assessed',
        compliance_report_group_uuid: `chain of ${x['id']}`,
        version: '0',
        nickname: null,
        supplemental_note: null,
        create_date: null,
        update_date: null,
        create_user: 'tfrs',
      })
    for (const e of given.exclusions.filter((e) => e['agreement_id'] === x['exclusion_agreement_id'])) {
      const why =
        mains.length && !last
          ? 'PARENT_QUARANTINED'
          : e['transaction_partner'] === null
            ? 'NULL_NOT_ALLOWED'
            : Number(e['fuel_type_id']) > 7
              ? 'ENUM_UNKNOWN'
              : undefined
      if (why) {
        held.set(`agreements ${e['id']}`, why)
        continue
      }
      if (e['postal_address'] === null) warned++
      agreements.push({
        report: last ? last.id : x['id']!,
        transaction_partner: e['transaction_partner']!,
        postal_address: e['postal_address'] ?? 'Not provided',
        responsibility: e['transaction_type_id'] === '1' ? 'Allocated from' : 'Allocated to',
        fuel_type_id: e['fuel_type_id']!,
        quantity: e['quantity']!,
        quantity_not_sold: e['quantity_not_sold']!,
        version: '0',
        action_type: 'CREATE',
      })
    }
  }
  return { placeholders, agreements, warned }
}

export type Document = { readonly [key: string]: Document } & { readonly length?: number }

/** By report, what its snapshot says; some were written into a JSON text once more. */
export function documentsOf({ snapshots }: Given): Map<string, Document> {
  const documents = new Map<string, Document>()
  for (const s of snapshots) {
    let said: unknown = s['snapshot'] === null ? null : JSON.parse(s['snapshot']!)
    if (typeof said === 'string') said = JSON.parse(said)
    if (said !== null) documents.set(s['compliance_report_id']!, said as Document)
  }
  return documents
}

const cents = (figure: string): bigint => BigInt(figure.replaceAll(',', '').replace('.', ''))
const dollars = (n: bigint): string => {
  const digits = String(n < 0n ? -n : n).padStart(3, '0')
  return `${n < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

function summariesOf(given: Given, reports: readonly Report[], held: Map<string, string>) {
  const documents = documentsOf(given)
  const rows: Cells[] = []
  for (const r of reports) {
    const lines = documents.get(r.id)?.['summary']?.['lines'] as unknown as Record<string, Text> | undefined
    if (!lines || r.status === 'Deleted') continue
    if (r.why) {
      held.set(`summaries ${r.id}`, 'PARENT_QUARANTINED')
      continue
    }
    const line = (name: string) => dollars(cents(lines[name]!))
    const penalty = lines['28'] == null ? null : cents(lines['28'])
    rows.push({
      report: r.id,
      line_1: line('1'),
      line_11: line('11'),
      line_18: line('25'),
      line_21_penalty: penalty === null ? null : dollars(penalty),
      total_payable: penalty === null ? null : dollars(cents(lines['11']!) + cents(lines['22']!) + penalty),
    })
  }
  return { rows }
}

const inHistory: Readonly<Record<string, string>> = {
  9001: 'Submitted',
  9002: 'Supplemental_requested',
  9003: 'Recommended_by_analyst',
  9004: 'Assessed',
}

function historyOf(given: Given, reports: ReadonlyMap<string, Report>, held: Map<string, string>) {
  const first = new Map<string, Cells>()
  const inTime = given.history.toSorted((a, b) =>
    a['create_timestamp']! < b['create_timestamp']!
      ? -1
      : a['create_timestamp']! > b['create_timestamp']!
        ? 1
        : Number(a['id']) - Number(b['id']),
  )
  for (const h of inTime) {
    const status = inHistory[h['status_id']!]
    const report = reports.get(h['compliance_report_id']!)!
    const key = `${report.id} ${status}`
    if (!status || report.status === 'Deleted' || first.has(key)) continue
    first.set(key, { report: report.id, status, create_date: h['create_timestamp']! })
    if (!report.why) continue
    held.set(`history ${h['id']}`, 'PARENT_QUARANTINED')
  }
  return { rows: [...first.values()].filter((h) => reports.get(h['report']!)!.why === undefined) }
}
