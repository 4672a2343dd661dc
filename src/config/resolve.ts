// A configuration and an environment become what Godwit works with: paths absolute, variables put in, nothing left to decide.

import { existsSync, globSync } from 'node:fs'
import { isAbsolute, join, resolve, sep } from 'node:path'
import { configInvalid, type MissingVariable, variableMissing } from '../errors/config.ts'
import { DatabaseAddress, postgresSchemes, schemes, sourceSchemes } from './address.ts'
import { channelsOf } from './channels.ts'
import { placeOf, problemAt, type Written } from './check.ts'
import type { Config, ResolvedConfig, ResolvedSource, Settings } from './config.ts'
import { environmentsOf, pathOf, runOf, settingOf } from './environment.ts'
import { peopleOf, protectionOf } from './people.ts'
import { registerSecret } from './secret.ts'
import { type Expanded, expand, type Place } from './variables.ts'

export interface Given {
  readonly config: Config
  readonly environment: string | undefined
  readonly places: readonly Place[]
  readonly root: string
  readonly file: string | undefined
  readonly written: Written
}

export function resolved(given: Given): ResolvedConfig {
  const { config, environment, root } = given
  const texts = expanded(given)
  const address = addressOf(given, texts.database)
  const isProtected = settingOf(config, environment, 'protected') ?? false
  const owns = settingOf(config, environment, 'owns')
  const name = environment ?? 'default'
  return Object.freeze({
    file: given.file,
    root,
    name,
    environments: environmentsOf(config),
    protected: isProtected,
    protection: isProtected ? protectionOf(config, environment) : undefined,
    people: peopleOf(given, (variable) => secretVariable(given.places, variable)),
    migrations: migrationsOf(root, settingOf(config, environment, 'migrations')),
    load: address.engine === 'embedded' || ownFile(root, address) ? filesToLoad(given) : [],
    schema: resolve(root, settingOf(config, environment, 'schema') ?? 'schema.ts'),
    database: address.url,
    address,
    sources: sourcesOf(given),
    workshop: workshopOf(given, texts.workshop),
    scratch: scratchOf(given, address.engine),
    owns: { readOnly: owns?.readOnly ?? [], schemas: owns?.schemas },
    runAs: texts.runAs?.text || undefined,
    run: runOf(config, environment),
    variable: (name: string) => secretVariable(given.places, name),
    channels: () => channelsOf(given, (missing) => refuseMissingAt(given, missing)),
    contacts: settingOf(config, environment, 'notify')?.contacts ?? {},
    describe: () => `${name} (${address.describe()})${isProtected ? ', protected' : ''}`,
  })
}

function secretVariable(places: readonly Place[], name: string): string | undefined {
  const value = places.find((p) => p.values?.has(name))?.values?.get(name)
  if (value) registerSecret(value)
  return value || undefined
}

// ── variables and the address ──────────────────────────────────────────────────────────────

function expanded(given: Given): { database: Expanded; workshop: Expanded; runAs: Expanded | undefined } {
  const { config, environment, places } = given
  const role = settingOf(config, environment, 'runAs')
  const database = expand(settingOf(config, environment, 'database') ?? `\${DATABASE_URL:-embedded}`, places)
  const runAs = role === undefined ? undefined : expand(role, places)
  const workshop = expand(settingOf(config, environment, 'workshop') ?? 'embedded', places)
  refuseMissing(given, { database, workshop, runAs })
  return { database, workshop, runAs }
}

function refuseMissing(given: Given, texts: Partial<Record<keyof Settings, Expanded | undefined>>): void {
  const { config, environment } = given
  const missing = Object.entries(texts).flatMap(([key, text]): MissingVariable[] => {
    const path = pathOf(config, environment, key as keyof Settings)
    return (text?.missing ?? []).map(({ variable, looked }) => ({ variable, looked, key: path.join('.') }))
  })
  refuseMissingAt(given, missing)
}

function refuseMissingAt({ environment, written }: Given, missing: readonly MissingVariable[]): void {
  if (missing.length === 0) return
  const file = environment === undefined ? '.env' : `.env.${environment}`
  throw variableMissing({ missing, environment, file, at: placeOf(written, missing[0]!.key.split('.')) })
}

function addressOf({ config, environment, written, file }: Given, { text, found }: Expanded): DatabaseAddress {
  const from = found.map(({ variable, place }) => `\${${variable}} in ${place}`).join(', ')
  const at = file === undefined ? undefined : placeOf(written, pathOf(config, environment, 'database'))
  return DatabaseAddress.parse(text, { at, from })
}

