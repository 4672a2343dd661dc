// What the doctor looks at in tables: whether they are there, what this role may do with them, and what is wrong with them already.
import type { LiveColumn, LiveTable } from '../../schema/schema.ts'
import { isInteger } from '../../schema/type.ts'
import { bytes, list, plainText, plural } from '../../text.ts'
import type { Row, Session } from '../database.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import { likePattern, readSchema } from './introspect.ts'
import { ident, literal, qualifiedIdent, textArray } from './names.ts'

export interface Concern {
  /** Tables that the migration reads and must never write. */
  readonly readOnly: readonly string[]
  /** Tables that it writes. */
  readonly writes: readonly string[]
  /** Seconds after which somebody else's transaction is worth telling. Left out: a minute. */
  readonly longTransaction?: number | undefined
}

const tablesLike = `
select c.oid::text as oid, n.nspname as schema, c.relname as name, n.nspname || '.' || c.relname as id, pg_get_userbyid(c.relowner) as owner,
  (has_schema_privilege(n.oid, 'usage'))::text as enters, has_table_privilege(c.oid, 'select')::text as "select",
  has_table_privilege(c.oid, 'insert')::text as "insert", has_table_privilege(c.oid, 'update')::text as "update",
  has_table_privilege(c.oid, 'delete')::text as "delete", has_table_privilege(c.oid, 'truncate')::text as "truncate",
  row_security_active(c.oid)::text as filtered, c.relpersistence::text as persistence
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'godwit') and n.nspname !~ '^pg_(toast|temp)'
  and n.nspname || '.' || c.relname like any ($1::text[])
order by 4`

export async function examineTables(tx: Session, concern: Concern): Promise<Finding[]> {
  const find = async (globs: readonly string[]): Promise<Row[]> => (await tx.query(tablesLike, [textArray(globs.map(likePattern))])).rows
  const sources = await find(concern.readOnly)
  const targets = await find(concern.writes)
  const all = [...new Map([...sources, ...targets].map((t) => [t.oid!, t])).values()]
  return [
    ...(await overview(tx)),
    ...(await missing(tx, concern)),
    ...(await ledgerSchema(tx)),
    ...privileges(sources, targets),
    ...couldWrite(sources),
    ...filtered(all),
    ...unlogged(targets),
    ...(await invalidIndexes(tx, all)),
    ...(await sleepingTriggers(tx, all)),
    ...(await triggersThatLookAround(tx, targets)),
    ...(await sequencesBehind(tx, targets)),
  ]
}

const names = (tables: readonly Row[]): string => listed(tables.map((t) => t.id!))
/** At most so many by name: a finding is to be read. */
const shown = 8
const listed = (ids: readonly string[]): string =>
  list(ids.length <= shown ? ids.map(plainText) : [...ids.slice(0, shown - 1).map(plainText), `${ids.length - shown + 1} more`])
const oidsOf = (tables: readonly Row[]): string => textArray(tables.map((t) => t.oid!))

async function overview(tx: Session): Promise<Finding[]> {
  const { rows } = await tx.query(`
select n.nspname as schema, pg_get_userbyid(c.relowner) as owner, count(*)::text as tables, sum(pg_total_relation_size(c.oid))::text as bytes
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
group by 1, 2 order by 1, 2`)
  if (rows.length === 0) return [ok('tables', 'None yet.')]
  return [
    ok(
      'tables',
      list(
        rows.map(
          (r) => `${plainText(r.schema!)}: ${plural(Number(r.tables), 'table')} of ${plainText(r.owner!)}, ${bytes(Number(r.bytes))}`,
        ),
      ),
    ),
  ]
}

async function missing(tx: Session, concern: Concern): Promise<Finding[]> {
  const absent = async (globs: readonly string[]): Promise<string[]> => {
    const found = await Promise.all(globs.map(async (g) => (await tx.query(tablesLike, [textArray([likePattern(g)])])).rows.length > 0))
    return globs.filter((_, i) => !found[i])
  }
  const sources = await absent(concern.readOnly)
  const targets = await absent(concern.writes)
  return [
    ...(sources.length > 0
      ? [
          problem(
            'tables to read',
            `There is nothing called ${listed(sources)}.`,
            'Look for a slip in the name, and whether this is the right database.',
          ),
        ]
      : []),
    ...(targets.length > 0
      ? [
          warning(
            'tables to write',
            `There is nothing called ${listed(targets)} yet.`,
            'Fine if the migration makes them. Else look for a slip in the name.',
          ),
        ]
      : []),
  ]
}

