// Columns that point at a table without a foreign key, and go along all the same.
import { plural } from '../../../text.ts'
import type { Hands } from '../../hands.ts'
import { holds, reasonsOf } from '../move.ts'
import { isNotNull, literal, named, quote, relation, short } from '../words.ts'
import type { Loose, Rekeying } from './graph.ts'
import { alike, type OldKey } from './old-key.ts'
import type { Rekeyed } from './rekeyed.ts'

const misfit = ({ id, column }: Loose, old: OldKey): string =>
  `select ${literal(`${short(id)}.${column} `)} || coalesce('is ' || (select format_type(atttypid, atttypmod) from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)}) || ': only ${alike(old).inWords} go along', 'is not there') as reason
    where not exists (select from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)} and atttypid in (${alike(
      old,
    )
      .names.map((name) => `'pg_catalog.${name}'::regtype`)
      .join(', ')}))`

/** What speaks against taking them along: what cannot hold keys, and values that are none where they may not be. */
export async function againstLoose(hands: Hands, r: Rekeying, { key, kind, old }: Rekeyed): Promise<readonly string[]> {
  const misfits = r.also.length ? await reasonsOf(hands, r.also.map((l) => misfit(l, old)).join(' union all ')) : []
  return misfits.length || kind.forEveryValue ? misfits : strays(hands, r, key.column)
}

async function strays(hands: Hands, r: Rekeying, key: string): Promise<readonly string[]> {
  const said: string[] = []
  for (const { id, column, dangling } of r.also) {
    const needs = await holds(hands, isNotNull(id, column))
    if (dangling === 'null' && !needs) continue
    const of = `${named(id)} x where x.${quote(column)} is not null and not exists (select from ${named(r.id)} k where k.${quote(key)} = x.${quote(column)})`
    const [row] = await hands.target.ask(
      `select count(*)::text as n, (select string_agg(v, ', ') from (select distinct x.${quote(column)} as n, x.${quote(column)}::text as v from ${of} order by 1 limit 3) f) as some from ${of}`,
    )
    if (row!['n'] === '0') continue
    const instead = needs
      ? 'it must have a value, so mend them'
      : `mend them, or say { column: '${short(id)}.${column}', keep: 'legacy_${column}' }, or dangling: 'null'`
    said.push(
      `${short(id)}.${column} has ${plural(Number(row!['n']), 'value')} that no row of ${short(r.id)} has as its key, ${row!['some']} among them: ${instead}`,
    )
  }
  return said
}
