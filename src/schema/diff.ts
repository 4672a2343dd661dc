// What differs between two looks at a database, in words.
import { createHash } from 'node:crypto'
import type { ColumnFacts } from './column.ts'
import { pulledTables, referenceOf } from './pull.ts'
import type { ForeignKey, LiveColumn, LiveSchema, LiveTable, Trigger, Unique } from './schema.ts'
import { type SqlType, sameType, typeLabel } from './type.ts'

/** A table as `table()` makes it. */
export interface AuthoredTable {
  readonly id: string
  readonly columns: Readonly<Record<string, ColumnFacts>>
}

export interface CheckOptions {
  /** How the file is called in the messages. */
  readonly file?: string | undefined
  /** Tables that the file should have, as `pull` takes them. Left out: all of the database. */
  readonly only?: readonly string[] | undefined
}

/** `pad.pad_request.status: varchar(20) there, varchar(25) in schema.ts` */
export function diffTables(authored: readonly AuthoredTable[], live: LiveSchema, options: CheckOptions = {}): string[] {
  const file = options.file ?? 'schema.ts'
  const known = new Set(authored.map((t) => t.id))
  const differences = authored.flatMap((table) => {
    const there = live.tables.get(table.id)
    return there ? columnDifferences(table, there, file) : [`${table.id}: in ${file}, but not in the database`]
  })
  const missing = pulledTables(live, options.only).filter((t) => !known.has(t.id))
  return [...differences, ...missing.map((t) => `${t.id}: in the database, but not in ${file}`)].toSorted()
}

function columnDifferences(table: AuthoredTable, there: LiveTable, file: string): string[] {
  const authored = new Map(Object.entries(table.columns))
  const live = new Map(there.columns.map((c) => [c.name, c]))
  const extra = [...live.keys()].filter((name) => !authored.has(name)).map((name) => `${table.id}.${name}: there, but not in ${file}`)
  const rest = [...authored].flatMap(([name, facts]) => {
    const column = live.get(name)
    if (!column) return [`${table.id}.${name}: in ${file}, but not there`]
    return factsThatDiffer(facts, column, there).map(([is, says]) => `${table.id}.${name}: ${is} there, ${says} in ${file}`)
  })
  return [...rest, ...extra]
}

/** Pairs: how it is there, what the file says. */
function factsThatDiffer(facts: ColumnFacts, column: LiveColumn, table: LiveTable): [is: string, says: string][] {
  const pairs: [string, string][] = [
    typesInWords(column.type, facts.type),
    [column.nullable ? 'may be null' : 'not null', facts.nullable ? 'may be null' : 'not null'],
    [table.primaryKey.includes(column.name) ? 'in the key' : 'not in the key', facts.isKey ? 'in the key' : 'not in the key'],
    [identityInWords(column.identity), identityInWords(facts.identityKind)],
    [column.generated === undefined ? 'written' : 'generated', facts.isGenerated ? 'generated' : 'written'],
  ]
  // for a column that is one of the others, `optional` says nothing of its own
  if (
    !column.nullable &&
    !facts.nullable &&
    !column.identity &&
    !facts.identityKind &&
    column.generated === undefined &&
    !facts.isGenerated
  ) {
    pairs.push([column.default === undefined ? 'no default' : 'a default', facts.optional ? 'a default' : 'no default'])
  }
  if (facts.refersTo !== undefined && !referencesOf(column.name, table).includes(facts.refersTo)) {
    pairs.push([
      referencesOf(column.name, table)
        .map((r) => `a reference to ${r}`)
        .join(' and ') || 'no reference',
      `a reference to ${facts.refersTo}`,
    ])
  }
  return pairs.filter(([is, says]) => is !== says)
}

const referencesOf = (name: string, table: LiveTable): string[] =>
  table.foreignKeys.filter((f) => f.columns.length === 1 && f.columns[0] === name).map(referenceOf)

const identityInWords = (kind: LiveColumn['identity']): string => (kind ? `identity ${kind}` : 'no identity')

function typesInWords(is: SqlType, says: SqlType): [string, string] {
  if (sameType(is, says)) return ['', '']
  // two enums of one name differ in their labels
  return typeLabel(is) === typeLabel(says) ? [typeAtLength(is), typeAtLength(says)] : [typeLabel(is), typeLabel(says)]
}

function typeAtLength(type: SqlType): string {
  if (type.name === 'array') return `${typeAtLength(type.of)}[]`
  return type.name === 'enum' ? `${type.sql} (${type.labels.join(', ')})` : `${typeLabel(type)} (${type.name})`
}

// ── two databases, or one at two times ───────────────────────────────────────────────────────

