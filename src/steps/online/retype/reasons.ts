// What speaks against another type for a column: others that know the old one, and rows whose value has no new one.
import type { Hands } from '../../hands.ts'
import { shelfOf } from '../../retire/shelf.ts'
import { reasonsOf } from '../move.ts'
import { columnThere, literal, named, quote, reason, relation, short } from '../words.ts'
import { definedOver } from './attached.ts'
import type { Pair } from './retype.ts'
import { viewsAgainst } from './views.ts'

export async function speaksAgainst(hands: Hands, pair: Pair): Promise<readonly string[]> {
  const { id, column, away, fresh } = pair
  const missing = await reasonsOf(
    hands,
    [
      reason(`not ${columnThere(id, column)}`, `there is no column ${short(id)}.${column}`),
      ...[fresh, away].map((name) => reason(columnThere(id, name), `${short(id)} has a column ${name} already`)),
    ].join(' union all '),
  )
  if (missing.length) return missing
  const needed = (await shelfOf('postgres').needing({ table: id, column }, [], hands.target)).filter(
    (r) => !/^(materialized )?view /.test(r),
  )
  const bound = [...(await reasonsOf(hands, boundTo(id, column))), ...(await viewsAgainst(hands, pair))]
  if (needed.length || bound.length) return [...needed, ...bound]
  return [
    ...(await tried(hands, pair, () => definedOver(hands, pair), 'an index or a check over it')),
    ...(await tried(hands, pair, () => evaluated(hands, pair), 'a row')),
  ]
}

/** What names a column in a way that no view or function does. */
const boundTo = (id: string, column: string): string => {
  const number = `(select attnum from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)})`
  const of = `from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)}`
  return [
    `select 'its numbers come from a sequence of its own' as reason where exists (select ${of} and attidentity <> '') or exists (select from pg_depend where refobjid = ${relation(id)} and refobjsubid = ${number} and classid = 'pg_class'::regclass and deptype in ('a', 'i') and objid in (select oid from pg_class where relkind = 'S'))`,
    `select 'it is computed from others' where exists (select ${of} and attgenerated <> '')`,
    `select 'the table is partitioned, or has tables that inherit from it' where exists (select from pg_inherits where inhparent = ${relation(id)} or inhrelid = ${relation(id)})`,
    `select 'policy ' || polname || ' names it' from pg_policy p join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid where d.refobjid = ${relation(id)} and d.refobjsubid = ${number}`,
    `select 'trigger ' || tgname || ' fires for it' from pg_trigger where tgrelid = ${relation(id)} and not tgisinternal and ${number} = any (tgattr)`,
    `select 'statistics ' || stxname || ' are kept of it' from pg_statistic_ext where stxrelid = ${relation(id)} and ${number} = any (stxkeys)`,
    `select 'publication ' || pubname || ' names it' from pg_publication_rel r join pg_publication p on p.oid = r.prpubid where r.prrelid = ${relation(id)} and (to_jsonb(r) -> 'prattrs') @> to_jsonb(${number})`,
  ].join(' union all ')
}

const evaluated = (hands: Hands, { id, using, fresh, to }: Pair): Promise<unknown> =>
  // every row is computed, and none is sent
  hands.target.ask(`select count(${quote(fresh)}) from (select (${using})::${to} as ${quote(fresh)} from ${named(id)}) x`)

async function tried(hands: Hands, { to }: Pair, body: () => Promise<unknown>, what: string): Promise<readonly string[]> {
  try {
    await body()
    return []
  } catch (problem) {
    if (!/^(22|23|42)/.test((problem as { sqlstate?: string }).sqlstate ?? '') || hands.signal.aborted) throw problem
    return [`${what} cannot be as ${to}: ${(problem as Error).message}`]
  }
}
