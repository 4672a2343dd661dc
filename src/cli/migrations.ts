// The migration files of a project, loaded; and what is wrong with one that cannot be.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ResolvedConfig } from '../config/config.ts'
import { registerSecret } from '../config/secret.ts'
import {
  migrationAmbiguous,
  migrationMissingIn,
  migrationTwice,
  migrationUnknown,
  migrationUnreadable,
  noMigration,
} from '../errors/cli.ts'
import { GodwitError } from '../errors/error.ts'
import { isMigration, type Migration } from '../migration/migration.ts'
import { somebodyHere } from '../run/gates/people.ts'
import type { Around } from '../run/surroundings.ts'
import { didYouMean, plainText } from '../text.ts'

export interface Found {
  readonly migration: Migration
  /** As people know it: `examples/pad/migration.ts`. */
  readonly file: string
}

/** All of them: those that others come after first, else in the order of their files. */
export async function migrationsIn(config: ResolvedConfig): Promise<Found[]> {
  if (config.migrations.length === 0) throw noMigration({ root: config.root, named: ['migration.ts', 'migrations/*.ts'] })
  lendGodwit()
  protectEnvironment()
  const found: Found[] = []
  for (const path of config.migrations) found.push(...(await load(path)))
  for (const { migration, file } of found) {
    const same = found.filter((f) => f.migration.name === migration.name)
    if (same.length > 1) throw migrationTwice({ name: migration.name, files: [...new Set([file, ...same.map((f) => f.file)])] })
  }
  return inTheirOrder(found)
}

/** One cannot come after itself: it is not there yet when it names what it comes after. */
function inTheirOrder(found: readonly Found[]): Found[] {
  const placed = new Set<Found>()
  const place = (f: Found): void => {
    for (const name of f.migration.after) {
      const before = found.find((other) => other.migration.name === name)
      if (before) place(before)
    }
    placed.add(f)
  }
  found.forEach(place)
  return [...placed]
}

export function chosen(found: readonly Found[], name: string | undefined): Found {
  const names = found.map((f) => f.migration.name)
  if (name === undefined) {
    if (found.length > 1) throw migrationAmbiguous({ names })
    return found[0]!
  }
  const there = found.find((f) => f.migration.name === name)
  if (!there) throw migrationUnknown({ name, names, near: didYouMean(name, names) })
  return there
}

/** Of a file that is no project's own. */
export async function loadedFrom(path: string): Promise<Migration[]> {
  lendGodwit()
  protectEnvironment()
  return (await load(path)).map((f) => f.migration)
}

async function load(path: string): Promise<Found[]> {
  const file = relative(process.cwd(), path) || basename(path)
  if (!existsSync(path)) throw noMigration({ root: resolve(path, '..'), named: [file] })
  const module = await importOf(path, file)
  // one migration exported under two names is still one
  const migrations = [...new Set(Object.values(module).filter(isMigration))]
  if (migrations.length === 0) throw migrationMissingIn({ file, exports: exportsOf(module) })
  return migrations.map((migration) => ({ migration, file }))
}

/** A file without import and export is CommonJS to Node, and then exports an empty object. */
function exportsOf(module: Record<string, unknown>): string[] {
  if ('module.exports' in module && Object.keys(module['module.exports'] as object).length === 0) return []
  return Object.keys(module).filter((name) => name !== 'module.exports')
}

async function importOf(path: string, file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (thrown) {
    if (thrown instanceof GodwitError) throw thrown
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    const code = 'code' in error ? String(error.code) : ''
    const what = plainText(error.message.split('\n')[0] ?? '')
    throw migrationUnreadable({
      what: `${file} cannot be loaded: ${error.name === 'Error' ? '' : `${error.name}: `}${what}`,
      at: whereThrown(error, path, file),
      hint: hints.get(code) ?? 'Mend it, then run again. Nothing was opened or changed.',
      cause: error,
    })
  }
}

const hints: ReadonlyMap<string, string> = new Map([
  ['ERR_MODULE_NOT_FOUND', "Node loads it as it is: relative imports need their extension ('./schema.ts'), packages must be installed."],
  [
    'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
    'Node only takes types out: no enum, no namespace, no parameter properties. Use an object and as const.',
  ],
  ['ERR_INVALID_TYPESCRIPT_SYNTAX', 'Mend the syntax, then run again. Nothing was opened or changed.'],
  ['EACCES', 'This user may not read the file.'],
])

const godwitItself = fileURLToPath(new URL('..', import.meta.url))

/** The first line of the user's own code that the error names: the file, or what it imports. */
function whereThrown(error: Error, path: string, file: string): string {
  for (const [, named, line] of (error.stack ?? '').matchAll(/((?:file:\/\/)?[^\s()]*\.[cm]?[jt]s)(?:\?[^\s:()]*)?:(\d+)/g)) {
    if (
      named!.includes('/node_modules/') ||
      named!.startsWith('node:') ||
      decodeURIComponent(named!.replace(/^file:\/\//, '')).startsWith(godwitItself)
    )
      continue
    return decodeURIComponent(named!).endsWith(path)
      ? `${file}:${line}`
      : `${relative(process.cwd(), decodeURIComponent(named!.replace(/^file:\/\//, '')))}:${line}, imported by ${file}`
  }
  return file
}

let lent = false

/** Where the project has no godwit of its own (npx, a global install), `import … from 'godwit'` means this one. */
export function lendGodwit(): void {
  if (lent || typeof registerHooks !== 'function') return
  lent = true
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const doors: Record<string, string> = { godwit: `../index.${ending}`, 'godwit/api': `../api.${ending}` }
  registerHooks({
    resolve(specifier, context, next) {
      const door = doors[specifier]
      if (door === undefined) return next(specifier, context)
      try {
        return next(specifier, context)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
        return { url: new URL(door, import.meta.url).href, shortCircuit: true }
      }
    },
  })
}

/** A migration file may fail with anything in its message, the process's own secrets as well. */
function protectEnvironment(): void {
  for (const [name, value = ''] of Object.entries(process.env))
    if (value.length >= 8 && /pass|secret|token|credential|api_?key/i.test(name)) registerSecret(value)
}

/** What a run and its steps are told of the project. */
export const around = (config: ResolvedConfig): Around => ({
  environment: config.name,
  root: config.root,
  folder: ownFolder(config),
  variable: (name) => config.variable(name),
  by: somebodyHere(config.people),
  protection: config.protection,
  scratch: config.scratch?.url.reveal(),
  assess: async (...of) => (await import('../assess/of-plan.ts')).assessPlan(...of),
})

/** Where a project keeps what Godwit makes for itself. */
export const ownFolder = (config: ResolvedConfig): string => join(config.root, '.godwit')
