// SQLite's tables, as their copies will be.
import type { DatabaseSync } from 'node:sqlite'
import type { LiveColumn, LiveSchema, LiveTable } from '../../schema/schema.ts'
import { bareTable } from '../bare.ts'

interface Info {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly pk: number
}

export function readSchema(db: DatabaseSync, shown: string, only?: readonly string[]): LiveSchema {
  const listed = db.prepare(
    `select name, type, wr from pragma_table_list where schema = 'main' and type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'`,
  )
  const tables = new Map<string, LiveTable>()
  for (const { name, type, wr } of listed.all() as unknown as { name: string; type: string; wr: number }[]) {
    const id = `main.${name}`
    if (!only || only.includes(id)) tables.set(id, tableOf(db, id, name, type, wr === 1, shown))
  }
  return { serverVersion: 0, database: shown, user: '', tables }
}

export const columnsOf = (db: DatabaseSync, name: string): Info[] =>
  db.prepare('select name, type, "notnull", pk from pragma_table_info(?)').all(name) as unknown as Info[]

function tableOf(db: DatabaseSync, id: string, name: string, type: string, withoutRowid: boolean, owner: string): LiveTable {
  const infos = columnsOf(db, name)
  const key = infos.filter((c) => c.pk > 0).toSorted((a, b) => a.pk - b.pk)
  // the one column that SQLite itself keeps to whole numbers
  const rowid = key.length === 1 && key[0]!.type.toUpperCase() === 'INTEGER' && !withoutRowid && type === 'table' ? key[0]!.name : undefined
  const columns = infos.map(
    (c): LiveColumn => ({
      name: c.name,
      type: c.name === rowid ? { name: 'int8' } : { name: 'text' },
      // a key of an ordinary table may hold nulls there, unless it is the rowid
      nullable: c.name !== rowid && c.notnull === 0 && !(withoutRowid && c.pk > 0),
    }),
  )
  const primaryKey = key.map((c) => c.name)
  return bareTable({ id, schema: 'main', name, kind: type === 'view' ? 'view' : 'table', owner, columns, primaryKey })
}
