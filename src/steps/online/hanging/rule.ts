// Rules that rewrite statements, of tables and of views.
import { literal, relation } from '../words.ts'
import { firing, full, type Kind } from './kind.ts'

const table = full('r.ev_class')

export const rule: Kind = {
  catalogue: 'pg_rewrite',
  of: `pg_rewrite r on r.oid = f.objid and r.rulename <> '_RETURN'`,
  name: `'rule ' || r.rulename || ' of ' || r.ev_class::regclass`,
  locks: 'r.ev_class',
  away: `format('drop rule %I on %s restrict', r.rulename, ${table})`,
  made: `array[pg_get_ruledef(r.oid), ${firing('r.ev_enabled', 'rule', table, 'r.rulename')},
      format('comment on rule %I on %s is %L', r.rulename, ${table}, obj_description(r.oid, 'pg_rewrite'))]`,
  seesStatements: true,
}

/** As reasons: rows that an UPDATE does not reach cannot be filled. */
export const insteadOfUpdates = (id: string): string =>
  `select 'rule ' || rulename || ' does something else instead of updates of ' || ev_class::regclass || ${literal(', so its rows could not be filled: disable it meanwhile')} as reason from pg_rewrite where ev_class = ${relation(id)} and ev_type = '2' and is_instead and ev_enabled in ('O', 'A')`