/** From `a`, as it was, to `b`, as it is: `pad.pad_request: column status was varchar(25), is varchar(20)` */
export function diffSchemas(a: LiveSchema, b: LiveSchema): string[] {
  const ids = [...new Set([...a.tables.keys(), ...b.tables.keys()])].toSorted()
  return ids.flatMap((id) => {
    const [before, after] = [a.tables.get(id), b.tables.get(id)]
    if (!before) return [`${id}: new ${after!.kind}`]
    if (!after) return [`${id}: ${before.kind} is gone`]
    return tableDifferences(before, after).map((difference) => `${id}: ${difference}`)
  })
}

function tableDifferences(before: LiveTable, after: LiveTable): string[] {
  const [was, is] = [factsOf(before), factsOf(after)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((what) => {
    const [old, now] = [was.get(what), is.get(what)]
    if (old === now) return []
    if (old === undefined) return [`new ${what}: ${now}`]
    return [now === undefined ? `${what} is gone: ${old}` : `${what} was ${old}, is ${now}`]
  })
}

/** Everything that is said of a table, one line to a thing. */
function factsOf(t: LiveTable): Map<string, string> {
  return new Map<string, string>([
    ['kind', t.kind],
    ['owner', t.owner],
    ['row security', t.rowSecurity ? 'on' : 'off'],
    ['partition', t.partition ? `${t.partition.bound} of ${t.partition.of ?? 'a table elsewhere'}` : 'none'],
    ['primary key', t.primaryKey.join(', ') || 'none'],
    ...t.columns.map((c): [string, string] => [`column ${c.name}`, columnInWords(c)]),
    ...t.uniques.filter((u) => !u.primary).map((u): [string, string] => [`unique ${u.name}`, uniqueInWords(u)]),
    ...t.checks.map((c): [string, string] => [`check ${c.name}`, `${c.sql}${c.validated ? '' : ', not validated'}`]),
    ...t.foreignKeys.map((f): [string, string] => [`foreign key ${f.name}`, foreignKeyInWords(f)]),
    ...t.exclusions.map((sql): [string, string] => [`exclusion ${sql}`, 'there']),
    ...t.triggers.map((trigger): [string, string] => [`trigger ${trigger.name}`, triggerInWords(trigger)]),
    ...(t.indexes ?? [])
      .filter((i) => !i.unique || !i.valid)
      .map((i): [string, string] => [`index ${i.name}`, `${i.sql}${i.valid ? '' : ', invalid'}`]),
  ])
}

function columnInWords(c: LiveColumn): string {
  return [
    c.type.name === 'enum' || c.type.name === 'array' ? typeAtLength(c.type) : typeLabel(c.type),
    c.nullable ? 'null' : 'not null',
    c.identity ? identityInWords(c.identity) : '',
    c.generated === undefined ? '' : `generated ${c.generated}`,
    c.default === undefined ? '' : `default ${c.default}`,
    c.sequence === undefined || c.default?.includes(c.sequence) ? '' : `sequence ${c.sequence}`,
    c.collation === undefined ? '' : `collate ${c.collation}`,
  ]
    .filter(Boolean)
    .join(' ')
}

const uniqueInWords = (u: Unique): string =>
  [
    u.expressions ?? `(${u.columns.join(', ')})`,
    u.where && `where ${u.where}`,
    u.nullsNotDistinct && 'nulls not distinct',
    u.deferrable && 'deferrable',
  ]
    .filter(Boolean)
    .join(' ')

const foreignKeyInWords = (f: ForeignKey): string =>
  [
    `(${f.columns.join(', ')}) to ${f.to} (${f.toColumns.join(', ')})`,
    f.onDelete !== 'no action' && `on delete ${f.onDelete}`,
    f.onUpdate !== 'no action' && `on update ${f.onUpdate}`,
    f.match !== 'simple' && `match ${f.match}`,
    f.deferrable && 'deferrable',
    !f.validated && 'not validated',
  ]
    .filter(Boolean)
    .join(' ')

const triggerInWords = (t: Trigger): string => `${t.sql} (${t.enabled})`

/**
 * The same for the same shape: whether rows that were mapped before can be mapped on. Sizes, comments and plain indexes
 * change nothing for them.
 */
export function fingerprint(table: LiveTable): string {
  const { estimate: _, bytes: __, comment: ___, indexes: ____, columns, ...shape } = table
  const withoutComments = columns.map(({ comment: _____, ...column }) => column)
  return createHash('sha256')
    .update(canonicalJson({ ...shape, columns: withoutComments }))
    .digest('hex')
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`
}
