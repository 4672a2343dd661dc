// SQLite: its own ALTER where that is enough, and a table made anew under guard where it is not.
import { shelfOf } from '../../retire/shelf.ts'
import { againstUnique, counted, first, holds, missing, notHolding, orphans, present, withoutValue } from './asking.ts'
import type { Alteration, Alters, Ask } from './engine.ts'
import { column, indexThere, names, noColumn, noTable, rebuilt, said, saysIt, short } from './sqlite-anew.ts'
import { dropConstraint, primaryKey, validate } from './sqlite-constraints.ts'
import { withColumn, withConstraint, withDefault, withNotNull } from './sqlite-definition.ts'
import { dropNotNull } from './sqlite-drop-not-null.ts'
import { literal, named, nameOf, quote } from './sqlite-rebuild.ts'
import { renameTable } from './sqlite-rename-table.ts'
import { retype } from './sqlite-retype.ts'

export const sqlite: Alters = {
  addColumn: (id, name, { type, default: given, each, notNull }) => {
    const text = `${quote(name)} ${type}${given === undefined ? '' : ` default (${given})`}${notNull ? ' not null' : ''}`
    const anew = rebuilt(id, (d) => withColumn(d, text), each === undefined ? {} : { values: { [name]: each } })
    return {
      ...anew,
      there: (ask) => holds(ask, column(id, name)),
      against: async (ask) => [
        ...(await missing(ask, [noTable(id)])),
        ...(await present(ask, [[column(id, name), `${short(id)}.${name} is there already`]])),
        ...(notNull && given === undefined && each === undefined ? ['rows that are there have no value: give it a default'] : []),
      ],
      // an expression as a default is taken only where the table is made anew
      forward: async (c) =>
        each === undefined && (given === undefined || isConstant(given))
          ? [[`alter table ${named(id)} add column ${text.replace(`default (${given})`, `default ${given}`)}`]]
          : anew.forward(c),
    }
  },

  notNull: (id, c) => ({
    ...rebuilt(id, (d) => withNotNull(d, c)),
    already: true,
    there: (ask) => holds(ask, `${column(id, c)} and "notnull" = 1`),
    against: (ask) =>
      first(
        () => missing(ask, [noTable(id), noColumn(id, c)]),
        () =>
          counted(ask, withoutValue(said(id), c), 'has none: give it one, or take it out', 'have none: give them one, or take them out'),
      ),
  }),

  check: (id, name, condition) =>
    constrained(id, name, `CONSTRAINT ${quote(name)} CHECK (${condition})`, (ask) => notHolding(ask, said(id), condition)),

  foreignKey: (id, columns, to, toColumns, name, { onDelete, onUpdate, deferrable, deferred }) => {
    const manner = `${onDelete ? ` ON DELETE ${onDelete}` : ''}${onUpdate ? ` ON UPDATE ${onUpdate}` : ''}${deferrable || deferred ? ' DEFERRABLE' : ''}${deferred ? ' INITIALLY DEFERRED' : ''}`
    return constrained(
      id,
      name,
      `CONSTRAINT ${quote(name)} FOREIGN KEY (${names(columns)}) REFERENCES ${named(to)} (${names(toColumns)})${manner}`,
      (ask) =>
        first(
          () => missing(ask, [noTable(to), ...columns.map((c) => noColumn(id, c)), ...toColumns.map((c) => noColumn(to, c))]),
          () =>
            counted(
              ask,
              orphans(said(id), columns, named(to), toColumns),
              `points at nothing in ${short(to)}`,
              `point at nothing in ${short(to)}`,
            ),
        ),
    )
  },

  unique: (id, columns, name) =>
    indexed(id, name, `create unique index ${quote(name)} on ${named(id)} (${names(columns)})`, (ask) =>
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
      `create ${unique ? 'unique ' : ''}index ${quote(name)} on ${named(id)} (${on.map((o) => (o.startsWith('(') ? o : quote(o))).join(', ')})${where === undefined ? '' : ` where ${where}`}`,
      async (ask) => [
        ...(using || include?.length ? ['using and include are not known there: leave them out'] : []),
        ...(await missing(
          ask,
          on.filter((o) => !o.startsWith('(')).map((c) => noColumn(id, c)),
        )),
      ],
    ),

  dropIndex: (name) => ({
    there: async (ask) => !(await holds(ask, indexThere(nameOf(name)))),
    against: (ask) =>
      first(
        () => missing(ask, [[indexThere(nameOf(name)), `there is no index ${nameOf(name)}`]]),
        () => present(ask, [[`${indexThere(nameOf(name))} and sql is null`, 'a constraint lives by it']]),
      ),
    was: async (ask) =>
      (await ask(`select sql as made from sqlite_schema where type = 'index' and name = ${literal(nameOf(name))} collate nocase`))[0]!,
    forward: async () => [[`drop index ${named(name)}`]],
    back: async ({ made }, { ask }) => ((await holds(ask, indexThere(nameOf(name)))) ? [] : [[made!]]),
  }),

  dropColumn: (id, c) => ({
    there: async (ask) => !(await holds(ask, column(id, c))),
    against: (ask, target) =>
      first(
        () => missing(ask, [noColumn(id, c)]),
        async () =>
          (await shelfOf('sqlite').needing({ table: `main.${nameOf(id)}`, column: c }, [], target)).filter(
            (r) => !r.startsWith('it must have a value'),
          ),
        async () =>
          (
            await ask(
              `select distinct l.name as name from pragma_index_list(${literal(nameOf(id))}) l, pragma_index_info(l.name) i where i.name = ${literal(c)} collate nocase`,
            )
          ).map((r) => `index ${r['name']} is over it`),
      ),
    forward: async () => [[`alter table ${named(id)} drop column ${quote(c)}`]],
    back: async () => [],
  }),

  setDefault: (id, c, value) => {
    const given = async (ask: Ask) =>
      (
        await ask(`select dflt_value as given from pragma_table_xinfo(${literal(nameOf(id))}) where name = ${literal(c)} collate nocase`)
      )[0]?.['given'] ?? null
    return {
      ...rebuilt(id, (d) => withDefault(d, c, value)),
      already: true,
      there: async (ask) => (await given(ask)) === value,
      against: (ask) => missing(ask, [noTable(id), noColumn(id, c)]),
    }
  },

  renameColumn: (id, from, to) => ({
    there: (ask) => holds(ask, column(id, to)),
    against: async (ask) => [
      ...(await missing(ask, [noTable(id), noColumn(id, from)])),
      ...(await present(ask, [[column(id, to), `${short(id)} has a column ${to} already`]])),
    ],
    forward: async () => [[`alter table ${named(id)} rename column ${quote(from)} to ${quote(to)}`]],
    back: async () => [[`alter table ${named(id)} rename column ${quote(to)} to ${quote(from)}`]],
  }),

  dropConstraint,
  dropNotNull,
  primaryKey,
  renameTable,
  retype,
  validate,
  enumValue: () => noEnums,
  renameEnumValue: () => noEnums,
}

