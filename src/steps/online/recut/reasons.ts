// What speaks against columns cut another way: others that know the old ones, words that mean nothing, and rows that have no value.
import type { Hands } from '../../hands.ts'
import { shelfOf } from '../../retire/shelf.ts'
import { boundTo, tried } from '../bound-to.ts'
import { isFollowed, triggerOf } from '../follower.ts'
import { hangingNames } from '../hanging/hanging.ts'
import { insteadOfUpdates } from '../hanging/rule.ts'
import { indexReasons } from '../index.ts'
import { reasonsOf } from '../move.ts'
import { columnNumber, columnThere, literal, named, quote, reason, reasonFor, relation, short } from '../words.ts'
import { namesOf, type Recut, uniqueName } from './recut.ts'

export async function speaksAgainst(hands: Hands, cut: Recut): Promise<readonly string[]> {
  const missing = await reasonsOf(hands, there(cut))
  if (missing.length) return missing
  const bound = await boundToOld(hands, cut)
  if (bound.length) return bound
  const words = [...(await readable(hands, cut)), ...(await goesBack(hands, cut))]
  return words.length ? words : rowsAgainst(hands, cut)
}

const there = (cut: Recut): string => {
  const { id, old, fresh, left } = cut
  const taken = [...fresh.map((f) => f.name), ...old.map((o) => o.away), left]
  return [
    ...old.map((o) => reason(`not ${columnThere(id, o.name)}`, `there is no column ${short(id)}.${o.name}`)),
    ...taken.map((name) => reason(columnThere(id, name), `${short(id)} has a column ${name} already`)),
    reason(isFollowed(cut), `another change of ${cut.column} is not through yet`),
    ...fresh.filter((f) => f.unique).map((f) => indexReasons(id, uniqueName(cut, f))),
  ].join(' union all ')
}

/** Who looks at rows goes on with the old ones until they give up their place; not so who looks at what is written. */
async function boundToOld(hands: Hands, { id, old }: Recut): Promise<readonly string[]> {
  const found: string[] = await reasonsOf(hands, insteadOfUpdates(id)).then((reasons) => [...reasons])
  for (const { name: column } of old) {
    const needed = (await neededBy(hands, { id, column })).filter((r) => !/^((materialized )?view|function) /.test(r))
    const bound = await reasonsOf(hands, `${boundTo(id, column)} union all ${knownToReplicas({ id, column })}`)
    const seeing = (await hangingOn(hands, { id, column })).filter((h) => h.sees).map((h) => `${h.name} names it`)
    found.push(...[...new Set([...needed, ...bound, ...seeing])].map((r) => `${column}: ${r}`))
  }
  return found
}

/** Who needs an old column now that it is to give up its place. */
export async function stillNeeded(hands: Hands, cut: Recut): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name: column } of cut.old) {
    const [of, needed] = [{ id: cut.id, column }, await neededBy(hands, { id: cut.id, column })]
    const hanging = (await hangingOn(hands, of)).filter((h) => !/^(view|function) /.test(h.name)).map((h) => `${h.name} names it`)
    const all = new Set([...needed, ...hanging, ...(await reasonsOf(hands, knownToReplicas(of)))])
    found.push(...[...all].filter((r) => r !== `trigger ${triggerOf(cut)} names it`).map((r) => `${column}: ${r}`))
  }
  return found
}

interface Column {
  readonly id: string
  readonly column: string
}

const neededBy = (hands: Hands, { id, column }: Column): Promise<readonly string[]> =>
  shelfOf('postgres').needing({ table: id, column }, [], hands.target)

const hangingOn = async (hands: Hands, column: Column) =>
  (await hands.target.ask(hangingNames(columnNumber(column)))).map((row) => ({ name: row['name']!, sees: row['sees'] === 'true' }))

const knownToReplicas = (column: Column): string =>
  `select 'replicas know rows by ' || i.indexrelid::regclass || ', which is over it: give the table another identity before' as reason from ${columnNumber(column)} c join pg_index i on i.indrelid = c.oid and i.indisreplident and c.num = any (i.indkey)`

