// Two things of one table change their names: what was in use and what waits to be.

import { partsOf } from '../engine-words.ts'
import { literal, named, nameFor, quote, relation } from './words.ts'

export interface Named {
  /** `schema.name` of the table */
  readonly id: string
  readonly kind: 'index' | 'constraint' | 'statistics'
  /** Where the name is looked up; left out, where the table is. */
  readonly schema?: string
  readonly name: string
  /** The name of its counterpart. */
  readonly other: string
}

const inSchema = ({ id, schema = partsOf(id).schema }: Named, name: string): string => `${quote(schema)}.${quote(name)}`

const renamed: Readonly<Record<Named['kind'], (n: Named, from: string) => string>> = {
  index: (n, from) => `alter index ${inSchema(n, from)} rename to`,
  constraint: ({ id }, from) => `alter table ${named(id)} rename constraint ${quote(from)} to`,
  statistics: (n, from) => `alter statistics ${inSchema(n, from)} rename to`,
}

const there: Readonly<Record<Named['kind'], (n: Named) => string>> = {
  index: (n) => `to_regclass(${literal(inSchema(n, n.other))}) is not null`,
  constraint: ({ id, other }) => `exists (select from pg_constraint where conrelid = ${relation(id)} and conname = ${literal(other)})`,
  statistics: ({ id, other }) => `exists (select from pg_statistic_ext where stxrelid = ${relation(id)} and stxname = ${literal(other)})`,
}

/** What has no counterpart (made later, by others) keeps its name. */
export function exchangeNames(n: Named): string {
  const { kind, name, other } = n
  const between = nameFor('godwit', 'between', name)
  const rename = (from: string, to: string) => `${renamed[kind](n, from)} ${quote(to)}`
  const steps = [rename(name, between), rename(other, name), rename(between, other)].map((sql) => `execute ${literal(sql)};`).join(' ')
  return `do $$ begin if ${there[kind](n)} then ${steps} end if; end $$`
}

/** That a column must have a value has a name of its own from Postgres 18 on: it is the one in use that has the plain one. */
export function exchangeNeeds(id: string, column: string, waits: string): string {
  const nameOn = (c: string) =>
    `(select conname from pg_constraint join pg_attribute on attrelid = conrelid and attnum = any (conkey) where conrelid = ${relation(id)} and contype = 'n' and attname = ${literal(c)})`
  const rename = (from: string, to: string) =>
    `execute format('alter table %s rename constraint %I to %I', ${literal(named(id))}, ${from}, ${to});`
  return `do $$ declare a text := ${nameOn(column)}; b text := ${nameOn(waits)}; begin
    if a is not null and b is not null then ${rename('a', `'godwit_between'`)} ${rename('b', 'a')} ${rename(`'godwit_between'`, 'b')} end if;
  end $$`
}
