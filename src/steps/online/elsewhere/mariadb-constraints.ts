// Constraints of a MariaDB table: one that goes, one that is looked at, and a key.

import { partsOf } from '../../engine-words.ts'
import type { Row } from '../../hands.ts'
import { short } from '../words.ts'
import { counted, first, holds, lacking, missing, notHolding, orphans, present, standingTwice } from './asking.ts'
import type { Alteration, Ask, Way } from './engine.ts'
import {
  asRead,
  at,
  columnLine,
  constraintLine,
  constraintThere,
  indexLine,
  lineOf,
  literal,
  mustHave,
  named,
  names,
  noColumn,
  noTable,
  quote,
  said,
  schemaOf,
  ways,
} from './mariadb-words.ts'

interface Manner {
  readonly drop: (name: string) => string
  /** How SHOW CREATE TABLE says it. */
  readonly line: (ask: Ask, id: string, name: string) => Promise<string | undefined>
  readonly around: readonly [Way, Way]
}

const primary = (ask: Ask, id: string) => lineOf(ask, id, /^PRIMARY KEY /)

const manners: Readonly<Record<string, Manner>> = {
  CHECK: { drop: (name) => `drop constraint ${quote(name)}`, line: constraintLine, around: asRead },
  'FOREIGN KEY': {
    drop: (name) => `drop foreign key ${quote(name)}`,
    line: constraintLine,
    // rows are looked at before and after: the server would copy the whole table to do so
    around: [
      [...asRead[0], 'set session foreign_key_checks = 0'],
      ['set session foreign_key_checks = 1', ...asRead[1]],
    ],
  },
  UNIQUE: { drop: (name) => `drop key ${quote(name)}`, line: indexLine, around: asRead },
  'PRIMARY KEY': { drop: () => 'drop primary key', line: primary, around: asRead },
}

const kindOf = async (ask: Ask, id: string, name: string): Promise<string | undefined> =>
  (
    await ask(
      `select constraint_type as kind from information_schema.table_constraints where ${at(id)} and constraint_name = ${literal(name)}`,
    )
  )[0]?.['kind'] ?? undefined

const checkAt = (id: string, name: string): string =>
  `from information_schema.check_constraints where constraint_schema = ${schemaOf(id)} and table_name = ${literal(partsOf(id).name)} and constraint_name = ${literal(name)}`

/** What rows are held to, as it is remembered. */
async function remembered(ask: Ask, id: string, name: string): Promise<Row> {
  const kind = (await kindOf(ask, id, name))!
  const usage = await ask(
    `select column_name as its, concat(referenced_table_schema, '.', referenced_table_name) as there, referenced_column_name as their from information_schema.key_column_usage where ${at(id)} and constraint_name = ${literal(name)} order by ordinal_position`,
  )
  const [check] = await ask(`select check_clause as clause ${checkAt(id, name)}`)
  return {
    kind,
    line: (await manners[kind]!.line(ask, id, name)) ?? null,
    clause: check?.['clause'] ?? null,
    columns: JSON.stringify(usage.map((u) => u['its'])),
    to: usage[0]?.['there'] ?? null,
    toColumns: JSON.stringify(usage.map((u) => u['their'])),
  }
}

/** Rows that do not hold to it. */
function broken(ask: Ask, id: string, name: string, { kind, clause, columns, to, toColumns }: Row): Promise<readonly string[]> {
  const its = JSON.parse(columns!) as string[]
  if (kind === 'CHECK') return notHolding(ask, said(id), clause!, name)
  if (kind === 'FOREIGN KEY')
    return counted(
      ask,
      orphans(said(id), its, named(to!), JSON.parse(toColumns!) as string[]),
      `points at nothing in ${short(to!)}`,
      `point at nothing in ${short(to!)}`,
    )
  return standingTwice(ask, said(id), its)
}

export const dropConstraint = (id: string, name: string): Alteration => ({
  there: async (ask) => !(await holds(ask, constraintThere(id, name))),
  against: (ask) =>
    first(
      () => missing(ask, [noTable(id), [constraintThere(id, name), `${short(id)} has no constraint ${name}`]]),
      () =>
        present(ask, [
          [
            `select 1 as one ${checkAt(id, name)} and level = 'Column'`,
            `it is a part of what is said of the column ${name}: say the column anew without it, in a ddl(…) with its way back`,
          ],
          [
            `select 1 as one from information_schema.columns where ${at(id)} and extra like '%auto_increment%' and column_key = 'PRI' and ${literal(name)} = 'PRIMARY'`,
            'numbers are drawn by it',
          ],
        ]),
      async () =>
        (
          await ask(
            `select distinct concat('foreign key ', constraint_name, ' of ', table_name, ' points at it') as reason from information_schema.referential_constraints where unique_constraint_schema = ${schemaOf(id)} and referenced_table_name = ${literal(partsOf(id).name)} and unique_constraint_name = ${literal(name)}`,
          )
        ).map((r) => r['reason']!),
    ),
  was: (ask) => remembered(ask, id, name),
  forward: async (c) => ways(id, manners[(await kindOf(c.ask, id, name))!]!.drop(name), c),
  back: ({ kind, line }, c) => ways(id, `add ${line}`, c, manners[kind!]!.around),
  hinders: (was, ask) => broken(ask, id, name, was),
  // a key comes back without a look at the rows, and one may have come between
  hindersLate: async (was, ask) => (was['kind'] === 'FOREIGN KEY' ? broken(ask, id, name, was) : []),
})

/** Nothing waits to be looked at there; but rows may have come while references or checks were off. */
export const validate = (id: string, name: string): Alteration => ({
  already: true,
  there: async () => true,
  against: (ask) =>
    first(
      () => missing(ask, [noTable(id), [constraintThere(id, name), `${short(id)} has no constraint ${name}`]]),
      async () => broken(ask, id, name, await remembered(ask, id, name)),
    ),
  forward: async () => [],
  back: async () => [],
})

const keyThere = (id: string): string => constraintThere(id, 'PRIMARY')

/** It is called PRIMARY there, whatever else it is to be called. */
export const primaryKey = (id: string, columns: readonly string[]): Alteration => {
  const lines = async (ask: Ask) => Promise.all(columns.map(async (c) => (await columnLine(ask, id, c))!))
  return {
    there: async (ask) => holds(ask, keyThere(id)),
    against: (ask) =>
      first(
        () => missing(ask, [noTable(id), ...columns.map((c) => noColumn(id, c))]),
        () => present(ask, [[keyThere(id), `${short(id)} has a primary key`]]),
        async () => (await Promise.all(columns.map((c) => lacking(ask, said(id), c)))).flat(),
        () => standingTwice(ask, said(id), columns),
      ),
    was: async (ask) => ({ lines: JSON.stringify(await lines(ask)) }),
    forward: async (c) => {
      const musts = (await lines(c.ask)).map((line) => `modify column ${/ NOT NULL\b/.test(line) ? line : mustHave(line)}`)
      return ways(id, [...musts, `add primary key (${names(columns)})`].join(', '), c, asRead)
    },
    back: (was, c) => {
      const before = (JSON.parse(was['lines']!) as string[]).map((line) => `modify column ${line}`)
      return ways(id, ['drop primary key', ...before].join(', '), c, asRead)
    },
  }
}
