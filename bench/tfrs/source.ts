// The example's two databases, with its chains as often as one likes: each time other organizations, reports and rows, by shifted ids.
import { readFileSync } from 'node:fs'
import type pg from 'pg'

const file = (name: string) => readFileSync(new URL(`../../examples/tfrs-lcfs/${name}`, import.meta.url), 'utf8')

/** No id of the fixture is as high; statuses of the history are the same for all. */
const apart = 10_000
const shifted = (column: string) => `${column} + ${apart} * k`
const copies = (into: string, columns: Readonly<Record<string, string>>, where = 'true') =>
  `insert into ${into} (${Object.keys(columns).join(', ')}) select ${Object.values(columns).join(', ')} from ${into} s, generate_series(1, $1 - 1) k where ${where}`

const same = (...names: string[]) => Object.fromEntries(names.map((n) => [n, n]))
const moved = (...names: string[]) => Object.fromEntries(names.map((n) => [n, shifted(n)]))

const sourceCopies = [
  copies('organization', { id: 'id + 100 * k', name: `name || ' ' || k` }),
  copies(
    'workflow_state',
    { ...moved('id'), ...same('fuel_supplier_status', 'analyst_status', 'manager_status', 'director_status') },
    'id < 9000',
  ),
  copies('compliance_report', {
    ...moved('id', 'status_id', 'schedule_a_id', 'exclusion_agreement_id', 'supplements_id', 'root_report_id', 'latest_report_id'),
    organization_id: 'organization_id + 100 * k',
    ...same('type_id', 'compliance_period_id', 'traversal', 'nickname', 'supplemental_note', 'create_timestamp', 'update_timestamp'),
  }),
  copies('schedule_a_record', {
    ...moved('id', 'schedule_id'),
    ...same('quantity', 'trading_partner', 'postal_address', 'fuel_class_id', 'transfer_type_id'),
  }),
  copies('exclusion_record', {
    ...moved('id', 'agreement_id'),
    ...same('transaction_type_id', 'fuel_type_id', 'transaction_partner', 'postal_address', 'quantity', 'quantity_not_sold'),
  }),
  copies('compliance_report_snapshot', { ...moved('id', 'compliance_report_id'), ...same('snapshot') }),
  copies('compliance_report_history', {
    ...moved('id', 'compliance_report_id'),
    ...same('status_id', 'create_timestamp', 'create_user_id'),
  }),
]

/** How many rows the source has in all. */
export async function makeSource(client: pg.Client, scale: number): Promise<number> {
  await client.query('drop schema if exists tfrs cascade; drop function if exists public.h')
  await client.query(file('source.sql'))
  for (const sql of sourceCopies) await client.query(sql, [scale])
  // what the old application would have, too
  await client.query(
    'create index on schedule_a_record (schedule_id); create index on compliance_report (supplements_id); create index on compliance_report_history (compliance_report_id); analyze',
  )
  const tables = ['compliance_report', 'schedule_a_record', 'exclusion_record', 'compliance_report_snapshot', 'compliance_report_history']
  const { rows } = await client.query(`select ${tables.map((t) => `(select count(*) from ${t})`).join(' + ')} as n`)
  return Number(rows[0].n)
}

export async function makeTarget(client: pg.Client, scale: number): Promise<void> {
  await client.query('drop schema if exists lcfs cascade; drop schema if exists godwit cascade')
  await client.query(file('target.sql'))
  await client.query(
    `insert into organization (name) select 'Org ' || g || ' Fuels ' || k from generate_series(1, 11) g, generate_series(1, $1 - 1) k`,
    [scale],
  )
  await client.query('analyze')
}
