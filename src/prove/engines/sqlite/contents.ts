// What a SQLite file holds: its catalogue thing by thing, since the text of a table is other where a column came later; rows as they are stored.
import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { writtenOf } from '../../../databases/sqlite/backup-digest.ts'
import { checksOf, isAutoincrement } from '../../../databases/sqlite/target/declared.ts'
import { ident } from '../../../databases/sqlite/target/tables.ts'
import type { Contents, Rows } from '../engine.ts'
import { isVersions } from '../tool-tables.ts'

type Texts = Readonly<Record<string, string | number | null>>

const asked = (db: DatabaseSync, sql: string, ...given: readonly string[]): Texts[] => db.prepare(sql).all(...given) as unknown as Texts[]

const said = (value: Texts): string => JSON.stringify(value)
const plain = (sql: string | number | null | undefined): string => String(sql ?? '').replace(/\s+/g, ' ')

export function contentsIn(db: DatabaseSync): Contents {
  const tables = asked(
    db,
    `select l.name, l.wr, l.strict, s.sql from pragma_table_list l join sqlite_schema s on s.name = l.name and s.type = 'table'
      where l.schema = 'main' and l.type in ('table', 'virtual') and l.name not like 'sqlite\\_%' escape '\\' order by l.name`,
  ).filter((t) => !isVersions(String(t['name'])))
  const catalogue = new Map<string, string>()
  for (const t of tables) for (const [name, facts] of ofTable(db, t)) catalogue.set(name, facts)
  for (const { type, name, sql } of asked(db, `select type, name, sql from sqlite_schema where type in ('view', 'trigger')`))
    catalogue.set(`${type} ${name}`, plain(sql))
  const columns = new Map(tables.map((t) => [String(t['name']), columnsIn(db, String(t['name']))] as const))
  return {
    catalogue,
    places: new Map([...columns].map(([table, own]) => [table, own.join(', ')])),
    tables: columns,
    columns: new Map([...columns].map(([table, own]) => [table, digestsOf(db, table, own)])),
  }
}

const columnsIn = (db: DatabaseSync, table: string): string[] =>
  asked(db, 'select name from pragma_table_xinfo(?) where hidden <> 1 order by cid', table).map((c) => String(c['name']))

function* ofTable(db: DatabaseSync, { name: given, wr, strict, sql }: Texts): Generator<[string, string]> {
  const name = String(given)
  yield [`table ${name}`, said({ wr: wr!, strict: strict!, counts: isAutoincrement(String(sql)) ? 1 : 0 })]
  const facts = 'select name, upper(type) as type, "notnull" as required, dflt_value as fallback, pk, hidden from pragma_table_xinfo(?)'
  for (const { name: column, ...rest } of asked(db, facts, name)) yield [`column ${name}.${column}`, said(rest)]
  for (const check of checksOf(String(sql))) yield [`check ${name}: ${plain(check)}`, '']
  for (const key of asked(
    db,
    `select "table" as parent, group_concat("from" || ' ' || coalesce("to", ''), ', ') as columns, on_update, on_delete from (select * from pragma_foreign_key_list(?) order by id, seq) group by id`,
    name,
  ))
    yield [`reference ${name} (${key['columns']}) to ${key['parent']}`, said(key)]
  for (const index of asked(db, 'select name, "unique" as own, origin, partial from pragma_index_list(?)', name)) {
    const parts = asked(
      db,
      'select name, "desc" as falling, coll from pragma_index_xinfo(?) where key = 1 order by seqno',
      String(index['name']),
    )
    const [text] = asked(db, 'select sql from sqlite_schema where name = ?', String(index['name']))
    const shown = index['origin'] === 'c' ? String(index['name']) : `of ${name} (${parts.map((p) => p['name']).join(', ')})`
    const { name: _, ...rest } = index
    // what is between its name and its columns differs with who wrote it: the parts are told, and a condition as it was written
    yield [`index ${shown}`, said(rest) + JSON.stringify(parts) + plain(/\bwhere\b[\s\S]*$/i.exec(String(text?.['sql'] ?? ''))?.[0])]
  }
}

/** In an order of their own: where a row lies is no part of what it says. */
function digestOf(db: DatabaseSync, table: string, columns: readonly string[]): { readonly rows: number; readonly digest: string } {
  const row = columns.map((c) => writtenOf(ident(c))).join(` || ' ' || `)
  const hash = createHash('sha256')
  let rows = 0
  for (const { text } of db.prepare(`select ${row} as text from ${ident(table)} order by 1`).iterate() as Iterable<{ text: string }>) {
    hash.update(`${text}\n`)
    rows++
  }
  return { rows, digest: hash.digest('hex') }
}

function digestsOf(db: DatabaseSync, table: string, columns: readonly string[]): Rows {
  const each = columns.map((c) => [c, digestOf(db, table, [c])] as const)
  return { rows: each[0]?.[1].rows ?? 0, digests: new Map(each.map(([c, { digest }]) => [c, digest])) }
}

export const rowDigestsIn = (db: DatabaseSync, wanted: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, string> =>
  new Map([...wanted].map(([table, columns]) => [table, digestOf(db, table, columns.toSorted()).digest]))
