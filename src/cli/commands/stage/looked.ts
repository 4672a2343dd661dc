// What every verb of the stager begins with: the folder read, judged, and held against the branch that it is to be merged into.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Command, Option } from 'commander'
import { stageFile } from '../../../errors/stage.ts'
import type { Analysis } from '../../../stage/analysis.ts'
import type { Compared } from '../../../stage/base.ts'
import type { ShippedPhase } from '../../../stage/branches/phases.ts'
import type { ApplicationFiles } from '../../../stage/files/files.ts'
import type { FolderOnDisk } from '../../../stage/folder.ts'
import type { StagePlan } from '../../../stage/phases.ts'
import type { Settings } from '../../../stage/settings.ts'
import type { Staging } from '../../../stage/staging.ts'
import { abridged } from '../../../text.ts'
import type { Context } from '../../context.ts'
import type { Act } from '../../define.ts'
import { withOwn } from './own.ts'

export interface Options {
  readonly format?: string
  readonly base?: string
}

/** How a verb says what it takes and what it does. */
export type Verb = (command: Command, act: Act) => void

export interface Looked {
  readonly folder: FolderOnDisk
  readonly analysis: Analysis
  readonly compared: Compared | undefined
}

export const format = () => new Option('--format <format>', 'what wrote them (else it is seen by their files)')

export async function looked(context: Context, given: string, options: Options): Promise<Looked> {
  const [{ folderAt }, { readPile }, { analyse }, { comparedWith }] = await Promise.all([
    import('../../../stage/folder.ts'),
    import('../../../stage/pile.ts'),
    import('../../../stage/analysis.ts'),
    import('../../../stage/base.ts'),
  ])
  const folder = await withOwn(folderAt(given, context.globals.folder ?? '.'), options.format)
  const pile = readPile(folder, options.format)
  const compared = options.base === undefined ? undefined : comparedWith(options.base, pile, folder, folder.root)
  return { folder, analysis: await analyse(pile), compared }
}

export interface StagedOptions extends Options {
  readonly settings?: string
}

export const settingsOption = () =>
  new Option('--settings <file>', 'what is wanted of the phases: pin, exclude, together, before, max (else stage.yaml, if it is there)')

export const nameOption = () =>
  new Option('--name <template>', 'names of the branches, with {n} and {phase} in it').default('stage/{n}-{phase}')

/** What else the branch changes, beside migrations. */
export async function filesOf({ folder, compared }: Looked, plan: StagePlan, settings: Settings): Promise<ApplicationFiles> {
  const [{ applicationFiles }, { applicationSince }] = await Promise.all([
    import('../../../stage/files/files.ts'),
    import('../../../stage/files/changed.ts'),
  ])
  return applicationFiles(plan, applicationSince(compared!, folder, folder.root), settings)
}

export interface Staged extends Looked {
  readonly staging: Staging
  readonly settings: Settings
  /** What is other on the base than here, and what was done about it. */
  readonly notes: readonly string[]
}

/** The pile as it would be in its phases: on what the base has, as it is there. */
export async function staged(context: Context, given: string, options: StagedOptions): Promise<Staged> {
  const found = await looked(context, given, options)
  const [{ stagingOf }, { settingsFrom }] = await Promise.all([import('../../../stage/staging.ts'), import('../../../stage/settings.ts')])
  const settings = settingsFrom(options.settings, context.globals.folder ?? '.')
  const { compared } = found
  const differs = compared !== undefined && compared.edited.length + compared.vanished.length > 0
  const folder = differs ? { ...found.folder, ...compared.together } : found.folder
  const analysis = differs ? await analysed(folder, found.analysis.pile.format) : found.analysis
  return {
    folder,
    analysis,
    compared,
    settings,
    staging: stagingOf(analysis, settings, compared?.added, folder),
    notes: compared ? notesOf(compared) : [],
  }
}

async function analysed(folder: FolderOnDisk, form: string): Promise<Analysis> {
  const [{ readPile }, { analyse }] = await Promise.all([import('../../../stage/pile.ts'), import('../../../stage/analysis.ts')])
  return analyse(readPile(folder, form))
}

const notesOf = ({ base, edited, vanished }: Compared): string[] => [
  ...(edited.length
    ? [`${abridged(edited)} ${edited.length === 1 ? 'was' : 'were'} edited here since it was merged: taken as on ${base}`]
    : []),
  ...(vanished.length
    ? [`${abridged(vanished)} ${vanished.length === 1 ? 'is' : 'are'} on ${base} and not here: what is staged comes after it`]
    : []),
]

/** The phases with everything that ships with them: of the application what is committed. */
export async function shipped(found: Staged, template: string): Promise<ShippedPhase[]> {
  const { shippedPhases } = await import('../../../stage/branches/phases.ts')
  const { committed } = await import('../../../stage/branches/branches.ts')
  const files = found.compared ? (await filesOf(found, found.staging.plan, found.settings)).files : []
  return shippedPhases(found.staging, template, committed(files, found.folder, found.compared?.base))
}

/** Of a file that was given. */
export function textOf(file: string | undefined, at: string): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(path.resolve(at, file), 'utf8')
  } catch (cause) {
    throw stageFile({ file, cause })
  }
}
