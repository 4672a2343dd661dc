// The pile as it would be in its phases: cut, put into one line, in files of its own format. Nothing is written here.
import type { Analysis, Judged } from './analysis.ts'
import { type Phase, type Placed, phasesOfWork, planPhases, type StagePlan } from './phases.ts'
import type { Settings } from './settings.ts'
import type { Folder, Migration, Pile } from './types.ts'
import { writers } from './writers/index.ts'
import { wayBackOf } from './writers/way-back.ts'
import type { Group, Piece, Slice, StagedMigration, Uncut, Writer } from './writers/writer.ts'

/** It does work of several phases, and ships as one all the same. */
export interface Whole {
  readonly id: string
  readonly why: string
}

export interface Staging {
  readonly format: string
  readonly plan: StagePlan
  /** Those that are there and stay what they are. */
  readonly before: readonly Migration[]
  /** As they are, in the order of the files. */
  readonly original: readonly Judged[]
  readonly migrations: readonly StagedMigration[]
  readonly whole: readonly Whole[]
}

/** `only`: the migrations that are to ship; the others have. */
export function stagingOf(analysis: Analysis, settings: Settings, only: ReadonlySet<string> | undefined, folder: Folder): Staging {
  const { pile } = analysis
  const writer = writers.find((w) => w.format === pile.format)!
  const { uncut: never } = pile
  const uncut = new Map(never === undefined ? [] : pile.migrations.map((m) => [m.id, never] as const))
  for (;;) {
    const plan = planPhases(analysis, settings, only, new Set(uncut.keys()))
    const cuts = new Map(plan.placed.filter((p) => p.parts.length > 1).map((p) => [p.judged.migration.id, cutOf(p, writer, folder)]))
    for (const [id, cut] of cuts) if ('why' in cut) uncut.set(id, cut.why)
    if ([...cuts.values()].some((c) => 'why' in c)) continue
    const original = plan.placed.map((p) => p.judged)
    const staged = new Set([...original.map((j) => j.migration.id), ...settings.exclude])
    const before = pile.migrations.filter((m) => !staged.has(m.id))
    const pieces = plan.phases.flatMap((phase, place) => piecesOf(phase, place, plan, cuts as ReadonlyMap<string, Cut>))
    const whole = plan.placed.flatMap((p) => wholeOf(p, uncut))
    return { format: pile.format, plan, before, original, migrations: written(writer, pieces, before, pile, folder), whole }
  }
}

/** A part that the base has by now is not made a second time. */
function written(
  writer: Writer,
  pieces: readonly Piece[],
  before: readonly Migration[],
  pile: Pile,
  folder: Folder,
): readonly StagedMigration[] {
  const there = new Set(before.map((m) => m.id))
  const all = writer.write(pieces, before, pile, folder)
  const open = pieces.filter((_, i) => !there.has(all[i]!.id))
  return open.length === pieces.length ? all : writer.write(open, before, pile, folder)
}

interface Cut {
  readonly groups: readonly Group[]
  readonly slices: readonly Slice[]
}

function cutOf({ judged, parts }: Placed, writer: Writer, folder: Folder): Cut | Uncut {
  const back = wayBackOf(
    judged,
    parts.map((p) => p.operations),
  )
  if ('why' in back) return back
  const groups = parts.map((part, n) => ({
    up: new Set(part.operations.map((o) => judged.operations.indexOf(o))),
    down: new Set(back.flatMap((p, i) => (p === n ? [i] : []))),
  }))
  const slices = writer.cut(judged.migration, groups, folder)
  return 'why' in slices ? slices : { groups, slices }
}

const every = (count: number): ReadonlySet<number> => new Set(Array.from({ length: count }, (_, i) => i))

function piecesOf(phase: Phase, place: number, plan: StagePlan, cuts: ReadonlyMap<string, Cut>): Piece[] {
  return phase.parts.map((part) => {
    const { judged, parts } = plan.placed.find((p) => p.judged.migration.id === part.migration)!
    const { migration } = judged
    const cut = cuts.get(migration.id)
    const n = parts.findIndex((p) => p.id === part.id)
    const group = cut?.groups[n] ?? { up: every(migration.up.length), down: every(migration.down.length) }
    return { judged, phase: phase.name, place, slice: cut?.slices[n], group }
  })
}

function wholeOf({ judged, parts }: Placed, uncut: ReadonlyMap<string, string>): Whole[] {
  const { id } = judged.migration
  const why = uncut.get(id)
  if (why !== undefined) return [{ id, why }]
  const mixed = parts.length === 1 && new Set(phasesOfWork(judged.operations)).size > 1
  return mixed && !parts[0]!.moved && parts[0]!.units.length === 1
    ? [{ id, why: 'what it does between its statements hangs on the database' }]
    : []
}

export const filesIn = (folder: Folder): ReadonlyMap<string, string> =>
  new Map(folder.files.flatMap((f) => (folder.text(f) === undefined ? [] : [[f, folder.text(f)!] as const])))

/** Every file that the folder holds, as it would be. */
export function stagedFiles({ migrations }: Staging, folder: Folder): ReadonlyMap<string, string> {
  const files = new Map(filesIn(folder))
  for (const m of migrations) for (const gone of m.gone) files.delete(gone)
  for (const m of migrations) for (const { file, text } of m.files) files.set(file, text)
  return files
}
