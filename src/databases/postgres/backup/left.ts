// What is in the database and is not in the backup of it: named, with the reason.
import type { Left, Scope } from '../../backup.ts'
import type { Session } from '../../database.ts'
import { textArray } from '../names.ts'
import type { Belonging } from './scope.ts'

interface Leaving {
  readonly class: string
  readonly why: string
  /** Rows: `what`, `oid`, and how it is called in the canonical form (`line`), if it stands there. */
  readonly sql: string
}

const identified = (catalogue: string, where: string, line = 'null::text'): string =>
  `select o.type || ' ' || o.identity as what, x.oid::text as oid, ${line} as line from ${catalogue} x cross join lateral pg_identify_object('${catalogue}'::regclass, x.oid, 0) as o
    where x.oid >= 16384 and ${where} and not exists (select from pg_depend m where m.classid = '${catalogue}'::regclass and m.objid = x.oid and m.deptype in ('e', 'i'))`

const written = 'the statement that makes it is not one that Godwit writes'
const ofServer = 'it belongs to the server, or to what is connected with it, and not to the rows'
const name = `(select quote_ident(n.nspname) from pg_namespace n where n.oid = %s)`

/** Anything that hangs on one of these shows when the backup is brought back: it would fail there, and the backup with it. */
const leaving: readonly Leaving[] = [
  {
    class: 'pg_proc',
    why: written,
    sql: identified('pg_proc', `x.prokind = 'a'`, `'routine ' || x.oid::regprocedure`),
  },
  {
    class: 'pg_type',
    why: written,
    sql: identified(
      'pg_type',
      `((x.typtype = 'b' and not exists (select from pg_type i where i.typarray = x.oid)) or exists (select from pg_range r where r.rngtypid = x.oid and r.rngcanonical <> 0))`,
      `'type ' || ${name.replace('%s', 'x.typnamespace')} || '.' || quote_ident(x.typname)`,
    ),
  },
  ...[
    'pg_operator',
    'pg_opclass',
    'pg_opfamily',
    'pg_cast',
    'pg_conversion',
    'pg_ts_config',
    'pg_ts_dict',
    'pg_ts_parser',
    'pg_ts_template',
    'pg_language',
    'pg_am',
    'pg_transform',
  ].map((c) => ({ class: c, why: written, sql: identified(c, 'true') })),
  {
    class: 'pg_class',
    why: 'its rows are on another server',
    sql: identified(
      'pg_class',
      `x.relkind = 'f'`,
      `'relation ' || ${name.replace('%s', 'x.relnamespace')} || '.' || quote_ident(x.relname)`,
    ),
  },
  {
    class: 'pg_class',
    why: 'it was broken off while it was made, and is no index yet',
    sql: identified(
      'pg_class',
      `x.relkind = 'i' and exists (select from pg_index i where i.indexrelid = x.oid and not i.indisvalid)`,
      `'index ' || ${name.replace('%s', 'x.relnamespace')} || '.' || quote_ident(x.relname)`,
    ),
  },
  ...['pg_foreign_server', 'pg_foreign_data_wrapper', 'pg_publication', 'pg_event_trigger', 'pg_subscription'].map((c) => ({
    class: c,
    why: ofServer,
    sql:
      c === 'pg_subscription'
        ? `select 'subscription ' || quote_ident(subname) as what, oid::text as oid, null::text as line from pg_stat_subscription s join lateral (select s.subid as oid) i on true`
        : identified(c, 'true'),
  })),
  {
    class: 'pg_largeobject_metadata',
    why: 'large objects lie outside of all tables',
    sql: `select count(*) || ' large objects' as what, '0' as oid, null::text as line from pg_largeobject_metadata having count(*) > 0`,
  },
  {
    class: 'pg_db_role_setting',
    why: ofServer,
    sql: `select 'settings of the database' as what, '0' as oid, null::text as line from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database() having count(*) > 0`,
  },
  {
    class: 'pg_seclabel',
    why: written,
    sql: `select count(*) || ' security labels' as what, '0' as oid, null::text as line from pg_seclabels having count(*) > 0`,
  },
]

export interface LeftOut {
  readonly left: readonly Left[]
  /** Lines of the canonical form that are therefore not to be expected. */
  readonly lines: readonly string[]
}

/** Of named tables, what they have reached; of a database, all that there is. */
export async function leftOut(session: Session, scope: Scope, found: Belonging): Promise<LeftOut> {
  const left: Left[] = []
  const lines: string[] = []
  for (const { class: c, why, sql } of leaving) {
    const oids = found.get(c)
    if (scope.tables && !oids) continue
    const { rows } = await session.query(
      `select * from (${sql}) l${scope.tables ? ' where oid = any ($1::text[])' : ''}`,
      scope.tables ? [textArray(oids!)] : [],
    )
    for (const r of rows) {
      left.push({ what: r['what']!, why })
      if (r['line'] !== null) lines.push(r['line']!)
    }
  }
  return { left, lines }
}
