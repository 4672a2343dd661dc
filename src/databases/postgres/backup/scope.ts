// What belongs to a backup: the tables that were named with all that they hang on and all that hangs on them, or everything.
import { tableMissing } from '../../../errors/plan.ts'
import { qualified } from '../../../schema/schema.ts'
import { didYouMean } from '../../../text.ts'
import type { Scope } from '../../backup.ts'
import type { Session } from '../../database.ts'
import { textArray } from '../names.ts'

/** Oids by the class of the catalogue that they are of. */
export type Belonging = ReadonlyMap<string, readonly string[]>

/** Of others: the server's, Godwit's, and what a restore that is under way notes. */
export const notOurs = `('pg_catalog', 'information_schema', 'godwit', 'godwit_restore')`
const ours = `n.nspname not in ${notOurs} and n.nspname !~ '^pg_(toast|temp)'`
const ofNoExtension = (catalogue: string): string =>
  `not exists (select from pg_depend m where m.classid = '${catalogue}'::regclass and m.objid = x.oid and m.deptype = 'e')`

const inSchemas: readonly (readonly [string, string])[] = [
  ['pg_class', 'relnamespace'],
  ['pg_type', 'typnamespace'],
  ['pg_proc', 'pronamespace'],
  ['pg_collation', 'collnamespace'],
]

const everything = [
  `select 'pg_namespace' as class, n.oid::text as oid from pg_namespace n where ${ours}`,
  `select 'pg_extension', oid::text from pg_extension where extname <> 'plpgsql'`,
  `select 'pg_default_acl', d.oid::text from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace where n.oid is null or ${ours}`,
  ...inSchemas.map(
    ([c, at]) => `select '${c}', x.oid::text from ${c} x join pg_namespace n on n.oid = x.${at} where ${ours} and ${ofNoExtension(c)}`,
  ),
].join('\nunion all ')

/**
 * From the tables on: forward to what each hangs on (types, functions, sequences, schemas, extensions), back to what is a part of it. Not along a foreign
 * key, whose other table may be left out; and not from a sequence to the table that it is of.
 */
const reached = `
with recursive reached(class, oid) as (
  select 'pg_class'::regclass::oid, x::oid from unnest($1::oid[]) x
  union
  select n.class, n.oid from reached r cross join lateral (
    select d.refclassid as class, d.refobjid as oid from pg_depend d where d.classid = r.class and d.objid = r.oid and d.refobjid >= 16384
      and not (r.class = 'pg_constraint'::regclass and exists (select from pg_constraint k where k.oid = r.oid and k.contype = 'f'))
      and not (r.class = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and exists (select from pg_class s where s.oid = r.oid and s.relkind = 'S'))
    union all select 'pg_namespace'::regclass, c.relnamespace from pg_class c where r.class = 'pg_class'::regclass and c.oid = r.oid
    union all select 'pg_attrdef'::regclass, a.oid from pg_attrdef a where r.class = 'pg_class'::regclass and a.adrelid = r.oid
    union all select 'pg_constraint'::regclass, k.oid from pg_constraint k where (r.class = 'pg_class'::regclass and k.conrelid = r.oid) or (r.class = 'pg_type'::regclass and k.contypid = r.oid)
    union all select 'pg_class'::regclass, i.indexrelid from pg_index i where r.class = 'pg_class'::regclass and i.indrelid = r.oid
    union all select 'pg_trigger'::regclass, t.oid from pg_trigger t where r.class = 'pg_class'::regclass and t.tgrelid = r.oid and not t.tgisinternal
    union all select 'pg_policy'::regclass, p.oid from pg_policy p where r.class = 'pg_class'::regclass and p.polrelid = r.oid
    union all select 'pg_rewrite'::regclass, w.oid from pg_rewrite w where r.class = 'pg_class'::regclass and w.ev_class = r.oid
    union all select 'pg_statistic_ext'::regclass, s.oid from pg_statistic_ext s where r.class = 'pg_class'::regclass and s.stxrelid = r.oid
    union all select 'pg_class'::regclass, i.inhrelid from pg_inherits i where r.class = 'pg_class'::regclass and i.inhparent = r.oid
    union all select 'pg_class'::regclass, i.inhparent from pg_inherits i where r.class = 'pg_class'::regclass and i.inhrelid = r.oid
    union all select d.classid, d.objid from pg_depend d where r.class = 'pg_type'::regclass and d.refclassid = r.class and d.refobjid = r.oid and d.deptype = 'i' and d.classid in ('pg_type'::regclass, 'pg_proc'::regclass)
    union all select 'pg_class'::regclass, t.typrelid from pg_type t where r.class = 'pg_type'::regclass and t.oid = r.oid and t.typrelid <> 0
    union all select 'pg_class'::regclass, d.objid from pg_depend d where r.class = 'pg_class'::regclass and d.refclassid = r.class and d.refobjid = r.oid and d.refobjsubid > 0 and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
  ) n
)
select class::regclass::text as class, x.oid::text as oid from reached x where not exists (select from pg_depend m where m.classid = x.class and m.objid = x.oid and m.deptype = 'e')`

export async function belonging(session: Session, { tables }: Scope): Promise<Belonging> {
  const { rows } = tables ? await session.query(reached, [textArray(await oidsOf(session, tables))]) : await session.query(everything)
  return new Map([...Map.groupBy(rows, (r) => r['class']!)].map(([name, of]) => [name, of.map((r) => r['oid']!)]))
}

/** A table that is named and is not there is a slip, and no smaller backup. */
async function oidsOf(session: Session, tables: readonly string[]): Promise<string[]> {
  const { rows } = await session.query(
    `select n.nspname || '.' || c.relname as id, c.oid::text as oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname not in ${notOurs}`,
  )
  const known = new Map(rows.map((r) => [r['id']!, r['oid']!]))
  return tables.map((name) => {
    const oid = known.get(qualified(name))
    if (oid === undefined) throw tableMissing({ table: qualified(name), near: didYouMean(qualified(name), known.keys()), at: undefined })
    return oid
  })
}
