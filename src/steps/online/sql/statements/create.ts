// What is new, and in nobody's way.
import { dottedName, type Name, type Node } from '../../../../lint/ast.ts'
import { literal, named, quote, relation, short } from '../../words.ts'
import { making } from '../as-it-is.ts'
import { type Compile, type Here, inExpand } from '../here.ts'
import { rows, unknown } from './unknown.ts'

const made = (here: Here, id: string, kind: string, there: string) => {
  here.reading.fresh.add(id)
  return [inExpand([id], making(here, { what: `${kind} ${short(id)}`, there, drop: `drop ${kind} ${named(id)}` }))]
}

const type =
  (kind: string, nameOf: (node: Node) => Name): Compile =>
  (here) => {
    const id = here.named(nameOf(here.node))
    return made(here, id, kind, `to_regtype(${literal(named(id))}) is not null`)
  }

export const createTypes: Readonly<Record<string, Compile>> = {
  CreateEnumStmt: type('type', (n) => dottedName(n['typeName'])),
  CreateRangeStmt: type('type', (n) => dottedName(n['typeName'])),
  CreateDomainStmt: type('domain', (n) => dottedName(n['domainname'])),
  CompositeTypeStmt: type('type', (n) => ({ schema: n['typevar'].schemaname, name: n['typevar'].relname })),
}

const related = (here: Here, of: Node, kind: string) => {
  const id = here.table(of)
  return made(here, id, kind, `${relation(id)} is not null`)
}

export const createSequence: Compile = (here) => {
  here.refuseMaybe(here.node['if_not_exists'], 'IF NOT EXISTS')
  return related(here, here.node['sequence'], 'sequence')
}

/** With OR REPLACE as well, as long as there is none. */
export const createView: Compile = (here) => related(here, here.node['view'], 'view')

export const materialized: Compile = (here) => {
  if (here.node['objtype'] !== 'OBJECT_MATVIEW') return rows(here)
  here.refuseMaybe(here.node['if_not_exists'], 'IF NOT EXISTS')
  return related(here, here.node['into'].rel, 'materialized view')
}

export const createSchema: Compile = (here) => {
  const { schemaname, schemaElts, if_not_exists } = here.node
  here.refuseMaybe(if_not_exists, 'IF NOT EXISTS')
  if (schemaElts?.length) here.refuse('what is made in it stands within it', 'Make it first, and then what is in it, a statement each.')
  const there = `to_regnamespace(${literal(quote(schemaname))}) is not null`
  return [inExpand([], making(here, { what: `schema ${schemaname}`, there, drop: `drop schema ${quote(schemaname)}` }))]
}

const given = ['FUNC_PARAM_DEFAULT', 'FUNC_PARAM_IN', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_VARIADIC']

export const createFunction: Compile = (here) => {
  const { funcname, parameters = [], is_procedure } = here.node
  const id = here.named(dottedName(funcname))
  const types = (parameters as { FunctionParameter: Node }[])
    .filter(({ FunctionParameter: p }) => given.includes(p['mode']))
    .map(({ FunctionParameter: p }) =>
      here.wording.cut(here.wording.until([',', 'default', '='], { from: p['argType'].location ?? 0, to: here.wording.end })),
    )
  const called = `${named(id)}(${types.join(', ')})`
  const kind = is_procedure ? 'procedure' : 'function'
  here.reading.fresh.add(id)
  return [
    inExpand(
      [id],
      making(here, {
        what: `${kind} ${short(id)}`,
        there: `to_regprocedure(${literal(called)}) is not null`,
        drop: `drop ${kind} ${called}`,
      }),
    ),
  ]
}

export const createTrigger: Compile = (here) => {
  const { trigname, relation: on, replace, isconstraint } = here.node
  if (replace || isconstraint) return unknown(here)
  const id = here.table(on)
  const there = `exists (select from pg_trigger where tgrelid = ${relation(id)} and tgname = ${literal(trigname)})`
  return [
    inExpand(
      [`${id}.*`],
      making(here, { what: `trigger ${trigname} on ${short(id)}`, there, drop: `drop trigger ${quote(trigname)} on ${named(id)}` }),
    ),
  ]
}
