// A project in a folder of its own, and what loading its configuration says.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type LoadOptions, loadConfig, type ResolvedConfig } from '../../src/config/index.ts'
import { GodwitError } from '../../src/errors/error.ts'

/** Files by their path; `config` is the object written in godwit.config.ts. */
export function project(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'godwit-config-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  mkdirSync(join(root, '.git'), { recursive: true }) // the search upwards ends here
  return root
}

export const configFile = (object: string): Record<string, string> => ({ 'godwit.config.ts': `export default ${object}\n` })

/** Loads with nothing from this process's environment. */
export const load = (root: string, options: LoadOptions = {}): Promise<ResolvedConfig> =>
  loadConfig({ cwd: root, processEnv: {}, ...options })

export const loaded = (object: string, options: LoadOptions = {}): Promise<ResolvedConfig> => load(project(configFile(object)), options)

/** The error of something that must fail. */
export async function errorOf(work: Promise<unknown> | (() => unknown)): Promise<GodwitError> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    if (error instanceof GodwitError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** An error as the terminal shows it: everything that a person could see. */
export const said = (error: GodwitError): string => [error.code, error.message, error.at ?? '', error.hint].join('\n')
