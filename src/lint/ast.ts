// The parser's tree, as far as rules look at it.

/** A node of Postgres's own parse tree; each has its kind as its only key, or stands where only one kind can. */
export type Node = Record<string, any>

export const kindOf = (node: Node): string => Object.keys(node)[0] ?? ''
export const inner = (node: Node): Node => node[kindOf(node)] ?? {}

export interface Name {
  readonly schema?: string | undefined
  readonly name: string
}

/** Where temporary tables live, which go before all others. */
export const temporarySchema = 'pg_temp'

export const isTemporary = (relation: Node | undefined): boolean => relation?.relpersistence === 't'

export const relationName = (relation: Node | undefined): Name => ({
  schema: relation?.schemaname ?? (isTemporary(relation) ? temporarySchema : undefined),
  name: relation?.relname ?? '',
})

export const strings = (list: readonly Node[] | undefined): string[] => (list ?? []).map((n) => n.String?.sval ?? '')

/** schema.name as the parser lists it. */
export function dottedName(list: readonly Node[] | undefined): Name {
  const parts = strings(list)
  return { schema: parts.at(-2), name: parts.at(-1) ?? '' }
}

/** What a DROP or RENAME names: a list of names, a type, a function with its arguments. */
export function objectName(node: Node): Name {
  if (node.List) return dottedName(node.List.items)
  if (node.TypeName) return dottedName(node.TypeName.names)
  if (node.ObjectWithArgs) return dottedName(node.ObjectWithArgs.objname)
  return { name: node.String?.sval ?? '' }
}

/** The table of `TRIGGER x ON t` and its like is all but the last. */
export const ownerName = (node: Node): Name => dottedName((node.List?.items ?? []).slice(0, -1))

/** Without the schema that is meant where none is said. */
export const said = ({ schema, name }: Name): string =>
  schema && schema !== 'public' && schema !== temporarySchema ? `${schema}.${name}` : name

const reserved = new Set(
  `all analyse analyze and any array as asc asymmetric authorization both case cast check collate column constraint create cross current_date
  current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from
  full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not
  notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric table
  tablesample then to trailing true union unique user using variadic verbose when where window with`.split(/\s+/),
)

/** As SQL has to say it: in quotes where it would be read as something else without. */
export const inSql = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`

export const nameInSql = ({ schema, name }: Name): string =>
  schema && schema !== temporarySchema ? `${inSql(schema)}.${inSql(name)}` : inSql(name)

export interface Type {
  readonly schema?: string | undefined
  readonly name: string
  readonly mods: readonly number[]
  readonly array: boolean
}

const synonyms: Readonly<Record<string, string>> = {
  int: 'int4',
  integer: 'int4',
  bigint: 'int8',
  smallint: 'int2',
  decimal: 'numeric',
  serial4: 'serial',
  serial8: 'bigserial',
  serial2: 'smallserial',
  boolean: 'bool',
}

export function typeOf(node: Node | undefined): Type {
  const { schema, name } = dottedName(node?.names)
  return {
    schema: schema === 'pg_catalog' ? undefined : schema,
    name: synonyms[name] ?? name,
    mods: (node?.typmods ?? []).map((m: Node) => m.A_Const?.ival?.ival ?? 0),
    array: (node?.arrayBounds ?? []).length > 0,
  }
}

const spoken: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  bpchar: 'char',
  float8: 'double precision',
  float4: 'real',
}

export const typeText = (t: Type): string =>
  `${said({ ...t, name: spoken[t.name] ?? t.name })}${t.mods.length && t.name !== 'interval' ? `(${t.mods.join(', ')})` : ''}${t.array ? '[]' : ''}`

/** Every node below one, itself first. Sums of thousands of terms are as deep as they are long, so nothing calls itself here. */
export function* nodesIn(node: unknown): Generator<Node> {
  const waiting = [node]
  while (waiting.length) {
    const next = waiting.pop()
    if (next === null || typeof next !== 'object') continue
    if (!Array.isArray(next)) yield next as Node
    const below: unknown[] = Array.isArray(next) ? next : Object.values(next)
    for (let i = below.length - 1; i >= 0; i--) if (typeof below[i] === 'object') waiting.push(below[i])
  }
}

export function* nodesOf(kind: string, within: unknown): Generator<Node> {
  for (const node of nodesIn(within)) if (node[kind] && typeof node[kind] === 'object' && !Array.isArray(node[kind])) yield node[kind]
}

export const columnsIn = (expression: unknown): string[] =>
  [...nodesOf('ColumnRef', expression)].map((c) => strings(c.fields).at(-1) ?? '').filter(Boolean)

/** Tables that are named anywhere within. */
export const relationsIn = (within: unknown): Node[] => [...nodesOf('RangeVar', within)]

/** A text that is written out, or undefined. */
export function literalText(node: Node | undefined): string | undefined {
  if (node?.TypeCast) return literalText(node.TypeCast.arg)
  const text = node?.A_Const?.sval
  return text ? (text.sval ?? '') : undefined
}

export const isNullLiteral = (node: Node | undefined): boolean =>
  node?.TypeCast ? isNullLiteral(node.TypeCast.arg) : node?.A_Const?.isnull === true

export const option = (options: readonly Node[] | undefined, name: string): Node | undefined =>
  options?.map((o) => o.DefElem).find((o) => o?.defname === name)

/** Of `(CONCURRENTLY)`, `(CONCURRENTLY false)`, `(FULL 0)`. */
export function optionOn(options: readonly Node[] | undefined, name: string): boolean {
  const found = option(options, name)
  if (!found) return false
  const text = found.arg?.String?.sval ?? found.arg?.Integer?.ival
  return found.arg?.Integer ? text === 1 : text === undefined || !['false', 'off', '0', 'no'].includes(String(text).toLowerCase())
}
