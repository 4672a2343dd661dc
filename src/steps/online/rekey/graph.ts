// Whose key changes, and who points at it: found in the catalogue, over as many tables as there are. Columns keep their names when the new
// ones take their place, so it is the same graph before and after.
import type { Hands, Row } from '../../hands.ts'
import { awayColumn } from '../../retire/names.ts'
import type { Looking } from '../../step.ts'
import { literal, nameFor, relation, short } from '../words.ts'

/** What was asked for. */
export interface Rekeying {
  /** `schema.name` */
  readonly id: string
  readonly ids: 'derived' | 'v4' | 'v7' | 'ruled' | 'numbers'
  /** Of keys that a function of the database's own tells: `schema.name`. */
  readonly by?: string
  /** What the old key is called from the change of places on, if it is to stay for good. */
  readonly keep: string | undefined
  /** Columns that point at it without a foreign key. */
  readonly also: readonly Loose[]
}

export interface Loose {
  readonly id: string
  readonly column: string
  /** Its old values stay for good under this name. */
  readonly keep: string | undefined
  /** Values that are no keys: refused, or nothing is put in their place. */
  readonly dangling: 'refuse' | 'null'
}

export type Way = 'online' | 'offline'
/** With which one only asks. */
export type Asking = Pick<Looking, 'target'>

/** With how it is to be done. */
export interface Asked {
  readonly r: Rekeying
  /** Left to the plan, where nothing is said. */
  readonly way: Way | undefined
  readonly looked: readonly string[]
  /** Columns, as `schema.table.column`, that point elsewhere. */
  readonly not: readonly string[]
  readonly at: string | undefined
}

export const wayOf = ({ way }: Asked, hands: Pick<Hands, 'way'>): Way => way ?? (hands.way as Way | undefined) ?? 'online'

/** A column that holds keys: the key itself, or one that points at it. */
export interface Member {
  readonly id: string
  readonly column: string
  /** The new one, until the change of places. */
  readonly fresh: string
  /** The old one, from then on. */
  readonly away: string
  readonly isKey: boolean
  /** The old one is not dropped when its time is over. */
  readonly stays: boolean
  /** No foreign key tells of it. */
  readonly loose?: Loose
}

export interface Link {
  readonly name: string
  readonly id: string
  readonly columns: readonly string[]
  readonly to: string
  readonly toColumns: readonly string[]
  /** ` on update no action on delete cascade` */
  readonly manner: string
  /** Columns of `on delete set null (…)`. */
  readonly emptied: readonly string[]
  /** ` deferrable`, or nothing */
  readonly waits: string
  readonly valid: boolean
  readonly comment: string | undefined
}

export interface Graph {
  /** The key first. */
  readonly members: readonly Member[]
  /** In the order in which they are locked. */
  readonly tables: readonly string[]
  readonly links: readonly Link[]
  /** Tables that a foreign key touches, and no other column: they are locked as well. */
  readonly around?: readonly string[]
  /** Where a column would have to hold two keys at once. */
  readonly torn: readonly string[]
}

const names = (of: string, numbers: string): string =>
  `(select json_agg(a.attname order by x.n) from unnest(${numbers}) with ordinality x(num, n) join pg_attribute a on a.attrelid = ${of} and a.attnum = x.num)::text`
const tableName = (oid: string): string =>
  `(select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${oid})`

const keyOf = (id: string): string =>
  `select ${names('k.conrelid', 'k.conkey')} as columns from pg_constraint k where k.conrelid = ${relation(id)} and k.contype = 'p'`

const action = (of: string): string =>
  `case ${of} when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' when 'r' then 'restrict' else 'no action' end`
/** In the order in which they were made: of two on one column it is the elder that acts first, and so it shall be among their twins. */
const allLinks = `
  select k.conname as name, ${tableName('k.conrelid')} as id, ${names('k.conrelid', 'k.conkey')} as columns, ${tableName('k.confrelid')} as to_id, ${names('k.confrelid', 'k.confkey')} as to_columns,
    case k.confmatchtype when 'f' then ' match full' else '' end || ' on update ' || ${action('k.confupdtype')} || ' on delete ' || ${action('k.confdeltype')} as manner,
    case when k.condeferred then ' deferrable initially deferred' when k.condeferrable then ' deferrable' else '' end as waits,
    (select json_agg(a.attname) from jsonb_array_elements_text(case jsonb_typeof(to_jsonb(k) -> 'confdelsetcols') when 'array' then to_jsonb(k) -> 'confdelsetcols' else '[]' end) x(num) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.num::int)::text as emptied,
    k.convalidated::text as valid, obj_description(k.oid, 'pg_constraint') as comment
  from pg_constraint k where k.contype = 'f' and k.conparentid = 0 order by k.oid`

