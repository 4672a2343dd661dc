// op.*, each as the SQL that it stands for.
import { isMade } from '../../python/expressions.ts'
import { argument, asText, type Given, isHoled, itemsOf, List, textOf, type Value } from '../../python/values.ts'
import { anything } from '../holes.ts'
import { literal } from '../quoting.ts'
import {
  type ColumnSql,
  columnSql,
  constraintSql,
  elementSql,
  expressionSql,
  expressionText,
  makeEnum,
  nameSql,
  namesSql,
  tableSql,
} from './columns.ts'
import { entities } from './entities.ts'
import { insertedSql } from './rows.ts'
import { type enumOf, typeSql } from './types.ts'

export interface Known {
  /** Types that are there: SQLAlchemy makes an enum with the table that needs it, unless it is there. */
  readonly types: Set<string>
}

type Write = (given: Given, known: Known) => readonly string[]

const tableOf = (given: Given, place = 0, name = 'table_name'): string => tableSql(argument(given, place, name), given.named.get('schema'))

function enumsFor(kinds: readonly (ReturnType<typeof enumOf> | undefined)[], { types }: Known): string[] {
  return kinds.flatMap((kind) => {
    if (!kind?.makes || !kind.labels.length || types.has(kind.name)) return []
    types.add(kind.name)
    return [makeEnum(kind)]
  })
}

const numbering: Readonly<Record<string, string>> = { integer: 'serial', bigint: 'bigserial', smallint: 'smallserial' }

/** A key of one whole number gets its numbers from a sequence, where nothing else is said. */
function numbered({ args }: Given, constraints: readonly string[]): (column: ColumnSql) => ColumnSql {
  const keys = args.slice(1).flatMap((a) => {
    const own = isMade(a, 'Column') && a.given.named.get('primary_key') === true ? [columnSql(a)!.name] : []
    return isMade(a, 'PrimaryKeyConstraint') ? a.given.args.map(elementSql) : own
  })
  const [key] = keys
  const column = args.find((a) => isMade(a, 'Column') && columnSql(a)!.name === key)
  const plain = isMade(column, 'Column') && [undefined, true, 'auto'].includes(column.given.named.get('autoincrement') as undefined)
  const refers = (sql: string) =>
    / (REFERENCES|DEFAULT|GENERATED) /.test(sql) || constraints.some((c) => c.includes(`FOREIGN KEY (${key})`))
  if (keys.length !== 1 || !plain) return (c) => c
  const [, type = ''] =
    new RegExp(`^${key!.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')} (integer|bigint|smallint)\\b`).exec(columnSql(column)!.sql) ?? []
  return (c) => (c.name === key && type && !refers(c.sql) ? { ...c, sql: c.sql.replace(`${key} ${type}`, `${key} ${numbering[type]}`) } : c)
}

/** As SQLAlchemy names it, where no schema stands before the table. */
function indexOf(table: string, { name }: ColumnSql): string {
  const plain = (quoted: string) => /^"([^".]+)"$/.exec(quoted)?.[1]
  const [own, of] = [plain(name), plain(table)]
  return `CREATE INDEX ${own && of ? `"ix_${of}_${own}" ` : ''}ON ${table} (${name})`
}

const createTable: Write = (given, known) => {
  const table = tableOf(given)
  const number = numbered(
    given,
    given.args.slice(1).flatMap((a) => constraintSql(a) ?? []),
  )
  const columns = given.args
    .slice(1)
    .flatMap((a) => columnSql(a) ?? [])
    .map(number)
  const constraints = given.args.slice(1).flatMap((a) => constraintSql(a) ?? [])
  const also = given.named.get('if_not_exists') === true ? 'IF NOT EXISTS ' : ''
  const keys = columns.filter((c) => c.sql.includes(' PRIMARY KEY'))
  const inside =
    keys.length > 1
      ? [...columns.map((c) => c.sql.replace(' PRIMARY KEY', '')), `PRIMARY KEY (${keys.map((k) => k.name).join(', ')})`, ...constraints]
      : [...columns.map((c) => c.sql), ...constraints]
  const indexes = columns.filter((c) => c.index).map((c) => indexOf(table, c))
  return [
    ...enumsFor(
      columns.flatMap((c) => c.enums),
      known,
    ),
    `CREATE TABLE ${also}${table} (${inside.join(', ')})`,
    ...indexes,
  ]
}

