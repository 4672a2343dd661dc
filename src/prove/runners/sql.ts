// Files of SQL: dbmate where they have its marks and it is installed; else psql, file by file, as a person would.
import path from 'node:path'
import { besides, byMarks } from '../../stage/readers/sql/reader.ts'
import type { Order, Step } from '../order.ts'
import type { Ran, Runner } from './runner.ts'
import { asRead, backAsRead, called, type Dialect, notYet, outcome, saidBy, type Tool, workplace } from './tool.ts'

const marked = /^--\s*migrate:up/m

export const dbmate: Tool = {
  name: 'dbmate',
  format: 'sql',
  dialects: ['postgres', 'mysql', 'sqlite'],
  unfit: ({ files }) => ([...files.values()].some((t) => marked.test(t)) ? undefined : 'the files have no marks of dbmate'),
  installed() {
    const version = /dbmate version (\S+)/.exec(saidBy('dbmate', ['--version']) ?? '')?.[1]
    const name = `dbmate ${version}`
    return version === undefined ? undefined : { name, runner: (order, _, dialect) => dbmateRunner(name, order, dialect) }
  },
}

const addressed = (url: string, dialect: Dialect): string => {
  if (dialect === 'sqlite') return `sqlite:${url}`
  if (dialect === 'mysql') return url.replace(/^mariadb:/, 'mysql:')
  const own = new URL(url.replace(/^postgresql:/, 'postgres:'))
  if (!own.searchParams.has('sslmode')) own.searchParams.set('sslmode', 'disable')
  return own.href
}

function dbmateRunner(name: string, order: Order, dialect: Dialect): Runner {
  const place = workplace('dbmate')
  const asked = (url: string, word: string) =>
    called('dbmate', ['--url', addressed(url, dialect), '--migrations-dir', path.join(place.at, 'sql'), '--no-dump-schema', word], {
      cwd: place.at,
    })
  const lay = (last: Step, told: (text: string) => string = (t) => t): void => {
    const later = notYet(order, last)
    place.empty('sql')
    for (const [file, text] of order.files)
      if (file.endsWith('.sql') && !later.has(file)) place.write(`sql/${path.posix.basename(file)}`, told(text))
  }
  const up = async (url: string, steps: readonly Step[], told?: (text: string) => string): Promise<Ran> => {
    const last = steps.at(-1)
    if (!last) return { statements: 0 }
    lay(last, told)
    return outcome(await asked(url, 'migrate'), last, told ? 0 : asRead(steps))
  }
  return {
    name,
    cannot: () => undefined,
    cannotBack: () => undefined,
    // it writes down what it has run, and knows no other way to be told
    stand: (url, steps) => up(url, steps, () => '-- migrate:up\n\n-- migrate:down\n'),
    up: (url, steps) => up(url, steps),
    async down(url, step) {
      lay(step)
      return outcome(await asked(url, 'rollback'), step, backAsRead(step))
    },
    close: place.close,
  }
}

export const psql: Tool = {
  name: 'psql',
  format: 'sql',
  dialects: ['postgres'],
  installed() {
    const version = /\(PostgreSQL\) (\S+)/.exec(saidBy('psql', ['--version']) ?? '')?.[1]
    const name = `psql ${version}, file by file`
    return version === undefined ? undefined : { name, runner: (order) => psqlRunner(name, order) }
  },
}

function psqlRunner(name: string, { files }: Order): Runner {
  const place = workplace('psql')
  const folder = { at: '', files: [...files.keys()], text: (file: string) => files.get(file) }
  for (const [file, text] of files) place.write(file, text)
  const upOf = ({ file }: Step): string => byMarks(files.get(file) ?? '')?.up ?? files.get(file) ?? ''
  const downOf = ({ file }: Step): string => byMarks(files.get(file) ?? '')?.down ?? files.get(besides(file, folder) ?? '') ?? ''
  const run = async (url: string, step: Step, text: string, statements: number): Promise<Ran> => {
    // beside the file itself, since what it names with \ir stands there
    const to = place.write(`${step.file}.run`, text)
    return outcome(await called('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url, '-f', to], { cwd: place.at }), step, statements)
  }
  return {
    name,
    cannot: () => undefined,
    cannotBack: () => undefined,
    stand: async () => ({ statements: 0 }),
    async up(url, steps) {
      let statements = 0
      for (const step of steps) {
        const ran = await run(url, step, upOf(step), asRead([step]))
        statements += ran.statements
        if (ran.failed) return { statements, failed: ran.failed }
      }
      return { statements }
    },
    down: (url, step) => run(url, step, downOf(step), backAsRead(step)),
    close: place.close,
  }
}
