// The two databases of these tests as texts: what a server prints, so that nothing in between can take part in what is compared.
import { fileURLToPath } from 'node:url'
import { type FreshDatabase, freshDatabase, query } from '../support/postgres.ts'
import type { TextRow } from '../support/query.ts'
import { type Cells, type Expected, expectedOf, lowest } from './oracle.ts'

const file = (name: string) => fileURLToPath(new URL(`../../examples/tfrs-lcfs/${name}`, import.meta.url))

export interface Two extends AsyncDisposable {
  readonly source: FreshDatabase
  readonly target: FreshDatabase
  /** The source as somebody sees it who may do nothing but SELECT. */
  readonly reader: string
}

/** Both filled; the source is reached by a role that may only SELECT. */
export async function twoDatabases(): Promise<Two> {
  const [source, target] = [await freshDatabase({ load: [file('source.sql')] }), await freshDatabase({ load: [file('target.sql')] })]
  return withReader(source, target)
}

export async function withReader(source: FreshDatabase, target: FreshDatabase): Promise<Two> {
  const role = `reader_${source.name}`
  await query(
    source.url,
    `create role ${role} login password 'reads'; grant usage on schema tfrs to ${role}; grant select on all tables in schema tfrs to ${role}`,
  )
  const url = new URL(source.url)
  url.username = role
  url.password = 'reads'
  const done = async () => {
    await query(source.url, `drop owned by ${role}; drop role ${role}`)
    await source.drop()
    await target.drop()
  }
  return { source, target, reader: url.href, [Symbol.asyncDispose]: done }
}

/** Rows by column name, each value as the server writes it. */
async function all(url: string, sql: string): Promise<Cells[]> {
  const found = await query(url, `select (select json_object_agg(key, value) from json_each_text(row_to_json(x)))::text from (${sql}) x`)
  return found.map(([row]) => JSON.parse(row!))
}

const reports = `select legacy_id, organization_id, compliance_period_id, current_status, compliance_report_group_uuid, version, nickname, supplemental_note,
  create_date, update_date, create_user from lcfs.compliance_report where legacy_id is not null`

/** Asked before anything is migrated. */
export const loadedBefore = (url: string): Promise<Cells[]> => all(url, `${reports} and create_user is distinct from 'tfrs'`)

export async function expected({ source, target }: Two, refused?: string): Promise<Expected> {
  const from = (table: string) => all(source.url, `select * from tfrs.${table}`)
  const into = (table: string) => all(target.url, `select * from lcfs.${table}`)
  return expectedOf({
    reports: await from('compliance_report'),
    states: await from('workflow_state'),
    organizations: await from('organization'),
    periods: await from('compliance_period'),
    scheduleA: await from('schedule_a_record'),
    exclusions: await from('exclusion_record'),
    snapshots: await all(source.url, 'select compliance_report_id, snapshot::text as snapshot from tfrs.compliance_report_snapshot'),
    history: await from('compliance_report_history'),
    newOrganizations: await into('organization'),
    newPeriods: await into('compliance_period'),
    fuelTypes: await into('fuel_type'),
    loaded: await loadedBefore(target.url),
    refused,
  })
}

const ours = (table: string, columns: string) =>
  `select l.legacy_id as report, ${columns} from lcfs.${table} n join lcfs.compliance_report l using (compliance_report_id) where l.legacy_id is not null`
const version = 'n.version, n.action_type, n.group_uuid'

/** Where what is there is not what should be. */
export async function compare({ target: { url } }: Two, should: Expected): Promise<string[]> {
  const transfers = `${version}, legal_name, address_for_service, fuel_category_id, received_or_transferred, quantity`
  const supplies = `${version}, fuel_type_id, fuel_category_id, provision, quantity, units, compliance_units`
  const agreements =
    'transaction_partner, postal_address, responsibility, fuel_type_id, quantity, quantity_not_sold, n.version, n.action_type'
  const summaries = 'line_1, line_11, line_18, line_21_penalty, total_payable'
  return [
    ...differences(should.reports, named(await all(url, reports), await loadedBefore(url))),
    ...differences(should.transfers, groups(await all(url, ours('notional_transfer', transfers)))),
    ...differences(should.supplies, groups(await all(url, ours('fuel_supply', supplies)))),
    ...differences(should.agreements, await all(url, ours('allocation_agreement', agreements))),
    ...differences(should.summaries, await all(url, ours('compliance_report_summary', summaries))),
    ...differences(should.history, await all(url, ours('compliance_report_history', 'n.status, n.create_date'))),
  ]
}

/** A chain is named by its first report, unless an earlier load has named it. */
function named(rows: readonly Cells[], loaded: readonly Cells[]): Cells[] {
  const group = (r: Cells) => r['compliance_report_group_uuid']!
  const given = new Set(loaded.map(group))
  const chains = Map.groupBy(rows, group)
  return rows.map((r) =>
    given.has(group(r))
      ? r
      : { ...r, compliance_report_group_uuid: `chain of ${lowest(chains.get(group(r))!.map((o) => o['legacy_id']!))}` },
  )
}

