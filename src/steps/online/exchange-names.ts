// Two things of one table change their names: what was in use and what waits to be.
import { besides, literal, named, nameFor, quote, relation } from './words.ts'

export interface Named {
  /** `schema.name` of the table */
  readonly id: string
  readonly isIndex: boolean
  readonly name: string
  /** The name of its counterpart. */
  readonly other: string
}

/** What has no counterpart (made later, by others) keeps its name. */
export function exchangeNames({ id, isIndex, name, other }: Named): string {
  const between = nameFor('godwit', 'between', name)
  const rename = (from: string, to: string) =>
    isIndex
      ? `alter index ${besides(id, from)} rename to ${quote(to)}`
      : `alter table ${named(id)} rename constraint ${quote(from)} to ${quote(to)}`
  const steps = [rename(name, between), rename(other, name), rename(between, other)].map((sql) => `execute ${literal(sql)};`).join(' ')
  const there = isIndex
    ? `to_regclass(${literal(besides(id, other))}) is not null`
    : `exists (select from pg_constraint where conrelid = ${relation(id)} and conname = ${literal(other)})`
  return `do $$ begin if ${there} then ${steps} end if; end $$`
}
