// Which environment it is, and what holds there: defaults, then the top of the configuration, then the environment.

import { environmentUnknown } from '../errors/config.ts'
import { milliseconds } from '../events/duration.ts'
import { didYouMean } from '../text.ts'
import type { Config, ResolvedRun, RunSettings, Settings } from './config.ts'

export const environmentsOf = (config: Config): readonly string[] => Object.keys(config.environments ?? {})

interface Choice {
  /** What --env says. */
  readonly option: string | undefined
  readonly processEnv: NodeJS.ProcessEnv
  /** Where the environments are written, for the message. */
  readonly at: string | undefined
}

/** --env, else GODWIT_ENV, else defaultEnvironment, else the only one there is, else none: what stands at the top. */
export function chooseEnvironment(config: Config, { option, processEnv, at }: Choice): string | undefined {
  const known = environmentsOf(config)
  const asked = option ?? (processEnv.GODWIT_ENV || undefined)
  if (asked === undefined) return config.defaultEnvironment ?? (known.length === 1 ? known[0] : undefined)
  if (known.includes(asked)) return asked
  throw environmentUnknown({
    name: asked,
    asked: option === undefined ? 'GODWIT_ENV' : 'option',
    known,
    nearest: didYouMean(asked, known),
    at,
  })
}

/** The environment's own settings; none if there is no such environment. */
const own = (config: Config, name: string | undefined): Settings =>
  name !== undefined && config.environments && Object.hasOwn(config.environments, name) ? config.environments[name]! : {}

/** The path of the key that holds: in the environment if it is said there, else at the top. */
export function pathOf(config: Config, name: string | undefined, key: keyof Settings): readonly string[] {
  return name !== undefined && own(config, name)[key] !== undefined ? ['environments', name, key] : [key]
}

/** The environment's value, else the one at the top. For `run` see `runOf`. */
export function settingOf<K extends Exclude<keyof Settings, 'run'>>(config: Config, name: string | undefined, key: K): Settings[K] {
  return own(config, name)[key] ?? config[key]
}

const unlessSaid: ResolvedRun = {
  workers: 2,
  chunk: { rows: 20_000, targetMs: 1_000 },
  budget: { rows: 1_000, percent: 1 },
  lockTimeoutMs: 500,
  statementTimeoutMs: 600_000,
  retries: 5,
}

export const runOf = (config: Config, name: string | undefined): ResolvedRun =>
  [config.run, own(config, name).run].reduce(laidOver, unlessSaid)

const laidOver = (base: ResolvedRun, over: RunSettings = {}): ResolvedRun => ({
  workers: over.workers ?? base.workers,
  chunk: chunkOver(base.chunk, over.chunk),
  budget: { rows: over.budget?.rows ?? base.budget.rows, percent: over.budget?.percent ?? base.budget.percent },
  lockTimeoutMs: over.lockTimeout === undefined ? base.lockTimeoutMs : milliseconds(over.lockTimeout),
  statementTimeoutMs: over.statementTimeout === undefined ? base.statementTimeoutMs : milliseconds(over.statementTimeout),
  retries: over.retries ?? base.retries,
})

function chunkOver(base: ResolvedRun['chunk'], over: RunSettings['chunk']): ResolvedRun['chunk'] {
  if (typeof over === 'number') return { rows: over, targetMs: undefined }
  return { rows: over?.rows ?? base.rows, targetMs: over?.targetMs ?? base.targetMs }
}