const groups = (rows: readonly Cells[]): Cells[][] =>
  [...Map.groupBy(rows, (r) => r['group_uuid']).values()].map((versions) =>
    versions.toSorted((a, b) => Number(a['version']) - Number(b['version'])).map(({ group_uuid: _, ...r }) => r),
  )

/** Nothing, if these are the same rows, each as often. */
export function differences(expected: readonly unknown[], are: readonly unknown[]): string[] {
  const written = (v: unknown): string =>
    Array.isArray(v) ? `[${v.map(written).join(', ')}]` : JSON.stringify(v, Object.keys(v as Cells).toSorted())
  const counted = (rows: readonly unknown[]) => Map.groupBy(rows.map(written), (text) => text)
  const [left, right] = [counted(expected), counted(are)]
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((text) => {
    const [should, is] = [left.get(text)?.length ?? 0, right.get(text)?.length ?? 0]
    return should === is ? [] : [`${text} is there ${is} times, should be ${should}`]
  })
}

const written = [
  'compliance_report',
  'compliance_report_history',
  'compliance_report_summary',
  'notional_transfer',
  'fuel_supply',
  'allocation_agreement',
]

/** Every row with its version and place on disk: what was written anew with the same values shows, too. */
export async function print(url: string, schema: 'tfrs' | 'lcfs'): Promise<string[]> {
  const tables = await query(url, `select tablename from pg_tables where schemaname = '${schema}' order by 1`)
  const of = (table: string) =>
    `select '${table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text || t.xmin || t.ctid, chr(10) order by t::text collate "C")), '-') from ${schema}.${table} t`
  return (await query(url, tables.map(([table]) => of(table!)).join(' union all '))).map(([text]) => text!)
}

/** Every row of the written tables, ids included, for two databases beside each other. */
export const targetRows = (url: string): Promise<unknown[]> =>
  Promise.all(written.map((table) => query(url, `select * from lcfs.${table} order by 1`)))

/** What stood there before, to the byte: the application's own rows, and what an earlier load has left. */
export async function natives(url: string): Promise<TextRow[]> {
  const own = `lcfs.compliance_report r where r.create_user is distinct from 'tfrs'`
  const rows = [
    `select r::text || r.xmin || r.ctid from ${own}`,
    ...['compliance_report_history', 'notional_transfer'].map(
      (table) =>
        `select t::text || t.xmin || t.ctid from lcfs.${table} t where exists (select from ${own} and r.legacy_id is null and r.compliance_report_id = t.compliance_report_id)`,
    ),
  ]
  return query(url, `select * from (${rows.join(' union all ')}) x (row) order by row collate "C"`)
}

export async function nextIds(url: string): Promise<TextRow[]> {
  const names = await query(url, `select sequencename from pg_sequences where schemaname = 'lcfs' order by 1`)
  const next = ([name]: TextRow) => `select '${name}', case when is_called then last_value + 1 else last_value end from lcfs.${name}`
  return query(url, names.map(next).join(' union all '))
}

/** SEEDS §3.1, I5: what of a chain stands in each report, and what the report stated; rows that are in one of them only. */
export const partedSchedules = async (two: Two): Promise<unknown[]> => {
  const stands = await query(
    two.target.url,
    `with chain_member as (select legacy_id as id, compliance_report_group_uuid as root, version as ver from lcfs.compliance_report where legacy_id is not null),
      cur as (select v.id, n.*, row_number() over (partition by v.id, n.group_uuid order by n.version desc) rn
        from chain_member v join chain_member u on u.root = v.root and u.ver <= v.ver
        join lcfs.compliance_report r on r.legacy_id = u.id join lcfs.notional_transfer n using (compliance_report_id))
      select id, lower(legal_name), address_for_service, fuel_category_id, received_or_transferred, quantity from cur where rn = 1 and action_type <> 'DELETE' order by 1, 2, 3, 4, 5, 6`,
  )
  const stated = await query(
    two.source.url,
    `select r.id, lower(btrim(regexp_replace(a.trading_partner, '\\s+', ' ', 'g'))), a.postal_address, 3 - a.fuel_class_id,
      case a.transfer_type_id when 1 then 'Received' else 'Transferred' end, round(a.quantity)::bigint
      from tfrs.compliance_report r join tfrs.schedule_a_record a on a.schedule_id = r.schedule_a_id order by 1, 2, 3, 4, 5, 6`,
  )
  const there = new Set((await query(two.target.url, 'select legacy_id from lcfs.compliance_report')).map(([id]) => id))
  const went = stated.filter(([id]) => there.has(id!))
  return went.length
    ? differences(
        went.map((r) => ({ ...r })),
        stands.map((r) => ({ ...r })),
      )
    : ['nothing was compared']
}
