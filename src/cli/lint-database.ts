// The schema that a database has now, for godwit lint: read, and nothing else.
import type { ResolvedConfig } from '../config/config.ts'
import { openPostgres } from '../databases/postgres/postgres.ts'
import { type SchemaSql, schemaSql } from '../databases/postgres/schema-sql.ts'
import { commandWrong } from '../errors/cli.ts'
import type { Context } from './context.ts'
import { configOf, isPostgres, withDatabase } from './project.ts'

/** At that URL, or of the configuration. */
export async function schemaOf(context: Context, url: string | true): Promise<SchemaSql> {
  if (url === true) return schemaOfProject(context, await configOf(context))
  if (!/^postgres(ql)?:\/\//i.test(url))
    throw commandWrong({
      message: 'After --database stands the URL of a Postgres, or nothing.',
      hint: 'godwit lint FILES… --database: the files come first.',
    })
  const db = await openPostgres({ url, applicationName: 'godwit lint' })
  try {
    return await db.session(schemaSql)
  } finally {
    await db.close()
  }
}

export async function schemaOfProject(context: Context, config: ResolvedConfig): Promise<SchemaSql> {
  if (!isPostgres(config))
    throw commandWrong({
      message: 'The database of the configuration is no Postgres, and only the schema of one is written as SQL.',
      hint: 'godwit lint --schema FILE takes a schema that is written already.',
    })
  return withDatabase(context, { ...config, sources: [] }, ({ db }) => db.session(schemaSql))
}
