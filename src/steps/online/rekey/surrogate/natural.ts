// A table whose rows are told from each other by several columns, and who points at them: found in the catalogue, the same before the
// change of keys and after it.

import { partsOf } from '../../../engine-words.ts'
import type { Hands } from '../../../hands.ts'
import { literal, nameFor, quote, relation } from '../../words.ts'
import { type Asking, type Link, linksThere } from '../graph.ts'
import { ownName } from '../keys.ts'

/** What was asked for. */
export interface Surrogate {
  /** `schema.name` */
  readonly id: string
  /** The new column. */
  readonly key: string
  readonly ids: 'derived' | 'v4' | 'v7' | 'numbers'
  /** The columns that tell rows from each other, where there is no primary key and more than one choice. */
  readonly over: readonly string[] | undefined
  /** By the name of a foreign key: its new column. */
  readonly columns: Readonly<Record<string, string>>
  /** Foreign keys whose old columns stay for good. */
  readonly keep: readonly string[]
}

export interface NaturalKey {
  readonly columns: readonly string[]
  readonly types: readonly string[]
  /** Of the constraint or the index that holds it. */
  readonly name: string
  readonly isPrimary: boolean
  /** `USING btree (…)` */
  readonly tail: string
  /** ` deferrable`, or nothing */
  readonly manner: string
}

/** A foreign key over the old columns, and the one column that is to take its place. */
export interface Pointer {
  readonly link: Link
  readonly column: string
  /** All its columns must have a value. */
  readonly needs: boolean
  /** ` on delete cascade` */
  readonly onDelete: string
  /** There is an index that begins with its columns; a unique one over just these. */
  readonly indexed: 'unique' | 'plain' | undefined
}

export interface Shape {
  readonly natural: NaturalKey
  readonly pointers: readonly Pointer[]
  /** In the order in which they are locked. */
  readonly tables: readonly string[]
}

/** Its columns are those of the old key, and `godwit_key`. */
export const pairsOf = (s: Surrogate): string => ownName('surrogates_of', named(s))
export const numbersOf = (s: Surrogate): string => ownName('surrogate_numbers_of', named(s))
export const keyFor = (s: Surrogate): string => ownName('surrogate_of', named(s))
const named = ({ id }: Surrogate) => ({ id, ids: 'derived', keep: undefined, also: [] }) as const

/** Names that things have at the end, and while they wait. */
export const primaryName = ({ id }: Surrogate): string => nameFor(partsOf(id).name, 'pkey')
export const naturalName = ({ id }: Surrogate, { columns }: NaturalKey): string => nameFor(partsOf(id).name, ...columns, 'key')
export const asideOf = ({ id }: Surrogate, name: string): string => nameFor('godwit', partsOf(id).name, name)
/** What a foreign key over old columns is called that stays for good. */
export const oldLinkName = ({ name }: Link): string => nameFor(name, 'natural')
export const indexName = ({ link, column }: Pointer): string => nameFor(partsOf(link.id).name, column, 'idx')

const list = (json: string | null | undefined): readonly string[] => (json ? (JSON.parse(json) as string[]) : [])

/** Keys over several columns that all must have a value; the primary key first. */
const keysOver = (id: string): string => `
  select x.relname as name, i.indisprimary::text as is_primary, substring(pg_get_indexdef(i.indexrelid) from ' (USING .*)$') as tail,
    case when k.condeferred then ' deferrable initially deferred' when k.condeferrable then ' deferrable' else '' end as manner,
    json_agg(a.attname order by n)::text as columns, json_agg(format_type(a.atttypid, a.atttypmod) order by n)::text as types
  from pg_index i join pg_class x on x.oid = i.indexrelid left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u')
    cross join lateral unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) with ordinality u(num, n) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.num
  where i.indrelid = ${relation(id)} and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null and x.relname !~ '^godwit_'
  group by 1, 2, 3, 4 having bool_and(a.attnotnull) order by 2 desc, 1`

/** One key to choose, or several, or none; as long as the new column is not the key. */
export async function naturalKeys(hands: Asking, { id, over }: Surrogate): Promise<readonly NaturalKey[]> {
  const keys: NaturalKey[] = (await hands.target.ask(keysOver(id))).map((r) => ({
    name: r['name']!,
    isPrimary: r['is_primary'] === 'true',
    tail: r['tail']!,
    manner: r['manner']!,
    columns: list(r['columns']),
    types: list(r['types']),
  }))
  const primary = keys.find((k) => k.isPrimary)
  if (primary) return [primary]
  return over ? keys.filter((k) => sameColumns(k.columns, over)).slice(0, 1) : keys
}

const sameColumns = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((c) => b.includes(c))

const pointerFacts = ({ id, columns }: Link): string => `
  with c as (select array_agg(attnum) as nums, bool_and(attnotnull) as needs from pg_attribute where attrelid = ${relation(id)} and attname = any (array[${columns.map(literal).join(', ')}]))
  select c.needs::text as needs, (select case when bool_or(i.indisunique and i.indpred is null and i.indnkeyatts = ${columns.length}) then 'unique' else 'plain' end from pg_index i
    where i.indrelid = ${relation(id)} and i.indisvalid and i.indexprs is null and i.indnkeyatts >= ${columns.length} and (i.indkey::int2[])[0:${columns.length - 1}] @> c.nums and (i.indkey::int2[])[0:${columns.length - 1}] <@ c.nums having count(*) > 0) as indexed from c`

/** Nothing where there is no such key. */
export async function shapeOf(hands: Asking, s: Surrogate): Promise<Shape | undefined> {
  const [natural, other] = await naturalKeys(hands, s)
  if (!natural || other) return undefined
  const pointers: Pointer[] = []
  for (const link of await linksThere(hands)) {
    if (link.to !== s.id || !sameColumns(link.toColumns, natural.columns)) continue
    const [facts] = await hands.target.ask(pointerFacts(link))
    pointers.push({
      link,
      column: s.columns[link.name] ?? nameFor(partsOf(s.id).name, s.key),
      needs: facts!['needs'] === 'true',
      onDelete: / on delete [a-z ]+$/.exec(link.manner)?.[0] ?? '',
      indexed: (facts!['indexed'] ?? undefined) as Pointer['indexed'],
    })
  }
  return { natural, pointers, tables: [...new Set([s.id, ...pointers.map((p) => p.link.id)])].toSorted() }
}

export const isSwapped = async (hands: Hands, s: Surrogate): Promise<boolean> => {
  const [row] = await hands.target.ask(
    `select count(*)::text as n from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1] where k.conrelid = ${relation(s.id)} and k.contype = 'p' and cardinality(k.conkey) = 1 and a.attname = ${literal(s.key)}`,
  )
  return row!['n'] !== '0'
}

/** The old columns in the order in which the key has them. */
export const inOrder = ({ columns, toColumns }: Link, natural: NaturalKey, as: (column: string) => string): string =>
  natural.columns.map((c) => as(columns[toColumns.indexOf(c)]!)).join(', ')

export const keyColumns = ({ columns }: NaturalKey, as: (column: string) => string = quote): string => columns.map(as).join(', ')
