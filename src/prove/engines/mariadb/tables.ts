// Tables of a MariaDB database with their columns, whatever keeps them.
import type { Column } from '../../../databases/mariadb/backup/session.ts'
import type { Ask } from '../../../databases/mariadb/schema.ts'

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
}

export async function tablesOf(ask: Ask): Promise<Table[]> {
  const rows = await ask(
    `select c.table_name, c.column_name, c.column_type, coalesce(c.generation_expression, '') <> '' from information_schema.columns c
      join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type <> 'VIEW'
     where c.table_schema = database() order by c.table_name, c.ordinal_position`,
  )
  return [...Map.groupBy(rows, (r) => r[0]!)].map(([name, own]) => ({
    name,
    columns: own.map((r) => ({ name: r[1]!, declared: r[2]!, generated: r[3] === '1' })),
  }))
}
