// The change of places, and the way back: names of columns, and of what they have, in one transaction.
import { exchangeNeeds } from '../exchange-names.ts'
import { unfollow } from '../follower.ts'
import { literal, named, quote, relation } from '../words.ts'
import { type Attached, attachedExchanged } from './attached.ts'
import { followBack, followNew } from './follow.ts'
import type { Pair } from './retype.ts'

export const swapped = (pair: Pair, attached: Attached): string[] => [
  ...unfollow(pair),
  withDefault(pair),
  dress(pair),
  `alter table ${named(pair.id)} rename column ${quote(pair.column)} to ${quote(pair.away)}`,
  `alter table ${named(pair.id)} rename column ${quote(pair.fresh)} to ${quote(pair.column)}`,
  ...attachedExchanged(pair, attached),
  exchangeNeeds(pair.id, pair.column, pair.away),
  `alter table ${named(pair.id)} alter column ${quote(pair.away)} drop not null`,
  ...followBack(pair),
]

export const swapBack = (pair: Pair, attached: Attached): string[] => [
  ...unfollow(pair),
  `alter table ${named(pair.id)} rename column ${quote(pair.column)} to ${quote(pair.fresh)}`,
  `alter table ${named(pair.id)} rename column ${quote(pair.away)} to ${quote(pair.column)}`,
  ...attachedExchanged(pair, attached),
  exchangeNeeds(pair.id, pair.column, pair.fresh),
  // the new one waits again, and is not to fall behind
  ...followNew(pair),
]

const withDefault = ({ id, column, fresh, to }: Pair): string => `do $$ declare d text; begin
    select pg_get_expr(adbin, adrelid) into d from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum where adrelid = ${relation(id)} and attname = ${literal(column)};
    if d is not null then execute format('alter table %s alter column %s set default (%s)::%s', ${literal(named(id))}, ${literal(quote(fresh))}, d, ${literal(to)}); end if;
  end $$`

/** The words about it, how closely it is counted, and who may read and write it. */
export const dress = ({ id, column, fresh }: Pick<Pair, 'id' | 'column' | 'fresh'>): string => {
  const [table, into] = [literal(named(id)), literal(quote(fresh))]
  return `do $$ declare a pg_attribute; g record; begin
    select * into a from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)};
    execute format('comment on column %s.%s is %L', ${table}, ${into}, col_description(a.attrelid, a.attnum));
    if a.attstattarget >= 0 then execute format('alter table %s alter column %s set statistics %s', ${table}, ${into}, a.attstattarget); end if;
    for g in select privilege_type as what, is_grantable, case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as who from aclexplode(a.attacl)
      loop execute format('grant %s (%s) on %s to %s%s', g.what, ${into}, ${table}, g.who, case when g.is_grantable then ' with grant option' else '' end); end loop;
  end $$`
}
