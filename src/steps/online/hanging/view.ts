// Views: with their options, owner, rights and words, also those of single columns.
import { full, givenToAll, type Kind, passedOn, who } from './kind.ts'

const name = full('v.oid')
const owner = 'pg_get_userbyid(v.relowner)'

export const view: Kind = {
  catalogue: 'pg_class',
  of: `pg_class v on v.oid = f.objid and f.subid = 0 and v.relkind = 'v'`,
  name: `'view ' || v.oid::regclass`,
  locks: 'v.oid',
  away: `format('drop view %s restrict', ${name})`,
  made: `array[format('create view %s%s as %s', ${name}, ' with (' || array_to_string(v.reloptions, ', ') || ')', pg_get_viewdef(v.oid)),
      format('alter view %s owner to %I', ${name}, ${owner}),
      format('comment on view %s is %L', ${name}, obj_description(v.oid, 'pg_class'))]
    || array(select format('comment on column %s.%I is %L', ${name}, attname, col_description(v.oid, attnum)) from pg_attribute where attrelid = v.oid and col_description(v.oid, attnum) is not null)
    || ${givenToAll('r', 'v.relowner', name)}
    || array(select format('revoke all on %s from %I', ${name}, ${owner}) where v.relacl is not null)
    || array(select format('grant %s on %s to %s%s', g.privilege_type, ${name}, ${who('g.grantee')}, ${passedOn('g')}) from aclexplode(v.relacl) g)
    || array(select format('grant %s (%I) on %s to %s%s', g.privilege_type, attname, ${name}, ${who('g.grantee')}, ${passedOn('g')}) from pg_attribute a, aclexplode(a.attacl) g where a.attrelid = v.oid)`,
}
