// A database's tables as TypeScript source: what `godwit pull` writes.
import { type ForeignKey, type LiveColumn, type LiveSchema, type LiveTable, whereIs } from './schema.ts'
import type { SqlType } from './type.ts'

export interface PullOptions {
  /** Ids in which * stands for anything: `pad.*`. Left out: all tables. */
  readonly only?: readonly string[] | undefined
  /** The first lines, as they are: comments. */
  readonly header?: string | undefined
}

const defaultHeader = '// Written by `godwit pull`; `godwit pull --check` tells when it is out of date.'

/** The same schema gives the same text, to the byte. */
export function pullSource(schema: LiveSchema, options: PullOptions = {}): string {
  const tables = pulledTables(schema, options.only)
  const names = exportNames(tables)
  const used = new Set<string>()
  const bodies = tables.map((table) => tableSource(table, names.get(table.id)!, used))
  const imports = used.size === 0 ? [] : [`import { ${[...used].toSorted().join(', ')} } from 'godwit'`]
  return [options.header ?? defaultHeader, ...imports, '', bodies.join('\n\n'), ''].join('\n')
}

/** What is pulled: everything that has rows under a name of its own. A partition's rows are its parent's. */
export function pulledTables(schema: LiveSchema, only?: readonly string[]): LiveTable[] {
  const wanted = only?.map(globPattern)
  return [...schema.tables.values()]
    .filter((t) => t.partition === undefined && t.kind !== 'partition' && (wanted?.some((pattern) => pattern.test(t.id)) ?? true))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

const globPattern = (glob: string): RegExp => new RegExp(`^${glob.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*')}$`, 's')

function tableSource(table: LiveTable, name: string, used: Set<string>): string {
  const word = (w: string): string => {
    used.add(w)
    return w
  }
  const kind = table.kind === 'table' || table.kind === 'partitioned table' ? [] : [`// a ${table.kind}`]
  const columns = table.columns.map((c) => `  ${propertyName(c.name)}: ${columnSource(table, c, word)},`)
  const body = columns.length === 0 ? '{}' : `{\n${columns.join('\n')}\n}`
  const away = whereIs(table.id)
  const made = away
    ? `${word('database')}(${quoted(away.database)}).table(${quoted(away.id)}, ${body})`
    : `${word('table')}(${quoted(table.id)}, ${body})`
  return [...kind, `export const ${name} = ${made}`].join('\n')
}

function columnSource(table: LiveTable, c: LiveColumn, word: (w: string) => string): string {
  const points = table.foreignKeys.find((f) => f.columns.length === 1 && f.columns[0] === c.name)
  return [
    typeSource(c.type, word),
    table.primaryKey.includes(c.name) ? '.key()' : '',
    c.identity ? `.identity(${c.identity === 'always' ? quoted('always') : ''})` : '',
    c.generated !== undefined ? '.generated()' : '',
    c.default !== undefined ? '.default()' : '',
    c.nullable ? '.null()' : '',
    points ? `.references(${quoted(referenceOf(points))})` : '',
  ].join('')
}

/** `schema.table.column`, as `.references()` has it. */
export const referenceOf = (key: ForeignKey): string => `${key.to}.${key.toColumns[0]}`

const words: Readonly<Partial<Record<SqlType['name'], string>>> = {
  int2: 'smallint',
  int4: 'int',
  int8: 'bigint',
  float4: 'real',
  float8: 'double',
  bool: 'bool',
  text: 'text',
  date: 'date',
  time: 'time',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'jsonb',
  bytea: 'bytea',
  interval: 'interval',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
}

function typeSource(type: SqlType, word: (w: string) => string): string {
  switch (type.name) {
    case 'numeric':
      return `${word('numeric')}(${type.precision === undefined ? '' : [type.precision, ...(type.scale ? [type.scale] : [])].join(', ')})`
    case 'varchar':
    case 'char':
      return `${word(type.name)}(${type.length ?? ''})`
    case 'enum':
      return `${word('enumeration')}(${quoted(type.sql)}, [${type.labels.map(quoted).join(', ')}])`
    case 'array':
      return `${word('array')}(${typeSource(type.of, word)})`
    case 'other':
      return `${word('other')}(${quoted(type.sql)})`
    default:
      return `${word(words[type.name]!)}()`
  }
}

/** Names come from a database that may be anybody's: as a literal they cannot be code, nor turn the line around on the screen. */
function quoted(text: string): string {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inside.replace(/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`
}

function propertyName(name: string): string {
  // written plainly or in quotes it would set the prototype instead of a column
  if (name === '__proto__') return `['__proto__']`
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

// ── what each table is called ────────────────────────────────────────────────────────────────

/** The words that the file imports, and those that JavaScript keeps for itself. */
const taken = new Set(
  `table query smallint int bigint numeric real double text varchar char bool date time timestamp timestamptz interval uuid json jsonb bytea enumeration
  array other arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function
  if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof
  undefined var void while with yield`.split(/\s+/),
)

/** By id. Where two tables would have one name, both get their schema in front; where that is not enough, a number behind. */
export function exportNames(tables: readonly LiveTable[]): Map<string, string> {
  const plain = tables.map((t) => camelCase(t.name))
  const given = new Set<string>()
  return new Map(
    tables.map((t, i) => {
      const shared = plain.indexOf(plain[i]!) !== plain.lastIndexOf(plain[i]!)
      return [t.id, free(shared ? camelCase(`${t.schema}_${plain[i]}`) : plain[i]!, given)]
    }),
  )
}

function free(wanted: string, given: Set<string>): string {
  const base = taken.has(wanted) ? `${wanted}Table` : wanted
  let name = base
  for (let n = 2; given.has(name); n++) name = `${base}${n}`
  given.add(name)
  return name
}

function camelCase(name: string): string {
  const parts = name.match(/[\p{L}\p{N}]+/gu) ?? ['table']
  const [first, ...rest] = parts.map((part) => part.normalize('NFC'))
  const joined =
    first!.charAt(0).toLowerCase() + first!.slice(1) + rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('')
  return /^[\p{ID_Start}]/u.test(joined) && /^[\p{ID_Continue}]+$/u.test(joined) ? joined : `t${joined.replace(/[^\p{ID_Continue}]/gu, '')}`
}
