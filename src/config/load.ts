// From a folder to a configuration that holds for one environment.

import { existsSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { configNotFound } from '../errors/config.ts'
import { checked, linePlace, type Written } from './check.ts'
import type { Config, ResolvedConfig } from './config.ts'
import { chooseEnvironment } from './environment.ts'
import { findConfig } from './find.ts'
import { importConfig } from './import.ts'
import { resolved } from './resolve.ts'
import { placesFor } from './variables.ts'

export interface LoadOptions {
  /** Where the search begins, going upwards. Default: the process's folder. */
  readonly cwd?: string | undefined
  /** What -C says: the folder of the configuration, and no other. */
  readonly folder?: string | undefined
  /** What --env says. */
  readonly env?: string | undefined
  readonly processEnv?: NodeJS.ProcessEnv | undefined
}

export async function loadConfig(options: LoadOptions = {}): Promise<ResolvedConfig> {
  const { cwd = process.cwd(), processEnv = process.env } = options
  const place = findConfig(cwd, options.folder)
  if (place.file === undefined) return withoutFile(place.root, place.looked, options.env, processEnv)
  const { file, root } = place
  const shown = relative(resolve(cwd), file) || basename(file)
  const { value, source } = await importConfig(file, shown, processEnv)
  const written: Written = { shown, source }
  const config = await checked(value, written)
  const at = linePlace(written, ['environments'])
  const environment = chooseEnvironment(config, { option: options.env, processEnv, at })
  return resolved({ config, environment, places: placesFor(root, environment, processEnv), root, file, written })
}

/** The defaults, where a database or a migration shows that this is the right folder. */
function withoutFile(root: string, looked: readonly string[], option: string | undefined, processEnv: NodeJS.ProcessEnv): ResolvedConfig {
  const config: Config = {}
  const places = placesFor(root, undefined, processEnv)
  const hasDatabase = places.some(({ values }) => values?.get('DATABASE_URL'))
  if (!hasDatabase && !existsSync(join(root, 'migration.ts'))) throw configNotFound({ looked })
  const environment = chooseEnvironment(config, { option, processEnv, at: undefined })
  return resolved({ config, environment, places, root, file: undefined, written: { shown: 'godwit.config.ts', source: '' } })
}
