// What a Postgres database holds: the catalogue by its canonical lines, rows by digests of tables and of columns.
import type { Session } from '../../../databases/database.ts'
import { nameIn } from '../../../databases/postgres/backup/catalogue.ts'
import { catalogueLines } from '../../../databases/postgres/canonical.ts'
import { ident, textArray } from '../../../databases/postgres/names.ts'
import { openPostgres } from '../../../databases/postgres/postgres.ts'
import type { Contents, Rows } from '../engine.ts'
import { versionTables } from '../tool-tables.ts'

const oneMoment = { isolation: 'repeatable read', readOnly: true } as const

const schemas = `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`

const tables = `
  select format('%I.%I', n.nspname, c.relname) as table, a.attname as column, a.attnum::text as place
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and (c.relkind = 'r' or (c.relkind = 'm' and c.relispopulated))
     and not (c.relname = any ($1::text[]))
   order by 1, a.attnum`

async function within<T>(url: string, work: (tx: Session) => Promise<T>): Promise<T> {
  const db = await openPostgres({ url })
  try {
    return await db.session((session) => session.transaction(work, oneMoment))
  } finally {
    await db.close()
  }
}

export function contentsOf(url: string): Promise<Contents> {
  return within(url, async (tx) => {
    const names = (await tx.query(schemas)).rows.map((r) => r['name']!)
    const catalogue = new Map<string, string>()
    for await (const line of catalogueLines(tx, textArray(names), {})) {
      const name = nameIn(line)
      if (/^(database|settings) /.test(name) || isOfTool(name)) continue
      catalogue.set(name, name.startsWith('column ') ? placeless(line.slice(name.length + 1)) : line.slice(name.length + 1))
    }
    const found = Map.groupBy((await tx.query(tables, [textArray([...versionTables])])).rows, (r) => r['table']!)
    const byTable = new Map([...found].map(([table, rows]) => [table, rows.map((r) => r['column']!)] as const))
    const columns = new Map<string, Rows>()
    for (const [table, own] of byTable) columns.set(table, await columnDigests(tx, table, own))
    return { catalogue, places: new Map([...byTable].map(([table, own]) => [table, own.join(', ')])), tables: byTable, columns }
  })
}

const isOfTool = (name: string): boolean => versionTables.some((t) => new RegExp(`\\.${t}(_|\\.|$)`).test(name))

function placeless(facts: string): string {
  const { place: _, ...rest } = JSON.parse(facts) as Record<string, unknown>
  return JSON.stringify(rest)
}

const digest = (text: string): string => `md5(coalesce(string_agg(coalesce(${text}, '\\N'), chr(10) order by ${text} collate "C"), ''))`

async function columnDigests(tx: Session, table: string, own: readonly string[]): Promise<Rows> {
  const asked = own.map((c, i) => `${digest(`r.${ident(c)}::text`)} as "c${i}"`)
  const { rows } = await tx.query(`select count(*)::text as many${asked.map((a) => `, ${a}`).join('')} from only ${table} r`)
  return { rows: Number(rows[0]!['many']), digests: new Map(own.map((c, i) => [c, rows[0]![`c${i}`]!])) }
}

/** Whole rows of each table, without some of its columns. */
export function rowDigests(url: string, wanted: ReadonlyMap<string, readonly string[]>): Promise<ReadonlyMap<string, string>> {
  return within(url, async (tx) => {
    const found = new Map<string, string>()
    for (const [table, own] of wanted) {
      const row = `row(${own
        .toSorted()
        .map((c) => `r.${ident(c)}`)
        .join(', ')})::text`
      const { rows } = await tx.query(`select ${digest(row)} as digest from only ${table} r`)
      found.set(table, rows[0]!['digest']!)
    }
    return found
  })
}
