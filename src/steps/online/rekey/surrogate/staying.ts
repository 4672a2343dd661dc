// Which old columns of the tables that point at it are needed for something else: they stay for good, and the foreign key over them as well.
import { list } from '../../../../text.ts'
import { literal, relation, short } from '../../words.ts'
import type { Asking } from '../graph.ts'
import { shortly } from '../reasons.ts'
import { asideOf, type Pointer, type Shape, type Surrogate } from './natural.ts'

export interface Fate {
  readonly pointer: Pointer
  /** What needs them; nothing where they go. */
  readonly stays: readonly string[]
}

/** Objects that depend on one of the columns, but for the foreign keys of this change, and indexes and sequences that are theirs alone. */
const neededBy = ({ link }: Pointer, ours: readonly string[]): string => `
  with c as (select array_agg(attnum) as nums from pg_attribute where attrelid = ${relation(link.id)} and attname = any (array[${link.columns.map(literal).join(', ')}]))
  select distinct pg_describe_object(d.classid, d.objid, 0) as what from c, pg_depend d
    left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
    left join pg_index i on d.classid = 'pg_class'::regclass and i.indexrelid = d.objid
    left join pg_attrdef v on d.classid = 'pg_attrdef'::regclass and v.oid = d.objid
  where d.refclassid = 'pg_class'::regclass and d.refobjid = ${relation(link.id)} and d.refobjsubid = any (c.nums)
    and not (k.oid is not null and (k.contype = 'n' or k.contype = 'f' and k.conrelid = d.refobjid and k.conname in (${ours.map(literal).join(', ')})))
    and not (i.indexrelid is not null and i.indkey::int2[] <@ c.nums and not i.indisunique)
    and not (v.oid is not null and v.adrelid = d.refobjid and v.adnum = d.refobjsubid)
    and not exists (select from pg_class s where d.classid = 'pg_class'::regclass and s.oid = d.objid and s.relkind = 'S')
    and not exists (select from pg_trigger t where d.classid = 'pg_trigger'::regclass and t.oid = d.objid and t.tgisinternal)`

export async function fates(hands: Asking, s: Surrogate, { pointers }: Shape): Promise<readonly Fate[]> {
  const ours = pointers.flatMap(({ link }) => [link.name, asideOf(s, link.name)])
  let all: Fate[] = []
  for (const pointer of pointers) {
    const needed = (await hands.target.ask(neededBy(pointer, ours))).map((row) => shortly(row['what']!))
    const stays = s.keep.includes(pointer.link.name) ? ['it is said', ...needed] : needed
    all.push({ pointer, stays })
  }
  // what shares a column with one that stays is as bound as that
  for (const _ of pointers) all = all.map((f) => ({ ...f, stays: f.stays.length ? f.stays : boundTo(f, all) }))
  return all
}

const boundTo = ({ pointer: { link } }: Fate, all: readonly Fate[]): readonly string[] =>
  all
    .filter(
      ({ pointer: other, stays }) => stays.length && other.link.id === link.id && other.link.columns.some((c) => link.columns.includes(c)),
    )
    .map(({ pointer: other }) => `foreign key ${other.link.name}`)

/** For the plan. */
export const fateLine = ({ pointer: { link, column }, stays }: Fate): string => {
  const old = `${short(link.id)} (${link.columns.join(', ')})`
  return stays.length
    ? `${old}: beside ${column} for good, because of ${list(stays)}; foreign key ${link.name} holds for ${column}, and one more for them`
    : `${old}: gives way to ${column}, and is dropped by godwit purge`
}