const trial = 'pg_temp.godwit_trial'

const trialTable = ({ id, fresh }: Recut): string[] => [
  `create temp table godwit_trial (like ${named(id)})`,
  `alter table ${trial} ${fresh.map((f) => `add column ${quote(f.name)} ${f.type}`).join(', ')}`,
]

/** Tried on a table like it without rows. */
const readable = (hands: Hands, cut: Recut): Promise<readonly string[]> =>
  tried(
    hands,
    () =>
      hands.schema.trial(
        trialTable(cut),
        `select from (select ${cut.fresh.map((f) => `(${f.up})::${f.type}`).join(', ')} from ${trial}) x`,
      ),
    `${namesOf(cut.fresh)} cannot be had`,
  )

/** The old ones are gone some day, and their values are made of what is left. */
const goesBack = (hands: Hands, cut: Recut): Promise<readonly string[]> =>
  tried(
    hands,
    () =>
      hands.schema.trial(
        [...trialTable(cut), `alter table ${trial} ${cut.old.map((o) => `drop column ${quote(o.name)}`).join(', ')}`],
        `select from (select ${cut.old.map((o) => `(${o.back})`).join(', ')} from ${trial}) x`,
      ),
    `${namesOf(cut.old)} cannot be had back`,
  )

/** Every row is computed, and none is sent. What may be null is not asked: it cannot fail. */
async function rowsAgainst(hands: Hands, cut: Recut): Promise<readonly string[]> {
  const sure = cut.fresh.filter((f) => !f.orNull)
  const rows = `(select *, ${sure.map((f) => `(${f.up})::${f.type} as ${quote(f.name)}`).join(', ')} from ${named(cut.id)}) as godwit_row`
  const counted = () => hands.schema.ask(`select ${sure.map((f) => `count(${quote(f.name)})`).join(', ')} from ${rows}`)
  const failing = sure.length ? await tried(hands, counted, `a row has no ${namesOf(sure)}`) : []
  if (failing.length) return failing
  const empty = sure
    .filter((f) => f.notNull)
    .map((f) => {
      const of = `select count(*) as n from ${rows} where ${quote(f.name)} is null`
      return reasonFor(of, `row has no ${f.name}`, `rows have no ${f.name}`)
    })
  const twice = sure
    .filter((f) => f.unique)
    .map((f) => {
      const of = `select count(*) as n from (select from ${rows} where ${quote(f.name)} is not null group by ${quote(f.name)} having count(*) > 1) d`
      return reasonFor(of, `value of ${f.name} would stand in more than one row`, `values of ${f.name} would stand in more than one row`)
    })
  const found = empty.length + twice.length ? await reasonsOf(hands, [...empty, ...twice].join(' union all ')) : []
  return found.length || sure.length < cut.fresh.length ? found : backAgain(hands, cut, rows)
}

/** The new values, made old again: a value that cannot be is found now, and one that is another then is said. */
async function backAgain(hands: Hands, cut: Recut, rows: string): Promise<readonly string[]> {
  const sure = cut.old.filter((o) => !o.orNull)
  if (!sure.length) return []
  const types = await hands.target.ask(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = ${relation(cut.id)} and attname in (${sure.map((o) => literal(o.name)).join(', ')})`,
  )
  const typeOf = (name: string) => types.find((t) => t['name'] === name)!['type']!
  const differs = sure.map((o) => `((${o.back})::${typeOf(o.name)})::text is distinct from ${quote(o.name)}::text`).join(' or ')
  return tried(
    hands,
    async () => {
      const [row] = await hands.schema.ask(`select count(*) filter (where ${differs})::text as n from ${rows}`)
      if (row!['n'] !== '0') hands.tell(`${row!['n']} rows have another ${namesOf(sure)} once their ${namesOf(cut.fresh)} are written`)
    },
    `a row's ${namesOf(cut.fresh)} cannot be brought back`,
  )
}
