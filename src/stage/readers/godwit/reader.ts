// Godwit's own: typed migrations, as whoever ran the command has loaded them. What was not loaded is known by its name alone.
import type { Migration as Own } from '../../../migration/migration.ts'
import type { Step } from '../../../steps/step.ts'
import type { Folder, Migration, Operation, Reader } from '../../types.ts'
import { inOrder } from '../chain.ts'
import { twice } from '../sql-file.ts'
import { brought, broughtBack } from './mappings.ts'
import { done, takenBack, whyNot } from './steps.ts'

const named = /\bmigration\(\s*(['"`])([^'"`$]+)\1/g

export const isOwn = (file: string, text: string): boolean =>
  /\.[cm]?[jt]s$/.test(file) && !/\.(test|d)\.[cm]?[jt]s$/.test(file) && /\bfrom\s*['"]godwit['"]/.test(text) && text.search(named) >= 0

/** Why it is not cut: between its phases one may stop as it is. */
export const inItsOwnPhases = 'Godwit itself carries it out phase by phase'

export const godwit: Reader = {
  format: 'godwit',
  knows: (folder) => ownIn(folder).length > 0,
  read(folder) {
    const migrations = ownIn(folder).flatMap((file) => folder.loaded?.(file)?.map((m) => read(m, file)) ?? namesIn(file, folder))
    return {
      format: 'godwit',
      migrations: inOrder(migrations).ordered,
      // what they are run against was there before the first of them
      whole: false,
      uncut: inItsOwnPhases,
      faults: twice(migrations.map((m) => m.id)),
    }
  },
}

export const ownIn = (folder: Folder): string[] => folder.files.filter((file) => isOwn(file, folder.text(file) ?? ''))

const shown = { needs: [], dialect: 'postgres' } as const

function namesIn(file: string, folder: Folder): Migration[] {
  return [...(folder.text(file) ?? '').matchAll(named)].map(([, , name = '']) => ({
    ...shown,
    id: name,
    file,
    title: titleOf(name),
    parents: [],
    up: [],
    down: [],
    back: 'none',
    unread: [{ file, line: 1, why: 'it is a program, and was not loaded', grave: true }],
    notes: [],
  }))
}

const titleOf = (name: string): string => name.replace(/[-_]+/g, ' ')

function read(own: Own, file: string): Migration {
  const irreversible = own.steps.flatMap(({ step }) => whyNot(step) ?? [])
  return {
    ...shown,
    id: own.name,
    file,
    title: titleOf(own.name),
    parents: own.after,
    up: inPhases(own, done, brought),
    down: inPhases(own, takenBack, broughtBack).toReversed(),
    back: irreversible.length ? 'none' : 'real',
    unread: [],
    notes: [phasesOf(own), ...irreversible.map((why) => `it cannot be taken back whole: ${why}`)],
  }
}

/** Rows are brought over before the steps that are written into that phase. */
function inPhases(
  { steps, mappings }: Own,
  ofStep: (step: Step) => readonly Operation[],
  ofMapping: (mapping: Own['mappings'][number]) => readonly Operation[],
): Operation[] {
  const inPhase = (phase: string, operations: readonly Operation[]) => operations.map((o) => ({ ...o, kind: `${phase}: ${o.kind}` }))
  const before = steps.filter((s) => ['assess', 'backup', 'expand'].includes(s.phase))
  const all = (those: Own['steps']) => those.flatMap(({ phase, step }) => inPhase(phase, ofStep(step)))
  return [...all(before), ...mappings.flatMap((m) => inPhase('backfill', ofMapping(m))), ...all(steps.filter((s) => !before.includes(s)))]
}

function phasesOf({ steps, mappings }: Own): string {
  const names = [...new Set([...steps.map((s) => s.phase as string), ...(mappings.length ? ['backfill'] : [])])]
  const inTurn = ['assess', 'backup', 'expand', 'backfill', 'verify', 'cutover', 'contract'].filter((p) => names.includes(p))
  return `Godwit carries it out in phases of its own, and stops between them: ${inTurn.join(', ')}`
}
