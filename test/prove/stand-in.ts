// Stands in for a tool that is not installed here: the same command line, the same table of what was run, and nothing else of it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'

const [tool, ...words] = process.argv.slice(2)

function refused(why: string): never {
  process.stderr.write(`ERROR: ${why}\n`)
  process.exit(1)
}

/** Options of a kind that take a value, and what else was said. */
function options(known: RegExp): { readonly given: ReadonlyMap<string, string>; readonly rest: readonly string[] } {
  const given = new Map<string, string>()
  const rest: string[] = []
  for (let i = 0; i < words.length; i++) {
    const [name = '', value] = words[i]!.split(/=(.*)/)
    if (!name.startsWith('-')) rest.push(name)
    else if (!known.test(name)) refused(`unknown option ${name}`)
    else given.set(name, value ?? (/^--(url|migrations-dir|schema|applied)$/.test(name) ? words[++i]! : ''))
  }
  return { given, rest }
}

async function on(url: string, table: string, work: (ask: (sql: string) => Promise<string[]>) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const ask = async (sql: string) => {
    const found = await client.query(sql)
    return ('rows' in found ? (found.rows as Record<string, string>[]) : []).map((r) => Object.values(r)[0]!)
  }
  try {
    await ask(`create table if not exists ${table}`)
    await work(ask)
  } catch (problem) {
    refused((problem as Error).message)
  } finally {
    await client.end()
  }
}

const filesIn = (folder: string): string[] => readdirSync(folder).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
const inTransaction = (sql: string): string => `begin; ${sql}; commit`

async function flyway(): Promise<unknown> {
  if (words[0] === '--version') return console.log('Flyway Teams Edition 10.1.0 by Redgate')
  const { given, rest } = options(/^-(url|user|password|locations|target|validateOnMigrate|baselineVersion)$/)
  const at = new URL(given.get('-url')!.replace('jdbc:postgresql', 'postgres'))
  at.username = given.get('-user')!
  at.password = given.get('-password')!
  const folder = given.get('-locations')!.replace(/^filesystem:/, '')
  const version = (file: string) => file.slice(1).split('__')[0]!.replaceAll('_', '.')
  return on(at.href, 'flyway_schema_history (version text primary key)', async (ask) => {
    const had = new Set(await ask('select version from flyway_schema_history'))
    const [target, word] = [given.get('-target'), rest[0]]
    if (word === 'baseline') await ask(`insert into flyway_schema_history values ('${given.get('-baselineVersion')}')`)
    else if (word === 'undo') {
      const file =
        filesIn(folder).find((f) => f.startsWith('U') && version(f) === target) ?? refused(`there is no undo script of ${target}`)
      await ask(inTransaction(readFileSync(path.join(folder, file), 'utf8')))
      await ask(`delete from flyway_schema_history where version = '${target}'`)
    } else if (word === 'migrate')
      for (const file of filesIn(folder).filter((f) => f.startsWith('V') && !had.has(version(f)))) {
        await ask(inTransaction(readFileSync(path.join(folder, file), 'utf8')))
        await ask(`insert into flyway_schema_history values ('${version(file)}')`)
        if (version(file) === target) return
      }
    else refused(`unknown command ${word}`)
  })
}

async function prisma(): Promise<unknown> {
  if (words[0] === '--version') return console.log('prisma               : 6.1.0\n@prisma/client       : Not found')
  const { given, rest } = options(/^--(schema|applied|stdin)$/)
  const schema = given.get('--schema')!
  const variable = /env\("(\w+)"\)/.exec(readFileSync(schema, 'utf8'))![1]!
  const folder = path.join(path.dirname(schema), 'migrations')
  return on(process.env[variable]!, '_prisma_migrations (migration_name text primary key)', async (ask) => {
    const had = new Set(await ask('select migration_name from _prisma_migrations'))
    const command = rest.join(' ')
    if (command === 'migrate resolve') await ask(`insert into _prisma_migrations values ('${given.get('--applied')}')`)
    else if (command === 'db execute') await ask(readFileSync(0, 'utf8'))
    else if (command === 'migrate deploy')
      for (const name of filesIn(folder).filter((f) => existsSync(path.join(folder, f, 'migration.sql')) && !had.has(f))) {
        await ask(readFileSync(path.join(folder, name, 'migration.sql'), 'utf8'))
        await ask(`insert into _prisma_migrations values ('${name}')`)
      }
    else refused(`unknown command ${command}`)
  })
}

async function dbmate(): Promise<unknown> {
  if (words[0] === '--version') return console.log('dbmate version 2.19.0')
  const { given, rest } = options(/^--(url|migrations-dir|no-dump-schema)$/)
  const folder = given.get('--migrations-dir')!
  const [up, down] = [/-- migrate:up([\s\S]*?)(?:-- migrate:down|$)/, /-- migrate:down([\s\S]*)$/]
  const part = (file: string, of: RegExp) => of.exec(readFileSync(path.join(folder, file), 'utf8'))?.[1] ?? ''
  const version = (file: string) => /^\d+/.exec(file)![0]
  return on(given.get('--url')!, 'schema_migrations (version text primary key)', async (ask) => {
    const had = new Set(await ask('select version from schema_migrations'))
    const files = filesIn(folder)
    if (rest[0] === 'migrate')
      for (const file of files.filter((f) => !had.has(version(f)))) {
        await ask(inTransaction(part(file, up)))
        await ask(`insert into schema_migrations values ('${version(file)}')`)
      }
    else if (rest[0] === 'rollback') {
      const last = files.findLast((f) => had.has(version(f)))!
      await ask(inTransaction(part(last, down)))
      await ask(`delete from schema_migrations where version = '${version(last)}'`)
    } else refused(`unknown command ${rest[0]}`)
  })
}

const tools: Readonly<Record<string, () => Promise<unknown>>> = { flyway, prisma, dbmate }
await tools[tool!]!()
