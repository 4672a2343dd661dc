// Columns that by their name and by what stands in them point at a table, and have no foreign key: nothing tells of them but this. Each is
// to be decided by somebody before the keys of the table change.
import { onlineRefused } from '../../../errors/online.ts'
import { count, plural } from '../../../text.ts'
import { partsOf } from '../../engine-words.ts'
import type { Hands } from '../../hands.ts'
import type { Step } from '../../step.ts'
import { holds } from '../move.ts'
import { columnThere, literal, named, quote, relation, short } from '../words.ts'
import { type Asked, graphOf, type Rekeying } from './graph.ts'
import { againstLoose } from './loose.ts'

/** Says no as long as one of them is not decided. */
export function undeclared(asked: Asked): Step {
  const { r, at } = asked
  return {
    kind: 'rekey undeclared',
    title: `columns that point at ${short(r.id)} without a foreign key`,
    at,
    params: { id: r.id, also: r.also, not: asked.not },
    doing: {
      says: [`looks at every column that may hold keys of ${short(r.id)}, by its name and by its values; says no until each is decided`],
      gate: true,
      async do(hands) {
        const reasons = await undecided(hands, asked)
        if (reasons.length) throw onlineRefused({ what: `other keys for ${short(r.id)}`, reasons, at })
        return { done: 'each that there is has been decided' }
      },
    },
  }
}

async function undecided(hands: Hands, { r, not }: Asked): Promise<readonly string[]> {
  const { members } = await graphOf(hands, r)
  const key = members.find((m) => m.isKey)
  // from the change of places on they are other keys, and it has been decided
  if (!key || (await holds(hands, columnThere(key.id, key.away)))) return []
  const said = [...(await againstLoose(hands, r, key.column))]
  for (const candidate of await candidates(hands, r, key.column)) {
    if (members.some((m) => m.id === candidate.id && m.column === candidate.column) || not.includes(place(candidate))) continue
    const found = await looked(hands, candidate, { id: key.id, column: key.column })
    if (found) said.push(found)
  }
  return said
}

interface Candidate {
  readonly id: string
  readonly column: string
  /** Its name says which table is meant. */
  readonly isNamed: boolean
  /** Words that may be numbers, or numbers that need not be whole. */
  readonly kind: 'whole' | 'text' | 'number'
}

const place = ({ id, column }: Pick<Candidate, 'id' | 'column'>): string => `${id}.${column}`

/** `users`: user, users; `categories`: category, categories. */
const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/(?<!s)s$/, '')
const escaped = (word: string): string => word.replaceAll(/[^\p{L}\p{N}_]/gu, '.')

/** Names that are given to what points somewhere. */
const idLike =
  '(_id|_ids|_key|_ref|_fk|_by|_to)$|(^|_)(owner|author|creator|editor|assignee|manager|approver|reviewer|parent|member|actor)(_id|_ref)?$'

/** What points at another table by its name, or does by a foreign key, is left out; so are keys that number their own rows. */
async function candidates(hands: Hands, { id }: Rekeying, key: string): Promise<readonly Candidate[]> {
  const { name } = partsOf(id)
  const words = [...new Set([name, singular(name)])].map(escaped).join('|')
  const own = `(^|_)(${words})(_id|_ids|_key|_ref|_fk|_no|_nr)?$${key === 'id' ? '' : `|^${escaped(key)}$`}`
  const rows = await hands.target.ask(`
    with columns as (
      select n.nspname || '.' || c.relname as id, a.attname as column, c.oid, a.attnum, a.attname ~* ${literal(own)} as named, case when t.typcategory = 'S' then 'text' when t.typname = 'numeric' then 'number' else 'whole' end as kind
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('godwit', 'information_schema') and n.nspname !~ '^pg_' and a.attnum > 0 and not a.attisdropped
        and t.typname in ('int2', 'int4', 'int8', 'numeric', 'text', 'varchar', 'bpchar') and a.attname !~ '^(_retired_|godwit_)')
    select id, "column", named::text, kind from columns c
    where (named or "column" ~* ${literal(idLike)} and not exists (
        select from pg_class o where o.relkind in ('r', 'p') and o.oid <> ${relation(id)} and regexp_replace(c.column, '(_id|_ids|_key|_ref|_fk)$', '') in (o.relname, regexp_replace(o.relname, 's$', ''))))
      and not exists (select from pg_constraint k where k.conrelid = c.oid and c.attnum = any (k.conkey) and (k.contype = 'f' or k.contype = 'p' and cardinality(k.conkey) = 1))
    order by 1, 2`)
  return rows.map((r) => ({ id: r['id']!, column: r['column']!, isNamed: r['named'] === 'true', kind: r['kind'] as Candidate['kind'] }))
}

