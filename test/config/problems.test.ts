// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} in a plain string is what a configuration has
import { describe, expect, it } from 'vitest'
import { lineOf } from '../../src/config/where.ts'
import { errorOf, loaded } from './project.ts'

const messageOf = async (config: string) => (await errorOf(loaded(config))).message

describe('keys that are not known', () => {
  it.each([
    ["{ databse: 'embedded' }", "databse is not a key that Godwit knows. Did you mean 'database'?"],
    ['{ protectd: true }', "protectd is not a key that Godwit knows. Did you mean 'protected'?"],
    ['{ run: { wrokers: 4 } }', "run.wrokers is not a key that Godwit knows. Did you mean 'workers'?"],
    ['{ run: { chunk: { row: 4 } } }', "run.chunk.row is not a key that Godwit knows. Did you mean 'rows'?"],
    ['{ run: { budget: { precent: 4 } } }', "run.budget.precent is not a key that Godwit knows. Did you mean 'percent'?"],
    ["{ owns: { readonly: ['bo'] } }", "owns.readonly is not a key that Godwit knows. Did you mean 'readOnly'?"],
    ["{ environments: { qa: { databse: 'x' } } }", "environments.qa.databse is not a key that Godwit knows. Did you mean 'database'?"],
    [
      '{ environments: { qa: { run: { retrys: 1 } } } }',
      "environments.qa.run.retrys is not a key that Godwit knows. Did you mean 'retries'?",
    ],
    ['{ owns: { zebra: 1 } }', 'owns.zebra is not a key that Godwit knows. Known here: readOnly, schemas.'],
    ['{ constructor: 1 }', 'constructor is not a key that Godwit knows.'],
    ['{ workers: 1 }', 'workers does not belong here. It belongs in run.'],
    ['{ rows: 1 }', 'rows does not belong here. It belongs in run.chunk or in run.budget.'],
    ['{ environments: { qa: { environments: {} } } }', 'environments.qa.environments does not belong here. It belongs at the top.'],
  ])('%s', async (config, message) => {
    expect(await messageOf(config)).toContain(message)
  })
})

