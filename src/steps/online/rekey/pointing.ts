// Columns that by their name and by what stands in them point at a table, and have no foreign key: nothing tells of them but this.
import { count, plural } from '../../../text.ts'
import { partsOf } from '../../engine-words.ts'
import type { Row } from '../../hands.ts'
import { literal, named, quote, relation, short } from '../words.ts'

/** Asks, and changes nothing. */
export type Ask = (sql: string) => Promise<readonly Row[]>

/** The one column of a primary key. */
export interface Key {
  readonly id: string
  readonly column: string
  /** Types of columns that may point at it; nothing where its keys are numbers, which may stand as words as well. */
  readonly in?: readonly string[]
}
const numbersAndWords = ['int2', 'int4', 'int8', 'numeric', 'text', 'varchar', 'bpchar']

export interface Candidate {
  readonly id: string
  readonly column: string
  /** Its name says which table is meant. */
  readonly isNamed: boolean
  /** Words that may be numbers, or numbers that need not be whole; or of the same type as a key that is no number. */
  readonly kind: 'whole' | 'text' | 'number' | 'same'
}

/** `schema.table.column` */
export const place = ({ id, column }: Pick<Candidate, 'id' | 'column'>): string => `${id}.${column}`

/** `users`: user, users; `categories`: category, categories. */
const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/(?<!s)s$/, '')
const escaped = (word: string): string => word.replaceAll(/[^\p{L}\p{N}_]/gu, '.')

/** Names that are given to what points somewhere. */
const idLike =
  '(_id|_ids|_key|_ref|_fk|_by|_to)$|(^|_)(owner|author|creator|editor|assignee|manager|approver|reviewer|parent|member|actor)(_id|_ref)?$'

/** What points at another table by its name, or does by a foreign key, is left out; so are keys that number their own rows. */
export async function candidates(ask: Ask, { id, column: key, in: types = numbersAndWords }: Key): Promise<readonly Candidate[]> {
  const { name } = partsOf(id)
  const words = [...new Set([name, singular(name)])].map(escaped).join('|')
  const own = `(^|_)(${words})(_id|_ids|_key|_ref|_fk|_no|_nr)?$${key === 'id' ? '' : `|^${escaped(key)}$`}`
  const rows = await ask(`
    with columns as (
      select n.nspname || '.' || c.relname as id, a.attname as column, c.oid, a.attnum, a.attname ~* ${literal(own)} as named, case when ${types === numbersAndWords} then null when t.typcategory <> 'N' then 'same' end as same, case when t.typcategory = 'S' then 'text' when t.typname = 'numeric' then 'number' else 'whole' end as kind
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('godwit', 'information_schema') and n.nspname !~ '^pg_' and a.attnum > 0 and not a.attisdropped
        and t.typname in (${types.map(literal).join(', ')}) and a.attname !~ '^(_retired_|godwit_)')
    select id, "column", named::text, coalesce(same, kind) as kind from columns c
    where (named or "column" ~* ${literal(idLike)} and not exists (
        select from pg_class o where o.relkind in ('r', 'p') and o.oid <> ${relation(id)} and regexp_replace(c.column, '(_id|_ids|_key|_ref|_fk)$', '') in (o.relname, regexp_replace(o.relname, 's$', ''))))
      and not exists (select from pg_constraint k where k.conrelid = c.oid and c.attnum = any (k.conkey) and (k.contype = 'f' or k.contype = 'p' and cardinality(k.conkey) = 1))
    order by 1, 2`)
  return rows.map((r) => ({ id: r['id']!, column: r['column']!, isNamed: r['named'] === 'true', kind: r['kind'] as Candidate['kind'] }))
}

/** Of what is only called like a reference, nearly all values have to be keys; of what is called like the table, any. */
const enough = 0.9
/** So many values are looked at first. */
export const sample = 10_000

/** What stands in a column that is like this. */
export interface Pointing {
  /** With the numbers. */
  readonly says: string
  readonly values: number
  readonly keys: number
  /** How unlikely it is that they are keys by chance: one case in ten to this. */
  readonly power: number
  /** Not all rows were looked at. */
  readonly sampled: boolean
}

