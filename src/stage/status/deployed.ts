// Which phases a database has, by what its tool has written down. What that does not tell is not guessed.

import type { ShippedPhase } from '../branches/phases.ts'
import { ancestors } from '../graph.ts'
import type { Staging } from '../staging.ts'

export interface Deployed {
  readonly phases: readonly { readonly n: number; readonly state: 'deployed' | 'partly' | 'no' | 'not known' }[]
  /** What is to be known of it beside that. */
  readonly notes: readonly string[]
}

export function deployedOf(staging: Staging, phases: readonly ShippedPhase[], ids: readonly string[]): Deployed {
  const has = staging.format === 'alembic' ? upTo(staging, ids) : named(staging, ids)
  if (typeof has === 'string') return { phases: phases.map(({ n }) => ({ n, state: 'not known' })), notes: [has] }
  return {
    phases: phases.map(({ n, migrations }) => {
      const own = migrations.filter((m) => has.has(m.id)).length
      return { n, state: own === 0 ? 'no' : own === migrations.length ? 'deployed' : 'partly' }
    }),
    notes: originalsIn(staging, ids),
  }
}

/** Alembic writes down where it stands: what is before that is there too. */
function upTo({ migrations, original, before }: Staging, ids: readonly string[]): ReadonlySet<string> | string {
  const staged = migrations.map((m) => m.id)
  const at = Math.max(-1, ...ids.map((id) => staged.indexOf(id)))
  const strange = ids.filter((id) => !staged.includes(id) && !before.some((m) => m.id === id))
  const asWritten = original.find((j) => strange.includes(j.migration.id))
  if (asWritten) return `it stands at ${asWritten.migration.id}, which is of the original line: it has run the files as they were`
  if (strange.length) return `it stands at ${strange.join(', ')}, which is in no file`
  const has = new Set(staged.slice(0, at + 1))
  const id = staged[at]
  const chain = ancestors(original)
  const those = id === undefined ? undefined : chain.get(id)
  // an id that both lines have says the same only where both have the same before it
  const had = those && new Set(original.filter((j) => j.migration.id === id || those.has(j.migration.id)).map((j) => j.migration.id))
  const alike =
    !had ||
    (migrations.slice(0, at + 1).every((m) => had.has(m.judged.migration.id)) &&
      migrations.slice(at + 1).every((m) => !had.has(m.judged.migration.id)))
  return alike ? has : `it stands at ${id}, which is in the original line and in the staged one: by which of them it came there is not told`
}

/** Others write down what they have run. An app stands before a name where there are several. */
const named = ({ migrations }: Staging, ids: readonly string[]): ReadonlySet<string> =>
  new Set(migrations.filter((m) => ids.some((id) => isIt(id, m.id))).map((m) => m.id))

const isIt = (id: string, wanted: string): boolean =>
  id === wanted || id.endsWith(`.${wanted}`) || (/^\d+$/.test(id) && new RegExp(`^V?0*${BigInt(id)}(\\D|$)`).test(wanted))

function originalsIn({ format, original, migrations }: Staging, ids: readonly string[]): string[] {
  if (format === 'alembic') return []
  const kept = new Set(migrations.filter((m) => m.change === 'none' || m.change === 'parent').map((m) => m.id))
  const run = original.map((j) => j.migration.id).filter((id) => !kept.has(id) && ids.some((i) => isIt(i, id)))
  return run.length ? [`it has run ${run.join(', ')} as written: the staged files would do that work again`] : []
}
