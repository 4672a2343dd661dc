// The change of keys, in one short transaction over all tables: the primary key goes to the new column, and foreign keys over one column
// have the names of those over several, which stay beside them as long as the old columns do. The way back is the same, the other way round.
import { literal, named, quote, relation } from '../../words.ts'
import { givenNoMore, givenOnRow } from './drawing.ts'
import { asideOf, naturalName, type Pointer, primaryName, type Shape, type Surrogate } from './natural.ts'
import { oldLink, said } from './twins.ts'

/** All of them wait together no longer than one would: whoever comes after waits as long. */
export const locked = (tables: readonly string[]): string[] => [
  `select set_config('lock_timeout', greatest(20, (extract(epoch from current_setting('lock_timeout')::interval) * 1000 / ${tables.length})::int)::text, true)`,
  ...tables.map((id) => `lock table ${named(id)} in access exclusive mode`),
]

const each = (pointers: readonly Pointer[], make: (p: Pointer, table: string) => string): string[] =>
  pointers.map((p) => make(p, `alter table ${named(p.link.id)}`))

/** Without the locks. */
export const swapped = (s: Surrogate, shape: Shape): string[] => {
  const { natural, pointers } = shape
  const table = `alter table ${named(s.id)}`
  const held = quote(naturalName(s, natural))
  const now = natural.isPrimary ? natural.name : primaryName(s)
  return [
    ...each(pointers, ({ link }, alter) => `${alter} drop constraint ${quote(link.name)}`),
    ...(natural.isPrimary
      ? [
          `${table} drop constraint ${quote(natural.name)}`,
          `${table} add constraint ${held} unique using index ${quote(asideOf(s, naturalName(s, natural)))}${natural.manner}`,
        ]
      : []),
    `${table} add constraint ${quote(now)} primary key using index ${quote(asideOf(s, primaryName(s)))}`,
    ...each(pointers, ({ link }, alter) => `${alter} rename constraint ${quote(asideOf(s, link.name))} to ${quote(link.name)}`),
    ...each(pointers, (p, alter) => `${alter} add constraint ${quote(asideOf(s, p.link.name))} ${oldLink(s, shape, p)} not valid`),
    ...pointers.flatMap(({ link }) => said(link.id, link.name, link.comment)),
    ...givenOnRow(s),
  ]
}

/** `former`: an index over the old key, built for it. */
export const swappedBack = (s: Surrogate, shape: Shape, former: string | undefined): string[] => {
  const { natural, pointers } = shape
  const table = `alter table ${named(s.id)}`
  const now = natural.isPrimary ? natural.name : primaryName(s)
  return [
    ...givenNoMore(s),
    ...each(pointers, ({ link }, alter) => `${alter} drop constraint ${quote(link.name)}`),
    ...each(pointers, ({ link }, alter) => `${alter} drop constraint ${quote(asideOf(s, link.name))}`),
    `${table} drop constraint ${quote(now)}`,
    ...(former === undefined
      ? []
      : [
          `${table} drop constraint ${quote(naturalName(s, natural))}`,
          `${table} add constraint ${quote(natural.name)} primary key using index ${quote(former)}${natural.manner}`,
        ]),
    ...each(pointers, (p, alter) => `${alter} add constraint ${quote(p.link.name)} ${oldLink(s, shape, p)} not valid`),
    ...pointers.flatMap(({ link }) => said(link.id, link.name, link.comment)),
  ]
}

/** Foreign keys of this name that were looked at before are looked at again. */
export const unproved = (pointers: readonly Pointer[], name: (p: Pointer) => string): readonly { there: string; look: string }[] =>
  pointers
    .filter((p) => p.link.valid)
    .map((p) => ({
      there: `not exists (select from pg_constraint where conrelid = ${relation(p.link.id)} and conname = ${literal(name(p))} and not convalidated)`,
      look: `alter table ${named(p.link.id)} validate constraint ${quote(name(p))}`,
    }))
