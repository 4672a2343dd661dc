// MariaDB, and MySQL where it says the same: the gentlest ALTER that the server takes.
import { partsOf } from '../../engine-words.ts'
import type { Row, TargetHands } from '../../hands.ts'
import { shelfOf } from '../../retire/shelf.ts'
import { short } from '../words.ts'
import { againstUnique, counted, first, holds, lacking, missing, notHolding, orphans, present, withoutValue } from './asking.ts'
import type { Alters, Ask } from './engine.ts'
import { dropConstraint, primaryKey, validate } from './mariadb-constraints.ts'
import { enumValue, renameEnumValue } from './mariadb-enum.ts'
import { renameTable } from './mariadb-rename-table.ts'
import { retype } from './mariadb-retype.ts'
import {
  asRead,
  at,
  columnLine,
  columnThere,
  constraintThere,
  defaultOf,
  indexLine,
  indexThere,
  isNotNull,
  isPartitioned,
  literal,
  mayLack,
  mustHave,
  named,
  names,
  noColumn,
  noTable,
  quote,
  said,
  ways,
} from './mariadb-words.ts'

export const mariadb: Alters = {
  addColumn: (id, name, { type, default: given, each, notNull }) => ({
    there: (ask) => holds(ask, columnThere(id, name)),
    against: async (ask) => [
      ...(await missing(ask, [noTable(id)])),
      ...(await present(ask, [[columnThere(id, name), `${short(id)}.${name} is there already`]])),
      ...(each === undefined ? [] : ['a value of its own for each row is what fill(…) is for: leave each out']),
      ...(notNull && given === undefined ? ['rows that are there would get a value that nobody has said: give it a default'] : []),
    ],
    forward: (c) =>
      ways(id, `add column ${quote(name)} ${type}${notNull ? ' not null' : ''}${given === undefined ? '' : ` default ${given}`}`, c),
    back: (_, c) => ways(id, `drop column ${quote(name)}`, c),
  }),

  notNull: (id, column) => ({
    already: true,
    there: (ask) => holds(ask, isNotNull(id, column)),
    against: (ask) =>
      first(
        () => missing(ask, [noColumn(id, column)]),
        () =>
          counted(
            ask,
            withoutValue(said(id), column),
            'has none: give it one, or take it out',
            'have none: give them one, or take them out',
          ),
      ),
    was: async (ask) => ({ line: (await columnLine(ask, id, column))! }),
    forward: async (c) => ways(id, `modify column ${mustHave((await columnLine(c.ask, id, column))!)}`, c, asRead),
    back: ({ line }, c) => ways(id, `modify column ${line}`, c, asRead),
  }),

  dropNotNull: (id, column) => ({
    already: true,
    there: async (ask) => (await holds(ask, columnThere(id, column))) && !(await holds(ask, isNotNull(id, column))),
    against: (ask) =>
      first(
        () => missing(ask, [noColumn(id, column)]),
        () => present(ask, [[`${columnThere(id, column)} and column_key = 'PRI'`, `${short(id)}.${column} is part of the primary key`]]),
      ),
    was: async (ask) => ({ line: (await columnLine(ask, id, column))! }),
    forward: async (c) => ways(id, `modify column ${mayLack((await columnLine(c.ask, id, column))!)}`, c, asRead),
    back: ({ line }, c) => ways(id, `modify column ${line}`, c, asRead),
    hinders: (_, ask) => lacking(ask, said(id), column),
  }),

  check: (id, name, condition) => ({
    there: (ask) => holds(ask, constraintThere(id, name)),
    against: (ask) =>
      first(
        () => missing(ask, [noTable(id)]),
        () => present(ask, [[constraintThere(id, name), `${short(id)} has a constraint ${name} already`]]),
        () => notHolding(ask, said(id), condition),
      ),
    forward: (c) => ways(id, `add constraint ${quote(name)} check (${condition})`, c),
    back: (_, c) => ways(id, `drop constraint ${quote(name)}`, c),
  }),

  foreignKey: (id, columns, to, toColumns, name, { onDelete, onUpdate }) => {
    const pointless = (ask: Ask) =>
      counted(
        ask,
        orphans(said(id), columns, named(to), toColumns),
        `points at nothing in ${short(to)}`,
        `point at nothing in ${short(to)}`,
      )
    const rules = `${onDelete ? ` on delete ${onDelete}` : ''}${onUpdate ? ` on update ${onUpdate}` : ''}`
    const add = `add constraint ${quote(name)} foreign key (${names(columns)}) references ${named(to)} (${names(toColumns)})${rules}`
    return {
      there: (ask) => holds(ask, constraintThere(id, name)),
      against: (ask) =>
        first(
          () => missing(ask, [noTable(id), noTable(to), ...columns.map((c) => noColumn(id, c)), ...toColumns.map((c) => noColumn(to, c))]),
          () =>
            present(
              ask,
              [id, to].map((t) => [isPartitioned(t), `${short(t)} is made of partitions, and MariaDB has no foreign keys there`]),
            ),
          () => present(ask, [[constraintThere(id, name), `${short(id)} has a constraint ${name} already`]]),
          () => pointless(ask),
        ),
      was: async (ask): Promise<Row> => ({ index: (await holds(ask, indexThere(id, name))) ? 'there' : null }),
      // looked at here: the server would copy the whole table to do so
      forward: (c) => ways(id, add, c, [['set session foreign_key_checks = 0'], ['set session foreign_key_checks = 1']]),
      afterwards: pointless,
      back: async ({ index }, c) => {
        const own = index === null && (await holds(c.ask, indexThere(id, name)))
        return ways(id, `drop foreign key ${quote(name)}${own ? `, drop key ${quote(name)}` : ''}`, c)
      },
    }
  },

  unique: (id, columns, name) =>
    indexed(id, name, `add constraint ${quote(name)} unique (${names(columns)})`, (ask) =>
      againstUnique(
        ask,
        said(id),
        columns,
        columns.map((c) => noColumn(id, c)),
      ),
    ),

  index: (id, on, name, { unique, using, include, where }) =>
    indexed(
      id,
      name,
      `add ${unique ? 'unique ' : ''}index ${quote(name)}${using ? ` using ${using}` : ''} (${on.map((o) => (o.startsWith('(') ? o : quote(o))).join(', ')})`,
      async (ask) => [
        ...(where === undefined ? [] : ['an index over some rows only is not known there: leave where out']),
        ...(include?.length ? ['columns that an index only carries are not known there: leave include out'] : []),
        ...(on.some((o) => o.startsWith('('))
          ? ['an index over an expression is not known there: put one over a column that is computed']
          : []),
        ...(await missing(
          ask,
          on.filter((o) => !o.startsWith('(')).map((c) => noColumn(id, c)),
        )),
      ],
    ),

  dropIndex: (name) => {
    const place = async (ask: Ask): Promise<string | undefined> => {
      const rows = await ask(
        `select distinct concat(${partsOf(name).schema === 'public' ? "'public'" : 'table_schema'}, '.', table_name) as id from information_schema.statistics where table_schema = ${partsOf(name).schema === 'public' ? 'database()' : literal(partsOf(name).schema)} and index_name = ${literal(partsOf(name).name)}`,
      )
      return rows.length === 1 ? rows[0]!['id']! : undefined
    }
    const index = partsOf(name).name
    return {
      there: async (ask) => (await place(ask)) === undefined,
      against: async (ask) => {
        const id = await place(ask)
        if (id === undefined) return [`there is no index ${index}, or one in several tables`]
        return present(ask, [[constraintOnly(id, index), `a constraint of ${short(id)} lives by it`]])
      },
      was: async (ask): Promise<Row> => {
        const id = (await place(ask))!
        return { id, line: (await indexLine(ask, id, index))! }
      },
      forward: async (c) => ways((await place(c.ask))!, `drop key ${quote(index)}`, c),
      back: async ({ id, line }, c) => ((await place(c.ask)) === undefined ? ways(id!, `add ${line!}`, c, asRead) : []),
    }
  },

  dropColumn: (id, column) => ({
    there: async (ask) => !(await holds(ask, columnThere(id, column))),
    against: (ask, target) =>
      first(
        () => missing(ask, [noColumn(id, column)]),
        async () => (await needed(ask, target, id, column)).filter((r) => !r.startsWith('it must have a value')),
      ),
    forward: (c) => ways(id, `drop column ${quote(column)}`, c),
    back: async () => [],
  }),

  setDefault: (id, column, value) => {
    const change = (to: string | null) => `alter column ${quote(column)} ${to === null ? 'drop default' : `set default ${to}`}`
    return {
      there: async (ask) => sameDefault((await ask(defaultOf(id, column)))[0]?.['given'] ?? null, value),
      already: true,
      against: (ask) => missing(ask, [noColumn(id, column)]),
      was: async (ask) => (await ask(defaultOf(id, column)))[0]!,
      forward: (c) => ways(id, change(value), c),
      back: ({ given }, c) => ways(id, change(given ?? null), c),
    }
  },

  renameColumn: (id, from, to) => ({
    there: (ask) => holds(ask, columnThere(id, to)),
    against: async (ask, target) => [
      ...(await missing(ask, [noColumn(id, from)])),
      ...(await present(ask, [[columnThere(id, to), `${short(id)} has a column ${to} already`]])),
      // keys follow a rename, and what is only text does not
      ...(await needed(ask, target, id, from)).filter((r) => r.endsWith('names it')),
    ],
    forward: (c) => ways(id, `rename column ${quote(from)} to ${quote(to)}`, c),
    back: (_, c) => ways(id, `rename column ${quote(to)} to ${quote(from)}`, c),
  }),

  dropConstraint,
  enumValue,
  primaryKey,
  renameEnumValue,
  renameTable,
  retype,
  validate,
}

