// stage.yaml: what people want of the phases, beside what the rules say.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { stageSettings } from '../errors/stage.ts'
import { didYouMean } from '../text.ts'
import { type FileKind, fileKinds } from './files/kinds.ts'
import { type PhaseName, phaseNames } from './phase.ts'

export interface Settings {
  /** Migrations, each in the phase that it is wanted in. */
  readonly pin: ReadonlyMap<string, PhaseName>
  readonly exclude: readonly string[]
  readonly together: readonly (readonly string[])[]
  /** The first of each pair comes before the second. */
  readonly before: readonly (readonly [string, string])[]
  /** How many migrations a phase holds at the most. */
  readonly max: number | undefined
  /** Of files that are no migrations, by patterns of their names. */
  readonly files: {
    /** What they are, where their folder does not tell. */
    readonly kinds: ReadonlyMap<FileKind, readonly string[]>
    readonly ignore: readonly string[]
    readonly ship: ReadonlyMap<string, PhaseName>
  }
}

const noFiles: Settings['files'] = { kinds: new Map(), ignore: [], ship: new Map() }
export const noSettings: Settings = { pin: new Map(), exclude: [], together: [], before: [], max: undefined, files: noFiles }

const id = z.union([z.string(), z.number()]).transform(String)

const shape = z.strictObject({
  pin: z.record(z.string(), z.enum(phaseNames)).optional(),
  exclude: z.array(id).optional(),
  together: z.array(z.array(id).min(2)).optional(),
  before: z.array(z.tuple([id, id])).optional(),
  max: z.number().int().positive().optional(),
  files: z
    .strictObject({
      kinds: z.partialRecord(z.enum(fileKinds), z.array(z.string())).optional(),
      ignore: z.array(z.string()).optional(),
      ship: z.record(z.string(), z.enum(phaseNames)).optional(),
    })
    .optional(),
})

/** Undefined names the usual file, which need not be there. */
export function settingsFrom(file: string | undefined, folder: string): Settings {
  const whole = path.resolve(folder, file ?? 'stage.yaml')
  const name = file ?? 'stage.yaml'
  if (!existsSync(whole)) {
    if (file === undefined) return noSettings
    throw stageSettings({ at: name, why: 'there is no such file' })
  }
  return readSettings(readFileSync(whole, 'utf8'), name)
}

export function readSettings(text: string, name: string): Settings {
  const found = shape.safeParse(valueIn(text, name) ?? {})
  if (!found.success) {
    const [issue] = found.error.issues
    throw stageSettings({ at: [name, ...(issue?.path ?? [])].join(': '), why: issue?.message ?? 'it cannot be read' })
  }
  const { pin = {}, exclude = [], together = [], before = [], max, files = {} } = found.data
  const { kinds = {}, ignore = [], ship = {} } = files
  const given = new Map(Object.entries(kinds) as [FileKind, string[]][])
  return {
    pin: new Map(Object.entries(pin)),
    exclude,
    together,
    before,
    max,
    files: { kinds: given, ignore, ship: new Map(Object.entries(ship)) },
  }
}

function valueIn(text: string, name: string): unknown {
  try {
    return parse(text)
  } catch (cause) {
    throw stageSettings({ at: name, why: (cause as Error).message.split('\n')[0] ?? 'it is no YAML' })
  }
}

/** Every migration that is named is there. */
export function checkNames(settings: Settings, known: readonly string[]): void {
  const named = [...settings.pin.keys(), ...settings.exclude, ...settings.together.flat(), ...settings.before.flat()]
  for (const name of named) {
    if (known.includes(name)) continue
    const near = didYouMean(name, known)
    throw stageSettings({ at: 'stage.yaml', why: `there is no migration ${name}${near ? `; did you mean ${near}?` : ''}` })
  }
}
