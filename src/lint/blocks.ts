// SQL within SQL: DO blocks, bodies of functions, EXECUTE of texts that are put together. What a variable holds is not known; a name stands in for it.
import { parsePlPgSQLSync } from 'libpg-query'
import { inner, kindOf, literalText, type Node, nodesIn, nodesOf, option, strings } from './ast.ts'
import { anyName, type Routine } from './catalog.ts'
import { read, type Statement } from './read.ts'
import { filters, readsTables } from './rules/row-changes.ts'

export interface Inside {
  readonly statements: readonly Statement[]
  /** Whether any of it could not be read. */
  readonly unread: boolean
  /** What the server will say of it as a whole. */
  readonly error?: string
  /** It ends the transaction that it runs in. */
  readonly commits?: boolean
}

const nothing: Inside = { statements: [], unread: false }

export function insideBlock(node: Node, text: string): Inside {
  const language = option(node.args, 'language')?.arg?.String?.sval ?? 'plpgsql'
  return language === 'plpgsql' ? plpgsql(text) : { statements: [], unread: true }
}

export const insideRoutine = ({ language, body }: Routine): Inside => {
  if (language === 'plpgsql') return plpgsql(body)
  return language === 'sql' ? { statements: read(body), unread: false } : nothing
}

function plpgsql(text: string): Inside {
  const block = blockOf(text)
  if (typeof block === 'string') return block.startsWith('syntax error') ? { ...nothing, error: block } : { ...nothing, unread: true }
  const variables = variablesOf(block)
  const queries = [...nodesIn(block)].flatMap((node) => queryOf(node, variables))
  const all = queries.flatMap((q) => (q === undefined ? [] : read(q)))
  const statements = all.filter((s) => !s.error)
  const commits = [...nodesIn(block)].some((n) => n.PLpgSQL_stmt_commit || n.PLpgSQL_stmt_rollback)
  const values = commits ? variables : withoutEvery(variables, block)
  for (const s of statements) setVariables(s.node, values)
  return { statements, unread: queries.includes(undefined) || statements.length < all.length, commits }
}

/** Or why it cannot be read. */
function blockOf(text: string): object | string {
  try {
    return parsePlPgSQLSync(text)
  } catch (thrown) {
    return (thrown as Error).message
  }
}

/** The expressions that a variable is given, by its name; a record has none. */
type Variables = ReadonlyMap<string, readonly string[]>

function variablesOf(block: object): Variables {
  const found = new Map<string, string[]>()
  for (const { PLpgSQL_var: held, PLpgSQL_rec: record } of nodesIn(block)) {
    const name = held?.refname ?? record?.refname
    if (!name) continue
    const first = held?.default_val?.PLpgSQL_expr?.query
    found.set(name, [...(found.get(name) ?? []), ...(first === undefined ? [] : [first])])
  }
  for (const { expr } of nodesOf('PLpgSQL_stmt_assign', block)) {
    const [, name = '', value = ''] = /^\s*(\w+)\s*:?=\s*([\s\S]*)$/.exec(expr?.PLpgSQL_expr?.query ?? '') ?? []
    found.get(name)?.push(value)
  }
  return found
}

/** Without those that come to hold every row of a table, one after the other: what is done by one is done to all. */
function withoutEvery(variables: Variables, block: object): Variables {
  const loops = [...nodesOf('PLpgSQL_stmt_fors', block)].filter((loop) => isWhole(loop.query?.PLpgSQL_expr?.query))
  const every = loops.flatMap((loop) => [...nodesIn(loop.var)].flatMap((n) => [n.refname, n.name]))
  return new Map([...variables].filter(([name]) => !every.includes(name)))
}

function isWhole(query: unknown): boolean {
  const [select] = read(String(query))
  return select?.kind === 'SelectStmt' && readsTables(select.node) && !select.node.limitCount && !filters(select.node.whereClause)
}

/** A variable is a value that is given, and no column. */
function setVariables(node: Node, variables: Variables): void {
  for (const n of nodesIn(node)) {
    if (!n.ColumnRef || !variables.has(strings(n.ColumnRef.fields)[0] ?? '')) continue
    delete n.ColumnRef
    n.ParamRef = {}
  }
}

const dynamic = ['PLpgSQL_stmt_dynexecute', 'PLpgSQL_stmt_dynfors']

/** Undefined for one that is not known before it runs. */
function queryOf(node: Node, variables: Variables): (string | undefined)[] {
  const kind = kindOf(node)
  const statement = inner(node)
  const expression = (statement.sqlstmt ?? statement.query ?? statement.expr)?.PLpgSQL_expr?.query
  if (typeof expression !== 'string') return []
  if (dynamic.includes(kind)) return executed(expression, variables)
  return ['PLpgSQL_stmt_execsql', 'PLpgSQL_stmt_perform', 'PLpgSQL_stmt_call', 'PLpgSQL_stmt_fors'].includes(kind) ? [expression] : []
}

/** Of a variable: each text that it may hold. */
function executed(expression: string, variables: Variables, opened: readonly string[] = []): (string | undefined)[] {
  const [select] = read(`select ${expression}`)
  const value = select?.node.targetList?.[0]?.ResTarget?.val
  const fields = strings(value?.ColumnRef?.fields)
  const given = fields.length === 1 && !opened.includes(fields[0]!) ? variables.get(fields[0]!) : undefined
  if (given?.length) return given.flatMap((one) => executed(one, variables, [...opened, fields[0]!]))
  return [value ? textOf(value) : undefined]
}

function textOf(node: Node): string {
  const literal = literalText(node)
  if (literal !== undefined) return literal
  if (node.A_Expr && strings(node.A_Expr.name)[0] === '||') return textOf(node.A_Expr.lexpr) + textOf(node.A_Expr.rexpr)
  const called = node.FuncCall && strings(node.FuncCall.funcname).at(-1)
  if (called === 'format') return formatted(node.FuncCall.args ?? [])
  if (called === 'concat') return (node.FuncCall.args ?? []).map(textOf).join('')
  if (called === 'quote_literal') return `'${anyName}'`
  return node.TypeCast ? textOf(node.TypeCast.arg) : anyName
}

function formatted([pattern, ...values]: readonly Node[]): string {
  let next = 0
  return (literalText(pattern) ?? anyName).replace(/%(?:(\d+)\$)?-?\d*([IsL%])/g, (_, place: string | undefined, kind: string) => {
    if (kind === '%') return '%'
    const value = values[place ? Number(place) - 1 : next++]
    const text = value ? textOf(value) : anyName
    return kind === 'L' ? `'${text.replaceAll("'", "''")}'` : text
  })
}
