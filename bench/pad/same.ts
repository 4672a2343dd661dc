// Whether two ways have made the same rows: how many, and a digest of what stands in them.
import type pg from 'pg'

export type Digest = Readonly<Record<string, string>>

const tables = ['pad_request', 'pad_approval', 'pad_execution', 'audit_log']
/** Columns that hold a request's id. Ids may differ from way to way, but no two dealings were asked for at the same second. */
const references = new Set(['request_id', 'entity_id'])

export async function digestOf(client: pg.Client, rejected: string): Promise<Digest> {
  const entries: [string, string][] = []
  for (const table of tables) entries.push([table, await one(client, await digestQuery(client, table))])
  entries.push(['rejected', await one(client, `select count(*) || ' rows, ids sum to ' || coalesce(sum(id), 0) from (${rejected}) r(id)`)])
  return Object.fromEntries(entries)
}

/** Where each way writes down the dealings that did not go. */
export const rejectedBy = {
  hand: 'select source_id from app.reject',
  godwit: `select key::bigint from godwit.quarantine where migration = 'bench-pad'`,
}

async function digestQuery(client: pg.Client, table: string): Promise<string> {
  const { rows } = await client.query(
    `select attname from pg_attribute where attrelid = 'app.${table}'::regclass and attnum > 0 and not attisdropped order by attnum`,
  )
  const columns = rows.map((r) => r.attname as string).filter((c) => c !== 'id')
  const values = columns.map((c) => (references.has(c) ? 'r.created_at' : `t.${c}`))
  const join = columns.some((c) => references.has(c)) ? 'left join app.pad_request r on r.id = t.request_id' : ''
  // a row's hash is a sum over its columns, and two rows that had changed a value for each other's would add up to the same: so it is mixed once more
  const hash = `hashint8extended(hash_record_extended(row(${values.join(', ')}), 0), 0)`
  return `select count(*) || ' rows, digest ' || coalesce(sum(${hash}::numeric), 0) from app.${table} t ${join}`
}

async function one(client: pg.Client, sql: string): Promise<string> {
  const { rows } = await client.query({ text: sql, rowMode: 'array' })
  return rows[0]![0]
}

export function differences(
  a: { readonly name: string; readonly digest: Digest },
  b: { readonly name: string; readonly digest: Digest },
): string[] {
  return Object.keys(a.digest)
    .filter((table) => a.digest[table] !== b.digest[table])
    .map((table) => `${table}: ${a.name} has ${a.digest[table]}; ${b.name} has ${b.digest[table]}`)
}
