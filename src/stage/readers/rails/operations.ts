// What a migration may be told to do to the schema, each as the SQL that it stands for.
import { type RubyHash, type RubyValue, unknown } from '../../ruby/values.ts'
import { anything } from '../holes.ts'
import { literal, quoted } from '../quoting.ts'
import { columnSql, nameSql, optionsOf, tableSql, typeSql, type Version, valueSql } from './columns.ts'
import { indexName, pluralOf } from './names.ts'

/** What was said to a table within its block: t.string :name, null: false. */
export interface Said {
  readonly name: string
  readonly args: readonly RubyValue[]
}

export interface Given {
  readonly args: readonly RubyValue[]
  readonly options: RubyHash
  readonly version: Version
  readonly block: readonly Said[]
}

export type Write = (given: Given) => readonly string[]

const plainArgs = (args: readonly RubyValue[]): readonly RubyValue[] => args.filter((a) => !(a instanceof Map))
const listOf = (value: RubyValue | undefined): readonly RubyValue[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const names = (value: RubyValue | undefined): string => listOf(value).map(nameSql).join(', ') || anything
const textOf = (value: RubyValue | undefined): string => (typeof value === 'string' ? value : anything)
const bare = (table: RubyValue | undefined): string => textOf(table).split('.').at(-1)!

const keyOf = ({ number }: Version): string => (number >= 5.1 ? 'bigint' : 'integer')

function createTable({ args: [table], options, version, block }: Given): string[] {
  const id = options.get('id')
  const keyName = options.get('primary_key') ?? 'id'
  const composite = Array.isArray(keyName)
  const serial = version.number >= 5.1 ? 'bigserial' : 'serial'
  const type =
    id === undefined || id === true || id === 'bigint' || id === 'bigserial'
      ? serial
      : id === 'integer' || id === 'serial'
        ? 'serial'
        : undefined
  const given = type ?? (id instanceof Map ? typeSql(id.get('type') ?? 'bigint', id, version) : typeSql(id ?? unknown, new Map(), version))
  const from = type === undefined ? valueSql(options.get('default')) : undefined
  const key = id === false || composite ? [] : [`${nameSql(keyName)} ${given}${from === undefined ? '' : ` DEFAULT ${from}`} PRIMARY KEY`]
  const parts = block.flatMap((s) => inTable(s, table, version))
  const columns = [...key, ...parts.flatMap((p) => p.column ?? []), ...(composite ? [`PRIMARY KEY (${names(keyName)})`] : [])]
  const force = options.get('force') ? [`DROP TABLE IF EXISTS ${tableSql(table)} CASCADE`] : []
  const as = options.get('as')
  const made = `CREATE TABLE ${options.get('if_not_exists') === true ? 'IF NOT EXISTS ' : ''}${tableSql(table)}`
  if (typeof as === 'string') return [...force, `${made} AS ${as}`]
  return [...force, `${made} (${columns.join(', ')})`, ...parts.flatMap((p) => p.beside ?? [])]
} // prettier-ignore

/** In create_table: what stands in the list of columns, and what is made beside it. */
function inTable(
  { name, args }: Said,
  table: RubyValue | undefined,
  version: Version,
): { column?: string[]; beside?: readonly string[] }[] {
  const options = optionsOf(args)
  const given = (more: readonly RubyValue[]): Given => ({ args: [table ?? unknown, ...more], options: optionsOf(more), version, block: [] })
  if (name === 'timestamps' || name === 'timestamps_with_timezone') return [{ column: timestamps(options, version) }]
  if (name === 'references' || name === 'belongs_to')
    return plainArgs(args).flatMap((ref) => [
      { column: referenceColumns(ref, options, version), beside: referenceBeside(table, ref, options, version) },
    ])
  if (name === 'column') return [{ column: [columnSql(args[0] ?? unknown, args[1] ?? unknown, options, version)] }]
  if (name === 'index') return [{ beside: addIndex(given(args)) }]
  if (name === 'foreign_key') return [{ beside: addForeignKey(given(args)) }]
  if (name.endsWith('_constraint')) return [{ beside: operations[`add_${name}`]?.(given(args)) ?? [] }]
  return plainArgs(args).map((column) => ({
    column: [columnSql(column, name, options, version)],
    beside: indexBeside(table, column, options, version),
  }))
} // prettier-ignore

function timestamps(options: RubyHash, version: Version): string[] {
  const filled = new Map<string, RubyValue>([...(version.number >= 5 ? [['null', false] as const] : []), ...options])
  return ['created_at', 'updated_at'].map((c) => columnSql(c, 'datetime', filled, version))
}

function referenceColumns(ref: RubyValue, options: RubyHash, version: Version): string[] {
  const type = options.get('type') ?? keyOf(version)
  const kind = options.get('polymorphic') ? [columnSql(`${textOf(ref)}_type`, 'string', only(options, 'null'), version)] : []
  return [...kind, columnSql(`${textOf(ref)}_id`, type, only(options, 'null', 'default'), version)]
}

const only = (options: RubyHash, ...kept: readonly string[]): RubyHash => new Map([...options].filter(([name]) => kept.includes(name)))

function referenceBeside(table: RubyValue | undefined, ref: RubyValue, options: RubyHash, version: Version): string[] {
  const index = options.get('index') ?? version.number >= 5
  const columns = [...(options.get('polymorphic') ? [`${textOf(ref)}_type`] : []), `${textOf(ref)}_id`]
  const given = (args: readonly RubyValue[]): Given => ({ args: [table ?? unknown, ...args], options: optionsOf(args), version, block: [] })
  const key = options.get('foreign_key')
  const target: RubyHash = new Map(key instanceof Map ? key : [])
  target.set('column', `${textOf(ref)}_id`)
  return [
    ...(index ? addIndex(given([columns, index instanceof Map ? index : new Map()])) : []),
    ...(key ? addForeignKey(given([target.get('to_table') ?? pluralOf(textOf(ref)), target])) : []),
  ]
}

function indexBeside(table: RubyValue | undefined, column: RubyValue, options: RubyHash, version: Version): readonly string[] {
  const index = options.get('index')
  if (!index) return []
  const how: RubyHash = index instanceof Map ? index : new Map()
  return addIndex({ args: [table ?? unknown, column, how], options: how, version, block: [] })
}

function addIndex({ args: [table, columns], options }: Given): string[] {
  const words = listOf(columns).map((c) => textOf(c))
  const name = options.get('name') ?? indexName(bare(table), words)
  const parts = words.map((c) => (/^\w+$/.test(c) ? quoted(c) : c))
  const [where, using, include] = ['where', 'using', 'include'].map((o) => options.get(o))
  return [
    [
      `CREATE ${options.get('unique') === true ? 'UNIQUE ' : ''}INDEX`,
      ...(options.get('algorithm') === 'concurrently' ? ['CONCURRENTLY'] : []),
      ...(options.get('if_not_exists') === true ? ['IF NOT EXISTS'] : []),
      `${nameSql(name)} ON ${tableSql(table)}`,
      ...(typeof using === 'string' ? [`USING ${using}`] : []),
      `(${parts.join(', ')})`,
      ...(include === undefined ? [] : [`INCLUDE (${names(include)})`]),
      ...(typeof where === 'string' ? [`WHERE ${where}`] : where === undefined ? [] : [`WHERE ${anything}`]),
    ].join(' '),
  ]
}

function addForeignKey({ args: [from, to], options }: Given): string[] {
  const column = options.get('column') ?? `${singular(bare(to))}_id`
  const name = options.get('name') ?? `fk_${bare(from)}_${textOf(column)}`
  const actions = ['delete', 'update'].flatMap((when) => {
    const what = options.get(`on_${when}`)
    return typeof what === 'string' ? [`ON ${when.toUpperCase()} ${what === 'nullify' ? 'SET NULL' : what.toUpperCase()}`] : []
  })
  return [
    [
      `ALTER TABLE ${tableSql(from)} ADD CONSTRAINT ${nameSql(name)} FOREIGN KEY (${names(column)})`,
      `REFERENCES ${tableSql(to)} (${names(options.get('primary_key') ?? 'id')})`,
      ...actions,
      ...(options.get('validate') === false ? ['NOT VALID'] : []),
    ].join(' '),
  ]
}

const singular = (word: string): string =>
  word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.replace(/(?<=(s|x|ch|sh))es$|(?<!s)s$/, '')

function addCheck({ args: [table, rule], options }: Given): string[] {
  const name = options.get('name') ?? `chk_${bare(table)}`
  return [
    `ALTER TABLE ${tableSql(table)} ADD CONSTRAINT ${nameSql(name)} CHECK (${textOf(rule)})${options.get('validate') === false ? ' NOT VALID' : ''}`,
  ]
}

const alter = (table: RubyValue | undefined, what: string): string => `ALTER TABLE ${tableSql(table)} ${what}`

function changeDefault({ args: [table, column, value] }: Given): string[] {
  const to: RubyValue | undefined = value instanceof Map && value.has('to') ? value.get('to') : value
  const sql = valueSql(to)
  return [alter(table, `ALTER COLUMN ${nameSql(column)} ${sql === undefined ? 'DROP DEFAULT' : `SET DEFAULT ${sql}`}`)]
}

/** A value for those that have none is put in first. */
function changeNull({ args: [table, column, allowed, value] }: Given): string[] {
  const fills = allowed === false && value !== undefined && !(value instanceof Map) && value !== null
  const filled = fills ? [`UPDATE ${tableSql(table)} SET ${nameSql(column)} = ${valueSql(value)} WHERE ${nameSql(column)} IS NULL`] : []
  return [...filled, alter(table, `ALTER COLUMN ${nameSql(column)} ${allowed === false ? 'SET' : 'DROP'} NOT NULL`)]
}

function changeColumn({ args: [table, column, type], options, version }: Given): string[] {
  const using = options.get('using')
  const value: RubyValue | undefined = options.get('default')
  return [
    alter(
      table,
      `ALTER COLUMN ${nameSql(column)} TYPE ${typeSql(type ?? unknown, options, version)}${typeof using === 'string' ? ` USING ${using}` : ''}`,
    ),
    ...(options.has('default')
      ? changeDefault({ args: [table ?? unknown, column ?? unknown, value ?? null], options, version, block: [] })
      : []),
    ...(options.has('null')
      ? [alter(table, `ALTER COLUMN ${nameSql(column)} ${options.get('null') === false ? 'SET' : 'DROP'} NOT NULL`)]
      : []),
  ]
} // prettier-ignore

const ifExists = (options: RubyHash): string => (options.get('if_exists') === true ? 'IF EXISTS ' : '')

function removeIndex({ args, options }: Given): string[] {
  const columns = options.get('column') ?? plainArgs(args)[1]
  const name = options.get('name') ?? indexName(bare(args[0]), listOf(columns).map(textOf))
  return [`DROP INDEX ${options.get('algorithm') === 'concurrently' ? 'CONCURRENTLY ' : ''}${ifExists(options)}${nameSql(name)}`]
}

const dropConstraint = (table: RubyValue | undefined, name: RubyValue | undefined): string =>
  alter(table, `DROP CONSTRAINT ${nameSql(name)}`)
const validate = (table: RubyValue | undefined, name: RubyValue | undefined): string => alter(table, `VALIDATE CONSTRAINT ${nameSql(name)}`)

const foreignName = ({ args, options }: Given): RubyValue => {
  const column = options.get('column') ?? (plainArgs(args)[1] === undefined ? unknown : `${singular(bare(plainArgs(args)[1]))}_id`)
  return options.get('name') ?? `fk_${bare(args[0])}_${textOf(column)}`
}

const addColumns = (given: Given, column: string, beside: readonly string[]): string[] => [
  alter(given.args[0], `ADD COLUMN ${given.options.get('if_not_exists') === true ? 'IF NOT EXISTS ' : ''}${column}`),
  ...beside,
]

function addExclusion({ args: [table, over], options }: Given): string[] {
  const using = options.get('using')
  const where = options.get('where')
  const rows = where === undefined ? '' : ` WHERE (${typeof where === 'string' ? where : anything})`
  const name = nameSql(options.get('name') ?? `excl_${bare(table)}`)
  const what = typeof over === 'string' ? over : `${anything} WITH =`
  return [alter(table, `ADD CONSTRAINT ${name} EXCLUDE USING ${typeof using === 'string' ? using : 'gist'} (${what})${rows}`)]
}

/** t.remove :x is remove_column of its table, and so on. */
const inChange: Readonly<Record<string, string>> = {
  remove: 'remove_columns',
  rename: 'rename_column',
  change: 'change_column',
  change_default: 'change_column_default',
  change_null: 'change_column_null',
  index: 'add_index',
  remove_index: 'remove_index',
  references: 'add_reference',
  belongs_to: 'add_reference',
  remove_references: 'remove_reference',
  remove_belongs_to: 'remove_reference',
  timestamps: 'add_timestamps',
  remove_timestamps: 'remove_timestamps',
  foreign_key: 'add_foreign_key',
  remove_foreign_key: 'remove_foreign_key',
  check_constraint: 'add_check_constraint',
  remove_check_constraint: 'remove_check_constraint',
  unique_constraint: 'add_unique_constraint',
  remove_unique_constraint: 'remove_unique_constraint',
  exclusion_constraint: 'add_exclusion_constraint',
  remove_exclusion_constraint: 'remove_exclusion_constraint',
  column: 'add_column',
}

function changeTable({ args: [table], version, block }: Given): string[] {
  return block.flatMap(({ name, args }) => {
    const known = inChange[name]
    const options = optionsOf(args)
    const given = (more: readonly RubyValue[]): Given => ({ args: [table ?? unknown, ...more], options, version, block: [] })
    if (known) return [...operations[known]!(given(args))]
    return plainArgs(args).flatMap((column) => operations['add_column']!(given([column, name, options])))
  })
}

export const operations: Readonly<Record<string, Write>> = {
  create_table: createTable,
  change_table: changeTable,
  create_join_table: ({ args: [a, b], options, version, block }) => {
    const table: RubyValue = options.get('table_name') ?? [textOf(a), textOf(b)].toSorted().join('_')
    const both: readonly (RubyValue | undefined)[] = [a, b]
    const keys = both.map(
      (t): Said => ({ name: 'column', args: [`${singular(bare(t))}_id`, keyOf(version), new Map<string, RubyValue>([['null', false]])] }),
    )
    const args: readonly RubyValue[] = [table]
    return createTable({
      args,
      options: new Map<string, RubyValue>([...options, ['id', false]]),
      version,
      block: [...keys, ...block],
    })
  },
  drop_table: ({ args, options }) =>
    plainArgs(args).map((t) => `DROP TABLE ${ifExists(options)}${tableSql(t)}${options.get('force') === 'cascade' ? ' CASCADE' : ''}`),
  drop_join_table: ({ args: [a, b] }) => [`DROP TABLE ${tableSql([textOf(a), textOf(b)].toSorted().join('_'))}`],
  rename_table: ({ args: [from, to] }) => [alter(from, `RENAME TO ${nameSql(to)}`)],
  add_column: (given) =>
    addColumns(
      given,
      columnSql(given.args[1] ?? unknown, given.args[2] ?? unknown, given.options, given.version),
      indexBeside(given.args[0], given.args[1] ?? unknown, given.options, given.version),
    ),
  add_columns: (given) =>
    plainArgs(given.args)
      .slice(1)
      .flatMap((c) => addColumns(given, columnSql(c, given.options.get('type') ?? unknown, given.options, given.version), [])),
  remove_column: ({ args: [table, column], options }) => [alter(table, `DROP COLUMN ${ifExists(options)}${nameSql(column)}`)],
  remove_columns: ({ args, options }) =>
    plainArgs(args)
      .slice(1)
      .map((c) => alter(args[0], `DROP COLUMN ${ifExists(options)}${nameSql(c)}`)),
  rename_column: ({ args: [table, from, to] }) => [alter(table, `RENAME COLUMN ${nameSql(from)} TO ${nameSql(to)}`)],
  change_column: changeColumn,
  change_column_default: changeDefault,
  change_column_null: changeNull,
  change_column_comment: ({ args: [table, column] }) => [`COMMENT ON COLUMN ${tableSql(table)}.${nameSql(column)} IS ''`],
  change_table_comment: ({ args: [table] }) => [`COMMENT ON TABLE ${tableSql(table)} IS ''`],
  add_timestamps: (given) => timestamps(given.options, given.version).flatMap((c) => addColumns(given, c, [])),
  remove_timestamps: ({ args: [table] }) => ['created_at', 'updated_at'].map((c) => alter(table, `DROP COLUMN ${quoted(c)}`)),
  add_index: addIndex,
  remove_index: removeIndex,
  rename_index: ({ args: [, from, to] }) => [`ALTER INDEX ${nameSql(from)} RENAME TO ${nameSql(to)}`],
  add_reference: (given) => {
    const {
      args: [table, ref],
      options,
      version,
    } = given
    const beside = referenceBeside(table, ref ?? unknown, options, version)
    return [...referenceColumns(ref ?? unknown, options, version).flatMap((c) => addColumns(given, c, [])), ...beside]
  },
  remove_reference: ({ args: [table, ref], options }) =>
    [...(options.get('polymorphic') ? [`${textOf(ref)}_type`] : []), `${textOf(ref)}_id`].map((c) =>
      alter(table, `DROP COLUMN ${quoted(c)}`),
    ),
  add_foreign_key: addForeignKey,
  add_belongs_to: (given) => operations['add_reference']!(given),
  remove_belongs_to: (given) => operations['remove_reference']!(given),
  remove_foreign_key: (given) => [dropConstraint(given.args[0], foreignName(given))],
  validate_foreign_key: (given) => [validate(given.args[0], foreignName(given))],
  add_check_constraint: addCheck,
  remove_check_constraint: ({ args: [table], options }) => [dropConstraint(table, options.get('name') ?? unknown)],
  validate_check_constraint: ({ args: [table], options }) => [validate(table, options.get('name') ?? unknown)],
  validate_constraint: ({ args: [table, name] }) => [validate(table, name)],
  add_unique_constraint: ({ args: [table, columns], options }) => [
    alter(table, `ADD CONSTRAINT ${nameSql(options.get('name') ?? `uniq_${bare(table)}`)} UNIQUE (${names(columns)})`),
  ],
  remove_unique_constraint: ({ args: [table], options }) => [dropConstraint(table, options.get('name') ?? unknown)],
  add_exclusion_constraint: addExclusion,
  remove_exclusion_constraint: ({ args: [table], options }) => [dropConstraint(table, options.get('name') ?? unknown)],
  create_enum: ({ args: [name, values] }) => [
    `CREATE TYPE ${tableSql(name)} AS ENUM (${listOf(values)
      .map((v) => literal(textOf(v)))
      .join(', ')})`,
  ],
  drop_enum: ({ args: [name] }) => [`DROP TYPE ${tableSql(name)}`],
  rename_enum: ({ args: [name, to] }) => [`ALTER TYPE ${tableSql(name)} RENAME TO ${nameSql(to instanceof Map ? to.get('to') : to)}`],
  add_enum_value: ({ args: [name, value] }) => [`ALTER TYPE ${tableSql(name)} ADD VALUE ${literal(textOf(value))}`],
  enable_extension: ({ args: [name] }) => [`CREATE EXTENSION IF NOT EXISTS ${nameSql(name)}`],
  disable_extension: ({ args: [name] }) => [`DROP EXTENSION IF EXISTS ${nameSql(name)} CASCADE`],
  create_schema: ({ args: [name] }) => [`CREATE SCHEMA ${nameSql(name)}`],
  drop_schema: ({ args: [name] }) => [`DROP SCHEMA ${nameSql(name)} CASCADE`],
} // prettier-ignore

/** In `change`, what Rails cannot take back by itself. */
export function isOneWay(name: string, args: readonly RubyValue[], hasBlock: boolean): boolean {
  const options = optionsOf(args)
  if (name === 'drop_table') return !hasBlock
  if (name === 'remove_column') return plainArgs(args).length < 3
  if (name === 'remove_columns') return !options.has('type')
  if (name === 'remove_index') return plainArgs(args).length < 2 && !options.has('column')
  if (name === 'change_column_default' || name === 'change_column_comment') return !options.has('from')
  return ['change_column', 'execute', 'drop_enum', 'add_enum_value'].includes(name)
}
