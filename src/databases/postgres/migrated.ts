// What the tools that migrate have written down of what they have run. Asked, and not touched.
import { connect } from './connect.ts'
import { qualifiedIdent } from './names.ts'

export interface Migrated {
  /** For people: never with a password. */
  readonly database: string
  /** As the tool knows them, by the format of the pile. */
  readonly known: readonly { readonly formats: readonly string[]; readonly table: string; readonly ids: readonly string[] }[]
}

const books: readonly { readonly table: string; readonly formats: readonly string[]; readonly ids: string; readonly where?: string }[] = [
  { table: 'alembic_version', formats: ['alembic'], ids: 'version_num' },
  {
    table: 'flyway_schema_history',
    formats: ['flyway'],
    ids: `coalesce(version, 'R__' || replace(description, ' ', '_'))`,
    where: 'success',
  },
  { table: '_prisma_migrations', formats: ['prisma'], ids: 'migration_name', where: 'finished_at is not null and rolled_back_at is null' },
  { table: 'django_migrations', formats: ['django'], ids: `app || '.' || name` },
  { table: 'schema_migrations', formats: ['sql'], ids: 'version::text' },
]

const there = `select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relname = $1 and c.relkind in ('r', 'p') and n.nspname !~ '^pg_' order by 1`

export async function migratedIn(url: string): Promise<Migrated> {
  const { client, shown } = await connect({ url, applicationName: 'godwit stage status' })
  try {
    await client.query('begin read only')
    const known: Migrated['known'][number][] = []
    for (const { table, formats, ids, where = 'true' } of books) {
      const { rows: schemas } = await client.query<{ schema: string }>(there, [table])
      for (const { schema } of schemas) {
        const name = qualifiedIdent(schema, table)
        const { rows } = await client.query<{ id: string }>(`select ${ids} as id from ${name} where ${where}`)
        known.push({ formats, table: `${schema}.${table}`, ids: rows.map((r) => r.id) })
      }
    }
    return { database: shown, known }
  } finally {
    await client.end()
  }
}
