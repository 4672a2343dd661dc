// The shape of a configuration. Types are checked and never converted, and a key that is not here is refused.

import type { z as Zod } from 'zod'
import { encodings, formats } from '../databases/files/declared.ts'
import { durationOf } from '../events/duration.ts'
import { channelKinds } from '../notify/channels/index.ts'
import { occasions } from '../notify/notice.ts'
import { count } from '../text.ts'

/** Postgres counts its timeouts in milliseconds in an int. */
const longestTimeout = 2_147_483_647

/** Each check's message completes "… must be". */
export function shapeOf(z: typeof Zod) {
  /** The keys that may stand at a path: '' is the top, 'run.chunk' the size of a unit. */
  const knownKeys = new Map<string, readonly string[]>()
  const must = <T>(expected: string, holds: (value: unknown) => boolean) => z.custom<T>(holds, expected).optional()
  const object = <F extends Zod.core.$ZodLooseShape>(path: string, fields: F) => {
    knownKeys.set(path, Object.keys(fields))
    return z.strictObject(fields, { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : 'an object') })
  }
  const whole = (from: number, to: number) => must<number>(wholeNumber(from, to), isWhole(from, to))
  const list = (all: string, each: string, holds: (value: unknown) => boolean) =>
    z.array(z.custom<string>(holds, each), { error: `a list of ${all}` }).optional()

  const timeout = must<string>("a duration such as '500ms', '2s' or '10min', more than 0 and less than 24 days", isTimeout)
  const rows = wholeNumber(1, 10_000_000)
  const size = { rows: must<number>(rows, isWhole(1, 10_000_000)), targetMs: whole(1, 3_600_000) }
  const run = object('run', {
    workers: whole(1, 64),
    chunk: z.union([size.rows, object('run.chunk', size)], { error: `${rows}, or { rows, targetMs }` }).optional(),
    budget: object('run.budget', {
      rows: whole(0, 1_000_000_000),
      percent: must<number>('a number from 0 to 100', (v) => typeof v === 'number' && v >= 0 && v <= 100),
    }).optional(),
    lockTimeout: timeout,
    statementTimeout: timeout,
    retries: whole(0, 1_000),
  })
  const address = `a URL, 'sqlite:FILE', 'files:FOLDER' or 'embedded' (it may hold \${NAME})`
  const oneCharacter = must<string>('one character of ASCII', (v) => typeof v === 'string' && /^[\t\x20-\x7e]$/.test(v))
  const nullText = (v: unknown) => typeof v === 'string' && !/[\r\n]/.test(v)
  const fileTable = object('sources.*.tables.*', {
    file: z.custom<string>(isText, 'a file name or a glob'),
    format: must<string>(`one of ${formats.join(', ')}`, (v) => formats.some((f) => f === v)),
    delimiter: oneCharacter,
    quote: must<string>("one character of ASCII, or '' for none", (v) => typeof v === 'string' && /^[\x21-\x7e]?$/.test(v)),
    escape: oneCharacter,
    header: must<boolean>('true or false', (v) => typeof v === 'boolean'),
    null: must<string>('a text, or a list of texts', (v) => (Array.isArray(v) ? v.every(nullText) : nullText(v))),
    encoding: must<string>(`one of ${encodings.join(', ')}`, (v) => encodings.some((e) => e === v)),
    key: list('columns', 'a column', isText),
  })
  const source = object('sources.*', {
    database: must<string>(address, isText),
    load: list('SQL files', 'an SQL file', isText),
    files: must<string>(`a folder (it may hold \${NAME})`, isText),
    tables: z
      .record(z.string(), z.union([fileTable.shape.file, fileTable], { error: 'a file, or { file, … }' }), {
        error: 'an object with a file for each table',
      })
      .optional(),
  })
  const channel = object('notify.channels.*', {
    ...Object.fromEntries(channelKinds.flatMap((k) => Object.entries(k.keys)).map(([name, key]) => [name, must(key.must, key.holds)])),
    on: list(occasions.join(', '), `one of ${occasions.join(', ')}`, (v) => occasions.some((o) => o === v)),
  })
  const line = z.custom<string>(isText, 'a text of one line')
  const notify = object('notify', {
    channels: z.record(z.string(), channel, { error: 'an object with a channel for each name' }).optional(),
    contacts: z.record(z.string(), line, { error: 'an object with a name for each thing that people ask about' }).optional(),
  })
  const lint = object('lint', {
    files: list('SQL files or globs', 'an SQL file or a glob', isText),
    schema: must<string>('an SQL file', isText),
    prior: list('SQL files or globs', 'an SQL file or a glob', isText),
    pg: whole(11, 18),
    tz: must<string>('a time zone', isText),
    transaction: must<boolean>('true or false', (v) => typeof v === 'boolean'),
    ignore: z.record(z.string(), z.custom<string>(isText, 'a reason'), { error: 'an object with a reason for each rule' }).optional(),
  })
  const isRelation = (v: unknown) => isText(v) && /^[^.]+(\.[^.]+)?$/.test(v)
  const isName = (v: unknown) => isText(v) && !v.includes(',')
  const person = object('people.*', {
    roles: z.array(z.custom<string>(isName, 'a role, without commas'), { error: 'a list of roles' }),
    accounts: list('names', 'a name', isText),
    key: must<string>("a variable such as '${ADA_KEY}'", (v) => typeof v === 'string' && keyVariable.test(v)),
  })
  const settings = {
    migrations: list('file names or globs', 'a file name or a glob', isText),
    database: must<string>(`a URL, 'sqlite:FILE' or 'embedded' (it may hold \${NAME})`, isText),
    workshop: must<string>(`the URL of a Postgres, or 'embedded' (it may hold \${NAME})`, isText),
    backup: object('backup', {
      scratch: must<string>(`the URL of a server of the same kind as \`database\` (it may hold \${NAME})`, isText),
    }).optional(),
    load: list('SQL files', 'an SQL file', isText),
    sources: z
      .record(
        z.string(),
        z.union([z.custom<string>(isText, address), source], { error: `a URL or 'embedded', or { database, load } or { files, tables }` }),
        {
          error: 'an object with a database for each name',
        },
      )
      .optional(),
    schema: must<string>('a file name', isText),
    owns: object('owns', {
      readOnly: list('schemas and tables', 'a schema, or a table as schema.table', isRelation),
      schemas: list('schemas', "a schema's name", isText),
    }).optional(),
    runAs: must<string>(`a role's name (it may hold \${NAME})`, isText),
    run: run.optional(),
    protected: must<boolean>('true or false', (v) => typeof v === 'boolean'),
    protection: object('protection', { verifiedWithin: timeout, backedUpWithin: timeout }).optional(),
    people: z.record(z.string(), person, { error: 'an object with somebody for each name' }).optional(),
    notify: notify.optional(),
    lint: lint.optional(),
  }
  const environment = object('environments.*', settings)
  const shape = object('', {
    ...settings,
    defaultEnvironment: must<string>("an environment's name", isText),
    environments: z.record(z.string(), environment, { error: 'an object with an environment for each key' }).optional(),
  })
  return { shape, knownKeys }
}

/** A key itself has no place in a file that is committed. */
export const keyVariable = /^\$\{([A-Za-z_]\w*)\}$/

export const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && !/[\u0000-\u001f]/.test(value)

const wholeNumber = (from: number, to: number): string => `a whole number from ${count(from)} to ${count(to)}`

const isWhole = (from: number, to: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= from && (value as number) <= to

function isTimeout(value: unknown): boolean {
  const ms = durationOf(value)
  return ms !== undefined && ms > 0 && ms <= longestTimeout
}
