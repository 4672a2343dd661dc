// Triggers by which a column with keys in it is followed by the one that waits, with every write: from the change of places on it is the
// other one that waits.
import { literal, named, nameFor, quote, relation, short } from '../../words.ts'
import { guarded } from '../keys.ts'
import { memberOf, type Reference, type Spot } from './reference.ts'
import type { Typed } from './typed.ts'
import { backward, forward } from './way.ts'

/** After those of the keys themselves: a row that points at itself has its pair by then. */
const triggerOf = ({ column }: Reference): string => nameFor('zzz_godwit', column, 'references')
const functionOf = (ref: Reference): string => `godwit.${quote(nameFor('references_in', short(ref.id).replace('.', '_'), ref.column))}`

export const followed = (ref: Reference): string =>
  `exists (select from pg_trigger where tgrelid = ${relation(ref.id)} and tgname = ${literal(triggerOf(ref))})`

export const unfollow = (ref: Reference): string[] => [
  `drop trigger if exists ${quote(triggerOf(ref))} on ${named(ref.id)}`,
  `drop function if exists ${functionOf(ref)}()`,
]

/** `note`: a statement more, with every write of the column. */
const following = (ref: Reference, when: string, into: string, made: string, note: string): string[] => [
  ...unfollow(ref),
  `create function ${functionOf(ref)}() returns trigger language plpgsql ${guarded} as $godwit$
begin
  if tg_op = 'INSERT' or ${when} then
    new.${quote(into)} := ${made};
    ${note}
  end if;
  return new;
end $godwit$`,
  `create trigger ${quote(triggerOf(ref))} before insert or update on ${named(ref.id)} for each row execute function ${functionOf(ref)}()`,
]

const changed = (column: string): string => `new.${quote(column)}::text is distinct from old.${quote(column)}::text`
const written = (ref: Reference, type: string): Spot => ({
  value: `new.${quote(ref.column)}`,
  type,
  of: (column) => `new.${quote(column)}`,
})

export function followNew({ ref, type }: Typed, note = ''): string[] {
  const { fresh } = memberOf(ref)
  const when = [...[ref.column, ...ref.beside].map(changed), `new.${quote(fresh)} is null`].join(' or ')
  return following(ref, when, fresh, ref.rewritten(written(ref, type), forward), note)
}

/** Old keys that no row has stay where they were, as long as nobody writes over them. */
export function followOld({ ref, type }: Typed, note = ''): string[] {
  const { away } = memberOf(ref)
  const made = ref.rewritten(written(ref, type), backward(`to_jsonb(old.${quote(away)})`))
  return following(ref, changed(ref.column), away, made, note)
}

/** A row of the table where it stands, as a source of one row: whatever its columns are called, they mean what they are. `of`: `new.` */
export const rowOf = (ref: Reference, values: readonly string[], of = ''): string =>
  `(select ${[...values, ...ref.beside.map((column, i) => `${of}${quote(column)} as godwit_beside${i}`)].join(', ')}) godwit_row`
export const inRow = (ref: Reference, type: string): Spot => ({
  value: 'godwit_row.godwit_value',
  type,
  of: (column) => `godwit_row.godwit_beside${ref.beside.indexOf(column)}`,
})

/** The value with keys of the other kind, as an expression over a row. */
export function overRow({ ref, type }: Typed, to: 'new' | 'old'): string {
  const was = to === 'new' ? [] : [`to_jsonb(${quote(memberOf(ref).away)}) as godwit_was`]
  const made = ref.rewritten(inRow(ref, type), to === 'new' ? forward : backward('godwit_row.godwit_was'))
  return `(select ${made} from ${rowOf(ref, [`${quote(ref.column)} as godwit_value`, ...was])})`
}
