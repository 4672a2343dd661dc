// Constraints of a SQLite table: one that goes, one that is looked at, and a key. Each by a table made anew.
import { counted, first, holds, lacking, missing, notHolding, present, standingTwice } from './asking.ts'
import type { Alteration, Ask } from './engine.ts'
import { column, noColumn, noTable, rebuilt, said, short } from './sqlite-anew.ts'
import { type Constraint, constraintOf, definitionOf, withConstraint, withNotNull, withoutConstraint } from './sqlite-definition.ts'
import { literal, nameOf, quote, tableText } from './sqlite-rebuild.ts'

const found = async (ask: Ask, id: string, name: string): Promise<Constraint | undefined> =>
  constraintOf(definitionOf(await tableText(ask, id)), name)

export const dropConstraint = (id: string, name: string): Alteration => ({
  ...rebuilt(id, (d) => withoutConstraint(d, name)),
  there: async (ask) => !(await found(ask, id, name)),
  against: (ask) =>
    first(
      () => missing(ask, [noTable(id)]),
      async () => standing(id, name, await found(ask, id, name)),
      async () => pointing(ask, id, (await found(ask, id, name))!),
    ),
  hinders: ({ made }, ask) => broken(ask, id, name, constraintOf(definitionOf(made!), name)!),
})

function standing(id: string, name: string, constraint: Constraint | undefined): string[] {
  if (!constraint) return [`${short(id)} has no constraint ${name}`]
  return constraint.column === undefined
    ? []
    : [`${name} is a part of what is said of the column ${constraint.column}: make the table anew by hand, in a ddl(…) with its way back`]
}

/** A key that others point at. */
async function pointing(ask: Ask, id: string, { kind, columns }: Constraint): Promise<readonly string[]> {
  if (kind !== 'unique' && kind !== 'primary') return []
  const rows = await ask(
    `select m.name as child, f."to" as to_column from sqlite_schema m, pragma_foreign_key_list(m.name) f where m.type = 'table' and f."table" = ${literal(nameOf(id))} collate nocase`,
  )
  const its = (c: string | null | undefined) => (c == null ? kind === 'primary' : columns.some((x) => x.toLowerCase() === c.toLowerCase()))
  return [...new Set(rows.filter((r) => its(r['to_column'])).map((r) => `a foreign key of ${r['child']} points at it`))]
}

/** Rows that do not hold to it. */
async function broken(ask: Ask, id: string, name: string, { kind, within, columns }: Constraint): Promise<readonly string[]> {
  if (kind === 'check') return notHolding(ask, said(id), within!, name)
  if (kind === 'foreign')
    return counted(
      ask,
      `select count(*) as n from pragma_foreign_key_check(${literal(nameOf(id))}) c where c.fkid in (select l.id from pragma_foreign_key_list(${literal(nameOf(id))}) l where l."from" = ${literal(columns[0]!)} collate nocase)`,
      `points at nothing by ${name}`,
      `point at nothing by ${name}`,
    )
  return standingTwice(ask, said(id), columns)
}

/** Nothing waits to be looked at there; but rows may have come while references or checks were off. */
export const validate = (id: string, name: string): Alteration => ({
  already: true,
  there: async () => true,
  against: (ask) =>
    first(
      () => missing(ask, [noTable(id)]),
      async () => ((await found(ask, id, name)) ? [] : [`${short(id)} has no constraint ${name}`]),
      async () => broken(ask, id, name, (await found(ask, id, name))!),
    ),
  forward: async () => [],
  back: async () => [],
})

const keyThere = (id: string): string => `select 1 as one from pragma_table_xinfo(${literal(nameOf(id))}) where pk > 0`

export const primaryKey = (id: string, columns: readonly string[], name: string): Alteration => ({
  // a key of several columns lets null in there, unless they say no
  ...rebuilt(id, (d) =>
    withConstraint(columns.reduce(withNotNull, d), `CONSTRAINT ${quote(name)} PRIMARY KEY (${columns.map(quote).join(', ')})`),
  ),
  there: async (ask) => {
    for (const [i, c] of columns.entries()) if (!(await holds(ask, `${column(id, c)} and pk = ${i + 1}`))) return false
    return true
  },
  against: (ask) =>
    first(
      () => missing(ask, [noTable(id), ...columns.map((c) => noColumn(id, c))]),
      () => present(ask, [[keyThere(id), `${short(id)} has a primary key`]]),
      async () => {
        const none = await Promise.all(columns.map((c) => lacking(ask, said(id), c)))
        return none.flat()
      },
      () => standingTwice(ask, said(id), columns),
    ),
})
