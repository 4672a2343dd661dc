// New keys for all rows at once: as a list in the order of the old ones, which the server makes a constant of. A place in it is found
// without a look at any table, so that a rewrite costs what it costs without keys. What stands outside of the list asks one by one, and so
// does everybody where keys are no numbers.
import type { Hands } from '../../../hands.ts'
import { literal, named, quote } from '../../words.ts'
import type { Member } from '../graph.ts'
import { newKey, ownName, pairsOf } from '../keys.ts'
import { isWhole } from '../old-key.ts'
import type { AtOnce, Giving } from './kind.ts'

/** 16 bytes each. */
const most = 4_000_000
/** Numbers that were never given, or are gone, have a place as well. */
const placesForARow = 4
/** What stands in a list where there is no key. */
const noKey: Readonly<Record<'uuid' | 'bigint', string>> = { uuid: '00000000-0000-0000-0000-000000000000', bigint: '0' }

interface Stretch {
  readonly from: bigint
  readonly to: bigint
}

/** `pairs`: statements that make those that are missing. */
export async function atOnce(hands: Hands, { r, key, old }: Giving, type: 'uuid' | 'bigint', pairs: readonly string[]): Promise<AtOnce> {
  const oneByOne = (column: string) => `${newKey(r)}(${column})`
  const stretch = isWhole(old) ? await stretchOf(hands, key) : undefined
  const before = withoutKeys(pairsOf(r), pairs)
  if (!stretch) return { before, of: oneByOne, after: [] }
  const list = ownName('all_of', r)
  const { from, to } = stretch
  const none = literal(noKey[type])
  return {
    before: [
      ...before,
      // it is asked once, when a statement is planned, and is gone at the end of the transaction
      `create function ${list}() returns ${type}[] language sql immutable as $godwit$
        select array(select coalesce(p.new_key, ${none}) from generate_series(${from}::bigint, ${to}::bigint) g(n) left join ${pairsOf(r)} p on p.old_key = g.n order by g.n) $godwit$`,
    ],
    of: (
      column,
    ) => `case when ${column} between ${from} and ${to} then coalesce(nullif((${list}())[(${column}::bigint - (${from}) + 1)::int], ${none}), ${oneByOne(column)})
      when ${column} is not null then ${oneByOne(column)} end`,
    after: [`drop function ${list}()`],
  }
}

/** Many rows go faster into a table whose keys are made afterwards. */
const withoutKeys = (table: string, statements: readonly string[]): string[] => [
  `do $$ declare k name; begin for k in select conname from pg_constraint where conrelid = ${literal(table)}::regclass and contype in ('p', 'u') loop execute format('alter table %s drop constraint %I', ${literal(table)}, k); end loop; end $$`,
  ...statements,
  `alter table ${table} add primary key (old_key), add unique (new_key)`,
]

/** Numbers of most rows lie close together; a few sentinels may lie anywhere. */
async function stretchOf(hands: Hands, { id, column }: Member): Promise<Stretch | undefined> {
  const [table, key] = [named(id), quote(column)]
  const [row] = await hands.target.ask(
    `select count(*)::text as n, min(${key})::text as lo, max(${key})::text as hi,
      (select ${key}::text from ${table} order by ${key} offset (select count(*) / 2 from ${table}) limit 1) as middle from ${table}`,
  )
  const n = Number(row!['n'])
  if (n === 0) return undefined
  const half = BigInt(Math.min(most, n * placesForARow + 1000) / 2)
  const [lo, hi, middle] = [BigInt(row!['lo']!), BigInt(row!['hi']!), BigInt(row!['middle']!)]
  return { from: lo > middle - half ? lo : middle - half, to: hi < middle + half ? hi : middle + half }
}
