// What speaks against other keys in columns that no foreign key stands on, by name, before anything is done.
import { onlineRefused } from '../../../../errors/online.ts'
import type { Hands, Row } from '../../../hands.ts'
import { tried } from '../../bound-to.ts'
import { hangingAgainst, hangingTried } from '../../hanging/hanging.ts'
import { holds, reasonsOf } from '../../move.ts'
import { tooManyRows } from '../../twins/exclusion.ts'
import { columnThere, isNotNull, literal, named, quote, short } from '../../words.ts'
import { memberNumbers } from '../carried.ts'
import { bound } from '../reasons.ts'
import { definedOver, twinsOf } from '../twins.ts'
import { dangling, foundIn, longest } from './compare.ts'
import { graphOfOne, memberOf, type Reference, shownAt } from './reference.ts'
import { type Typed, typed } from './typed.ts'
import { pairs } from './way.ts'

export async function speaksAgainst(hands: Hands, refs: readonly Reference[]): Promise<readonly string[]> {
  const missing: string[] = []
  for (const ref of refs)
    for (const column of [ref.column, ...ref.beside])
      if (!(await holds(hands, columnThere(ref.id, column)))) missing.push(`there is no column ${short(ref.id)}.${column}`)
  for (const id of new Set(refs.flatMap((r) => r.targets)))
    if (!(await holds(hands, `to_regclass(${literal(pairs(id))}) is not null`)))
      missing.push(
        `${short(id)} has the keys that it has always had: say rekey('${short(id)}') in this migration, or in one before; numbers that have got more room stand everywhere as they are`,
      )
    else if (!(await holds(hands, numbersToUuids(id))))
      missing.push(`keys of ${short(id)} were no whole numbers, or are no UUIDs: only from the one to the other do references go along`)
  if (missing.length) return missing
  const said: string[] = []
  for (const ref of refs) said.push(...(await each(hands, await typed(hands, ref))))
  return said
}

const numbersToUuids = (id: string): string =>
  `not exists (select from pg_attribute where attrelid = to_regclass(${literal(pairs(id))}) and (attname, atttypid) in (('new_key', 'int8'::regtype), ('old_key', 'uuid'::regtype), ('old_key', 'text'::regtype), ('old_key', 'bpchar'::regtype)))`

async function each(hands: Hands, t: Typed): Promise<readonly string[]> {
  const { ref, type } = t
  const become = ref.becomes(type)
  if (become === undefined) return [`${shownAt(ref)} is ${type}, and keys do not stand like that in it`]
  const plain = [...(await reasonsOf(hands, inTheWay(t))), ...(await hangingAgainst(hands, memberNumbers(graphOfOne(ref)), 'it'))]
  return plain.length ? plain : [...(await unfounded(hands, t)), ...(await undefinable(hands, t, become))]
}

const inTheWay = ({ ref, type }: Typed): string => {
  const graph = graphOfOne(ref)
  const { fresh, away } = memberOf(ref)
  const columns = memberNumbers(graph)
  const taken = [fresh, away].map(
    (name) => `select ${literal(`${short(ref.id)} has a column ${name} already`)} as reason where ${columnThere(ref.id, name)}`,
  )
  const tied = `select ${literal(`${shownAt(ref)} is part of foreign key `)} || conname from pg_constraint k, ${columns} c where contype = 'f' and (conrelid = c.oid and c.num = any (conkey) or confrelid = c.oid and c.num = any (confkey))`
  const other = `select ${literal(`${shownAt(ref)} has a default of its own`)} from pg_attribute a, ${columns} c where a.attrelid = c.oid and a.attnum = c.num and a.atthasdef and ${literal(String(ref.becomes(type) !== type))}::bool`
  const key = `select ${literal(`${shownAt(ref)} is part of the primary key`)} from pg_index i, ${columns} c where i.indrelid = c.oid and i.indisprimary and c.num = any (i.indkey)`
  return [...taken, ...bound(graph), tied, other, key].join(' union all ')
}

/** A path where nothing stands may be misspelt. */
async function unfounded(hands: Hands, t: Typed): Promise<readonly string[]> {
  const { ref, type } = t
  const most = /^character varying\((\d+)\)$/.exec(type)?.[1]
  if (most !== undefined) {
    const [row] = await hands.target.ask(longest(t))
    if (Number(row!['most'] ?? 0) > Number(most))
      return [`${shownAt(ref)} is ${type}, and would be up to ${row!['most']} characters long with new keys`]
  }
  const there = new Set((await hands.target.ask(foundIn(t))).map((r) => r['place']!))
  if (!(await holds(hands, `exists (select from ${named(ref.id)} where ${quote(ref.column)} is not null)`))) return []
  return ref.named
    .filter((place) => !there.has(place))
    .map((place) => `nothing stands at ${place} in any row of ${shownAt(ref)}: is it written as it is there?`)
}

/** Keys that no row has must have somewhere to stay. */
export async function refuseDangling(hands: Hands, refs: readonly Reference[], at: string | undefined): Promise<void> {
  const reasons: string[] = []
  for (const ref of refs) {
    const t = await typed(hands, ref)
    const needs = await holds(hands, isNotNull(ref.id, ref.column))
    if (ref.becomes(t.type) === t.type || (ref.dangling === 'null' && !needs)) continue
    const lost = await hands.target.ask(dangling(t))
    if (lost.length)
      reasons.push(
        `${shownAt(ref)} has keys that no row has, ${some(lost)}: ${needs ? 'and must have a value, so mend them' : `mend them, or say keep: 'legacy_${ref.column}', or dangling: 'null'`}`,
      )
  }
  if (reasons.length) throw onlineRefused({ what: 'references with new keys', reasons, at })
}

const some = (lost: readonly Row[]): string => {
  const few = lost.slice(0, 5).map((r) => `${r['value']} of ${short(r['target'] || r['place']!)} (${r['rows']} ×)`)
  return `${few.join(', ')}${lost.length > few.length ? ` and ${lost.length - few.length} others` : ''}`
}

async function undefinable(hands: Hands, { ref }: Typed, become: string): Promise<readonly string[]> {
  const said: string[] = []
  const graph = graphOfOne(ref)
  const { id, column } = ref
  const hangs = () => hangingTried(hands, memberNumbers(graph), [{ id, column, type: become }])
  said.push(...(await tried(hands, hangs, `what hangs on ${shownAt(ref)} cannot be as ${become}`)))
  for (const twin of await twinsOf(hands, graph))
    said.push(
      ...(twin.kind === 'exclusion' ? await tooManyRows(hands, twin) : []),
      ...(await tried(
        hands,
        () => definedOver(hands, graph, twin, 'fresh', become),
        `${twin.kind} ${twin.name} of ${short(twin.id)} cannot be over ${become}`,
      )),
    )
  return said
}