describe('values', () => {
  it.each([
    ['{ run: { workers: "4" } }', "run.workers must be a whole number from 1 to 64, and is '4'."],
    ['{ run: { workers: 0 } }', 'run.workers must be a whole number from 1 to 64, and is 0.'],
    ['{ run: { workers: 1.5 } }', 'run.workers must be a whole number from 1 to 64, and is 1.5.'],
    ['{ run: { workers: NaN } }', 'run.workers must be a whole number from 1 to 64, and is NaN.'],
    ['{ run: { chunk: 0 } }', 'run.chunk must be a whole number from 1 to 10,000,000, or { rows, targetMs }, and is 0.'],
    ['{ run: { chunk: "big" } }', "run.chunk must be a whole number from 1 to 10,000,000, or { rows, targetMs }, and is 'big'."],
    ['{ run: { chunk: { rows: -1 } } }', 'run.chunk.rows must be a whole number from 1 to 10,000,000, and is -1.'],
    ['{ run: { budget: { percent: 101 } } }', 'run.budget.percent must be a number from 0 to 100, and is 101.'],
    [
      '{ run: { lockTimeout: 5 } }',
      "run.lockTimeout must be a duration such as '500ms', '2s' or '10min', more than 0 and less than 24 days, and is 5.",
    ],
    ['{ run: { lockTimeout: "5 parsecs" } }', "and is '5 parsecs'."],
    ['{ run: { statementTimeout: "0s" } }', "run.statementTimeout must be a duration such as '500ms', '2s' or '10min', more than 0"],
    ['{ run: { statementTimeout: "30 days" } }', 'less than 24 days'],
    ['{ run: [] }', 'run must be an object, and is a list.'],
    ['{ migrations: "migration.ts" }', 'migrations must be a list of file names or globs, and is a string.'],
    ['{ migrations: ["a.ts", 3] }', 'migrations[1] must be a file name or a glob, and is 3.'],
    ['{ load: [""] }', 'load[0] must be an SQL file, and is empty.'],
    ['{ database: null }', "database must be a URL, 'sqlite:FILE' or 'embedded' (it may hold ${NAME}), and is null."],
    ['{ database: " " }', "database must be a URL, 'sqlite:FILE' or 'embedded' (it may hold ${NAME}), and is a string."],
    ['{ protected: "false" }', 'protected must be true or false, and is a string.'],
    ['{ owns: { readOnly: ["a.b.c"] } }', 'owns.readOnly[0] must be a schema, or a table as schema.table, and is a string.'],
    [
      '{ owns: { readOnly: ["pad"], schemas: ["pad"] } }',
      "owns says of 'pad' both that Godwit may only read it and that it may write there.",
    ],
    ['{ environments: ["dev"] }', 'environments must be an object with an environment for each key, and is a list.'],
    ['{ environments: { qa: true } }', 'environments.qa must be an object, and is true.'],
    ['{ environments: { "../qa": {} } }', 'environments.../qa cannot be the name of an environment.'],
    ['{ environments: { ["__proto__"]: {} } }', 'environments.__proto__ cannot be the name of an environment.'],
    ['{ environments: { __proto__: { prod: {} } } }', 'environments must be a plain object'],
    ['{ environments: { prod: { __proto__: { protected: true } } } }', 'environments.prod must be a plain object'],
    [
      '{ defaultEnvironment: "prd", environments: { dev: {}, prod: {} } }',
      "defaultEnvironment is not one of the environments. Did you mean 'prod'?",
    ],
    ['{ defaultEnvironment: "prod" }', 'defaultEnvironment is not one of the environments. There are none.'],
    [
      '{ defaultEnvironment: "constructor", environments: { dev: {} } }',
      'defaultEnvironment is not one of the environments. There is dev.',
    ],
    ['[]', 'The default export must be an object, and is a list.'],
    ['undefined', 'The default export must be an object, and is undefined.'],
    ['() => ({})', 'The default export must be an object, and is a function.'],
    ['Promise.resolve({})', 'The default export must be a plain object'],
  ])('%s', async (config, message) => {
    expect(await messageOf(config)).toContain(message)
  })

  it('never shows a text that could be a secret', async () => {
    const message = await messageOf(
      '{ database: "postgres://u:hunter22@h\\n/db", environments: { run: { database: "postgres://u:hunter22@h\\n/db" } } }',
    )
    expect(message).toContain('has 2 problems')
    expect(message).not.toContain('hunter22')
  })

  it('are all reported at once, in the order of the file, each with its line', async () => {
    const error = await errorOf(
      loaded(`{
  migrations: 'a.ts',
  protectd: true, // protected: true
  run: {
    workers: 0,
    lockTimeout: 'soon',
  },
  defaultEnvironment: 'prd',
  environments: {
    prod: { run: { workers: 'x', wrokers: 1 }, schema: '\${A}' },
  },
}`),
    )
    expect(error).toMatchObject({ code: 'GW_CONFIG_INVALID', exit: 2, at: 'godwit.config.ts' })
    expect(error.message.split('\n')).toEqual([
      'godwit.config.ts has 8 problems:',
      '  godwit.config.ts:2  migrations must be a list of file names or globs, and is a string.',
      "  godwit.config.ts:3  protectd is not a key that Godwit knows. Did you mean 'protected'?",
      '  godwit.config.ts:5  run.workers must be a whole number from 1 to 64, and is 0.',
      "  godwit.config.ts:6  run.lockTimeout must be a duration such as '500ms', '2s' or '10min', more than 0 and less than 24 days, and is 'soon'.",
      "  godwit.config.ts:8  defaultEnvironment is not one of the environments. Did you mean 'prod'?",
      "  godwit.config.ts:10  environments.prod.run.workers must be a whole number from 1 to 64, and is 'x'.",
      "  godwit.config.ts:10  environments.prod.run.wrokers is not a key that Godwit knows. Did you mean 'workers'?",
      '  godwit.config.ts:10  environments.prod.schema cannot hold ${…}: only database, workshop, backup.scratch, sources, runAs, channels and keys can.',
    ])
  })
})

describe('the line of a key', () => {
  const source = `import { run } from './run.ts' // database: none
const other = { schema: 'no' }
/* export default { schema: 1 } */
export default defineConfig({
  load: ['{', "}", \`schema: \${1}\`],
  database: schema, run,
  'schema': 'a.ts',
  environments: {
    dev: { database: 'x' },
    prod: {
      // database: 'y'
      database: 'z',
    },
    shared: other,
  },
})`
  it.each([
    [['load', 1], 5],
    [['database'], 6],
    [['run'], 6],
    [['schema'], 7],
    [['environments'], 8],
    [['environments', 'dev', 'database'], 9],
    [['environments', 'prod', 'database'], 12],
    [['environments', 'prod', 'schema'], 10],
    [['environments', 'shared', 'schema'], 14],
    [['migrations'], undefined],
    [[], undefined],
  ])('%j is on line %j', (path, line) => {
    expect(lineOf(source, path)).toBe(line)
  })
})
