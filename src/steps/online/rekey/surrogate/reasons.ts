// What speaks against a key of one column, by name, before anything is done.
import type { Hands } from '../../../hands.ts'
import { holds, reasonsOf } from '../../move.ts'
import { columnThere, constraintThere, indexThere, literal, reason, relation, short } from '../../words.ts'
import { shortly, unlooked } from '../reasons.ts'
import { indexName, naturalKeys, naturalName, primaryName, type Shape, type Surrogate, shapeOf } from './natural.ts'
import { fates } from './staying.ts'

export async function speaksAgainst(hands: Hands, s: Surrogate, looked: readonly string[]): Promise<readonly string[]> {
  if (!(await holds(hands, `${relation(s.id)} is not null`))) return [`there is no table ${short(s.id)}`]
  const keys = await naturalKeys(hands, s)
  const wrong = againstKeys(
    s,
    keys.map((k) => k.columns),
    keys[0]?.isPrimary ?? false,
  )
  if (wrong) return [wrong]
  const shape = (await shapeOf(hands, s))!
  const plain = (await reasonsOf(hands, [...taken(s, shape), ...bound(s, shape)].join(' union all '))).map(shortly)
  return [...plain, ...alike(shape), ...withDefault(shape), ...unknown(s, shape), ...(await unseen(hands, s, shape, looked))]
}

function againstKeys({ id, over }: Surrogate, keys: readonly (readonly string[])[], isPrimary: boolean): string | undefined {
  const [first, other] = keys
  if (!first)
    return over
      ? `${short(id)} has no key over ${over.join(', ')} whose columns all must have a value`
      : `${short(id)} has no primary key, and no unique one whose columns all must have a value: make one before`
  if (other)
    return `${short(id)} has no primary key, and ${keys.length} keys that could be one: say over: [${keys[0]!.map((c) => `'${c}'`).join(', ')}], or another of ${keys.map((k) => `(${k.join(', ')})`).join(', ')}`
  if (isPrimary && first.length === 1) return `${short(id)} has a key of one column, ${first[0]}: say rekey('${short(id)}')`
  return undefined
}

const taken = (s: Surrogate, { natural, pointers }: Shape): string[] => [
  reason(columnThere(s.id, s.key), `${short(s.id)} has a column ${s.key} already: say key: '…'`),
  ...(natural.isPrimary
    ? [
        reason(
          `${constraintThere(s.id, naturalName(s, natural))} or ${indexThere(s.id, naturalName(s, natural))}`,
          `there is an index ${naturalName(s, natural)} already`,
        ),
      ]
    : [
        reason(
          `${constraintThere(s.id, primaryName(s))} or ${indexThere(s.id, primaryName(s))}`,
          `there is an index ${primaryName(s)} already`,
        ),
      ]),
  ...pointers.map(({ link, column }) =>
    reason(columnThere(link.id, column), `${short(link.id)} has a column ${column} already: say columns: { ${link.name}: '…' }`),
  ),
  ...pointers.filter((p) => p.indexed).map((p) => reason(indexThere(p.link.id, indexName(p)), `there is an index ${indexName(p)} already`)),
]

const bound = (s: Surrogate, { natural, tables }: Shape): string[] => {
  const oids = `unnest(array[${tables.map(relation).join(', ')}]) c(oid)`
  const held = `to_regclass(${literal(`${s.id.split('.')[0]}.`)} || quote_ident(${literal(natural.name)}))`
  return [
    `select c.oid::regclass || ' is partitioned, or has tables that inherit from it' from ${oids} where exists (select from pg_inherits where inhparent = c.oid or inhrelid = c.oid) or exists (select from pg_class p where p.oid = c.oid and relkind <> 'r')`,
    `select 'foreign key ' || conname || ' of ' || conrelid::regclass || ' holds for times, or for nobody' from pg_constraint k where contype = 'f' and confrelid = ${relation(s.id)} and (to_jsonb(k) ->> 'conperiod' = 'true' or to_jsonb(k) ->> 'conenforced' = 'false')`,
    ...(natural.isPrimary
      ? [
          `select 'the replica identity of ${short(s.id).replaceAll("'", "''")} is the index of its primary key' from pg_index i where i.indexrelid = ${held} and i.indisreplident`,
          `select distinct 'view ' || r.ev_class::regclass || ' stands on the primary key, by what it groups by: name all columns there' from pg_constraint k join pg_depend d on d.refclassid = 'pg_constraint'::regclass and d.refobjid = k.oid join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid where k.conrelid = ${relation(s.id)} and k.contype = 'p'`,
        ]
      : []),
  ]
}

/** Two foreign keys of one table cannot have one column. */
const alike = ({ pointers }: Shape): string[] =>
  pointers
    .filter((p, i) => pointers.findIndex((q) => q.link.id === p.link.id && q.column === p.column) < i)
    .map(({ link, column }) => `two foreign keys of ${short(link.id)} would have one column ${column}: say columns: { ${link.name}: '…' }`)

const withDefault = ({ pointers }: Shape): string[] =>
  pointers
    .filter(({ link }) => / on delete set default/.test(link.manner))
    .map(({ link }) => `foreign key ${link.name} of ${short(link.id)} puts defaults in the place of what is gone, and one column has none`)

const unknown = (s: Surrogate, { pointers }: Shape): string[] =>
  [...Object.keys(s.columns), ...s.keep]
    .filter((name) => !pointers.some(({ link }) => link.name === name))
    .map((name) => `no foreign key ${name} points at the key of ${short(s.id)}`)

/** What cannot be looked into from outside: functions that name columns which go one day, and who gets rows elsewhere. */
async function unseen(hands: Hands, s: Surrogate, shape: Shape, looked: readonly string[]): Promise<readonly string[]> {
  const going = (await fates(hands, s, shape)).filter((f) => !f.stays.length)
  const members = going.flatMap(({ pointer: { link } }) =>
    link.columns.map((column) => ({ id: link.id, column, fresh: '', away: '', isKey: false, stays: false })),
  )
  const functions = members.length ? await unlooked(hands, { members, tables: [], links: [], torn: [] }, looked) : []
  const carried = await hands.target.ask(
    `select distinct pubname::text as what, 'carries ' || c.oid::regclass || ' elsewhere, where there is no such column' as why from unnest(array[${shape.tables.map(relation).join(', ')}]) c(oid)
      join pg_publication_tables t on (t.schemaname, t.tablename) = (select n.nspname, k.relname from pg_class k join pg_namespace n on n.oid = k.relnamespace where k.oid = c.oid) order by 1`,
  )
  const publications = carried.map((r) => ({ what: r['what']!, why: shortly(r['why']!) })).filter(({ what }) => !looked.includes(what))
  const others = functions.filter(({ what }) => !publications.some((p) => p.what === what) && !looked.includes(what))
  return [...others, ...publications].map(({ what, why }) => `${what} ${why}: say looked: ['${what}'] once it is right with either`)
}
