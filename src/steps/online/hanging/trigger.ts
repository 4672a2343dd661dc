// Triggers `of` one of the columns, or `when` something is about it, and those of views.
import { firing, full, type Kind } from './kind.ts'

const table = full('t.tgrelid')

export const trigger: Kind = {
  catalogue: 'pg_trigger',
  of: 'pg_trigger t on t.oid = f.objid and not t.tgisinternal',
  name: `'trigger ' || t.tgname`,
  locks: 't.tgrelid',
  away: `format('drop trigger %I on %s restrict', t.tgname, ${table})`,
  made: `array[pg_get_triggerdef(t.oid), ${firing('t.tgenabled', 'trigger', table, 't.tgname')},
      format('comment on trigger %I on %s is %L', t.tgname, ${table}, obj_description(t.oid, 'pg_trigger'))]`,
  seesStatements: true,
}