/** A list of values is a check there. */
const noEnums: Alteration = {
  there: async () => false,
  against: async () => [
    'SQLite has no enums: where a check says the values, say dropConstraint of it and check with the new list, one after the other',
  ],
  forward: async () => [],
  back: async () => [],
}

/** Words for moments are no constants there. */
const isConstant = (value: string): boolean => /^([+-]?\d+(\.\d+)?|'(?:[^']|'')*'|null|true|false)$/i.test(value.trim())

const constrained = (id: string, name: string, text: string, besides: (ask: Ask) => Promise<readonly string[]>): Alteration => ({
  ...rebuilt(id, (d) => withConstraint(d, text)),
  there: (ask) => holds(ask, saysIt(id, text)),
  against: (ask) =>
    first(
      () => missing(ask, [noTable(id)]),
      () => present(ask, [[saysIt(id, `CONSTRAINT ${quote(name)} `), `${short(id)} has a constraint ${name} already`]]),
      () => besides(ask),
    ),
})

const indexed = (id: string, name: string, make: string, besides: (ask: Ask) => Promise<readonly string[]>): Alteration => ({
  there: (ask) => holds(ask, indexThere(name)),
  against: (ask) =>
    first(
      () => missing(ask, [noTable(id)]),
      () => present(ask, [[indexThere(name), `there is something called ${name} already`]]),
      () => besides(ask),
    ),
  forward: async () => [[make]],
  back: async (_, { ask }) => ((await holds(ask, indexThere(name))) ? [[`drop index ${quote(name)}`]] : []),
})