/** Of what is only called like a reference, nearly all values have to be keys; of what is called like the table, any. */
const enough = 0.9
const sample = 10_000

async function looked(hands: Hands, c: Candidate, key: Pick<Candidate, 'id' | 'column'>): Promise<string | undefined> {
  const few = await hands.target.ask(inclusion(c, key, ` limit ${sample}`))
  if (!isLikely(c, few[0]!)) return undefined
  const [row] = await hands.target.ask(inclusion(c, key, ''))
  if (!isLikely(c, row!)) return undefined
  const n = (name: string) => Number(row![name])
  const at = `${short(c.id)}.${c.column}`
  const share =
    n('keys') === n('values')
      ? `${n('values') === 1 ? 'its only value is a key' : `all ${count(n('values'))} values are keys`}`
      : `${count(n('keys'))} of ${plural(n('values'), 'value')} are keys`
  return `${at}: ${share} of ${short(key.id)} (${count(n('different'))} different), ${chance(n)}: ${decide[c.kind](at)}`
}

const decide: Readonly<Record<Candidate['kind'], (at: string) => string>> = {
  whole: (at) => `say also: ['${at}'], or not: ['${at}']`,
  text: (at) => `take it along by references([inText('${at}', …)]), and say not: ['${at}'] here`,
  number: (at) => `make it a column of whole numbers, or say not: ['${at}']`,
}

const isLikely = (c: Candidate, row: Readonly<Record<string, string | null>>): boolean => {
  const [values, keys] = [Number(row['values']), Number(row['keys'])]
  return keys > 0 && (c.isNamed || keys >= values * enough)
}

/** How likely it is that as many numbers out of the same stretch are keys, all of them. */
function chance(n: (name: string) => number): string {
  const places = n('hi') - n('lo') + 1
  const share = Math.min(1, n('there') / places)
  const power = -n('matching') * Math.log10(share)
  if (power < 1)
    return `which may be chance: ${share > 0.995 ? 'every number' : `${Math.round(share * 100)} % of all numbers`} from ${n('lo')} to ${n('hi')} is one`
  return `by chance that would be one case in ${power > 6 ? 'more than a million' : count(Math.round(10 ** power))}`
}

const inclusion = ({ id, column, kind }: Candidate, key: Pick<Candidate, 'id' | 'column'>, limit: string): string => {
  const value = kind === 'text' ? `case when v::text ~ '^(0|-?[1-9][0-9]{0,17})$' then v::text::numeric end` : 'v::numeric'
  return `with x as (select ${quote(column)} as v from ${named(id)} where ${quote(column)} is not null${limit}),
    d as materialized (select ${value} as v, count(*) as n from x group by 1),
    f as materialized (select d.v, d.n, exists (select from ${named(key.id)} k where k.${quote(key.column)} = d.v) as is_key from d)
  select coalesce(sum(n), 0)::text as values, coalesce(sum(n) filter (where is_key), 0)::text as keys, count(v)::text as different, (count(*) filter (where is_key))::text as matching,
    min(v) filter (where is_key)::text as lo, max(v) filter (where is_key)::text as hi,
    (select count(*) from ${named(key.id)} where ${quote(key.column)} between (select min(v) from f where is_key) and (select max(v) from f where is_key))::text as there from f`
}
