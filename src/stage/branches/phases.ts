// A staged pile as the phases that ship: what each has a number, a name and a branch by.
import { stageSettings } from '../../errors/stage.ts'
import type { PlacedFile } from '../files/files.ts'
import { aboutPhase, type PhaseName } from '../phase.ts'
import type { Phase } from '../phases.ts'
import type { Staging } from '../staging.ts'
import type { StagedMigration } from '../writers/writer.ts'

export interface ShippedPhase {
  /** From 1 on. */
  readonly n: number
  readonly of: number
  readonly name: PhaseName
  readonly title: string
  readonly branch: string
  readonly phase: Phase
  readonly migrations: readonly StagedMigration[]
  /** What else of the branch ships with it. */
  readonly application: readonly PlacedFile[]
  /** All of them. */
  readonly files: readonly string[]
}

export function shippedPhases({ plan, migrations }: Staging, template: string, application: readonly PlacedFile[] = []): ShippedPhase[] {
  const of = plan.phases.length
  const shipped = plan.phases.map((phase, place): ShippedPhase => {
    const own = migrations.filter((m) => m.place === place)
    const branch = template.replaceAll('{n}', String(place + 1)).replaceAll('{phase}', phase.name)
    const others = application.filter((f) => f.place === place)
    const files = [...new Set([...own.flatMap((m) => m.files.map((f) => f.file)), ...others.map((f) => f.file)])].toSorted()
    return {
      n: place + 1,
      of,
      name: phase.name,
      title: aboutPhase[phase.name].title,
      branch,
      phase,
      migrations: own,
      application: others,
      files,
    }
  })
  const names = shipped.map((s) => s.branch)
  if (new Set(names).size < names.length) throw stageSettings({ at: '--name', why: `${template} gives two phases one name: say {n} in it` })
  return shipped
}