const listOf = (json: string | null | undefined): readonly string[] => (json ? (JSON.parse(json) as string[]) : [])

const linkOf = (r: Row): Link => ({
  name: r['name']!,
  id: r['id']!,
  columns: listOf(r['columns']),
  to: r['to_id']!,
  toColumns: listOf(r['to_columns']),
  manner: r['manner']!,
  waits: r['waits']!,
  emptied: listOf(r['emptied']),
  valid: r['valid'] === 'true',
  comment: r['comment'] ?? undefined,
})

/** All foreign keys that there are. */
export const linksThere = async (hands: Asking): Promise<readonly Link[]> => (await hands.target.ask(allLinks)).map(linkOf)

/** The columns of its primary key; none where there is no such table. */
export const keyColumns = async (hands: Asking, id: string): Promise<readonly string[]> =>
  listOf((await hands.target.ask(keyOf(id)))[0]?.['columns'])

export async function graphOf(hands: Asking, { id, keep, also }: Rekeying): Promise<Graph> {
  const key = (await keyColumns(hands, id))[0]
  if (key === undefined) return { members: [], tables: [], links: [], torn: [] }
  const all = await linksThere(hands)
  const members = new Map([
    [`${id} ${key}`, memberOf(id, key, keep, true)],
    ...also.map((loose) => [`${loose.id} ${loose.column}`, { ...memberOf(loose.id, loose.column, loose.keep, false), loose }] as const),
  ])
  // a set that grows while it is gone over
  for (const m of members.values())
    for (const link of all) {
      if (link.to !== m.id) continue
      link.columns.forEach((column, n) => {
        const place = `${link.id} ${column}`
        if (link.toColumns[n] === m.column && !members.has(place)) members.set(place, memberOf(link.id, column, undefined, false))
      })
    }
  const has = (table: string, column: string) => members.has(`${table} ${column}`)
  const links = all.filter((l) => l.columns.some((c) => has(l.id, c)))
  const torn = links.flatMap((l) =>
    l.columns.flatMap((c, n) =>
      has(l.id, c) && !has(l.to, l.toColumns[n]!)
        ? [`${short(l.id)}.${c} points at ${short(l.to)}.${l.toColumns[n]!} as well (${l.name})`]
        : [],
    ),
  )
  return {
    members: [...members.values()],
    tables: [...new Set([...members.values()].map((m) => m.id))].toSorted(),
    links,
    torn,
  }
}

const memberOf = (id: string, column: string, keep: string | undefined, isKey: boolean): Member => ({
  id,
  column,
  fresh: nameFor('godwit', column, 'new'),
  away: keep ?? awayColumn(column),
  isKey,
  stays: keep !== undefined,
})

/** By `schema.table column`: the type of the old key. */
export type Types = Readonly<Record<string, string>>
export const place = ({ id, column }: Pick<Member, 'id' | 'column'>): string => `${id} ${column}`

/** Also where it stands under another name. */
export async function typesOf(hands: Asking, members: readonly Member[]): Promise<Types> {
  const rows = await hands.target.ask(
    `select distinct on (x.place) x.place, format_type(a.atttypid, a.atttypmod) as type
      from (values ${members.map((m) => `(${literal(place(m))}, ${relation(m.id)}, ${literal(m.column)}, ${literal(m.away)})`).join(', ')}) x(place, oid, name, away)
      join pg_attribute a on a.attrelid = x.oid and a.attname in (x.name, x.away) and not a.attisdropped order by x.place, a.attname = x.away desc`,
  )
  return Object.fromEntries(rows.map((row) => [row['place']!, row['type']!]))
}

export const membersIn = ({ members }: Graph, id: string): readonly Member[] => members.filter((m) => m.id === id)
