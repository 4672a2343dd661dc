// Before the change of places: beside every column with keys in it another one, with the new keys, filled with every write and for the rows
// that are there, and with all that the first one has.
import { count, list, plural } from '../../../../text.ts'
import type { Hands } from '../../../hands.ts'
import type { Step } from '../../../step.ts'
import { holds, type Move, online } from '../../move.ts'
import { notNullMoves } from '../../not-null.ts'
import { columnThere, isNotNull, literal, named, quote, relation, short } from '../../words.ts'
import { keyColumns } from '../graph.ts'
import { newKey, oldKey } from '../keys.ts'
import { definedOver, makeTwin, twinsOf, twinThere } from '../twins.ts'
import { anyNoted, behindNew, unmarked } from './awaited.ts'
import { counted, dangling } from './compare.ts'
import { followed, followNew, overRow, unfollow } from './follow-references.ts'
import { refuseDangling, speaksAgainst } from './reasons.ts'
import { graphOfOne, memberOf, nameOf, type Reference, shownAt } from './reference.ts'
import { type Typed, typed } from './typed.ts'
import { pairs } from './way.ts'

export function prepare(refs: readonly Reference[], title: string, at: string | undefined): Step {
  return online({
    kind: 'references',
    title: `${title}, with new keys, beside the columns in use`,
    at,
    changes: [...new Set(refs.map((r) => r.id))],
    params: { refs: refs.map((r) => r.says) },
    against: (hands) => speaksAgainst(hands, refs),
    moves: [known(refs), columns(refs, at), ...[followers, filled, needed, twins, accounts].map((make) => make(refs))].map((m) =>
      whileWaiting(refs, m),
    ),
  })
}

/** They have changed places: then there is nothing to prepare. */
const whileWaiting = (refs: readonly Reference[], move: Move): Move => ({
  ...move,
  there: async (hands) => (await isSwapped(hands, refs)) || move.there(hands),
})

export const isSwapped = (hands: Hands, [first]: readonly Reference[]): Promise<boolean> =>
  holds(hands, columnThere(first!.id, memberOf(first!).away))

interface Each {
  readonly name: string
  readonly says: string
  there(t: Typed, hands: Hands): Promise<boolean>
  do(t: Typed, hands: Hands): Promise<void>
  undo?(ref: Reference, hands: Hands): Promise<void>
}

const each = (refs: readonly Reference[], e: Each): Move => ({
  name: e.name,
  says: e.says,
  async there(hands) {
    for (const ref of refs) if (!(await e.there(await typed(hands, ref), hands))) return false
    return true
  },
  async do(hands) {
    for (const ref of refs) {
      const t = await typed(hands, ref)
      if (!(await e.there(t, hands))) await e.do(t, hands)
    }
  },
  async undo(hands) {
    for (const ref of refs.toReversed()) await e.undo?.(ref, hands)
  },
})

const known = (refs: readonly Reference[]): Move => {
  const targets = [...new Set(refs.flatMap((r) => r.targets))]
  return {
    name: 'known',
    says: `old and new keys of ${list(targets.map(short))} by each other, as rows`,
    async there(hands) {
      for (const id of targets) if (await holds(hands, `exists (${(await unknown(hands, id)).rows})`)) return false
      return true
    },
    async do(hands) {
      for (const id of targets) await hands.target.change([(await unknown(hands, id)).add])
    },
  }
}

/** Rows of a table whose keys do not stand among the pairs. What came after old keys were purged has none. */
async function unknown(hands: Hands, id: string): Promise<{ readonly rows: string; readonly add: string }> {
  const r = { id, ids: 'derived', keep: undefined, also: [] } as const
  const name = (await keyColumns(hands, id))[0]!
  const key = `x.${quote(name)}`
  const isNew = await holds(
    hands,
    `exists (select from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(name)} and atttypid = 'uuid'::regtype)`,
  )
  const [of, pair, make] = isNew
    ? ['new_key', `${oldKey(r)}(${key}), ${key}`, oldKey(r)]
    : ['old_key', `${key}, ${newKey(r)}(${key})`, newKey(r)]
  const there = await holds(hands, `to_regproc(${literal(make)}) is not null`)
  const rows = `from ${named(id)} x where ${there} and not exists (select from ${pairs(id)} p where p.${of} = ${key})`
  return {
    rows: `select ${rows}`,
    add: there ? `insert into ${pairs(id)} (old_key, new_key) select ${pair} ${rows} on conflict do nothing` : 'select 1',
  }
}

/** Whether keys have rows is known once all pairs are. */
const columns = (refs: readonly Reference[], at: string | undefined): Move => {
  const added = each(refs, {
    name: 'columns',
    says: 'a column beside each, of the type that holds new keys',
    there: ({ ref }, hands) => holds(hands, columnThere(ref.id, memberOf(ref).fresh)),
    do: ({ ref, type }, hands) =>
      hands.schema.reshape([`alter table ${named(ref.id)} add column ${quote(memberOf(ref).fresh)} ${ref.becomes(type)}`]),
    undo: (ref, hands) =>
      hands.schema.reshape([`alter table if exists ${named(ref.id)} drop column if exists ${quote(memberOf(ref).fresh)}`]),
  })
  return {
    ...added,
    async do(hands) {
      await refuseDangling(hands, refs, at)
      await added.do(hands)
    },
  }
}

