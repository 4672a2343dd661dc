// What a query gives and what it reads, as far as the tables are known.
import { type Node, nodesOf, relationName, relationsIn, said, strings, typeOf, typeText } from '../ast.ts'
import type { Catalog, Table } from '../catalog.ts'

/** Undefined where a name is not said, or a * stands for columns that are not all known. */
export function columnsGiven(query: Node | undefined, catalog: Catalog, aliases: readonly Node[] = []): readonly string[] | undefined {
  if (aliases.length) return strings(aliases)
  const select = query?.SelectStmt
  if (select?.op !== 'SETOP_NONE') return undefined
  const names: (string | undefined)[] = (select.targetList ?? []).flatMap(({ ResTarget: target }: Node) => {
    if (target?.name) return [target.name]
    const fields: Node[] = target?.val?.ColumnRef?.fields ?? []
    if (!fields.some((f) => f.A_Star)) return [strings(fields).at(-1)]
    const only = (select.fromClause ?? []).length === 1 ? select.fromClause[0].RangeVar : undefined
    const table = only && catalog.table(relationName(only))
    return table?.whole && table.kind === 'table' ? [...table.columns.keys()] : [undefined]
  })
  return names.every((n) => n) ? (names as string[]) : undefined
}

/** Of each column, in order: of one that is cast, and of one that a single table has. Undefined where a * stands among them. */
export function typesGiven(query: Node | undefined, catalog: Catalog): readonly (string | undefined)[] | undefined {
  const select = query?.SelectStmt
  if (select?.op !== 'SETOP_NONE') return undefined
  const values: (Node | undefined)[] = (select.targetList ?? []).map((t: Node) => t.ResTarget?.val)
  if (values.some((v) => (v?.ColumnRef?.fields ?? []).some((f: Node) => f.A_Star))) return undefined
  const aliases = aliasesIn({ from: select.fromClause }, catalog)
  return values.map((v) => (v?.TypeCast ? typeText(typeOf(v.TypeCast.typeName)) : v?.ColumnRef && typeOfColumn(v.ColumnRef, aliases)))
}

function typeOfColumn({ fields }: Node, aliases: ReadonlyMap<string, Table | undefined>): string | undefined {
  const [name, qualifier] = strings(fields).toReversed()
  const meant = qualifier === undefined ? [...aliases.values()] : [aliases.get(qualifier)]
  if (meant.some((t) => !t?.whole || t.kind !== 'table')) return undefined
  const found = meant.flatMap((t) => t!.columns.get(name!) ?? [])
  return found.length === 1 ? typeText(found[0]!.type) : undefined
}

/** Tables by what a query calls them; undefined where nothing is known of one. */
const aliasesIn = (query: Node, catalog: Catalog): Map<string, Table | undefined> =>
  new Map(relationsIn(query).map((r) => [r.alias?.aliasname ?? r.relname, catalog.table(relationName(r))]))

/** table.column, for each column that a query reads of a table that is known. */
export function readBy(query: Node, catalog: Catalog): ReadonlySet<string> {
  const aliases = [...aliasesIn(query, catalog)].flatMap(([alias, table]) => (table ? [[alias, table] as const] : []))
  const found = new Set<string>()
  for (const { fields } of nodesOf('ColumnRef', query)) {
    const names = strings(fields).filter(Boolean)
    const star = fields?.some((f: Node) => f.A_Star)
    const qualifier = star ? names.at(-1) : names.at(-2)
    const column = star ? undefined : names.at(-1)
    for (const [alias, table] of aliases) {
      if (qualifier !== undefined && qualifier !== alias) continue
      for (const name of column === undefined ? table.columns.keys() : [column])
        if (table.columns.has(name) || !table.whole) found.add(`${said({ name: table.name.name })}.${name}`)
    }
  }
  return found
}
