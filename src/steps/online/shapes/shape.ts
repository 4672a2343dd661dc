// One shape: a schema with a view for each table. Its columns are kept by their numbers, which stay when names change.
import { partsOf } from '../../engine-words.ts'
import type { Hands, Row } from '../../hands.ts'
import { holds } from '../move.ts'
import { standIn } from '../stand-in.ts'
import { literal, named, quote, relation } from '../words.ts'
import type { Known, Shapes } from './shapes.ts'

/** Number and name of each column, by table. */
export type Columns = Readonly<Record<string, readonly (readonly [number: string, name: string])[]>>

export const viewOf = (schema: string, id: string): string => `${schema}.${partsOf(id).name}`
export const isThere = (hands: Hands, schema: string): Promise<boolean> =>
  holds(hands, `exists (select from pg_namespace where nspname = ${literal(schema)})`)

/** What has been put out of sight is in neither shape. */
export async function columnsAsTheyAre(hands: Hands, { tables }: Shapes, which: 'old' | 'new'): Promise<Row> {
  const columns: Record<string, readonly (readonly [string, string])[]> = {}
  for (const { id, gone, called, instead } of tables) {
    const known = which === 'old' ? {} : { ...called, ...asIf(instead, called) }
    const unknown = which === 'old' ? [] : [...gone, ...Object.values(instead)]
    const found = await hands.target.ask(
      `select attnum::text as number, attname::text as name from pg_attribute where attrelid = ${relation(id)} and attnum > 0 and not attisdropped and attname not like '\\_retired\\_%' order by attnum`,
    )
    columns[id] = found
      .map((row) => [row['number']!, row['name']!] as const)
      .filter(([, name]) => !unknown.includes(name))
      .map(([number, name]) => [number, known[name] ?? name])
  }
  return { columns: JSON.stringify(columns) }
}

/** What waits to take a place is known by the name that it will have. */
const asIf = (instead: Known['instead'], called: Known['called']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(instead).map(([fresh, column]) => [fresh, called[column] ?? column]))

export const columnsOf = (was: Row): Columns => JSON.parse(was['columns']!) as Columns

export const putUp = (schema: string, columns: Columns): string[] => {
  const tables = Object.keys(columns)
  return [`create schema ${quote(schema)}`, whoMayEnter(schema, tables), ...tables.flatMap((id) => viewPutUp(schema, id, columns))]
}

export function viewPutUp(schema: string, id: string, columns: Columns): string[] {
  const names = `case attnum ${columns[id]!.map(([number, name]) => `when ${number} then array[${literal(name)}]`).join(' ')} end`
  return [...standIn(viewOf(schema, id), id, names), described(viewOf(schema, id), id, names)]
}

export const takenDown = (schema: string, tables: readonly Known[]): string[] => [
  ...tables.map(({ id }) => `drop view if exists ${named(viewOf(schema, id))} restrict`),
  `drop schema if exists ${quote(schema)} restrict`,
]

/** Whoever comes to the tables comes to the views; who owns a table is to own its view, which takes more. */
const whoMayEnter = (schema: string, tables: readonly string[]): string => `do $$ declare g record; begin
    for g in select distinct case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as who from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
      where nspname in (${tables.map((id) => literal(partsOf(id).schema)).join(', ')}) and privilege_type = 'USAGE'
    loop execute format('grant usage on schema %I to %s', ${literal(schema)}, g.who); end loop;
    for g in select distinct pg_get_userbyid(relowner) as who from pg_class where oid in (${tables.map(relation).join(', ')})
    loop execute format('grant usage, create on schema %I to %I', ${literal(schema)}, g.who); end loop;
  end $$`

const described = (view: string, table: string, names: string): string => `do $$ declare c record; begin
    execute format('comment on view %s is %L', ${literal(named(view))}, obj_description(${relation(table)}, 'pg_class'));
    for c in select n, col_description(attrelid, attnum) as says from pg_attribute, unnest(${names}) n where attrelid = ${relation(table)} and attnum > 0 and not attisdropped and col_description(attrelid, attnum) is not null
    loop execute format('comment on column %s.%I is %L', ${literal(named(view))}, c.n, c.says); end loop;
  end $$`

/** `shop_2.person: id integer, email text`, for whoever looks on. */
export async function listed(hands: Hands, schema: string): Promise<readonly string[]> {
  const found = await hands.target.ask(
    `select format('%s.%s: %s', ${literal(schema)}, relname, string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)) as line
      from pg_class c join pg_attribute on attrelid = c.oid and attnum > 0 where relnamespace = to_regnamespace(${literal(quote(schema))}) group by relname order by relname`,
  )
  return found.map((row) => row['line']!)
}