function workshopOf({ config, environment, written, file }: Given, { text, found }: Expanded): DatabaseAddress {
  const from = found.map(({ variable, place }) => `\${${variable}} in ${place}`).join(', ')
  const at = file === undefined ? undefined : placeOf(written, pathOf(config, environment, 'workshop'))
  return DatabaseAddress.parse(text, { at, from, schemes: postgresSchemes })
}

/** A proof on another kind of server would prove nothing of this one. */
function scratchOf(given: Given, engine: string): DatabaseAddress | undefined {
  const { config, environment, places, written } = given
  const said = settingOf(config, environment, 'backup')?.scratch
  if (said === undefined) return undefined
  const path = [...pathOf(config, environment, 'backup'), 'scratch']
  const { text, found, missing } = expand(said, places)
  refuseMissingAt(
    given,
    missing.map((m) => ({ ...m, key: path.join('.') })),
  )
  const from = found.map(({ variable, place }) => `\${${variable}} in ${place}`).join(', ')
  const at = given.file === undefined ? undefined : placeOf(written, path)
  const kind = engine === 'embedded' ? 'postgres' : engine
  const known = schemes.filter((s) => s.engine === kind && s.form === 'server')
  if (known.length) return DatabaseAddress.parse(text, { at, from, schemes: known })
  const problems = [problemAt(written, path, `is for servers: a backup of ${kind} is proved in a file of its own, and needs none.`)]
  throw configInvalid({ file: written.shown, problems })
}

function sourcesOf(given: Given): readonly ResolvedSource[] {
  const { config, environment, places, written, file } = given
  const path = pathOf(config, environment, 'sources')
  return Object.entries(settingOf(config, environment, 'sources') ?? {}).map(([name, source]) => {
    const said = typeof source === 'string' ? { database: source } : source
    const own = [...path, name, ...(said === source ? [said.files === undefined ? 'database' : 'files'] : [])]
    const { text, found, missing } = expand(said.database ?? `files:${said.files}`, places)
    refuseMissingAt(
      given,
      missing.map((m) => ({ ...m, key: own.join('.') })),
    )
    const from = found.map(({ variable, place }) => `\${${variable}} in ${place}`).join(', ')
    const address = DatabaseAddress.parse(text, {
      at: file === undefined ? undefined : placeOf(written, own),
      from,
      schemes: sourceSchemes,
    })
    const load = address.engine === 'embedded' ? (said.load ?? []) : []
    return { name, database: address.url, address, load: loadable(given, load, [...path, name, 'load']), tables: said.tables }
  })
}

// ── files ──────────────────────────────────────────────────────────────────────────────────

const notMigrations = /\.(d|test|spec)\.[cm]?ts$/

function migrationsOf(root: string, patterns: readonly string[] | undefined): readonly string[] {
  // what the user names stays even if it is not there, so that the command that needs it can say so; the defaults are only tried
  if (patterns === undefined) return filesOf(root, ['migration.ts', 'migrations/*.ts']).filter((path) => existsSync(path))
  return filesOf(root, patterns)
}

/** A file of the project's own, which may be made if it is not there; any other one must be there. */
const ownFile = (root: string, address: DatabaseAddress): boolean =>
  address.engine === 'sqlite' && resolve(root, address.database!).startsWith(join(root, '.godwit') + sep)

const filesToLoad = (given: Given): readonly string[] =>
  loadable(given, settingOf(given.config, given.environment, 'load') ?? [], pathOf(given.config, given.environment, 'load'))

function loadable({ root, written }: Given, patterns: readonly string[], path: readonly string[]): readonly string[] {
  const files = filesOf(root, patterns)
  const problems = files.filter((file) => !existsSync(file)).map((file) => problemAt(written, path, `names ${file}, which is not there.`))
  if (problems.length > 0) throw configInvalid({ file: written.shown, problems })
  return files
}

/** Absolute, in the order of the patterns, sorted within each, none twice. */
function filesOf(root: string, patterns: readonly string[]): readonly string[] {
  return [...new Set(patterns.flatMap((pattern) => filesFor(root, pattern)))]
}

function filesFor(root: string, pattern: string): readonly string[] {
  const named = resolve(root, pattern)
  // a folder may be called [id]: what is there under the very name is no pattern
  if (!/[*?[\]{}()]/.test(pattern) || existsSync(named)) return [named]
  const paths = globSync(pattern, { cwd: root }).filter((path) => !notMigrations.test(path))
  return paths.map((path) => (isAbsolute(path) ? path : join(root, path))).toSorted()
}
