// A statement taken apart into what it does.
import { inner, kindOf, literalText, type Node, nodesIn, option, optionOn, strings } from './ast.ts'
import { insideBlock, insideRoutine } from './blocks.ts'
import type { Catalog } from './catalog.ts'
import type { Statement } from './read.ts'
import type { Act } from './scene.ts'

const changesRows = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']
const hasQueries = [...changesRows, 'SelectStmt', 'CreateTableAsStmt']

/** How deep functions are followed that call functions. */
const deepest = 5

export function actsOf(statement: Statement, text: string, catalog: Catalog): Act[] {
  return taken(statement, text, catalog, 0)
}

function taken(statement: Statement, text: string, catalog: Catalog, depth: number): Act[] {
  const { kind, node } = statement
  const act = (k: string, n: Node): Act => ({ kind: k, node: n, whole: node, statement, text, within: depth ? 'block' : undefined })
  if (kind === 'AlterTableStmt') return (node.cmds ?? []).map((c: Node) => act(c.AlterTableCmd?.subtype ?? '', c.AlterTableCmd ?? {}))
  if (kind === 'DoStmt') return [act(kind, node), ...below(insideBlock(node, text), act, catalog, depth)]
  if (kind === 'ExplainStmt' && optionOn(node.options, 'analyze')) return taken(nested(statement, node.query), text, catalog, depth)
  if (kind === 'CreateSchemaStmt')
    return [act(kind, node), ...(node.schemaElts ?? []).flatMap((e: Node) => taken(nested(statement, e), text, catalog, depth))]
  if (hasQueries.includes(kind)) return [act(kind, node), ...changesWithin(node).map((n) => act(kindOf(n), inner(n))), ...called()]
  return kind === 'CallStmt' ? [act(kind, node), ...called()] : [act(kind, node)]

  function called(): Act[] {
    if (depth >= deepest) return []
    const names = new Set([...nodesIn(node)].map((n) => strings((n.FuncCall ?? n.funccall)?.funcname).at(-1)).filter(Boolean))
    return [...names].flatMap((name) => {
      const routine = catalog.routines.get(name as string)
      return routine ? below(insideRoutine(routine), act, catalog, depth) : []
    })
  }
}

const nested = (statement: Statement, node: Node): Statement => ({ ...statement, kind: kindOf(node), node: inner(node) })

/** Whatever is within is told at the place of the statement that holds it. */
function below(inside: ReturnType<typeof insideBlock>, act: (k: string, n: Node) => Act, catalog: Catalog, depth: number): Act[] {
  const outer = act('', {}).statement
  const acts = inside.statements.flatMap((s) => {
    const placed = { ...s, from: outer.from, to: outer.to }
    return taken(placed, '', catalog, depth + 1)
  })
  const ends = inside.commits ? [{ ...act('BlockCommits', {}), within: 'block' as const }] : []
  const wrong = inside.error ? [{ ...act('Unreadable', {}), statement: { ...outer, error: inside.error } }] : []
  return [...acts, ...ends, ...wrong, ...(inside.unread ? [act('NotRead', {})] : [])]
}

/** Those in CTEs: the statement itself is not among them. */
const changesWithin = (node: Node): Node[] =>
  [...nodesIn(Object.values(node))].filter((n) => changesRows.includes(kindOf(n)) && inner(n).relation)

/** The text of a function that CREATE FUNCTION holds. */
export function routineBody(node: Node, text: string): { language: string; body: string } {
  const language = (option(node.options, 'language')?.arg?.String?.sval ?? (node.sql_body ? 'sql' : '')).toLowerCase()
  const body =
    literalText(option(node.options, 'as')?.arg?.List?.items?.[0]) ?? strings(option(node.options, 'as')?.arg?.List?.items)[0] ?? ''
  return { language, body: language === 'plpgsql' ? text : body }
}
