// Text that says a column by its name: the catalogue does not know what it means.
import { partsOf } from '../engine-words.ts'
import { literal, relation } from './words.ts'

const word = (name: string): string => literal(`\\m${name.replace(/\W/g, '\\$&')}\\M`)

/** Triggers of the table, by the alias `t`. */
export const triggersSay = (table: string, column: string): string =>
  `select 'trigger ' || t.tgname || ' names ' || ${literal(column)} as reason from pg_trigger t join pg_proc p on p.oid = t.tgfoid where t.tgrelid = ${relation(table)} and not t.tgisinternal and p.prosrc ~ ${word(column)}`

/** Functions that say the column and the name that the table is known by. */
const functionsSay = (knownAs: string, column: string): string =>
  `select 'function ' || p.oid::regprocedure || ' names ' || ${literal(column)} as reason from pg_proc p where p.pronamespace::regnamespace::text not in ('pg_catalog', 'information_schema') and p.prosrc ~ ${word(column)} and p.prosrc ~ ${word(partsOf(knownAs).name)}`

export const stillSaid = (table: string, knownAs: string, column: string): string[] => [
  triggersSay(table, column),
  functionsSay(knownAs, column),
]

/** What hangs on a view that is to go. */
export const hangsOn = (view: string): string[] => [
  `select distinct case c.relkind when 'v' then 'view ' when 'm' then 'materialized view ' else 'a rule of ' end || c.oid::regclass || ' reads ' || ${literal(partsOf(view).name)} as reason from pg_depend d join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid join pg_class c on c.oid = w.ev_class where d.refclassid = 'pg_class'::regclass and d.refobjid = ${relation(view)} and c.oid <> ${relation(view)}`,
  `select distinct pg_describe_object(d.classid, d.objid, 0) || ' reads ' || ${literal(partsOf(view).name)} from pg_depend d left join pg_type t on d.refclassid = 'pg_type'::regclass and d.refobjid in (t.oid, t.typarray) and t.typrelid = ${relation(view)}
    where d.classid in ('pg_proc'::regclass, 'pg_policy'::regclass) and (t.oid is not null or d.refclassid = 'pg_class'::regclass and d.refobjid = ${relation(view)})`,
  `select 'trigger ' || tgname || ' hangs on ' || ${literal(partsOf(view).name)} from pg_trigger where tgrelid = ${relation(view)} and not tgisinternal`,
]