const addColumn: Write = (given, known) => {
  const table = tableOf(given)
  const column = columnSql(argument(given, 1, 'column'))
  if (!column) return [`ALTER TABLE ${table} ADD COLUMN ${anything} text`]
  const also = given.named.get('if_not_exists') === true ? 'IF NOT EXISTS ' : ''
  const index = column.index ? [indexOf(table, column)] : []
  return [...enumsFor(column.enums, known), `ALTER TABLE ${table} ADD COLUMN ${also}${column.sql}`, ...index]
}

const alterColumn: Write = (given) => {
  const table = tableOf(given)
  const column = nameSql(argument(given, 1, 'column_name'))
  const { named } = given
  const alter = (what: string) => `ALTER TABLE ${table} ALTER COLUMN ${column} ${what}`
  const using = asText(named.get('postgresql_using'))
  const fallback = named.get('server_default')
  const expression = expressionSql(fallback)
  const renamed = named.get('new_column_name') ?? named.get('name')
  return [
    ...(named.has('type_')
      ? [alter(`TYPE ${typeSql(named.get('type_'))}${using ? ` USING ${using.replaceAll('\ue000', anything)}` : ''}`)]
      : []),
    ...(named.get('nullable') === false ? [alter('SET NOT NULL')] : named.get('nullable') === true ? [alter('DROP NOT NULL')] : []),
    ...(fallback === undefined || fallback === false
      ? []
      : [expression === undefined ? alter('DROP DEFAULT') : alter(`SET DEFAULT ${expression}`)]),
    ...(named.has('comment') ? [`COMMENT ON COLUMN ${table}.${column} IS 'comment'`] : []),
    ...(renamed === undefined ? [] : [`ALTER TABLE ${table} RENAME COLUMN ${column} TO ${nameSql(renamed)}`]),
  ]
}

/** What SQLAlchemy says the column was, where it says so. */
export function existingColumn(given: Given): string | undefined {
  const type = given.named.get('existing_type')
  if (type === undefined) return undefined
  const table = tableOf(given)
  const required = given.named.get('existing_nullable') === false ? ' NOT NULL' : ''
  return `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${nameSql(argument(given, 1, 'column_name'))} ${typeSql(type)}${required}`
}

const createIndex: Write = (given) => {
  const { named } = given
  const unique = named.get('unique') === true ? 'UNIQUE ' : ''
  const concurrently = named.get('postgresql_concurrently') === true ? 'CONCURRENTLY ' : ''
  const also = named.get('if_not_exists') === true && argument(given, 0, 'index_name') ? 'IF NOT EXISTS ' : ''
  const name = argument(given, 0, 'index_name')
  const using = asText(named.get('postgresql_using'))
  const where = named.get('postgresql_where')
  const over = columnsOf(argument(given, 2, 'columns'))
  return [
    `CREATE ${unique}INDEX ${concurrently}${also}${name === null || name === undefined ? '' : nameSql(name)} ON ${tableOf(given, 1)}${using ? ` USING ${using}` : ''} (${over})${where === undefined ? '' : ` WHERE ${expressionText(where)}`}`,
  ]
}

const columnsOf = (value: Value | undefined): string =>
  value instanceof List ? value.items.map(elementSql).join(', ') || anything : namesSql(value)

const dropIndex: Write = (given) => {
  const concurrently = given.named.get('postgresql_concurrently') === true ? 'CONCURRENTLY ' : ''
  const also = given.named.get('if_exists') === true ? 'IF EXISTS ' : ''
  return [`DROP INDEX ${concurrently}${also}${tableSql(argument(given, 0, 'index_name'), given.named.get('schema'))}`]
}

const addConstraint =
  (write: (given: Given) => string): Write =>
  (given) => {
    const name = argument(given, 0, 'constraint_name')
    const named = name === null || name === undefined ? '' : `CONSTRAINT ${nameSql(name)} `
    const schema = given.named.get('schema') ?? given.named.get('source_schema')
    const table = tableSql(given.named.get('table_name') ?? given.named.get('source_table') ?? given.args[1], schema)
    const later = given.named.get('postgresql_not_valid') === true ? ' NOT VALID' : ''
    return [`ALTER TABLE ${table} ADD ${named}${write(given)}${later}`]
  }

const foreignKey = addConstraint((given) => {
  const target = tableSql(argument(given, 2, 'referent_table'), given.named.get('referent_schema'))
  return `FOREIGN KEY (${columnsOf(argument(given, 3, 'local_cols'))}) REFERENCES ${target} (${columnsOf(argument(given, 4, 'remote_cols'))})`
})

