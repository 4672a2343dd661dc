// Indexes, checks and keys of a column: the new column gets the same before it takes the place, under names that change with the columns.
import type { Hands, Row } from '../../hands.ts'
import { holds, type Move } from '../move.ts'
import { besides, columnThere, constraintValid, indexValid, literal, named, nameFor, quote, relation } from '../words.ts'
import type { Pair } from './retype.ts'

export type AttachedKind = 'index' | 'unique' | 'check' | 'foreign key'
export interface Attached {
  readonly kind: AttachedKind
  readonly name: string
}
interface Defined extends Attached {
  /** What comes after its name, over the new column. */
  readonly made: string
  readonly isUnique: boolean
  /** ` deferrable`, or nothing */
  readonly manner: string
}

/** The name of the new column's, until they change places; and of the old one's from then on. */
export const aside = (name: string): string => nameFor('godwit', name)

const attribute = (id: string, column: string): string =>
  `(select attnum from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)} and not attisdropped)`

/** An index over expressions looks at columns that its list does not name: the catalogue knows them as what it depends on. */
const onColumn = (id: string, column: string): string => `
  select case when k.oid is null then 'index' else 'unique' end as kind, c.relname as name, i.indisunique::text as is_unique, substring(pg_get_indexdef(i.indexrelid) from ' (USING .*)$') as tail,
      case when k.condeferred then ' deferrable initially deferred' when k.condeferrable then ' deferrable' else '' end as manner
    from pg_index i join pg_class c on c.oid = i.indexrelid left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
    where i.indrelid = ${relation(id)} and (${attribute(id, column)} = any (i.indkey) or exists (select from pg_depend d
      where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid and d.refobjsubid = ${attribute(id, column)}))
  union all
  select case contype when 'c' then 'check' else 'foreign key' end, conname, 'false',
      case contype when 'c' then replace(pg_get_constraintdef(oid), ' NOT VALID', '') else (select string_agg(quote_ident(attname), ', ' order by n) from unnest(conkey) with ordinality as x(num, n) join pg_attribute a on a.attrelid = conrelid and a.attnum = num)
        || ') ' || replace(substring(pg_get_constraintdef(oid) from 'REFERENCES .*$'), ' NOT VALID', '') end, ''
    from pg_constraint where conrelid = ${relation(id)} and contype in ('c', 'f') and ${attribute(id, column)} = any (conkey)
  order by 1, 2`

export const attachedTo = async (hands: Hands, { id, column }: Pair): Promise<readonly Attached[]> =>
  (await hands.target.ask(onColumn(id, column))).map((r) => ({ kind: r['kind'] as AttachedKind, name: r['name']! }))

const trial = 'pg_temp.godwit_trial'

/** Postgres writes them over the new column itself: on a table like it without rows, where the column is of the new type. */
export async function definedOver(hands: Hands, { id, column, fresh, to }: Pair): Promise<readonly Defined[]> {
  const found = await hands.target.ask(onColumn(id, column))
  const tried = found.map((row, n) => ({ row, n, kind: row['kind'] as AttachedKind })).filter(({ kind }) => kind !== 'foreign key')
  const made = !tried.length
    ? []
    : await hands.schema.trial(
        [
          `create temp table godwit_trial (like ${named(id)})`,
          `alter table ${trial} drop column if exists ${quote(fresh)}`,
          ...tried.map(({ row, n, kind }) => onTrial(row, n, kind)),
          `alter table ${trial} alter column ${quote(column)} type ${to} using null`,
          `alter table ${trial} rename column ${quote(column)} to ${quote(fresh)}`,
        ],
        tried.map(({ n, kind }) => `select ${n}::text as n, ${madeOnTrial(n, kind)} as made`).join(' union all '),
      )
  return found.map((row, n) => ({
    kind: row['kind'] as AttachedKind,
    name: row['name']!,
    made: made.find((m) => m['n'] === String(n))?.['made'] ?? foreignKeyOver(row, column, fresh),
    isUnique: row['is_unique'] === 'true',
    manner: row['manner']!,
  }))
}

const onTrial = (row: Row, n: number, kind: AttachedKind): string =>
  kind === 'check'
    ? `alter table ${trial} add constraint g${n} ${row['tail']!}`
    : `create ${row['is_unique'] === 'true' ? 'unique ' : ''}index g${n} on ${trial} ${row['tail']!}`

const madeOnTrial = (n: number, kind: AttachedKind): string =>
  kind === 'check'
    ? `(select pg_get_constraintdef(oid) from pg_constraint where conrelid = '${trial}'::regclass and conname = 'g${n}')`
    : `(select substring(pg_get_indexdef('pg_temp.g${n}'::regclass) from ' (USING .*)$'))`

/** `a, b) REFERENCES …` */
function foreignKeyOver(row: Row, column: string, fresh: string): string {
  const [columns, rest] = [row['tail']!.slice(0, row['tail']!.indexOf(')')), row['tail']!.slice(row['tail']!.indexOf(')'))]
  const plain = (c: string) => c === column || c === quote(column)
  return `foreign key (${columns
    .split(', ')
    .map((c) => (plain(c) ? quote(fresh) : c))
    .join(', ')}${rest}`
}

const isBuilt = ({ kind }: Attached): boolean => kind === 'index' || kind === 'unique'

const isThere = (pair: Pair, a: Attached): string =>
  a.kind === 'index' ? indexValid(pair.id, aside(a.name)) : constraintValid(pair.id, aside(a.name))

export const attachedMove = (pair: Pair): Move => ({
  name: 'attached',
  says: `what ${named(pair.id)} (${quote(pair.column)}) has, for the new column too: indexes beside everybody, checks and keys that are looked at afterwards`,
  async there(hands) {
    if (await holds(hands, columnThere(pair.id, pair.away))) return true
    const all = await attachedTo(hands, pair)
    return !all.length || holds(hands, all.map((a) => isThere(pair, a)).join(' and '))
  },
  async do(hands) {
    for (const a of await definedOver(hands, pair)) if (!(await holds(hands, isThere(pair, a)))) await make(hands, pair, a)
  },
})

async function make(hands: Hands, { id }: Pair, a: Defined): Promise<void> {
  const [table, name] = [named(id), quote(aside(a.name))]
  hands.tell(`${a.kind} ${a.name}`)
  if (!isBuilt(a)) {
    await hands.schema.reshape([
      `alter table ${table} drop constraint if exists ${name}`,
      `alter table ${table} add constraint ${name} ${a.made} not valid`,
    ])
    await hands.schema.validate([`alter table ${table} validate constraint ${name}`])
    return
  }
  await hands.schema.alone([
    `drop index concurrently if exists ${besides(id, aside(a.name))}`,
    `create ${a.isUnique ? 'unique ' : ''}index concurrently ${name} on ${table} ${a.made}`,
  ])
  if (a.kind === 'unique') await hands.schema.reshape([`alter table ${table} add constraint ${name} unique using index ${name}${a.manner}`])
}
