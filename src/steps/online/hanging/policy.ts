// Policies of rows, of any table.
import { full, type Kind, who } from './kind.ts'

const table = full('p.polrelid')

export const policy: Kind = {
  catalogue: 'pg_policy',
  of: 'pg_policy p on p.oid = f.objid',
  name: `'policy ' || p.polname`,
  locks: 'p.polrelid',
  away: `format('drop policy %I on %s', p.polname, ${table})`,
  made: `array[format('create policy %I on %s as %s for %s to %s%s%s', p.polname, ${table}, case when p.polpermissive then 'permissive' else 'restrictive' end,
        case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
        (select string_agg(${who('o')}, ', ') from unnest(p.polroles) o),
        ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
      format('comment on policy %I on %s is %L', p.polname, ${table}, obj_description(p.oid, 'pg_policy'))]`,
}
