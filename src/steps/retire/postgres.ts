// Postgres: tables go to a schema that nobody searches, under their whole name; their sequences, indexes and grants go with them.
import { postgres as sql } from '../../dialects/postgres.ts'
import type { Row, TargetHands } from '../hands.ts'
import { asideIn } from './aside.ts'
import type { LookedFor, Shelf } from './engine.ts'
import { awayColumn } from './names.ts'

const { quote, literal, table: named } = sql
const aside = asideIn('godwit_retired')
const away = aside.named
const oid = (name: string): string => `to_regclass(${literal(name)})`

async function one(target: TargetHands, text: string): Promise<Row> {
  return (await target.ask(text))[0]!
}

const columnThere = (table: string, column: string): string =>
  `exists (select from pg_attribute where attrelid = ${oid(named(table))} and attname = ${literal(column)} and attnum > 0 and not attisdropped)`

/** All that depends on it by the catalogue's own word, and triggers of the table whose functions name the column. */
const dependents = ({ table, column }: LookedFor): string => {
  const relation = oid(named(table))
  const number =
    column === undefined
      ? ''
      : ` and d.refobjsubid = (select attnum from pg_attribute where attrelid = ${relation} and attname = ${literal(column)})`
  const views = `select distinct case c.relkind when 'm' then 'materialized view ' else 'view ' end || c.oid::regclass::text || ' reads it' as who from pg_depend d join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass join pg_class c on c.oid = r.ev_class where d.refclassid = 'pg_class'::regclass and d.refobjid = ${relation} and c.oid <> ${relation}${number}`
  const functions = `select distinct 'function ' || p.oid::regprocedure::text || ' names it' from pg_depend d join pg_proc p on p.oid = d.objid and d.classid = 'pg_proc'::regclass where d.refclassid = 'pg_class'::regclass and d.refobjid = ${relation}${number}`
  if (column === undefined) return [views, functions].join(' union all ')
  const key = `select 'it is part of the primary key' from pg_constraint k, pg_attribute a where k.conrelid = ${relation} and k.contype = 'p' and a.attrelid = k.conrelid and a.attname = ${literal(column)} and a.attnum = any (k.conkey)`
  const computed = `select 'column ' || g.attname || ' is computed from it' from pg_depend d join pg_attrdef e on e.oid = d.objid and d.classid = 'pg_attrdef'::regclass join pg_attribute g on g.attrelid = e.adrelid and g.attnum = e.adnum and g.attgenerated <> '' where d.refclassid = 'pg_class'::regclass and d.refobjid = ${relation}${number}`
  const triggers = `select 'trigger ' || t.tgname || ' names it' from pg_trigger t join pg_proc p on p.oid = t.tgfoid where t.tgrelid = ${relation} and not t.tgisinternal and p.prosrc ~ ${literal(`\\m${column.replace(/\W/g, '\\$&')}\\M`)}`
  return [views, functions, key, computed, triggers].join(' union all ')
}

const pointing = ({ table }: LookedFor, together: readonly LookedFor[]): string => {
  const others = together.filter((t) => t.column === undefined).map((t) => oid(named(t.table)))
  return `select 'foreign key ' || conname || ' of ' || conrelid::regclass::text || ' points at it' as who from pg_constraint where contype = 'f' and conparentid = 0 and confrelid = ${oid(named(table))} and conrelid <> all (array[${others.join(', ')}]::oid[])`
}

const pointingAtColumn = ({ table, column }: LookedFor): string =>
  `select 'foreign key ' || k.conname || ' of ' || k.conrelid::regclass::text || ' points at it' as who from pg_constraint k join pg_attribute a on a.attrelid = k.confrelid and a.attnum = any (k.confkey) where k.contype = 'f' and k.confrelid = ${oid(named(table))} and a.attname = ${literal(column!)}`

export const postgres: Shelf = {
  async find({ table, column }, target) {
    const [here, there] =
      column === undefined
        ? [`${oid(named(table))} is not null`, `${oid(away(table))} is not null`]
        : [columnThere(table, column), columnThere(table, awayColumn(column))]
    const row = await one(target, `select (${here})::text as here, (${there})::text as there`)
    return { inSight: row['here'] === 'true', away: row['there'] === 'true' }
  },

  async needing(what, together, target) {
    const questions = [dependents(what), what.column === undefined ? pointing(what, together) : pointingAtColumn(what)]
    return (await target.ask(questions.join(' union all '))).map((r) => r['who']!)
  },

  async measure({ table, column }, target) {
    const size = column === undefined ? `pg_total_relation_size(${oid(named(table))})` : `sum(pg_column_size(${quote(column)}))`
    const { rows, bytes } = await one(target, `select count(*)::text as rows, (${size})::text as bytes from ${named(table)}`)
    if (column === undefined) return { table, rows: rows!, bytes: bytes! }
    const needed = await one(
      target,
      `select (attnotnull and not atthasdef and attidentity = '')::text as needed from pg_attribute where attrelid = ${oid(named(table))} and attname = ${literal(column)}`,
    )
    return { table, column, rows: rows!, bytes: bytes ?? null, ...(needed['needed'] === 'true' ? { needed: true } : {}) }
  },

  putAway: (all) => [
    ...(all.some((r) => r.column === undefined) ? [aside.made] : []),
    ...all.flatMap(({ table, column, needed }) =>
      column === undefined
        ? aside.put(table)
        : [
            ...(needed ? [`alter table ${named(table)} alter column ${quote(column)} drop not null`] : []),
            `alter table ${named(table)} rename column ${quote(column)} to ${quote(awayColumn(column))}`,
          ],
    ),
  ],

  async hindering({ table, column, needed }, target) {
    if (column === undefined || !needed) return undefined
    const { n } = await one(target, `select count(*)::text as n from ${named(table)} where ${quote(awayColumn(column))} is null`)
    return n === '0' ? undefined : `${n} rows of ${table} were written without ${column} since, and it must have a value`
  },

  bringBack: (all) =>
    all
      .toReversed()
      .flatMap(({ table, column, needed }) =>
        column === undefined
          ? aside.back(table)
          : [
              `alter table ${named(table)} rename column ${quote(awayColumn(column))} to ${quote(column)}`,
              ...(needed ? [`alter table ${named(table)} alter column ${quote(column)} set not null`] : []),
            ],
      ),

  async tidy(target) {
    return (await target.ask(aside.empty)).length ? [aside.gone] : []
  },

  drop(all) {
    const tables = all.filter((r) => r.column === undefined).map((r) => away(r.table))
    return [
      ...all.flatMap(({ table, column }) =>
        column === undefined ? [] : [`alter table ${named(table)} drop column if exists ${quote(awayColumn(column))}`],
      ),
      ...(tables.length ? [`drop table if exists ${tables.join(', ')}`] : []),
    ]
  },
}
