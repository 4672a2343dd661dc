// The words in which something was put up before its column changed: Postgres writes casts into them that the old type had no need of. Whoever
// goes back finds the words that were there, unless somebody has written others since.
import type { Hands } from '../../hands.ts'
import { literal } from '../words.ts'
import { found } from './found.ts'
import { kinds } from './kinds.ts'

type Texts = Readonly<Record<string, readonly (string | null)[]>>
/** Before the change of places, and after it. */
export interface Told {
  readonly before: Texts
  readonly after: Texts
}

const place = (name: string, locks: string): string => `${name} || ' ' || coalesce((${locks})::regclass::text, '')`

/** By what they are of. */
async function textsOf(hands: Hands, columns: string): Promise<Texts> {
  const each = kinds
    .filter((k) => k.since === undefined)
    .map(
      (k) =>
        `select ${place(k.name, k.locks)} as place, to_jsonb(${k.made})::text as made from found f join ${k.of} where f.classid = '${k.catalogue}'::regclass`,
    )
  const rows = await hands.target.ask(`with found as (${found(columns)}) ${each.join(' union all ')}`)
  return Object.fromEntries(rows.map((row) => [row['place']!, JSON.parse(row['made']!) as Texts[string]]))
}

/** Nothing where nothing hangs on them. */
export async function told(hands: Hands, columns: string, change: () => Promise<void>): Promise<Told | undefined> {
  const before = await textsOf(hands, columns)
  await change()
  return Object.keys(before).length ? { before, after: await textsOf(hands, columns) } : undefined
}

/** What is noted to be put up again: as it was. */
export function asItWas(was: Told | undefined): string[] {
  const { before, after } = was ?? { before: {}, after: {} }
  const all = Object.entries(after).flatMap(([of, made]) => (before[of] ? [{ place: of, was: before[of], made }] : []))
  if (!all.length) return []
  return [
    `update pg_temp.godwit_hanging h set made = array(select * from jsonb_array_elements_text(x.was))
      from jsonb_to_recordset(${literal(JSON.stringify(all))}) as x(place text, was jsonb, made jsonb) where ${place('h.name', 'h.locks')} = x.place and to_jsonb(h.made) = x.made`,
  ]
}
