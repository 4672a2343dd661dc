// Rows for SQLite's tables: by the affinity of what a column was declared as.
import type { DatabaseSync } from 'node:sqlite'
import { ident } from '../../../databases/sqlite/target/tables.ts'
import type { Manner, Sampled } from '../engine.ts'
import { type Fillable, fillAll, texts } from '../filling.ts'

interface Column extends Fillable {
  readonly declared: string
  readonly required: boolean
  readonly unique: boolean
  readonly key: string | null
}

interface Told {
  readonly table: string
  readonly name: string
  readonly declared: string
  readonly required: number
  readonly own: number
  readonly parent: string | null
  readonly key: string | null
}

/** Without the one that is the row's own number, and without what is computed. */
const columns = `
  select t.name as "table", c.name, upper(c.type) as declared, c."notnull" or c.pk > 0 as required,
         c.pk > 0 or exists (select 1 from pragma_index_list(t.name) i where i."unique" = 1 and i.partial = 0
           and (select group_concat(x.name) from pragma_index_info(i.name) x) = c.name) as own,
         f."table" as parent, coalesce(f."to", (select p.name from pragma_table_info(f."table") p where p.pk = 1)) as key
    from pragma_table_list t
    join pragma_table_xinfo(t.name) c on c.hidden = 0
    left join pragma_foreign_key_list(t.name) f on f."from" = c.name
   where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'
     and not (c.pk > 0 and upper(c.type) = 'INTEGER' and t.wr = 0 and (select count(*) from pragma_table_info(t.name) k where k.pk > 0) = 1)
   order by t.name, c.cid`

export function sampleIn(db: DatabaseSync, manner: Manner): Promise<Sampled> {
  const told = db.prepare(columns).all() as unknown as Told[]
  return fillAll(
    told.map(
      (c): Column => ({
        table: ident(c.table),
        column: ident(c.name),
        declared: c.declared,
        required: c.required === 1,
        unique: c.own === 1,
        parent: c.parent && ident(c.parent),
        key: c.key && ident(c.key),
      }),
    ),
    {
      hasRows: async (table) => db.prepare(`select 1 from ${table} limit 1`).get() !== undefined,
      take: async (sql) => taken(db, sql),
      cell: (column, i) => cell(column, i, manner),
    },
  )
}

function taken(db: DatabaseSync, sql: string): boolean {
  try {
    db.exec(sql)
    return true
  } catch {
    return false
  }
}

/** As SQLite itself tells them apart. */
const kinds: readonly (readonly [RegExp, (i: number) => readonly string[]])[] = [
  [/BOOL/, () => ['0', '1']],
  [/INT/, () => ['0', '1', '-1', '2', '2', '9223372036854775807']],
  [/DATETIME|TIMESTAMP/, () => [`'2024-02-29 12:00:00'`, `'1970-01-01 00:00:00'`, `'2025-03-30 02:30:00'`]],
  [/DATE/, () => [`'2024-02-29'`, `'1970-01-01'`, `'9999-12-31'`]],
  [/JSON/, () => [`'{}'`, `'{"a": [1, null, "ü"]}'`]],
  [/CHAR|CLOB|TEXT/, () => texts],
  [/BLOB|^$/, () => [`x''`, `x'00ff'`]],
  [/REAL|FLOA|DOUB/, () => ['0', '0.1', '-1.5e300']],
]

function cell({ declared, required, unique, parent, key }: Column, i: number, manner: Manner): string {
  if (!required && manner === 'full' && (i === 1 || (i === 4 && parent))) return 'null'
  if (parent && key) {
    const at = unique ? i - 1 : (i - 1) % 7
    return `(select ${key} from ${parent} order by ${key} limit 1 offset ${at} % max((select count(*) from ${parent}), 1))`
  }
  const isText = /CHAR|CLOB|TEXT/.test(declared)
  if (unique || manner === 'mild')
    return isText ? `'v${i}'` : /DATE|TIME/.test(declared) ? `'2024-01-${String(i).padStart(2, '0')}'` : String(i)
  const values = kinds.find(([form]) => form.test(declared))?.[1](i) ?? ['0', '1.5', '-1', '12345678901234']
  return values[i % values.length]!
}
