// Prisma, where the project or this place has it: `migrate deploy`, on a schema of Godwit's own that holds nothing but the address.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Order, Step } from '../order.ts'
import type { Ran, Runner } from './runner.ts'
import { asRead, backAsRead, called, type Dialect, notYet, outcome, type Said, saidBy, type Tool, workplace } from './tool.ts'

const providers: Readonly<Record<Dialect, string>> = { postgres: 'postgresql', mysql: 'mysql', sqlite: 'sqlite' }
const variable = 'GODWIT_PROVE_URL'

export const prisma: Tool = {
  name: 'prisma',
  format: 'prisma',
  dialects: ['postgres', 'mysql', 'sqlite'],
  installed(root) {
    const own = path.join(root, 'node_modules', '.bin', 'prisma')
    const found = existsSync(own) ? { program: own, version: versionIn(root) } : ofEverybody()
    if (!found?.version) return undefined
    const name = `Prisma ${found.version}`
    return { name, runner: (order, _, dialect) => runnerOf(found.program, name, Number(found.version!.split('.')[0]), order, dialect) }
  },
}

/** Asked for its version, Prisma fetches its engines: the file that says it is there as well. */
function versionIn(root: string): string | undefined {
  const file = path.join(root, 'node_modules', 'prisma', 'package.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version : undefined
}

function ofEverybody() {
  const version = /^prisma\s*:\s*(\S+)/m.exec(saidBy('prisma', ['--version']) ?? '')?.[1]
  return version === undefined ? undefined : { program: 'prisma', version }
}

const addressed = (url: string, dialect: Dialect): string =>
  dialect === 'sqlite' ? `file:${url}` : url.replace(/^postgres(ql)?:/, 'postgresql:').replace(/^mariadb:/, 'mysql:')

function runnerOf(program: string, name: string, major: number, order: Order, dialect: Dialect): Runner {
  const place = workplace('prisma')
  // from its seventh version on the address stands beside the schema, and not in it
  const address = major < 7 ? `\n  url      = env("${variable}")` : ''
  const schema = place.write('prisma/schema.prisma', `datasource db {\n  provider = "${providers[dialect]}"${address}\n}\n`)
  if (major >= 7)
    place.write('prisma.config.ts', `export default { schema: 'prisma/schema.prisma', datasource: { url: process.env['${variable}'] } }\n`)
  const asked = (url: string, words: readonly string[], input?: string): Promise<Said> =>
    called(program, [...words, ...(words[0] === 'migrate' && major < 7 ? ['--schema', schema] : [])], {
      cwd: place.at,
      env: { [variable]: addressed(url, dialect), CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
      ...(input === undefined ? {} : { input }),
    })
  const execute = (url: string, sql: string): Promise<Said> =>
    asked(url, ['db', 'execute', '--stdin', ...(major < 7 ? ['--schema', schema] : [])], sql)
  const lay = (last: Step): void => {
    const later = notYet(order, last)
    place.empty('prisma/migrations')
    place.write('prisma/migrations/migration_lock.toml', `provider = "${providers[dialect]}"\n`)
    for (const [file, text] of order.files) {
      const { dir, base } = path.posix.parse(file)
      if (base === 'migration.sql' && !later.has(file)) place.write(`prisma/migrations/${path.posix.basename(dir)}/migration.sql`, text)
    }
  }
  return {
    name,
    cannot: () => undefined,
    cannotBack: () => undefined,
    async stand(url, steps) {
      lay(steps.at(-1)!)
      for (const s of steps) {
        const said = await asked(url, ['migrate', 'resolve', '--applied', s.id])
        if (said.failed) return outcome(said, s, 0)
      }
      return { statements: 0 }
    },
    async up(url, steps): Promise<Ran> {
      const last = steps.at(-1)
      if (!last) return { statements: 0 }
      lay(last)
      return outcome(await asked(url, ['migrate', 'deploy']), last, asRead(steps))
    },
    // it has no way back of its own: what stands in down.sql is carried out, and then it has not been run
    async down(url, step) {
      const text = order.files.get(step.file.replace(/migration\.sql$/, 'down.sql')) ?? ''
      const said = await execute(url, text)
      if (said.failed) return outcome(said, step, 0)
      return outcome(await execute(url, `delete from _prisma_migrations where migration_name = '${step.id}'`), step, backAsRead(step))
    },
    close: place.close,
  }
}
