// What stands in a column with old keys, held against what stands in the one with new keys: by another way than the one that wrote it. Both
// are taken from the row as a whole, so the same question is right before the change of places and after it.
import { literal, named, quote } from '../../words.ts'
import { inRow, rowOf } from './follow-references.ts'
import { lateOf, memberOf, type Spot, shownAt } from './reference.ts'
import type { Typed } from './typed.ts'
import { backward, keyOfOne, pairs } from './way.ts'

const spotOf = (value: string, type: string): Spot => ({ value, type, of: (column) => `(j ->> ${literal(column)})` })

/** Whether keys that no row has stay where they were. */
const keeps = ({ ref, type }: Typed): boolean => ref.becomes(type) === type

/** Common table expressions: `r` (rows), `o` (what stands there with old keys, and the new key of each), `a` (with new keys). */
function spread({ ref, type }: Typed): string {
  const { column, fresh, away } = memberOf(ref)
  const [c, f, w] = [column, fresh, away].map(literal)
  const made = ref.targets.map((id) => `select ${literal(id)} as target, old_key::text as value, new_key::text as made from ${pairs(id)}`)
  return `r as materialized (select row_number() over () as i, j, case when j ? ${w} then j -> ${w} else j -> ${c} end as old, case when j ? ${w} then j -> ${c} else j -> ${f} end as new from (select to_jsonb(godwit_row) as j from ${named(ref.id)} godwit_row) x),
    k as materialized (${made.join(' union all ')}),
    o as materialized (select i, p.target, p.place, p.value, k.made from r, lateral (${ref.places(spotOf('r.old', type))}) p left join k on k.target = p.target and k.value = p.value),
    a as materialized (select i, r.j ? ${w} as swapped, p.target, p.value from r, lateral (${ref.places(spotOf('r.new', type))}) p)`
}

/** How many references to rows that are there. */
export const examined = (t: Typed): string => `(with ${spread(t)} select count(*) from o where made is not null)`

/**
 * Rows that do not say with new keys what they said with old ones. Where a row came before the one that it points at, its old key is still
 * there until the last look before the change of places, or nothing where old keys have no room: `late` lets that pass, as long as places
 * have not been changed. A row that is marked waits for the lock.
 */
export function differing(t: Typed, late: boolean): string {
  const { ref, type } = t
  const kept = keeps(t)
  const meant = kept ? 'coalesce(o.made, o.value)' : 'o.made'
  const said = late && kept ? `case when a.swapped then a.value else coalesce(k.made, a.value) end` : 'a.value'
  const others =
    late && !kept
      ? `case when j ? ${literal(memberOf(ref).away)} then ${otherKeys} else not coalesce(n.keys, '{}') <@ coalesce(e.keys, '{}') end`
      : otherKeys
  const rest = (value: string) => ref.rest(spotOf(value, type))
  return `select ${literal(shownAt(ref))} as "column", old, new from (with ${spread(t)}
    select left(old::text, 200) as old, left(new::text, 200) as new from r
      left join (select i, array_agg(${meant} order by ${meant}) filter (where ${meant} is not null) as keys from o group by i) e using (i)
      left join (select a.i, array_agg(${said} order by ${said}) as keys from a left join k on k.target = a.target and k.value = a.value group by a.i) n using (i)
      where (${others} or ${rest('old')} is distinct from ${rest('new')}) and (j ->> ${literal(lateOf(ref))}) is distinct from 'true') d`
}
const otherKeys = 'e.keys is distinct from n.keys'

/** One row: `rows`, those with keys that are other ones now, without any, and with some that no row has; and `found`, `dangling`, of references. */
export const counted = (t: Typed): string => `with ${spread(t)},
    s as (select i, count(made) as found, count(*) - count(made) as dangling from o group by i)
  select count(*) as rows, count(*) filter (where found > 0 and dangling = 0) as changed, count(*) filter (where s.i is null) as unchanged, count(*) filter (where dangling > 0) as with_dangling,
    coalesce(sum(found), 0) as found, coalesce(sum(dangling), 0) as dangling from r left join s using (i)`

export const dangling = (t: Typed): string =>
  `with ${spread(t)} select ${literal(shownAt(t.ref))} as "column", place, coalesce(target, '') as target, value, count(distinct i) as rows from o where made is null group by place, target, value order by target is null, rows desc, value`

/** Places that are named, and where nothing stands: they may be misspelt. */
export const foundIn = (t: Typed): string => `with r as (select to_jsonb(godwit_row) as j from ${named(t.ref.id)} godwit_row)
  select distinct place from r, lateral (${t.ref.places(spotOf(`(j -> ${literal(t.ref.column)})`, t.type))}) p where p.target is not null`

/** The most characters that a value comes to where keys are as long as UUIDs: `most`. */
export const longest = (t: Typed): string => `with r as (select to_jsonb(godwit_row) as j from ${named(t.ref.id)} godwit_row)
  select max(length(j ->> ${literal(t.ref.column)}) + coalesce((select sum(36 - length(p.value)) from (${t.ref.places(spotOf(`(j -> ${literal(t.ref.column)})`, t.type))}) p where p.target is not null), 0)) as most from r`

/** Of a row: a new key whose old one is not where it should be, since it was written before the row that it points at. */
export function unmet({ ref, type }: Typed): string {
  const { column, away } = memberOf(ref)
  const old = keyOfOne(ref.targets, backward('null'), 'p.target', 'p.value')
  const row = rowOf(ref, [`to_jsonb(${quote(column)}) as godwit_value`, `to_jsonb(${quote(away)}) as godwit_was`])
  const spot = inRow(ref, type)
  return `exists (select from ${row}, lateral (${ref.places(spot)}) p where ${old} is not null
    and not exists (select from (${ref.places({ ...spot, value: 'godwit_row.godwit_was' })}) q where q.target = p.target and q.value = ${old}))`
}

/** Of a row: a new key that has no old one, where the old column holds nothing else. */
export function lost(t: Typed): string {
  const { ref, type } = t
  const { column, away } = memberOf(ref)
  const empty = `${quote(away)} is null and ${quote(column)} is not null`
  if (keeps(t)) return empty
  const old = keyOfOne(ref.targets, backward('null'), 'p.target', 'p.value')
  const row = rowOf(ref, [`to_jsonb(${quote(column)}) as godwit_value`])
  return `(${empty} or exists (select from ${row}, lateral (${ref.places(inRow(ref, type))}) p where p.target is not null and p.value is not null and ${old} is null))`
}
