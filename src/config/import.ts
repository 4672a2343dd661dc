// Imports the configuration as Node does, and says plainly why it could not be.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { configUnreadable } from '../errors/config.ts'
import type { GodwitError } from '../errors/error.ts'
import { plainText } from '../text.ts'
import { scrub } from './secret.ts'

export interface Imported {
  readonly value: unknown
  readonly source: string
}

export async function importConfig(file: string, shown: string, processEnv: NodeJS.ProcessEnv): Promise<Imported> {
  try {
    const source = readFileSync(file, 'utf8')
    const module: object = await import(pathToFileURL(file).href)
    if ('default' in module) return { value: module.default, source }
  } catch (thrown) {
    throw notLoaded(thrown, file, shown, likelySecrets(processEnv))
  }
  throw configUnreadable({
    what: `${shown} has no default export.`,
    at: shown,
    hint: `Let it begin: export default defineConfig({ … })`,
  })
}

function notLoaded(thrown: unknown, file: string, shown: string, secrets: readonly string[]): GodwitError {
  const error = thrown instanceof Error ? thrown : new Error(typeof thrown === 'string' ? thrown : inspect(thrown))
  const message = scrub(plainText(error.message), secrets)
  const code = 'code' in error ? String(error.code) : ''
  return configUnreadable({
    what: `${shown} cannot be loaded: ${error.name === 'Error' ? '' : `${error.name}: `}${message}`,
    at: whereThrown(error, file, shown),
    hint: hints.get(code) ?? 'Mend it, then run again. Nothing was opened or changed.',
    cause: withoutSource(error, message, secrets),
  })
}

const hints: ReadonlyMap<string, string> = new Map([
  ['ERR_MODULE_NOT_FOUND', "Node loads it as it is: relative imports need their extension ('./databases.ts'), packages must be installed."],
  [
    'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
    'Node only takes types out: no enum, no namespace, no parameter properties. Use an object and as const.',
  ],
  ['ERR_INVALID_TYPESCRIPT_SYNTAX', 'Mend the syntax, then run again. Nothing was opened or changed.'],
  ['EACCES', 'This user may not read the file.'],
])

/** The first line of the user's own code that the error names: the configuration or what it imports. */
function whereThrown(error: Error, file: string, shown: string): string {
  for (const [, path, line] of (error.stack ?? '').matchAll(/((?:file:\/\/)?[^\s()]*\.[cm]?[jt]s)(?:\?[^\s:()]*)?:(\d+)/g)) {
    if (path!.includes('/node_modules/')) continue
    if (path!.endsWith(`/${basename(file)}`)) return `${shown}:${line}`
    return `${basename(path!)}:${line}, imported by ${shown}`
  }
  return shown
}

/** The error without the piece of source that Node puts into a stack: a secret may be written there. */
function withoutSource(error: Error, message: string, secrets: readonly string[]): Error {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const copy = new Error(message)
  copy.name = error.name
  copy.stack = [`${error.name}: ${message}`, ...frames.map((line) => scrub(line, secrets))].join('\n')
  return copy
}

/** What a configuration could have put into its own error: nothing is registered yet while it is imported. */
function likelySecrets(processEnv: NodeJS.ProcessEnv): readonly string[] {
  return Object.entries(processEnv).flatMap(([name, value = '']) => {
    const password = /:\/\/[^/\s:@]*:([^\s]+)@/.exec(value)?.[1]
    if (password !== undefined) return [value, password]
    return /pass|secret|token|key|credential|dsn/i.test(name) ? [value] : []
  })
}
