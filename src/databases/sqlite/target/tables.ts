// SQLite's tables as a target's: what their declarations promise, and nothing that only their rows would tell.
import type { DatabaseSync } from 'node:sqlite'
import type { ForeignKeyAction, Trigger } from '../../../schema/schema.ts'
import type { TargetColumn, TargetForeignKey, TargetTable, TargetUnique } from '../../workshop/engine.ts'
import { checksOf, defaultOf, indexParts, isAutoincrement, typeOf } from './declared.ts'

export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`
const idOf = (name: string): string => `main.${name}`

/** Names that are ours: the ledger's. */
export const ledgerPrefix = 'godwit_'

type Ask = <T>(sql: string, ...values: string[]) => T[]

export function readTables(db: DatabaseSync): TargetTable[] {
  const ask: Ask = <T>(sql: string, ...values: string[]) => db.prepare(sql).all(...values) as unknown as T[]
  const listed = ask<{ name: string; type: string; wr: number }>(
    `select name, type, wr from pragma_table_list where schema = 'main' and type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' and name not like 'godwit\\_%' escape '\\' order by name`,
  )
  const names = new Map(listed.map((t) => [t.name.toLowerCase(), t.name]))
  return listed.map((t) => tableOf(ask, t, names))
}

interface Info {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly dflt_value: string | null
  readonly pk: number
  readonly hidden: number
}

function tableOf(
  ask: Ask,
  { name, type, wr }: { name: string; type: string; wr: number },
  names: ReadonlyMap<string, string>,
): TargetTable {
  const infos = ask<Info>('select name, type, "notnull", dflt_value, pk, hidden from pragma_table_xinfo(?)', name).filter(
    (c) => c.hidden !== 1,
  )
  const key = infos.filter((c) => c.pk > 0).toSorted((a, b) => a.pk - b.pk)
  const sql = ask<{ sql: string | null }>(`select sql from sqlite_schema where name = ? and type in ('table', 'view')`, name)[0]?.sql ?? ''
  const isTable = type === 'table'
  const rowid = isTable && wr === 0 && key.length === 1 && key[0]!.type.toUpperCase() === 'INTEGER' ? key[0]!.name : undefined
  return {
    id: idOf(name),
    schema: 'main',
    name,
    kind: isTable ? 'table' : 'view',
    columns: infos.map((c) => columnOf(c, { rowid, isTable, withoutRowid: wr === 1 })),
    key: key.map((c) => c.name),
    uniques: isTable ? uniquesOf(ask, name) : [],
    foreignKeys: isTable ? foreignKeysOf(ask, name, names) : [],
    checks: isTable ? checksOf(sql) : [],
    triggers: triggersOf(ask, name),
  }
}

interface About {
  readonly rowid: string | undefined
  readonly isTable: boolean
  readonly withoutRowid: boolean
}

function columnOf(c: Info, { rowid, isTable, withoutRowid }: About): TargetColumn {
  const given = defaultOf(c.dflt_value)
  const generated = c.hidden > 1
  const key = c.pk > 0
  return {
    name: c.name,
    type: isTable ? typeOf(c.type) : { name: 'text' },
    nullable: generated || (c.name !== rowid && c.notnull === 0 && !(key && withoutRowid)),
    declared: c.type || 'without a type',
    ...(given === undefined ? (c.dflt_value === null || generated ? {} : { ownDefault: c.dflt_value }) : { default: given }),
    ...(generated ? { generated: 'by SQLite' } : {}),
    ...(c.name === rowid ? { numbered: true } : {}),
  }
}

// ── uniques and references ───────────────────────────────────────────────────────────────────

interface Part {
  readonly cid: number
  readonly name: string | null
  readonly coll: string
}

