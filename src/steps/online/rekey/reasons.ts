// What speaks against other keys for a table, by name, before anything is done: what cannot go along, and what nobody can see into.
import type { Hands } from '../../hands.ts'
import { refusedBy } from '../bound-to.ts'
import { hangingAgainst, hangingTried } from '../hanging/hanging.ts'
import { insteadOfUpdates } from '../hanging/rule.ts'
import { reasonsOf } from '../move.ts'
import { tooManyRows } from '../twins/exclusion.ts'
import { columnThere, literal, reason, relation, short } from '../words.ts'
import { memberNumbers } from './carried.ts'
import { type Asked, type Asking, type Graph, keyColumns, type Way, wayOf } from './graph.ts'
import { typeOf } from './keys.ts'
import { rekeyedOf } from './rekeyed.ts'
import { definedOver, twinsOf } from './twins.ts'

export async function speaksAgainst(hands: Hands, asked: Asked): Promise<readonly string[]> {
  const { r, looked } = asked
  const way = wayOf(asked, hands)
  const key = await keyColumns(hands, r.id)
  if (key.length !== 1) return [key.length ? `the key of ${short(r.id)} has ${key.length} columns` : `${short(r.id)} has no primary key`]
  const graph = (await rekeyedOf(hands, r))!
  if (graph.kind.against.length) return graph.kind.against
  const there = (await graph.kind.againstThere?.(hands)) ?? []
  if (there.length) return there
  const plain = [
    ...(await reasonsOf(hands, [...taken(graph), ...bound(graph, way), withDefault(graph)].join(' union all '))),
    ...(await hangingAgainst(hands, memberNumbers(graph), 'these columns')),
  ].map(shortly)
  const seen = await unlooked(hands, graph, looked)
  const said = [
    ...graph.torn,
    ...plain,
    ...seen.map(({ what, why }) => `${what} ${why}: say looked: ['${what}'] once it is right with either key`),
  ]
  return said.length ? said : undefinable(hands, graph, way, typeOf(r))
}

/** What nobody can see into, and nobody has said that he has. */
export const unlooked = async (hands: Asking, graph: Graph, looked: readonly string[]) =>
  (await hands.target.ask(unseen(graph)))
    .map((row) => ({ what: shortly(row['what']!), why: shortly(row['why']!) }))
    .filter(({ what }) => !looked.includes(what))

