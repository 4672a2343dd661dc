// Columns that point at a table without a foreign key, and go along all the same.
import { plural } from '../../../text.ts'
import type { Hands } from '../../hands.ts'
import { holds, reasonsOf } from '../move.ts'
import { isNotNull, literal, named, quote, relation, short } from '../words.ts'
import type { Loose, Member, Rekeying } from './graph.ts'
import { pairsOf } from './keys.ts'

/** Rows whose keys do not stand among the pairs. */
export const unpaired = (r: Rekeying, { id, column }: Member): string =>
  `from ${named(id)} x where not exists (select from ${pairsOf(r)} p where p.old_key = x.${quote(column)})`

const misfit = ({ id, column }: Loose): string =>
  `select ${literal(`${short(id)}.${column} `)} || coalesce('is ' || (select format_type(atttypid, atttypmod) from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)}) || ': only whole numbers go along', 'is not there') as reason
    where not exists (select from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)} and atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype))`

/** What speaks against taking them along: what cannot hold keys, and values that are none where they may not be. */
export async function againstLoose(hands: Hands, r: Rekeying, key: string): Promise<readonly string[]> {
  const misfits = r.also.length ? await reasonsOf(hands, r.also.map(misfit).join(' union all ')) : []
  return misfits.length ? misfits : strays(hands, r, key)
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
