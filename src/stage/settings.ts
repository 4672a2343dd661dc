// stage.yaml: what people want of the phases, beside what the rules say.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { stageSettings } from '../errors/stage.ts'
import { didYouMean } from '../text.ts'
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
}

export const noSettings: Settings = { pin: new Map(), exclude: [], together: [], before: [], max: undefined }

const id = z.union([z.string(), z.number()]).transform(String)

const shape = z.strictObject({
  pin: z.record(z.string(), z.enum(phaseNames)).optional(),
  exclude: z.array(id).optional(),
  together: z.array(z.array(id).min(2)).optional(),
  before: z.array(z.tuple([id, id])).optional(),
  max: z.number().int().positive().optional(),
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
  const { pin = {}, exclude = [], together = [], before = [], max } = found.data
  return { pin: new Map(Object.entries(pin)), exclude, together, before, max }
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
