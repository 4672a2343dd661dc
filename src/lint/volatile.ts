// Whether a default is the same for all rows: then it is worked out once, and no row is written.
import { dottedName, type Node, nodesOf } from './ast.ts'
import type { Catalog, Routine } from './catalog.ts'
import { readAgain } from './read.ts'
import { steady } from './steady.ts'

export interface Volatility {
  readonly volatile: boolean
  readonly by?: string
}

/** `opened` are the functions that it stands in, so that two which call one another come to an end. */
export function volatilityOf(expression: Node | undefined, catalog: Catalog, opened: readonly string[] = []): Volatility {
  for (const call of nodesOf('FuncCall', expression ?? {})) {
    const { schema, name } = dottedName(call.funcname)
    if (isVolatile(schema, name, catalog, opened)) return { volatile: true, by: name }
  }
  return { volatile: false }
}

function isVolatile(schema: string | undefined, name: string, catalog: Catalog, opened: readonly string[]): boolean {
  const known = catalog.routines.get(name)
  if (known && schema !== 'pg_catalog') return known.volatility === 'volatile' && !opens(known, catalog, opened)
  return !steady.has(name) && !name.startsWith('st_')
}

/** A function of one SELECT without a table is put in place of its call; what counts then is what it holds. */
function opens({ name, language, body }: Routine, catalog: Catalog, opened: readonly string[]): boolean {
  if (language !== 'sql' || opened.includes(name)) return false
  const [statement, ...more] = readAgain(body)
  const plain = statement?.kind === 'SelectStmt' && more.length === 0 && !statement.node.fromClause
  return plain && !volatilityOf(statement.node.targetList, catalog, [...opened, name]).volatile
}
