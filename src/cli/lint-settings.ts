// What is linted, and by what is known: the command's own words before those of the configuration.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type LintSettings, lintSettings } from '../config/lint.ts'
import type { SchemaSql } from '../databases/postgres/schema-sql.ts'
import { commandWrong } from '../errors/cli.ts'
import { lintFile as fileUnreadable, lintIgnore } from '../errors/lint.ts'
import type { Given, Settings } from '../lint/file.ts'
import { knownRules, unknownRule } from '../lint/ignore.ts'
import { plainRules } from '../lint/plain/judge.ts'
import { newestPostgres } from '../lint/scene.ts'
import type { Context } from './context.ts'

export interface LintOptions {
  readonly pg?: number
  readonly dialect: string
  readonly schema?: string
  /** The URL of a database, or the one of the configuration: its schema, rows, version and time zone. */
  readonly database?: string | true
  readonly prior?: readonly string[]
  /** A revision of git: files that it has ran already. */
  readonly since?: string
  readonly transaction: boolean
  readonly tz?: string
}

export interface Task {
  readonly files: readonly Given[]
  readonly settings: Settings
}

export async function lintTask(context: Context, named: readonly string[], options: LintOptions): Promise<Task> {
  const { globals } = context
  const config = await lintSettings({ folder: globals.folder, env: globals.env })
  const folder = globals.folder ?? '.'
  const files = named.length ? named.map((file) => read(file, folder)) : written(config?.files, config)
  if (files.length === 0)
    throw commandWrong({
      message: 'Which files?',
      hint: 'godwit lint FILES… reads SQL files; lint.files of godwit.config.ts may name them.',
    })
  const there = options.database === undefined ? undefined : await schemaThere(context, options)
  const settings = settingsOf(options, folder, config, there)
  if (options.since === undefined) return { files, settings }
  const { withApplied } = await import('./lint-since.ts')
  return { files: withApplied(files, options.since, named.length ? folder : config!.root), settings }
}

async function schemaThere(context: Context, { database, schema, dialect }: LintOptions): Promise<SchemaSql> {
  if (schema !== undefined)
    throw commandWrong({ message: 'The schema is that of the file, or that of the database.', hint: 'Leave out --schema or --database.' })
  if (dialect !== 'postgres')
    throw commandWrong({ message: 'Only the schema of a Postgres is read.', hint: 'Leave out --database; --schema FILE takes it as SQL.' })
  const { schemaOf } = await import('./lint-database.ts')
  return schemaOf(context, database!)
}

function settingsOf(options: LintOptions, folder: string, config: LintSettings | undefined, there: SchemaSql | undefined): Settings {
  const schema = there ? [{ file: 'the database', sql: there.text }] : schemaFiles(options, folder, config)
  const prior = options.prior ? options.prior.map((file) => read(file, folder)) : written(config?.prior, config)
  return {
    dialect: options.dialect as Settings['dialect'],
    pg: options.pg ?? there?.version ?? config?.pg ?? newestPostgres,
    zone: options.tz ?? there?.zone ?? config?.tz,
    inTransaction: options.transaction && (config?.transaction ?? true),
    history: [...schema, ...prior].map((given) => given.sql),
    closed: schema.length > 0,
    ignored: ignoredBy(config),
  }
}

const schemaFiles = ({ schema }: LintOptions, folder: string, config: LintSettings | undefined): Given[] =>
  schema ? [read(schema, folder)] : written(config?.schema === undefined ? undefined : [config.schema], config)

function ignoredBy(config: LintSettings | undefined): string[] {
  const rules = Object.keys(config?.ignore ?? {})
  for (const rule of rules) {
    const why = unknownRule(rule, [...knownRules, ...plainRules])
    if (why) throw lintIgnore({ at: `${config!.at}: lint.ignore`, why })
  }
  return rules
}

/** Files that the configuration names: each glob by the names of what it finds. */
function written(patterns: readonly string[] | undefined, config: LintSettings | undefined): Given[] {
  if (!config) return []
  const found = (patterns ?? []).flatMap((pattern) => {
    const files = globSync(pattern, { cwd: config.root }).toSorted()
    if (files.length === 0) throw fileUnreadable({ file: pattern, why: `${config.at} names it, and there is no such file` })
    return files
  })
  return [...new Set(found)].map((file) => read(file, config.root))
}

function read(file: string, folder: string): Given {
  try {
    return { file, sql: readFileSync(path.resolve(folder, file), 'utf8').replace(/^\ufeff/, '') }
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read'
    throw fileUnreadable({ file, why, cause })
  }
}
