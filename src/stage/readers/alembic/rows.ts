// SQLAlchemy's own INSERT, UPDATE, DELETE and SELECT: by their tables; which rows they reach is kept as far as it shows.
import { isMade } from '../../python/expressions.ts'
import { Attribute, asText, Class, Dict, type Given, isHoled, itemsOf, Made, Ref, type Value } from '../../python/values.ts'
import { anything } from '../holes.ts'
import { literal } from '../quoting.ts'
import { nameSql, tableSql } from './columns.ts'

/** The table of sa.table('x'), sa.Table('x', …), of what op.create_table gives back, and of a class that has a __tablename__. */
export function tableIn(value: Value | undefined): string | undefined {
  if (isMade(value, 'table', 'Table', 'TableClause', 'create_table')) return tableSql(value.given.args[0], value.given.named.get('schema'))
  if (value instanceof Made && value.of instanceof Class) return tableIn(value.of)
  if (value instanceof Class) {
    const name = asText(value.scope.names.get('__tablename__') as Value)
    return name ? nameSql(name) : inherited(value)
  }
  if (value instanceof Attribute && value.name === '__table__') return tableIn(value.of)
  if (value instanceof Attribute) return tableIn(value.of)
  // a model that is not read is known by its name only
  return value instanceof Ref && /\.[A-Z]\w+$/.test(value.name) ? nameSql(value.name.split('.').at(-1)!.toLowerCase()) : undefined
}

const inherited = (value: Class): string | undefined =>
  value.bases
    .filter((b) => b instanceof Class)
    .map(tableIn)
    .find(Boolean)

export function insertedSql(table: Value | undefined, rows: Value | undefined): string {
  const all = itemsOf(rows ?? null) ?? []
  const [row] = all
  const columns = row instanceof Dict ? [...row.entries.values()].map(([name]) => nameSql(name)) : []
  const name = tableIn(table) ?? anything
  const values = columns.length ? all.map((r) => valuesIn(r, columns)) : []
  if (values.length && values.every((v) => v !== undefined))
    return `INSERT INTO ${name} (${columns.join(', ')}) VALUES ${values.join(', ')}`
  return columns.length
    ? `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => 'NULL').join(', ')})`
    : `INSERT INTO ${name} DEFAULT VALUES`
}

/** Undefined where one of them is known only when it runs. */
function valuesIn(row: Value, columns: readonly string[]): string | undefined {
  const entries =
    row instanceof Dict ? new Map([...row.entries.values()].map(([name, value]) => [nameSql(name), value])) : new Map<string, Value>()
  const values = columns.map((c) => constant(entries.get(c)))
  return entries.size === columns.length && values.every((v) => v !== undefined) ? `(${values.join(', ')})` : undefined
}

function constant(value: Value | undefined): string | undefined {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return isHoled(value) ? undefined : literal(value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

const links = (value: Value): Made[] => {
  const found: Made[] = []
  for (let next: Value | undefined = value; next instanceof Made || next instanceof Attribute; next = next.of)
    if (next instanceof Made) found.push(next)
  return found
}

const verbs: Readonly<Record<string, (table: string, chain: readonly Made[]) => string>> = {
  insert: (table, chain) =>
    `INSERT INTO ${table} ${chain.some((m) => m.name === 'from_select') ? `SELECT * FROM ${anything}` : 'DEFAULT VALUES'}`,
  update: (table, chain) => `UPDATE ${table} SET ${columnsSet(chain)}${where(chain)}`,
  delete: (table, chain) => `DELETE FROM ${table}${where(chain)}`,
  select: (table) => `SELECT * FROM ${table}`,
}

const columnsSet = (chain: readonly Made[]): string => {
  const values = chain.find((m) => m.name === 'values') ?? chain.find((m) => m.name === 'update')
  const [dict] = values?.given.args ?? []
  const names = [
    ...(values?.given.named.keys() ?? []),
    ...(dict instanceof Dict ? [...dict.entries.values()].map(([key]) => asText(key) ?? nameIn(key)) : []),
  ].filter((name) => name !== 'synchronize_session')
  return (names.length ? names.map(nameSql) : [anything]).map((name) => `${name} = ${anything}`).join(', ')
}

const nameIn = (value: Value): string => (value instanceof Attribute ? value.name : anything)

const where = (chain: readonly Made[]): string =>
  chain.some((m) => ['where', 'filter', 'filter_by'].includes(m.name)) ? ` WHERE ${anything} > ${anything} + 0` : ''

/** What is given to execute(), where it is no text. */
export function coreSql(value: Value): string | undefined {
  const chain = links(value)
  for (const made of chain) {
    const verb = made.name.split('.').at(-1)!
    if (!Object.hasOwn(verbs, verb)) continue
    const table = made.of === undefined ? tableIn(made.given.args[0]) : (tableIn(made.of) ?? queried(chain))
    if (table !== undefined) return verbs[verb]!(table, chain)
    if (verb === 'select') return `SELECT 1`
  }
  return undefined
}

/** session.query(Model).filter(…).update(…) */
const queried = (chain: readonly Made[]): string | undefined => tableIn(chain.find((m) => m.name === 'query')?.given.args[0])

export const queriedRows = (of: Value, name: string, given: Given): string | undefined => {
  if (!['update', 'delete'].includes(name)) return undefined
  const made = new Made(name, given, of)
  return queried(links(made)) ? coreSql(made) : undefined
}