function uniquesOf(ask: Ask, table: string): TargetUnique[] {
  const listed = ask<{ name: string; origin: string; partial: number }>(
    `select name, origin, partial from pragma_index_list(?) where "unique" = 1 order by name`,
    table,
  )
  return listed.flatMap(({ name, origin, partial }) => {
    const parts = ask<Part>('select cid, name, coll from pragma_index_xinfo(?) where key = 1 order by seqno', name)
    const folds = parts.some((p) => p.coll.toUpperCase() !== 'BINARY')
    // the key itself is held as one; by its collation it may hold more
    if (origin === 'pk' && !folds) return []
    const sql = ask<{ sql: string | null }>(`select sql from sqlite_schema where type = 'index' and name = ?`, name)[0]?.sql
    const written = sql ? indexParts(sql) : { parts: [], where: undefined }
    return [
      {
        name,
        parts: parts.map((p, i) => (p.name === null ? { sql: written.parts[i] ?? 'null' } : partOf(p.name, p.coll))),
        ...(partial ? { where: written.where ?? 'true' } : {}),
      },
    ]
  })
}

/** NOCASE folds the letters of ASCII and no others, as Postgres does under "C". */
function partOf(column: string, collation: string): { column: string } | { sql: string } {
  const folded: Readonly<Record<string, string>> = { NOCASE: `lower(${ident(column)} collate "C")`, RTRIM: `rtrim(${ident(column)}, ' ')` }
  const sql = folded[collation.toUpperCase()]
  return sql === undefined ? { column } : { sql }
}

interface Reference {
  readonly id: number
  readonly table: string
  readonly from: string
  readonly to: string | null
  readonly on_update: string
  readonly on_delete: string
}

function foreignKeysOf(ask: Ask, table: string, names: ReadonlyMap<string, string>): TargetForeignKey[] {
  const all = ask<Reference>(
    'select id, "table", "from", "to", on_update, on_delete from pragma_foreign_key_list(?) order by id, seq',
    table,
  )
  return [...Map.groupBy(all, (r) => r.id).values()].flatMap((rows) => {
    const parent = names.get(rows[0]!.table.toLowerCase())
    if (parent === undefined) return []
    const key = () => ask<{ name: string }>('select name from pragma_table_info(?) where pk > 0 order by pk', parent).map((k) => k.name)
    return [
      {
        columns: rows.map((r) => r.from),
        to: idOf(parent),
        toColumns: rows.every((r) => r.to !== null) ? rows.map((r) => r.to!) : key(),
        onDelete: rows[0]!.on_delete.toLowerCase() as ForeignKeyAction,
        onUpdate: rows[0]!.on_update.toLowerCase() as ForeignKeyAction,
      },
    ]
  })
}

function triggersOf(ask: Ask, table: string): Trigger[] {
  const listed = ask<{ name: string; sql: string }>(
    `select name, sql from sqlite_schema where type = 'trigger' and tbl_name = ? order by name`,
    table,
  )
  return listed.map(({ name, sql }) => {
    const head = sql.toLowerCase().split(/\bbegin\b/)[0]!
    const has = (word: string) => new RegExp(`\\b${word}\\b`).test(head)
    return {
      name,
      enabled: 'origin',
      sql,
      events: (['insert', 'update', 'delete'] as const).filter((event) => has(event)),
      timing: has('instead') ? 'instead of' : has('before') ? 'before' : 'after',
      perRow: true,
    }
  })
}

/** The table's own counter goes on where rows were removed; without one the next number is one more than the greatest. */
export function nextNumber(db: DatabaseSync, table: TargetTable, column: string): string {
  const greatest = db.prepare(`select max(${ident(column)}) as n from ${ident(table.name)}`)
  greatest.setReadBigInts(true)
  const top = (greatest.get() as { n: bigint | null }).n ?? 0n
  const kept = counterOf(db, table) ?? 0n
  const last = top > kept ? top : kept
  return String(last < 0n ? 1n : last + 1n)
}

/** Undefined where the table keeps none (AUTOINCREMENT). */
export function counterOf(db: DatabaseSync, table: TargetTable): bigint | undefined {
  const sql = (db.prepare('select sql from sqlite_schema where name = ?').get(table.name) as { sql: string } | undefined)?.sql ?? ''
  if (!isAutoincrement(sql)) return undefined
  const found = db.prepare('select seq from sqlite_sequence where name = ?')
  found.setReadBigInts(true)
  return (found.get(table.name) as { seq: bigint } | undefined)?.seq ?? 0n
}
