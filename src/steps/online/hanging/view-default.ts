// What a view puts where an INSERT says nothing.
import { full, type Kind } from './kind.ts'

const column = `format('alter view %s alter column %I', ${full('v.oid')}, a.attname)`

export const viewDefault: Kind = {
  catalogue: 'pg_attrdef',
  of: `pg_attrdef e on e.oid = f.objid join pg_class v on v.oid = e.adrelid and v.relkind = 'v' join pg_attribute a on a.attrelid = e.adrelid and a.attnum = e.adnum`,
  name: `'default of ' || v.oid::regclass || '.' || a.attname`,
  locks: 'v.oid',
  away: `${column} || ' drop default'`,
  made: `array[${column} || ' set default ' || pg_get_expr(e.adbin, e.adrelid)]`,
}
