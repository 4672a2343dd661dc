// The two orders that are held against each other: the pile as its files have it, and as it is staged.
import type { PhaseName } from '../stage/phase.ts'
import { filesIn, type Staging, stagedFiles } from '../stage/staging.ts'
import type { Folder, Migration, Operation, Unread, Way } from '../stage/types.ts'

/** A migration, or a part of one, as it is carried out. */
export interface Step {
  readonly id: string
  readonly file: string
  readonly parents: readonly string[]
  readonly up: readonly Operation[]
  readonly down: readonly Operation[]
  readonly back: Way
  readonly unread: readonly Unread[]
}

export interface PhaseSteps {
  readonly phase: PhaseName
  readonly steps: readonly Step[]
}

export interface Order {
  /** Every file that the tool would find, by path. */
  readonly files: ReadonlyMap<string, string>
  readonly steps: readonly Step[]
}

export interface Orders {
  /** What both begin with. */
  readonly base: readonly Step[]
  readonly original: Order
  readonly staged: Order & { readonly phases: readonly PhaseSteps[] }
}

const whole = (m: Migration): Step => ({
  id: m.id,
  file: m.file,
  parents: m.parents,
  up: m.up,
  down: m.down,
  back: m.back,
  unread: m.unread,
})

export function ordersOf(staging: Staging, folder: Folder): Orders {
  const { before, original, migrations } = staging
  const steps = migrations.map((m): Step => {
    const { migration } = m.judged
    const [up, down] = [migration.up.filter((_, i) => m.group.up.has(i)), migration.down.filter((_, i) => m.group.down.has(i))]
    // where the files say nothing of a way back that there is, the tool itself knows it
    const back = migration.back === 'real' && migration.down.length > 0 && down.length === 0 ? 'empty' : migration.back
    return {
      id: m.id,
      file: m.files[0]!.file,
      parents: m.parent === undefined ? [] : m.parent.split(', '),
      up,
      down,
      back,
      unread: migration.unread,
    }
  })
  const shared = before.length ? 0 : sharedBy(migrations, original)
  const places = [...new Set(migrations.map((m) => m.place))]
  const phases = places.map((place) => ({
    phase: migrations.find((m) => m.place === place)!.phase,
    steps: steps.filter((_, i) => i >= shared && migrations[i]!.place === place),
  }))
  return {
    base: [...before.map(whole), ...steps.slice(0, shared)],
    original: { files: filesIn(folder), steps: original.slice(shared).map((j) => whole(j.migration)) },
    staged: { files: stagedFiles(staging, folder), steps: steps.slice(shared), phases: phases.filter((p) => p.steps.length > 0) },
  }
}

/** Where nothing is there before: as far as the two orders are the same, so that there are tables for rows to stand in. */
function sharedBy(migrations: Staging['migrations'], original: Staging['original']): number {
  const differs = migrations.findIndex((m, i) => m.change !== 'none' || m.judged !== original[i])
  return differs < 0 ? Math.max(0, migrations.length - 1) : differs
}
