// Writes what the oracle expects, the plainest way there is: a target that is right, without a migration.
import { query } from '../support/postgres.ts'
import type { Cells, Expected } from './oracle.ts'

const ofRequest = `(select id from pad.pad_request where reference_id = 'LEG-' || lpad(r->>'source', 6, '0'))`
const ofSecurity = `(select id from pad.security where ref_id = (r->>'security')::bigint)`

export async function writeExpected(url: string, expected: Expected): Promise<void> {
  await write(url, 'pad.security', expected.securities)
  await write(url, 'pad.pad_request', expected.requests, { security: ['security_id', ofSecurity] })
  await write(url, 'pad.pad_approval', expected.approvals, { source: ['request_id', ofRequest] })
  await write(url, 'pad.pad_execution', expected.executions, { source: ['request_id', ofRequest] })
  await write(url, 'pad.audit_log', expected.audits, { source: ['request_id', ofRequest] })
  await query(url, `update pad.audit_log set entity_id = request_id where entity_id is null`)
}

async function write(
  url: string,
  table: string,
  list: readonly Cells[],
  links: Record<string, readonly [string, string]> = {},
): Promise<void> {
  const columns = Object.keys(list[0] ?? {})
  const types = new Map(
    (
      await query(
        url,
        `select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = '${table}'::regclass and attnum > 0`,
      )
    ).map((r) => [r[0], r[1]]),
  )
  const names = columns.map((c) => `"${links[c]?.[0] ?? c}"`)
  const values = columns.map((c) => links[c]?.[1] ?? `(r->>'${c}')::${types.get(c)}`)
  await query(url, `insert into ${table} (${names.join(', ')}) select ${values.join(', ')} from json_array_elements($1::json) r`, [
    JSON.stringify(list),
  ])
}
