// What names a column by its number beside views, and would go with the old one where the new one takes the place: triggers that fire for
// a column. They are taken down and put up again in the transaction of the change, as they were.
import { literal, relation } from '../words.ts'
import type { Graph } from './graph.ts'

/** Table and columns, as a row source: `oid`, `num`. */
export const memberNumbers = ({ members }: Pick<Graph, 'members'>): string =>
  `(select a.attrelid as oid, a.attnum as num from pg_attribute a join (values ${members.map((m) => `(${relation(m.id)}, ${literal(m.column)})`).join(', ')}) m(oid, name) on a.attrelid = m.oid and a.attname = m.name)`

/** Triggers `of` one of the columns. */
export const triggersOver = (columns: string): string =>
  `pg_trigger t where not t.tgisinternal and exists (select from ${columns} c where c.oid = t.tgrelid and c.num = any (t.tgattr))`

/** With what is said about them, and whether they fire. */
export const triggersAway = (columns: string): string[] => [
  `create temp table godwit_triggers on commit drop as
    select t.tgname, format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass) as away,
      array[pg_get_triggerdef(t.oid),
        format('alter table %s %s trigger %I', t.tgrelid::regclass, case t.tgenabled when 'D' then 'disable' when 'A' then 'enable always' when 'R' then 'enable replica' else 'enable' end, t.tgname),
        format('comment on trigger %I on %s is %L', t.tgname, t.tgrelid::regclass, obj_description(t.oid, 'pg_trigger'))] as made
    from ${triggersOver(columns)}`,
  `do $$ declare t record; begin for t in select away from pg_temp.godwit_triggers loop execute t.away; end loop; end $$`,
]

export const triggersAgain = `do $$ declare t record; s text; begin
    for t in select made from pg_temp.godwit_triggers order by tgname loop foreach s in array t.made loop execute s; end loop; end loop;
  end $$`