/** Nothing where it does not point there. `whole` gives nothing where it takes too long to look at all rows. */
export async function looked(
  ask: Ask,
  c: Candidate,
  key: Key,
  whole: (sql: string) => Promise<readonly Row[] | undefined> = ask,
): Promise<Pointing | undefined> {
  const few = await ask(inclusion(c, key, ` limit ${sample}`))
  if (!isLikely(c, few[0]!)) return undefined
  const all = await whole(inclusion(c, key, ''))
  const [row] = all ?? few
  return isLikely(c, row!) ? { ...pointing(c, key, row!), sampled: all === undefined } : undefined
}

function pointing(c: Candidate, key: Key, row: Row): Omit<Pointing, 'sampled'> {
  const n = (name: string) => Number(row[name])
  const [values, keys] = [n('values'), n('keys')]
  const share =
    keys === values
      ? `${values === 1 ? 'its only value is a key' : `all ${count(values)} values are keys`}`
      : `${count(keys)} of ${plural(values, 'value')} are keys`
  const power = c.kind === 'same' ? Number.POSITIVE_INFINITY : powerOf(n)
  const says = `${shown(c)}: ${share} of ${short(key.id)} (${count(n('different'))} different)${c.kind === 'same' ? '' : `, ${chance(n, power)}`}`
  return { says, values, keys, power }
}

const shown = ({ id, column }: Candidate): string => `${short(id)}.${column}`

/** What to write into `rekey`. */
export const decide = (c: Candidate): string => deciding[c.kind](shown(c))

const deciding: Readonly<Record<Candidate['kind'], (at: string) => string>> = {
  whole: (at) => `say also: ['${at}'], or not: ['${at}']`,
  text: (at) => `take it along by references([inText('${at}', …)]), and say not: ['${at}'] here`,
  same: (at) => `say also: ['${at}'], or not: ['${at}']`,
  number: (at) => `make it a column of whole numbers, or say not: ['${at}']`,
}

const isLikely = (c: Candidate, row: Row): boolean => {
  const [values, keys] = [Number(row['values']), Number(row['keys'])]
  return keys > 0 && (c.isNamed || keys >= values * enough)
}

const shareOf = (n: (name: string) => number): number => Math.min(1, n('there') / (n('hi') - n('lo') + 1))
const powerOf = (n: (name: string) => number): number => -n('matching') * Math.log10(shareOf(n))

/** How likely it is that as many numbers out of the same stretch are keys, all of them. */
function chance(n: (name: string) => number, power: number): string {
  const share = shareOf(n)
  if (power < 1)
    return `which may be chance: ${share > 0.995 ? 'every number' : `${Math.round(share * 100)} % of all numbers`} from ${n('lo')} to ${n('hi')} is one`
  return `by chance that would be one case in ${power > 6 ? 'more than a million' : count(Math.round(10 ** power))}`
}

const inclusion = ({ id, column, kind }: Candidate, key: Key, limit: string): string => {
  if (kind === 'same')
    return `with d as materialized (select x.v, count(*) as n from (select ${quote(column)} as v from ${named(id)} where ${quote(column)} is not null${limit}) x group by 1),
      f as materialized (select d.v, d.n, exists (select from ${named(key.id)} k where k.${quote(key.column)} = d.v) as is_key from d)
    select coalesce(sum(n), 0)::text as values, coalesce(sum(n) filter (where is_key), 0)::text as keys, count(v)::text as different from f`
  const value = kind === 'text' ? `case when v::text ~ '^(0|-?[1-9][0-9]{0,17})$' then v::text::numeric end` : 'v::numeric'
  return `with x as (select ${quote(column)} as v from ${named(id)} where ${quote(column)} is not null${limit}),
    d as materialized (select ${value} as v, count(*) as n from x group by 1),
    f as materialized (select d.v, d.n, exists (select from ${named(key.id)} k where k.${quote(key.column)} = d.v) as is_key from d)
  select coalesce(sum(n), 0)::text as values, coalesce(sum(n) filter (where is_key), 0)::text as keys, count(v)::text as different, (count(*) filter (where is_key))::text as matching,
    min(v) filter (where is_key)::text as lo, max(v) filter (where is_key)::text as hi,
    (select count(*) from ${named(key.id)} where ${quote(key.column)} between (select min(v) from f where is_key) and (select max(v) from f where is_key))::text as there from f`
}
