// A key that is to be given up for another: what it is, and where those of new rows come from.
import { literal, named, quote, relation } from '../words.ts'
import type { Asking, Member } from './graph.ts'

/** A sequence of its own, another default, or nobody but whoever writes the row. */
export type Source = 'sequence' | 'default' | 'nobody'

export interface OldKey {
  /** As which it stands in the pairs; nothing where such keys cannot stand there. */
  readonly type: string | undefined
  /** As the catalogue writes it. */
  readonly is: string
  readonly source: Source
  /** Those of the column that has the name now, which is the new key from the change of places on. */
  readonly inUse: Source
}

/** Of types that have one spelling for one value, whoever asks: a key is told by its text. */
const asPair: Readonly<Record<string, string>> = {
  int2: 'bigint',
  int4: 'bigint',
  int8: 'bigint',
  uuid: 'uuid',
  text: 'text',
  varchar: 'text',
  bpchar: 'bpchar',
}

export const isWhole = ({ type }: OldKey): boolean => type === 'bigint'

/** Types in which the same keys may stand. */
export const alike = ({ type }: OldKey): { readonly inWords: string; readonly names: readonly string[] } => ({
  inWords: inWords[type ?? ''] ?? 'columns of the same type',
  names: Object.keys(asPair).filter((name) => asPair[name] === type),
})
const inWords: Readonly<Record<string, string>> = { bigint: 'whole numbers', uuid: 'UUIDs', text: 'texts' }

/** As long as it is in use, and afterwards, where it stands under another name. */
export async function oldKeyOf(hands: Asking, { id, column, away }: Member): Promise<OldKey> {
  const sourceOf = (a: string) =>
    `case when pg_get_serial_sequence(${literal(named(id))}, ${a}.attname) is not null then 'sequence' when ${a}.atthasdef then 'default' else 'nobody' end`
  const [row] = await hands.target.ask(
    `select format_type(a.atttypid, a.atttypmod) as is, t.typname as name, (t.typnamespace = 'pg_catalog'::regnamespace and coalesce(c.collisdeterministic, true))::text as plain,
      ${sourceOf('a')} as source, (select ${sourceOf('n')} from pg_attribute n where n.attrelid = a.attrelid and n.attname = ${literal(column)} and not n.attisdropped) as in_use
    from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_collation c on c.oid = a.attcollation
    where a.attrelid = ${relation(id)} and a.attname in (${literal(column)}, ${literal(away)}) and not a.attisdropped order by a.attname = ${literal(away)} desc limit 1`,
  )
  return {
    type: row!['plain'] === 'true' ? asPair[row!['name']!] : undefined,
    is: row!['is']!,
    source: row!['source'] as Source,
    inUse: row!['in_use'] as Source,
  }
}

/** What a column is given goes to another one of its table. */
export const defaultGoes = (id: string, from: string, to: string): string => `do $$ declare d text; begin
    select pg_get_expr(adbin, adrelid) into d from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum where adrelid = ${relation(id)} and attname = ${literal(from)};
    alter table ${named(id)} alter column ${quote(from)} drop default;
    execute format('alter table %s alter column %s set default %s', ${literal(named(id))}, ${literal(quote(to))}, d);
  end $$`
