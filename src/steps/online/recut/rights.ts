// Who may read or write single columns: of the new ones, whoever may do so with all of the old ones.
import { literal, named, quote, relation } from '../words.ts'
import type { Recut } from './recut.ts'

export const rights = ({ id, old, fresh }: Recut): string[] => [
  `do $$ declare g record; begin
    for g in select privilege_type as what, bool_and(is_grantable) as is_grantable, case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as who
      from (select distinct on (attnum, grantee, privilege_type) attnum, grantee, privilege_type, is_grantable from pg_attribute, aclexplode(attacl)
        where attrelid = ${relation(id)} and attname in (${old.map((o) => literal(o.name)).join(', ')}) order by attnum, grantee, privilege_type, is_grantable desc) x
      group by grantee, privilege_type having count(*) = ${old.length}
    loop execute format('grant %s (%s) on %s to %s%s', g.what, ${literal(fresh.map((f) => quote(f.name)).join(', '))}, ${literal(named(id))}, g.who, case when g.is_grantable then ' with grant option' else '' end); end loop;
  end $$`,
]