const followers = (refs: readonly Reference[]): Move =>
  each(refs, {
    name: 'followers',
    says: 'a trigger for each fills it with every write',
    there: ({ ref }, hands) => holds(hands, followed(ref)),
    do: (t, hands) => hands.schema.reshape(followNew(t)),
    async undo(ref, hands) {
      await hands.schema.reshape(unfollow(ref))
      if (await holds(hands, anyNoted)) await hands.schema.reshape(unmarked(ref))
    },
  })

/** How far each of them is. */
const states = `create table if not exists godwit.reference ("column" text primary key, filled boolean, says text)`
const anyKept = `to_regclass('godwit.reference') is not null`
const kept = (ref: Reference, what: 'filled' | 'says', value: string): string =>
  `insert into godwit.reference ("column", ${what}) values (${literal(shownAt(ref))}, ${value}) on conflict ("column") do update set ${what} = excluded.${what}`
const isNoted = async (hands: Hands, ref: Reference, where: string): Promise<boolean> =>
  (await holds(hands, anyKept)) &&
  holds(hands, `exists (select from godwit.reference where "column" = ${literal(shownAt(ref))} and ${where})`)

/** All rows once. What is written before the row that it points at is behind again, and waits for the last look. */
const filled = (refs: readonly Reference[]): Move =>
  each(refs, {
    name: 'filled',
    says: 'the rows that are there: a few at a time',
    there: ({ ref }, hands) => isNoted(hands, ref, 'filled'),
    async do(t, hands) {
      const set = `${quote(memberOf(t.ref).fresh)} = ${overRow(t, 'new')}`
      const rows = await hands.schema.sweep({ table: t.ref.id, set, where: behindNew(t) })
      hands.tell(`${plural(rows, 'row')} of ${shownAt(t.ref)} written`)
      await hands.target.change([states, kept(t.ref, 'filled', 'true')])
    },
    async undo(ref, hands) {
      if (await holds(hands, anyKept)) await hands.target.change([kept(ref, 'filled', 'false')])
    },
  })

const needed = (refs: readonly Reference[]): Move =>
  each(refs, {
    name: 'needed',
    says: 'columns that must have a value: the new ones as well',
    there: async ({ ref }, hands) => !(await holds(hands, isNotNull(ref.id, ref.column))) || needs(ref, hands),
    async do({ ref }, hands) {
      for (const move of notNullMoves(ref.id, memberOf(ref).fresh)) if (!(await move.there(hands))) await move.do(hands)
    },
    // before the trigger that fills it goes: or whoever writes a row in between could not
    async undo(ref, hands) {
      for (const move of notNullMoves(ref.id, memberOf(ref).fresh).toReversed()) await move.undo?.(hands)
    },
  })

async function needs(ref: Reference, hands: Hands): Promise<boolean> {
  for (const move of notNullMoves(ref.id, memberOf(ref).fresh)) if (!(await move.there(hands))) return false
  return true
}

const twins = (refs: readonly Reference[]): Move => ({
  name: 'twins',
  says: 'the same indexes, keys and checks over the new columns: built beside everybody',
  async there(hands) {
    for (const ref of refs)
      for (const twin of await twinsOf(hands, graphOfOne(ref))) if (!(await holds(hands, twinThere(nameOf(ref), twin)))) return false
    return true
  },
  async do(hands) {
    for (const ref of refs) {
      const graph = graphOfOne(ref)
      const { type } = await typed(hands, ref)
      for (const twin of await twinsOf(hands, graph)) {
        if (await holds(hands, twinThere(nameOf(ref), twin))) continue
        await makeTwin(hands, nameOf(ref), twin, await definedOver(hands, graph, twin, 'fresh', ref.becomes(type)!))
      }
    }
  },
})

const listed = `create table if not exists godwit.dangling ("column" text not null, place text not null, target text not null, value text not null, rows bigint not null, primary key ("column", place, target, value))`
const undangled = (ref: Reference): string => `delete from godwit.dangling where "column" = ${literal(shownAt(ref))}`

/** What became of each row, and a list of the keys that no row has. */
const accounts = (refs: readonly Reference[]): Move => ({
  name: 'accounts',
  says: 'every row is accounted for, and keys that no row has are listed in godwit.dangling',
  async there(hands) {
    for (const ref of refs) if (!(await isNoted(hands, ref, 'says is not null'))) return false
    return true
  },
  async do(hands) {
    for (const line of await account(hands, refs)) hands.tell(line)
  },
  async undo(hands) {
    if (!(await holds(hands, anyKept))) return
    for (const ref of refs) await hands.target.change([listed, undangled(ref), kept(ref, 'says', 'null')])
  },
})

export async function account(hands: Hands, refs: readonly Reference[]): Promise<readonly string[]> {
  const lines: string[] = []
  for (const ref of refs) {
    const t = await typed(hands, ref)
    const [row] = await hands.target.ask(counted(t))
    const n = (name: string) => Number(row![name])
    const says = `${shownAt(ref)}: ${plural(n('rows'), 'row')} = ${count(n('changed'))} changed + ${count(n('unchanged'))} without a key + ${count(n('with_dangling'))} with keys that no row has; ${plural(n('found'), 'reference')}, and ${count(n('dangling'))} dangling`
    await hands.target.change([
      listed,
      undangled(ref),
      `insert into godwit.dangling ("column", place, target, value, rows) ${dangling(t)}`,
      states,
      kept(ref, 'says', literal(says)),
    ])
    lines.push(says)
  }
  return lines
}
