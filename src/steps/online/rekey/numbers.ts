// Where the numbers of new rows come from goes to another column of the table: the sequence as it stands, and who may use it. It is let
// go before the tables are written anew, and taken up afterwards, when the other column is filled. Where that one has more room, so has the
// sequence; where it has less, so again.
import { literal, named, quote, relation } from '../words.ts'

const kept = 'pg_temp.godwit_numbers'

export const numbersLetGo = (id: string, from: string): string[] => [
  `create temp table godwit_numbers on commit drop as
    select a.atttypid as type, a.attidentity as identity, pg_get_expr(d.adbin, d.adrelid) as comes, s.oid::regclass as sequence, format('%I.%I', n.nspname, s.relname) as name, s.relacl, s.relowner, obj_description(s.oid, 'pg_class') as said, q.*, 0::bigint as at, false as called
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum, pg_class s join pg_namespace n on n.oid = s.relnamespace join pg_sequence q on q.seqrelid = s.oid
      where a.attrelid = ${relation(id)} and a.attname = ${literal(from)} and s.oid = pg_get_serial_sequence(${literal(named(id))}, ${literal(from)})::regclass`,
  `do $$ declare k ${kept}; begin
    select * into k from ${kept};
    execute format('update ${kept} set (at, called) = (select last_value, is_called from %s)', k.name);
    if k.identity <> '' then alter table ${named(id)} alter column ${quote(from)} drop identity; else alter table ${named(id)} alter column ${quote(from)} drop default; end if;
  end $$`,
]

/** The greatest number that a type holds. */
export const mostOf = (type: string): string =>
  `case ${type} when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 else 9223372036854775807 end`

export const numbersTakenUp = (
  id: string,
  to: string,
): string => `do $$ declare k ${kept}; g record; t oid := (select atttypid from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(to)}); begin
    select * into k from ${kept};
    alter table ${named(id)} alter column ${quote(to)} set not null;
    if k.identity = '' then
      execute format('alter sequence %s owned by %s', k.name, ${literal(`${named(id)}.${quote(to)}`)});
      if k.type <> t and k.seqtypid = k.type then execute format('alter sequence %s as %s', k.name, format_type(t, null)); end if;
      if k.comes is not null then execute format('alter table %s alter column %s set default %s', ${literal(named(id))}, ${literal(quote(to))}, k.comes); end if;
      return;
    end if;
    execute format('alter table %s alter column %s add generated %s as identity (sequence name %s start with %s increment by %s minvalue %s maxvalue %s cache %s%s)', ${literal(named(id))}, ${literal(quote(to))},
      case k.identity when 'a' then 'always' else 'by default' end, k.name, k.seqstart, k.seqincrement, k.seqmin, case when k.type <> t and k.seqmax = ${mostOf('k.type')} then ${mostOf('t')} else k.seqmax end, k.seqcache, case when k.seqcycle then ' cycle' else '' end);
    perform setval(k.name::regclass, k.at, k.called);
    execute format('comment on sequence %s is %L', k.name, k.said);
    for g in select privilege_type as what, is_grantable, case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as who from aclexplode(k.relacl) where grantee <> k.relowner
      loop execute format('grant %s on sequence %s to %s%s', g.what, k.name, g.who, case when g.is_grantable then ' with grant option' else '' end); end loop;
  end $$`
