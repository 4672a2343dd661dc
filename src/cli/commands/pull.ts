// Writes the tables of the database as TypeScript, or compares them with the file that is there.
import { existsSync, readFileSync } from 'node:fs'
import { basename, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ResolvedConfig } from '../../config/config.ts'
import type { AuthoredTable } from '../../schema/diff.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples, several } from '../define.ts'
import type { Project } from '../project.ts'

interface Options {
  readonly check?: boolean
  readonly only?: string[]
  readonly force?: boolean
  readonly sql?: string
}

export const define: Define = (command, act) =>
  void command
    .option('--check', 'compare with the file instead of writing it; differences give exit code 4')
    .option('--only <tables>', 'schema.table, in which * stands for anything; several with commas', several)
    .option('--force', 'write over a file that pull has not written')
    .option('--sql <file>', 'write the schema as SQL instead, with about how many rows the tables have: for godwit lint --schema')
    .addHelpText(
      'after',
      examples(
        ['godwit pull', 'all tables into schema.ts'],
        ["godwit pull --only 'pad.*,bo.oracle_*'", 'some; the file remembers which'],
        ['godwit pull --check', 'in CI: has the database become another?'],
        ['godwit pull --sql schema.sql', 'for godwit lint --schema, where no database can be reached'],
      ),
    )
    .action(act((context, options: Options) => pull(context, options)))

const header = (only: readonly string[] | undefined): string =>
  `// Written by \`godwit pull${only ? ` --only ${only.join(',')}` : ''}\`; \`godwit pull --check\` tells when it is out of date.`
const written = /^\/\/ Written by `godwit pull(?: --only ([^`]+))?`/

async function pull(context: Context, options: Options): Promise<Outcome> {
  const { configOf, withDatabase } = await import('../project.ts')
  const config = await configOf(context)
  if (options.sql !== undefined) return writeSql(context, config, options.sql, options)
  const shown = relative(process.cwd(), config.schema) || basename(config.schema)
  const first = existsSync(config.schema) ? (readFileSync(config.schema, 'utf8').split('\n')[0] ?? '') : undefined
  // what was pulled once is what is pulled again
  const only = options.only ?? written.exec(first ?? '')?.[1]?.split(',')
  return withDatabase(context, config, async (project) =>
    options.check ? check(context, project, shown, only) : write(context, project, shown, { first, only, force: options.force === true }),
  )
}

async function writeSql(context: Context, config: ResolvedConfig, file: string, { check, only }: Options): Promise<Outcome> {
  const [{ commandWrong }, { schemaOfProject }, { writeWhole }, { plural }] = await Promise.all([
    import('../../errors/cli.ts'),
    import('../lint-database.ts'),
    import('../files.ts'),
    import('../../text.ts'),
  ])
  if (check || only) throw commandWrong({ message: '--sql writes the whole schema.', hint: 'Leave out --check and --only.' })
  const { text, tables, version } = await schemaOfProject(context, config)
  writeWhole(file, text)
  context.screen.say(`${context.screen.paint.green('✓')} ${file}: ${plural(tables, 'table')} of a Postgres ${version}.`)
  return { json: { file, tables, version } }
}

async function write(
  { screen }: Context,
  { config, db }: Project,
  shown: string,
  how: { first: string | undefined; only: readonly string[] | undefined; force: boolean },
): Promise<Outcome> {
  const [{ pullSource, pulledTables }, { writeWhole }, { fileThere }, { plural }] = await Promise.all([
    import('../../schema/pull.ts'),
    import('../files.ts'),
    import('../../errors/cli.ts'),
    import('../../text.ts'),
  ])
  if (how.first !== undefined && !written.test(how.first) && !how.force)
    throw fileThere({
      file: shown,
      hint: 'It was not written by godwit pull. --force writes over it; or name another file under schema in godwit.config.ts.',
    })
  const live = await db.schema()
  const text = pullSource(live, { only: how.only, header: header(how.only) })
  const same = existsSync(config.schema) && readFileSync(config.schema, 'utf8') === text
  if (!same) writeWhole(config.schema, text)
  const tables = pulledTables(live, how.only)
  screen.say(`${screen.paint.green('✓')} ${shown}: ${plural(tables.length, 'table')} of ${db.name}${same ? ', nothing has changed' : ''}.`)
  if (!tables.length) screen.say(how.only ? `  No table fits ${how.only.join(', ')}.` : '  The database has no tables.')
  return { json: { file: config.schema, tables: tables.map((t) => t.id), changed: !same } }
}

async function check({ screen }: Context, { config, db }: Project, shown: string, only: readonly string[] | undefined): Promise<Outcome> {
  const [{ diffTables }, { plural }] = await Promise.all([import('../../schema/diff.ts'), import('../../text.ts')])
  const authored = await authoredIn(config, shown)
  const differences = diffTables(authored, await db.schema(), { file: shown, only })
  if (!differences.length) screen.say(`${screen.paint.green('✓')} ${shown} says what is there: ${plural(authored.length, 'table')}.`)
  else screen.say(`${screen.paint.red('✗')} ${shown} is out of date: ${plural(differences.length, 'difference')}.`)
  for (const d of differences) screen.say(`  ${d}`)
  if (differences.length) screen.say('godwit pull writes it again; then look at the migration.')
  return { exit: differences.length ? 4 : 0, json: { file: config.schema, differences } }
}

/** The tables that the file exports. */
async function authoredIn(config: ResolvedConfig, shown: string): Promise<AuthoredTable[]> {
  const [{ migrationUnreadable }, { lendGodwit }] = await Promise.all([import('../../errors/cli.ts'), import('../migrations.ts')])
  if (!existsSync(config.schema))
    throw migrationUnreadable({ what: `There is no ${shown} to compare with.`, at: shown, hint: 'godwit pull writes it.' })
  lendGodwit()
  const module = (await import(pathToFileURL(config.schema).href).catch((cause: unknown) => {
    throw migrationUnreadable({
      what: `${shown} cannot be loaded: ${(cause as Error).message.split('\n')[0]}`,
      at: shown,
      hint: 'godwit pull writes it anew.',
      cause,
    })
  })) as Record<string, unknown>
  return Object.values(module).filter((v): v is AuthoredTable => typeof v === 'object' && v !== null && 'id' in v && 'columns' in v)
}
