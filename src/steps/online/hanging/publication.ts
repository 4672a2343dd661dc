// Publications with a list of columns, or with a condition, that name one of them.
import { full, type Kind } from './kind.ts'

const table = full('r.prrelid')
const columns = `(select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from unnest(r.prattrs) num join pg_attribute a on a.attrelid = r.prrelid and a.attnum = num)`

export const publication: Kind = {
  catalogue: 'pg_publication_rel',
  of: 'pg_publication_rel r on r.oid = f.objid join pg_publication p on p.oid = r.prpubid',
  name: `'publication ' || p.pubname`,
  locks: 'r.prrelid',
  away: `format('alter publication %I drop table %s', p.pubname, ${table})`,
  made: `array[format('alter publication %I add table %s%s%s', p.pubname, ${table}, ' (' || ${columns} || ')', ' where (' || pg_get_expr(r.prqual, r.prrelid) || ')')]`,
  since: 15,
}
