// The schema of a database as SQL, with about how many rows its tables have: for whoever judges statements by it.
import type { Session } from '../database.ts'
import { readCatalogue } from './backup/catalogue.ts'

export interface SchemaSql {
  /** Statements in the order in which they could be carried out, then `-- rows TABLE COUNT` for each table of which it is known. */
  readonly text: string
  readonly tables: number
  /** 15, 18 */
  readonly version: number
  /** Of the sessions of whoever asked. */
  readonly zone: string
}

/** Whose it is, who may do what, where on disk it stands, how far a sequence has come: a statement is judged the same with and without. */
const besidesItsShape = new Set(['owner', 'grants', 'default grants', 'tablespace', 'comment', 'rows of a materialized view', 'position'])

export const schemaSql = (session: Session): Promise<SchemaSql> =>
  session.transaction(
    async (tx) => {
      const { statements } = await readCatalogue(tx, {})
      const shape = statements.filter((s) => !besidesItsShape.has(s.kind) && s.what !== 'schema public').flatMap((s) => s.sql)
      const server = await serverOf(tx)
      const rows = await rowsOf(tx)
      return { ...server, tables: statements.filter((s) => s.kind === 'table').length, text: written(shape, rows) }
    },
    { isolation: 'repeatable read', readOnly: true },
  )

const written = (statements: readonly string[], rows: readonly string[]): string =>
  [...statements.map((sql) => `${sql.replace(/;?\s*$/, '')};`), '', ...rows, ''].join('\n')

async function serverOf(tx: Session): Promise<{ version: number; zone: string }> {
  const { rows } = await tx.query(
    `select (current_setting('server_version_num')::int / 10000)::text as version, current_setting('timezone') as zone`,
  )
  return { version: Number(rows[0]!['version']), zone: rows[0]!['zone']! }
}

/** As the last ANALYZE had it; of a partitioned table, what its partitions have. */
async function rowsOf(tx: Session): Promise<string[]> {
  const { rows } = await tx.query(
    `select c.oid::regclass::text as name, sum(greatest(p.reltuples, 0))::bigint::text as rows
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       cross join lateral (select c.reltuples where c.relkind <> 'p' union all
         select l.reltuples from pg_partition_tree(c.oid) t join pg_class l on l.oid = t.relid where c.relkind = 'p' and t.isleaf) p(reltuples)
      where c.relkind in ('r', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'godwit') and n.nspname !~ '^pg_(toast|temp)'
      group by c.oid having max(p.reltuples) >= 0 order by 1`,
  )
  return rows.map((r) => `-- rows ${r['name']} ${r['rows']}`)
}