async function ledgerSchema(tx: Session): Promise<Finding[]> {
  const { rows } = await tx.query(`
select (n.oid is not null)::text as there, case when n.oid is null then has_database_privilege(current_database(), 'create')
    else has_schema_privilege(n.oid, 'create') and has_schema_privilege(n.oid, 'usage') end::text as may,
  quote_ident(current_user) as role, quote_ident(current_database()) as database
from (select 1) one left join pg_namespace n on n.nspname = 'godwit'`)
  const { there, may, role, database } = rows[0]!
  if (may === 'true')
    return [ok('schema godwit', there === 'true' ? 'It is there, and this role may make tables in it.' : 'This role may make it.')]
  return [
    problem(
      'schema godwit',
      there === 'true'
        ? 'It is there, but this role may make nothing in it.'
        : 'It is not there, and this role may not make it. Godwit keeps its ledger in it.',
      there === 'true'
        ? `GRANT USAGE, CREATE ON SCHEMA godwit TO ${role};`
        : `CREATE SCHEMA godwit AUTHORIZATION ${role};  -- or: GRANT CREATE ON DATABASE ${database} TO ${role};`,
    ),
  ]
}

const toWrite = ['select', 'insert', 'update', 'delete'] as const

function privileges(sources: readonly Row[], targets: readonly Row[]): Finding[] {
  const lacks = (table: Row, wanted: readonly string[]) => wanted.filter((w) => table.enters !== 'true' || table[w] !== 'true')
  const short = [
    ...sources.map((t) => ({ t, lacks: lacks(t, ['select']) })),
    ...targets.map((t) => ({ t, lacks: lacks(t, toWrite) })),
  ].filter((s) => s.lacks.length > 0)
  if (short.length === 0)
    return sources.length + targets.length > 0
      ? [ok('privileges', 'This role may read what is to be read and write what is to be written.')]
      : []
  const grants = short
    .slice(0, shown)
    .flatMap(({ t, lacks }) => [
      ...(t.enters === 'true' ? [] : [`GRANT USAGE ON SCHEMA ${ident(t.schema!)} TO …;`]),
      `GRANT ${lacks.join(', ').toUpperCase()} ON ${qualifiedIdent(t.schema!, t.name!)} TO …;`,
    ])
  return [
    problem(
      'privileges',
      `Missing: ${listed(short.map(({ t, lacks }) => `${lacks.join(', ')} on ${t.id}`))}.`,
      [...new Set(grants)].join('\n'),
    ),
  ]
}

function couldWrite(sources: readonly Row[]): Finding[] {
  const open = sources.filter((t) => ['insert', 'update', 'delete', 'truncate'].some((w) => t[w] === 'true'))
  if (open.length === 0) return sources.length > 0 ? [ok('read-only tables', 'This role could not write them if it tried.')] : []
  const revokes = open
    .slice(0, shown)
    .map((t) => `REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${qualifiedIdent(t.schema!, t.name!)} FROM …;`)
  return [
    warning(
      'read-only tables',
      `The migration only reads ${names(open)}, but this role could write there, as owner, superuser or by a grant.`,
      ['Work as a role that cannot: `godwit grants` prints one. Or, where a grant is the reason:', ...revokes].join('\n'),
    ),
  ]
}

function filtered(tables: readonly Row[]): Finding[] {
  const hidden = tables.filter((t) => t.filtered === 'true')
  if (hidden.length === 0) return []
  return [
    problem(
      'row security',
      `Policies hide rows of ${names(hidden)} from this role. A migration of what is left would lose the rest; Godwit's sessions get an error instead.`,
      'Work as the owner (unless FORCE ROW LEVEL SECURITY is set), or as a role with BYPASSRLS.',
    ),
  ]
}

function unlogged(targets: readonly Row[]): Finding[] {
  const light = targets.filter((t) => t.persistence === 'u')
  return light.length === 0
    ? []
    : [
        warning(
          'unlogged tables',
          `${names(light)} would be empty after a crash of the server, while the ledger says otherwise.`,
          'ALTER TABLE … SET LOGGED.',
        ),
      ]
}

async function invalidIndexes(tx: Session, tables: readonly Row[]): Promise<Finding[]> {
  const { rows } = await tx.query(
    `
select indexrelid::regclass::text as index, indrelid::regclass::text as on_table from pg_index
where (not indisvalid or not indisready) and indrelid = any ($1::oid[]) order by 1`,
    [oidsOf(tables)],
  )
  if (rows.length === 0) return []
  return [
    warning(
      'invalid indexes',
      `${listed(rows.map((r) => `${r.index} on ${r.on_table}`))}: a CREATE INDEX CONCURRENTLY that failed, or is under way. A unique one guarantees nothing, and IF NOT EXISTS would skip it.`,
      rows.map((r) => `DROP INDEX CONCURRENTLY ${r.index};  -- and build it again`).join('\n'),
    ),
  ]
}

