// MariaDB's tables as a target's, from its information_schema.
import type { ForeignKeyAction, Trigger } from '../../../schema/schema.ts'
import type { TargetColumn, TargetForeignKey, TargetTable, TargetUnique } from '../../workshop/engine.ts'
import type { Ask, Texts } from '../schema.ts'
import { typeOf } from './carried.ts'

/** What a temporary column must be so that it can be joined with this one by its index. */
export interface Place {
  readonly declared: string
  readonly collation: string | null
}

export interface Described {
  readonly tables: readonly TargetTable[]
  /** By table and column. */
  readonly places: ReadonlyMap<string, Place>
}

const here = 'table_schema = database()'
const grouped = (rows: readonly Texts[], by = 0): Map<string, Texts[]> => Map.groupBy(rows, (r) => r[by]!)

export async function readTables(ask: Ask): Promise<Described> {
  const tables = await ask(
    `select table_name, table_type, engine, database() from information_schema.tables where ${here} and table_type in ('BASE TABLE', 'VIEW') and table_name not like 'godwit\\_%' escape '\\' order by table_name`,
  )
  const columns = await ask(
    `select table_name, column_name, column_type, is_nullable, column_default, extra, generation_expression, collation_name from information_schema.columns where ${here} order by table_name, ordinal_position`,
  )
  const keys = await ask(
    `select table_name, index_name, column_name, sub_part from information_schema.statistics where ${here} and non_unique = 0 order by table_name, index_name, seq_in_index`,
  )
  const references = await ask(
    `select k.table_name, k.constraint_name, k.column_name, r.referenced_table_name, k.referenced_column_name, r.delete_rule, r.update_rule, k.referenced_table_schema from information_schema.referential_constraints r
      join information_schema.key_column_usage k on k.constraint_schema = r.constraint_schema and k.constraint_name = r.constraint_name and k.table_name = r.table_name where r.constraint_schema = database() order by k.table_name, k.constraint_name, k.ordinal_position`,
  )
  const checks = await ask(
    'select table_name, check_clause from information_schema.check_constraints where constraint_schema = database() order by table_name, constraint_name',
  )
  const triggers = await ask(
    `select event_object_table, trigger_name, event_manipulation, action_timing, action_statement from information_schema.triggers where trigger_schema = database() order by trigger_name`,
  )
  const of = {
    columns: grouped(columns),
    keys: grouped(keys),
    references: grouped(references),
    checks: grouped(checks),
    triggers: grouped(triggers),
  }
  const places = new Map(columns.map((c) => [`${c[0]}.${c[1]}`, { declared: c[2]!, collation: c[7]! }]))
  return { tables: tables.map((t) => tableOf(t, of)), places }
}

interface Parts {
  readonly columns: ReadonlyMap<string, readonly Texts[]>
  readonly keys: ReadonlyMap<string, readonly Texts[]>
  readonly references: ReadonlyMap<string, readonly Texts[]>
  readonly checks: ReadonlyMap<string, readonly Texts[]>
  readonly triggers: ReadonlyMap<string, readonly Texts[]>
}

function tableOf([name, kind, engine, schema]: Texts, parts: Parts): TargetTable {
  const columns = parts.columns.get(name!) ?? []
  const indexes = [...grouped(parts.keys.get(name!) ?? [], 1)]
  const collations = new Map(columns.map((c) => [c[1]!, c[7]!]))
  return {
    id: `${schema}.${name}`,
    schema: schema!,
    name: name!,
    kind: kind === 'VIEW' ? 'view' : 'table',
    columns: columns.map((c) => columnOf(c)),
    key: (indexes.find(([index]) => index === 'PRIMARY')?.[1] ?? []).map((k) => k[2]!),
    uniques: indexes.flatMap(([index, of]) => uniqueOf(name!, index, of, collations)),
    foreignKeys: [...grouped(parts.references.get(name!) ?? [], 1).values()]
      .filter((of) => of[0]![7] === schema)
      .map((of) => foreignKeyOf(schema!, of)),
    checks: (parts.checks.get(name!) ?? []).map((c) => c[1]!.replaceAll('`', '"')),
    triggers: (parts.triggers.get(name!) ?? []).map(triggerOf),
    ...(engine !== null && engine !== 'InnoDB' ? { unfit: `its engine is ${engine}, which knows no transactions` } : {}),
  }
}

function columnOf([, name, declared, nullable, given, extra, generated]: Texts): TargetColumn {
  const type = typeOf(declared!)
  const text = given === null || given === 'NULL' ? undefined : given!
  const known = text === undefined ? undefined : defaultOf(text)
  return {
    name: name!,
    type,
    nullable: nullable === 'YES' || generated !== null,
    declared: declared!,
    ...(text === undefined || generated !== null ? {} : known === undefined ? { ownDefault: text } : { default: known }),
    ...(generated === null ? {} : { generated: `by MariaDB: ${generated}` }),
    ...(extra!.includes('auto_increment') && type.name === 'int8' ? { numbered: true } : {}),
  }
}

/** A literal, or the time; in quotes it is of whatever type the column is. */
function defaultOf(text: string): string | undefined {
  if (/^'(?:[^'\\]|'')*'$/.test(text)) return text
  if (/^-?\d+(\.\d+)?$/.test(text)) return `'${text}'`
  const [, places] = /^current_timestamp\((\d?)\)$/i.exec(text) ?? []
  return places === undefined ? undefined : `(clock_timestamp() at time zone 'utc')::timestamp(${places || 0})`
}

/** What two texts are the same by: MariaDB's collations pass over blanks at the end and, most of them, over case. */
function uniqueOf(table: string, index: string, of: readonly Texts[], collations: ReadonlyMap<string, string | null>): TargetUnique[] {
  const parts = of.map(([, , column, length]) => {
    const collation = collations.get(column!) ?? null
    const name = `"${column!.replaceAll('"', '""')}"`
    const trimmed = collation === null || collation.includes('nopad') ? name : `rtrim(${name}, ' ')`
    const folded = collation?.includes('_ci') ? `lower(${trimmed})` : trimmed
    const cut = length === null ? folded : `left(${folded}, ${length})`
    return cut === name ? { column: column! } : { sql: cut }
  })
  const plain = parts.every((p) => 'column' in p)
  return index === 'PRIMARY' && plain ? [] : [{ name: `${table.slice(0, 30)} ${index.slice(0, 30)}`, parts }]
}

const foreignKeyOf = (schema: string, of: readonly Texts[]): TargetForeignKey => ({
  columns: of.map((r) => r[2]!),
  to: `${schema}.${of[0]![3]}`,
  toColumns: of.map((r) => r[4]!),
  onDelete: of[0]![5]!.toLowerCase() as ForeignKeyAction,
  onUpdate: of[0]![6]!.toLowerCase() as ForeignKeyAction,
})

const triggerOf = ([, name, event, timing, sql]: Texts): Trigger => ({
  name: name!,
  enabled: 'origin',
  sql: sql!,
  events: [event!.toLowerCase() as 'insert' | 'update' | 'delete'],
  timing: timing!.toLowerCase() as 'before' | 'after',
  perRow: true,
})
