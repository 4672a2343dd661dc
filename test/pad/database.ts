// The PAD databases as texts: what a server in UTC prints, so that nothing in between can take part in what is compared.
import { fileURLToPath } from 'node:url'
import { type FreshDatabase, freshDatabase, query } from '../support/postgres.ts'
import type { Cells, Given } from './oracle.ts'

const file = (name: string) => fileURLToPath(new URL(`../../examples/pad/${name}`, import.meta.url))

export const padDatabase = (): Promise<FreshDatabase> => freshDatabase({ load: [file('source.sql'), file('target.sql')] })

/** Rows by column name. */
export async function rows(url: string, sql: string): Promise<Cells[]> {
  // the names travel as a row of their own, because rows come without them
  const [names] = await query(
    url,
    `select string_agg(name, ',' order by nr) from (select key as name, ordinality as nr from json_each((${first(sql)})) with ordinality) x`,
  )
  const columns = names?.[0]?.split(',') ?? []
  const found = await query(url, `set timezone = 'UTC'; set datestyle = 'ISO, YMD'; ${sql}`)
  return found.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])))
}
const first = (sql: string) => `select row_to_json(r) from (select * from (${sql}) q limit 1) r`

/** What the oracle is given. The application's own securities are the fixture's ten: what has come since was made by a migration. */
export async function given(url: string): Promise<Given> {
  const [dealings, employees, listings, symbols, securities] = await Promise.all([
    rows(url, 'select * from pad.personal_account_dealing order by id'),
    rows(url, 'select id, mnemonic from bo.oracle_employee'),
    rows(url, 'select id, bloomberg, ticker, isin from bo.oracle_bloomberg'),
    rows(url, 'select inst_symbol, bloomberg_id from bo.map_inst_symbol'),
    rows(url, 'select ref_id from pad.security where id <= 10'),
  ])
  return { dealings, employees, listings, symbols, securities }
}

const digest = async (url: string, table: string, where = 'true'): Promise<string> => {
  const [row] = await query(
    url,
    `set timezone = 'UTC'; select count(*) || ':' || coalesce(md5(string_agg(t::text, chr(10) order by t::text collate "C")), '-') from ${table} t where ${where}`,
  )
  return row![0]!
}

/** The tables that nobody may touch. */
export async function sourcePrint(url: string): Promise<Record<string, string>> {
  const tables = ['bo.oracle_employee', 'bo.oracle_bloomberg', 'bo.map_inst_symbol', 'pad.personal_account_dealing']
  return Object.fromEntries(await Promise.all(tables.map(async (t) => [t, await digest(url, t)])))
}

const notOurs: Record<string, string> = {
  'pad.security': 'id <= 10',
  'pad.pad_request': `reference_id not like 'LEG-%'`,
  'pad.pad_approval': `request_id not in (select id from pad.pad_request where reference_id like 'LEG-%')`,
  'pad.pad_execution': `request_id not in (select id from pad.pad_request where reference_id like 'LEG-%')`,
  'pad.audit_log': `request_id is null or request_id not in (select id from pad.pad_request where reference_id like 'LEG-%')`,
}

/** The application's own rows, beside which ours are put. */
export async function nativePrint(url: string): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(Object.entries(notOurs).map(async ([t, where]) => [t, await digest(url, t, where)])))
}

/** Every row of the five tables, ids included. */
export async function targetPrint(url: string): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(Object.keys(notOurs).map(async (t) => [t, await digest(url, t)])))
}

/** How many rows are ours, kind by kind. */
export async function counts(url: string): Promise<Record<string, number>> {
  const ours = `pad.pad_request q where q.reference_id like 'LEG-%'`
  const approvals = (type: string) =>
    `select count(*) from pad.pad_approval a where approval_type = '${type}' and request_id in (select id from ${ours})`
  const [row] = await query(
    url,
    `select (select count(*) from ${ours}), (${approvals('manager')}), (${approvals('compliance')}),
       (select count(*) from pad.pad_execution where request_id in (select id from ${ours})),
       (select count(*) from pad.audit_log where request_id in (select id from ${ours}))`,
  )
  const [requests, manager, compliance, executions, audits] = row!.map(Number)
  return { requests: requests!, manager: manager!, compliance: compliance!, executions: executions!, audits: audits! }
}

/** Which transaction wrote each row last: another one means that it was written again, if only with the same values. */
export async function versions(url: string): Promise<Record<string, string>> {
  const of = async (t: string) => (await query(url, `select md5(string_agg(id || ':' || xmin, ',' order by id)) from ${t}`))[0]![0]!
  return Object.fromEntries(await Promise.all(Object.keys(notOurs).map(async (t) => [t, await of(t)])))
}