/** Postgres names what it finds with the schema before it. */
export const shortly = (text: string): string => text.replaceAll(/(?<![\w."])public\./g, '')

const taken = ({ members }: Graph): string[] =>
  members.flatMap((m) => [m.fresh, m.away].map((name) => reason(columnThere(m.id, name), `${short(m.id)} has a column ${name} already`)))

const shown = `c.oid::regclass || '.' || (select attname from pg_attribute where attrelid = c.oid and attnum = c.num)`

/** What names a column, or a whole table, in a way that does not go along. */
export function bound(graph: Pick<Graph, 'members'>, way: Way = 'online'): string[] {
  const columns = memberNumbers(graph)
  const tables = `(select distinct oid from ${columns} x)`
  return [
    `select distinct c.oid::regclass || ' is partitioned, or has tables that inherit from it' as reason from ${tables} c where exists (select from pg_inherits where inhparent = c.oid or inhrelid = c.oid) or exists (select from pg_class p where p.oid = c.oid and relkind <> 'r')`,
    `select ${shown} || ' is computed from others' from ${columns} c join pg_attribute a on a.attrelid = c.oid and a.attnum = c.num where a.attgenerated <> ''`,
    `select distinct 'a column of ' || c.oid::regclass || ' is computed from ' || ${shown} from ${columns} c join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = c.num and d.classid = 'pg_attrdef'::regclass join pg_attrdef e on e.oid = d.objid join pg_attribute g on g.attrelid = e.adrelid and g.attnum = e.adnum and g.attgenerated <> ''`,
    `select 'foreign key ' || conname || ' of ' || conrelid::regclass || ' holds for times, or for nobody' from pg_constraint k where contype = 'f' and conrelid in ${tables} and (to_jsonb(k) ->> 'conperiod' = 'true' or to_jsonb(k) ->> 'conenforced' = 'false')`,
    underWay(columns),
    ...(way === 'online' ? [...new Set(graph.members.map((m) => m.id))].map(insteadOfUpdates) : []),
  ]
}

/** An index can go along with one of its columns at a time. */
export const underWay = (columns: string): string =>
  `select 'another change is under way over ' || i.indexrelid::regclass from pg_index i where i.indrelid in (select oid from ${columns} t) and exists (select from ${columns} c where c.oid = i.indrelid and c.num = any (i.indkey)) and exists (select from unnest(i.indkey) x(num) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = x.num join pg_attribute f on f.attrelid = i.indrelid and f.attname in ('godwit_' || a.attname || '_new', a.attname) and f.attname like 'godwit\\_%\\_new' and not f.attisdropped)`

const withDefault = (graph: Graph): string =>
  `select c.oid::regclass || '.' || a.attname || ' has a default of its own' from ${memberNumbers(graph)} c join pg_attribute a on a.attrelid = c.oid and a.attnum = c.num where (a.atthasdef or a.attidentity <> '') and not (${shownKey(graph)})`

const shownKey = ({ members }: Graph): string => {
  const key = members.find((m) => m.isKey)!
  return `c.oid = ${relation(key.id)} and a.attname = ${literal(key.column)}`
}

/** What nobody can see into: it may know the old keys, or may not. */
const unseen = (graph: Graph): string => {
  const columns = memberNumbers(graph)
  const named = `(select c.oid, a.attname, (select relname from pg_class where oid = c.oid) as relname from ${columns} c join pg_attribute a on a.attrelid = c.oid and a.attnum = c.num)`
  const says = (text: string, what: string) => `${text} ~* ('\\m' || regexp_replace(${what}, '(\\W)', '\\\\\\1', 'g') || '\\M')`
  return `
  select distinct p.oid::regprocedure::text as what, 'names ' || n.relname || '.' || n.attname as why from pg_proc p join pg_namespace s on s.oid = p.pronamespace, ${named} n
    where s.nspname not in ('pg_catalog', 'information_schema', 'godwit') and s.nspname !~ '^pg_' and p.prokind in ('f', 'p')
      and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
      and ${says('p.prosrc', 'n.attname')} and (${says('p.prosrc', 'n.relname')} or exists (select from pg_trigger t where t.tgrelid = n.oid and t.tgfoid = p.oid))
  union select distinct pubname::text, 'carries ' || c.oid::regclass || ' elsewhere' from ${columns} c join pg_publication_tables t on (t.schemaname, t.tablename) = (select n.nspname, k.relname from pg_class k join pg_namespace n on n.oid = k.relnamespace where k.oid = c.oid)
  order by 1`
}

/** Indexes, keys and checks that cannot be over the new type. */
async function undefinable(hands: Hands, graph: Graph, way: Way, type: string): Promise<readonly string[]> {
  const reasons: string[] = []
  const becoming = graph.members.map(({ id, column }) => ({ id, column, type }))
  await fitting(
    hands,
    () => hangingTried(hands, memberNumbers(graph), becoming),
    (why) => reasons.push(why),
  )
  for (const twin of await twinsOf(hands, graph)) {
    if (way === 'online' && twin.kind === 'exclusion') reasons.push(...(await tooManyRows(hands, twin)))
    const says = (why: string) => reasons.push(`${twin.kind} ${twin.name} of ${short(twin.id)} cannot be over ${type}: ${why}`)
    await fitting(hands, () => definedOver(hands, graph, twin, 'fresh', type), says)
  }
  return reasons
}

/** What Postgres has against a value or a definition is a reason; all else is a failure. */
export async function fitting(hands: Hands, body: () => Promise<unknown>, not: (why: string) => unknown): Promise<void> {
  try {
    await body()
  } catch (problem) {
    const instead = not(refusedBy(hands, problem))
    if (instead instanceof Error) throw instead
  }
}
