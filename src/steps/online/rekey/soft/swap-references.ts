// The change of places of columns with keys in them, in one short transaction; the old ones follow, and come back by the same way.
import { onlineRefused } from '../../../../errors/online.ts'
import { undoRefused } from '../../../../errors/run.ts'
import { milliseconds } from '../../../../events/duration.ts'
import type { Hands, Plain } from '../../../hands.ts'
import type { Retired } from '../../../retire/engine.ts'
import { shelfOf } from '../../../retire/shelf.ts'
import type { Step } from '../../../step.ts'
import { hangingAgain, hangingAgainst, hangingAway } from '../../hanging/hanging.ts'
import { holds } from '../../move.ts'
import { dress } from '../../retype/swap.ts'
import { columnThere, literal, named, quote, relation } from '../../words.ts'
import { memberNumbers } from '../carried.ts'
import type { Member } from '../graph.ts'
import { exchanged } from '../swap.ts'
import { twinsOf, type Waiting } from '../twins.ts'
import { unmet } from './compare.ts'
import { followNew, followOld, overRow, unfollow } from './follow-references.ts'
import { account, isSwapped } from './prepare-references.ts'
import { graphOfOne, memberOf, nameOf, type Reference, shownAt } from './reference.ts'
import { type Typed, typed } from './typed.ts'

export function takePlaces(refs: readonly Reference[], title: string, soak: string, at: string | undefined): Step {
  const keepMs = milliseconds(soak)
  return {
    kind: 'references swap',
    title: `${title}: new keys in use`,
    at,
    changes: [...new Set(refs.map((r) => r.id))],
    params: { refs: refs.map((r) => r.says), soak },
    doing: {
      says: [
        'columns with new keys in them take the places of the old ones, in all tables at once and in one short transaction',
        `the old ones follow with every write, and are kept for ${soak}`,
      ],
      do: (hands) => swap(refs, hands, at),
      undo: (hands) => back(refs, hands),
      purge: { keepMs, drop: (hands) => drop(refs, hands) },
    },
  }
}

interface Kept {
  readonly at: number
  readonly retired: readonly Retired[]
  readonly says: readonly string[]
}

async function swap(refs: readonly Reference[], hands: Hands, at: string | undefined) {
  if (!(await isSwapped(hands, refs))) {
    const late: string[] = []
    for (const { id, fresh, column } of refs.map(memberOf))
      if (!(await holds(hands, columnThere(id, fresh)))) late.push(`${id}.${column} was not prepared: godwit undo, and run it again`)
    late.push(...(await hangingAgainst(hands, numbersOf(refs), 'these columns')))
    if (late.length) throw onlineRefused({ what: 'references with new keys', reasons: late, at })
    await hands.memory.write({
      at: hands.clock.now(),
      retired: await measured(hands, refs),
      says: await account(hands, refs),
    } satisfies Kept as unknown as Plain)
    await exchange(refs, hands, 'fresh')
  }
  const { says } = (await hands.memory.read()) as unknown as Kept
  return { done: says.join('; '), detail: says }
}

const numbersOf = (refs: readonly Reference[]): string => memberNumbers({ members: refs.map(memberOf) })

async function measured(hands: Hands, refs: readonly Reference[]): Promise<readonly Retired[]> {
  const retired: Retired[] = []
  for (const { id, column } of refs) retired.push(await shelfOf('postgres').measure({ table: id, column }, hands.target))
  return retired
}

async function exchange(refs: readonly Reference[], hands: Hands, into: Waiting): Promise<void> {
  const all: Typed[] = []
  for (const ref of refs) all.push(await typed(hands, ref))
  const statements: string[] = []
  for (const t of all) statements.push(...(await ofOne(hands, t, into)))
  const tables = [...new Set(refs.map((r) => r.id))].toSorted()
  await hands.schema.reshape([...hangingAway(numbersOf(refs), tables), ...statements, hangingAgain])
}

async function ofOne(hands: Hands, t: Typed, into: Waiting): Promise<readonly string[]> {
  const graph = graphOfOne(t.ref)
  const attached = { twins: await twinsOf(hands, graph), links: [] }
  const member = memberOf(t.ref)
  return into === 'fresh'
    ? [withDefault(member), dress(member), ...exchanged(nameOf(t.ref), graph, attached, 'fresh', 'away'), ...followOld(t)]
    : [...exchanged(nameOf(t.ref), graph, attached, 'away', 'fresh'), ...followNew(t)]
}

const withDefault = ({ id, column, fresh }: Member): string => `do $$ declare d text; begin
    select pg_get_expr(adbin, adrelid) into d from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum where adrelid = ${relation(id)} and attname = ${literal(column)};
    if d is not null then execute format('alter table %s alter column %s set default %s', ${literal(named(id))}, ${literal(quote(fresh))}, d); end if;
  end $$`

async function back(refs: readonly Reference[], hands: Hands): Promise<void> {
  if (!(await isSwapped(hands, refs))) return
  const reasons: string[] = []
  for (const ref of refs) {
    const t = await typed(hands, ref)
    const { id, away, column } = memberOf(ref)
    const late = unmet(t, away)
    if (await holds(hands, `exists (select from ${named(id)} where ${late})`))
      await hands.schema.sweep({ table: id, set: `${quote(away)} = ${overRow(t, 'old')}`, where: late })
    if (await holds(hands, `exists (select from ${named(id)} where ${quote(away)} is null and ${quote(column)} is not null)`))
      reasons.push(`rows of ${shownAt(ref)} have keys that were never others`)
  }
  if (reasons.length)
    throw undoRefused({ reasons, hint: 'What came since with keys that no row has cannot go back: mend it, or keep the new keys.' })
  await exchange(refs, hands, 'away')
}

async function drop(refs: readonly Reference[], hands: Hands): Promise<void> {
  for (const ref of refs) await hands.schema.reshape(unfollow(ref))
  for (const ref of refs)
    if (ref.keep === undefined)
      await hands.schema.reshape([`alter table ${named(ref.id)} drop column if exists ${quote(memberOf(ref).away)}`])
}