async function sleepingTriggers(tx: Session, tables: readonly Row[]): Promise<Finding[]> {
  const { rows } = await tx.query(
    `
select case when t.tgisinternal then 'foreign key ' || quote_ident(k.conname) else 'trigger ' || quote_ident(t.tgname) end as what, t.tgrelid::regclass::text as on_table,
  bool_or(t.tgisinternal)::text as internal
from pg_trigger t left join pg_constraint k on k.oid = t.tgconstraint
where t.tgenabled in ('D', 'R') and t.tgrelid = any ($1::oid[]) group by 1, 2 order by 2, 1`,
    [oidsOf(tables)],
  )
  if (rows.length === 0) return []
  const detail = `${listed(rows.map((r) => `${r.what} on ${r.on_table}`))} ${rows.length === 1 ? 'is' : 'are'} switched off.`
  const unchecked = rows.some((r) => r.internal === 'true')
  if (unchecked)
    return [
      problem(
        'disabled triggers',
        `${detail} A foreign key that is off is still called valid, and is not checked.`,
        'ALTER TABLE … ENABLE TRIGGER ALL; then look for orphans.',
      ),
    ]
  return [warning('disabled triggers', detail, 'If nobody means that: ALTER TABLE … ENABLE TRIGGER ….')]
}

async function triggersThatLookAround(tx: Session, targets: readonly Row[]): Promise<Finding[]> {
  const { rows } = await tx.query(
    `
select distinct t.tgrelid::regclass::text as on_table, quote_ident(t.tgname) as trigger, p.oid::regprocedure::text as function
from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_language l on l.oid = p.prolang
where t.tgrelid = any ($1::oid[]) and not t.tgisinternal and t.tgenabled <> 'D' and l.lanname not in ('internal', 'c')
  and not exists (select from unnest(p.proconfig) setting where setting like 'search\\_path=%') order by 1, 2`,
    [oidsOf(targets)],
  )
  if (rows.length === 0) return []
  return [
    warning(
      'triggers and search_path',
      `${listed(rows.map((r) => `${r.trigger} on ${r.on_table}`))}: the function finds tables by the caller's search_path, and Godwit's has only pg_catalog. If it names a table without a schema, it will fail.`,
      rows
        .slice(0, shown)
        .map((r) => `ALTER FUNCTION ${r.function} SET search_path = …;`)
        .join('\n'),
    ),
  ]
}

interface Drawn {
  readonly id: string
  readonly sequence: string
  /** Asks for the column's last value, and whether the sequence is behind it. */
  readonly sql: string
}

async function sequencesBehind(tx: Session, targets: readonly Row[]): Promise<Finding[]> {
  const open = targets.filter((t) => t.enters === 'true' && t.select === 'true' && t.filtered === 'false').map((t) => t.id!)
  const drawn = await drawnFrom(tx, [...(await readSchema(tx, open)).tables.values()])
  if (drawn.length === 0) return []
  const { rows: ends } = await tx.query(drawn.map((d) => d.sql).join('\nunion all\n'))
  const behind = ends.flatMap((end, i) => (end.behind === 'true' ? [{ ...drawn[i]!, end: end.last! }] : []))
  if (behind.length === 0)
    return [ok('sequences', `${plural(drawn.length, 'sequence')} ahead of ${drawn.length === 1 ? 'its column' : 'their columns'}.`)]
  return [
    problem(
      'sequences',
      `${listed(behind.map((b) => `${b.id} goes to ${b.end}, and ${b.sequence} would give a number that is taken`))}.`,
      behind.map((b) => `SELECT setval(${literal(b.sequence)}, ${b.end});`).join('\n'),
    ),
  ]
}

/** Only where an index leads to the column's end: reading a whole table is not the doctor's business. */
async function drawnFrom(tx: Session, tables: readonly LiveTable[]): Promise<Drawn[]> {
  const columns = tables.flatMap((table) =>
    table.columns
      .filter(
        (c) =>
          c.sequence !== undefined &&
          isInteger(c.type) &&
          table.indexes?.some((i) => i.valid && i.columns[0] === c.name && !i.sql.includes(' WHERE ')),
      )
      .map((column) => ({ table, column, sequence: column.sequence! })),
  )
  const { rows } = await tx.query(
    `select s.seqrelid::regclass::text as sequence, s.seqincrement::text as increment from pg_sequence s
     where s.seqrelid::regclass::text = any ($1::text[]) and has_sequence_privilege(s.seqrelid, 'select')`,
    [textArray(columns.map((c) => c.sequence))],
  )
  const increments = new Map(rows.map((r) => [r.sequence!, r.increment!]))
  return columns.flatMap(({ table, column, sequence }) =>
    increments.has(sequence) ? [drawnBy(table, column, sequence, increments.get(sequence)!)] : [],
  )
}

function drawnBy(table: LiveTable, column: LiveColumn, sequence: string, increment: string): Drawn {
  const falling = increment.startsWith('-')
  const last = `(select ${falling ? 'min' : 'max'}(${ident(column.name)}) from ${qualifiedIdent(table.schema, table.name)})`
  const next = `(select last_value::numeric + case when is_called then ${increment} else 0 end from ${sequence})`
  return {
    id: `${table.id}.${column.name}`,
    sequence,
    sql: `select ${last}::text as last, coalesce(${last} ${falling ? '<=' : '>='} ${next}, false)::text as behind`,
  }
}
