// Functions and procedures that Postgres has read when they were made (`begin atomic`), or that take or give rows of a view. What they are
// made with is in their definition; owner, rights and words are not.
import { givenToAll, type Kind, passedOn, who } from './kind.ts'

const called = `format('%s %s', case p.prokind when 'p' then 'procedure' else 'function' end, format('%I.%I(%s)', (select nspname from pg_namespace where oid = p.pronamespace), p.proname, pg_get_function_identity_arguments(p.oid)))`
const owner = 'pg_get_userbyid(p.proowner)'

export const routine: Kind = {
  catalogue: 'pg_proc',
  of: `pg_proc p on p.oid = f.objid and p.prokind in ('f', 'p', 'w')`,
  name: `'function ' || p.oid::regprocedure`,
  locks: 'null::oid',
  away: `format('drop %s restrict', ${called})`,
  made: `array[pg_get_functiondef(p.oid), format('alter %s owner to %I', ${called}, ${owner}),
      format('comment on %s is %L', ${called}, obj_description(p.oid, 'pg_proc')), format('revoke all on %s from public', ${called})]
    || ${givenToAll('f', 'p.proowner', called)}
    || array(select format('revoke all on %s from %I', ${called}, ${owner}) where p.proacl is not null)
    || array(select format('grant execute on %s to %s%s', ${called}, ${who('g.grantee')}, ${passedOn('g')}) from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g)`,
}