/** Who needs a column, in words. */
async function needed(ask: Ask, target: TargetHands, id: string, column: string): Promise<readonly string[]> {
  const [row] = await ask(`select concat(table_schema, '.', table_name) as id from information_schema.tables where ${at(id)}`)
  return row ? shelfOf('mariadb').needing({ table: row['id']!, column }, [], target) : []
}

const indexed = (id: string, name: string, add: string, besides: (ask: Ask) => Promise<readonly string[]>) => ({
  there: (ask: Ask) => holds(ask, indexThere(id, name)),
  against: (ask: Ask) =>
    first(
      () => missing(ask, [noTable(id)]),
      () => present(ask, [[indexThere(id, name), `${short(id)} has an index ${name} already`]]),
      () => besides(ask),
    ),
  forward: (c: Parameters<typeof ways>[2]) => ways(id, add, c),
  back: (_: Row, c: Parameters<typeof ways>[2]) => ways(id, `drop key ${quote(name)}`, c),
})

/** Where the only index over columns of a foreign key goes, the server refuses; a primary key is said to be one. */
const constraintOnly = (id: string, name: string): string =>
  `select 1 as one from information_schema.table_constraints where ${at(id)} and constraint_name = ${literal(name)} and constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')`

/** The server writes an expression in its own way: words in small letters, and no brackets around the whole. */
const sameDefault = (is: string | null, value: string | null): boolean => {
  const plain = (text: string) => {
    const bare = text.trim().replace(/^\((.*)\)$/s, '$1')
    return bare.includes("'") ? bare : bare.toLowerCase()
  }
  // a column that may be null has null where nothing is said
  return value === null ? is === null || is === 'NULL' : is !== null && plain(is) === plain(value)
}