const dropTable: Write = (given) => [`DROP TABLE ${given.named.get('if_exists') === true ? 'IF EXISTS ' : ''}${tableOf(given)}`]

const alterEnum: Write = ({ args, named }) => {
  const type = tableSql(named.get('enum_name') ?? args[1], named.get('enum_schema') ?? args[0])
  const labels = itemsOf(named.get('new_values') ?? args[2] ?? null) ?? []
  const affected = itemsOf(named.get('affected_columns') ?? args[3] ?? null) ?? []
  const old = type.replace(/"$/, '_old"')
  return [
    `ALTER TYPE ${type} RENAME TO ${old.split('.').at(-1)}`,
    `CREATE TYPE ${type} AS ENUM (${labels.map((l) => literal(textOf(l))).join(', ')})`,
    ...affected.flatMap((a) => (isMade(a, 'TableReference') ? [swapped(a.given, type)] : [])),
    `DROP TYPE ${old}`,
  ]
}

const swapped = (given: Given, type: string): string => {
  const column = nameSql(argument(given, 1, 'column_name'))
  const table = tableSql(argument(given, 0, 'table_name'), given.named.get('table_schema'))
  return `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type} USING ${column}::text::${type}`
}

/** sync_enum_values of a plugin: values that are only added are added; else the type is swapped. */
const syncEnum: Write = (given) => alterEnum(given, { types: new Set() })

export const operations: Readonly<Record<string, Write>> = {
  create_table: createTable,
  drop_table: dropTable,
  add_column: addColumn,
  drop_column: (given) => [
    `ALTER TABLE ${tableOf(given)} DROP COLUMN ${given.named.get('if_exists') === true ? 'IF EXISTS ' : ''}${nameSql(argument(given, 1, 'column_name'))}`,
  ],
  alter_column: alterColumn,
  rename_table: (given) => [
    `ALTER TABLE ${tableOf(given, 0, 'old_table_name')} RENAME TO ${nameSql(argument(given, 1, 'new_table_name'))}`,
  ],
  create_index: createIndex,
  drop_index: dropIndex,
  create_foreign_key: foreignKey,
  create_unique_constraint: addConstraint((given) => `UNIQUE (${columnsOf(argument(given, 2, 'columns'))})`),
  create_primary_key: addConstraint((given) => `PRIMARY KEY (${columnsOf(argument(given, 2, 'columns'))})`),
  create_check_constraint: addConstraint((given) => `CHECK (${expressionText(argument(given, 2, 'condition'))})`),
  create_exclude_constraint: addConstraint(() => 'EXCLUDE USING gist (godwit_any_name WITH &&)'),
  drop_constraint: (given) => [
    `ALTER TABLE ${tableOf(given, 1)} DROP CONSTRAINT ${given.named.get('if_exists') === true ? 'IF EXISTS ' : ''}${nameSql(argument(given, 0, 'constraint_name'))}`,
  ],
  create_table_comment: (given) => [`COMMENT ON TABLE ${tableOf(given)} IS 'comment'`],
  drop_table_comment: (given) => [`COMMENT ON TABLE ${tableOf(given)} IS NULL`],
  bulk_insert: (given) => [insertedSql(argument(given, 0, 'table'), argument(given, 1, 'rows'))],
  sync_enum_values: syncEnum,
  ...entities,
}

/** Methods of `with op.batch_alter_table(…) as b`: those of op, without the table. */
export const inBatch: Readonly<Record<string, (given: Given, table: Value, schema: Value | undefined) => Given>> = {
  add_column: first,
  drop_column: first,
  alter_column: first,
  create_index: second,
  drop_index: (given) => given,
  create_foreign_key: second,
  create_unique_constraint: second,
  create_primary_key: second,
  create_check_constraint: second,
  drop_constraint: second,
  create_exclude_constraint: second,
}

const withSchema = (given: Given, schema: Value | undefined): Given =>
  schema === undefined || schema === null || isHoled(schema) ? given : { ...given, named: new Map([...given.named, ['schema', schema]]) }

function first(given: Given, table: Value, schema: Value | undefined): Given {
  return withSchema({ ...given, args: [table, ...given.args] }, schema)
}

function second(given: Given, table: Value, schema: Value | undefined): Given {
  const [name = given.named.get('index_name') ?? given.named.get('constraint_name') ?? null, ...more] = given.args
  return withSchema({ ...given, args: [name, table, ...more] }, schema)
}
