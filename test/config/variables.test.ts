// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} in a plain string is what a configuration has
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDotenv } from '../../src/config/dotenv.ts'
import { expand, templateProblem } from '../../src/config/variables.ts'
import { configFile, errorOf, load, loaded, project, said } from './project.ts'

const from = (values: Record<string, string>) => [{ name: 'process environment', values: new Map(Object.entries(values)) }]
const put = (template: string, values: Record<string, string>) => expand(template, from(values)).text

describe('where a value comes from', () => {
  const config = configFile("{ database: 'postgres://app@${HOST}/db', environments: { qa: {}, dev: {} } }")
  const processEnv = { HOST: 'of-process' }
  const both = { '.env.qa': 'HOST=of-env-qa', '.env': 'HOST=of-env' }

  it.each([
    ['process before .env.qa and .env', both, processEnv, 'of-process'],
    ['.env.qa before .env', both, {}, 'of-env-qa'],
    ['.env if that is all', { '.env': 'HOST=of-env' }, {}, 'of-env'],
    ['not the .env of another environment', { '.env.dev': 'HOST=of-env-dev', '.env': 'HOST=of-env' }, {}, 'of-env'],
  ])('%s', async (_, files, environment, host) => {
    expect((await load(project({ ...config, ...files }), { env: 'qa', processEnv: environment })).address.host).toBe(host)
  })

  it('reads .env beside the configuration, not where one stands', async () => {
    const root = project({ ...config, '.env': 'HOST=beside', 'deep/down/.env': 'HOST=here' })
    expect((await load(join(root, 'deep/down'), { env: 'qa' })).address.host).toBe('beside')
  })

  it('fills in the workshop, too', async () => {
    const root = project(configFile("{ database: 'sqlite:app.db', workshop: 'postgres://app@${HOST}/db' }"))
    expect((await load(root, { processEnv: { HOST: 'beside' } })).workshop.host).toBe('beside')
  })

  it('fills in where backups are proved, which is a server of the same kind', async () => {
    const said = (database: string, scratch: string) =>
      project(configFile(`{ database: '${database}', backup: { scratch: '${scratch}' } }`))
    const there = await load(said('postgres://app@db/app', 'postgres://${NAME}@beside/postgres'), { processEnv: { NAME: 'maker' } })
    expect(there.scratch?.describe()).toBe('maker@beside/postgres')
    expect((await load(said('embedded', 'postgres://m@beside/postgres'))).scratch?.host).toBe('beside')
    expect(await errorOf(load(said('mariadb://a@db/app', 'postgres://m@beside/p')))).toMatchObject({ code: 'GW_URL_INVALID' })
    const none = await errorOf(load(said('sqlite:app.db', 'sqlite:other.db')))
    expect(none).toMatchObject({ code: 'GW_CONFIG_INVALID', message: expect.stringContaining('needs none') })
    const missing = await errorOf(load(said('embedded', 'postgres://${NOWHERE}/p')))
    expect(missing).toMatchObject({ code: 'GW_VARIABLE_MISSING', message: expect.stringContaining('NOWHERE') })
  })

  it('looks only at the environment in use', async () => {
    const root = project(configFile("{ environments: { dev: {}, prod: { database: '${NOWHERE}' } } }"))
    expect((await load(root, { env: 'dev' })).address.describe()).toBe('embedded')
    expect(await errorOf(load(root, { env: 'prod' }))).toMatchObject({ code: 'GW_VARIABLE_MISSING' })
  })
})

describe('a variable that is missing', () => {
  const prod = "{\n  environments: {\n    dev: {},\n    prod: { database: '${DATABASE_URL}' },\n  },\n}"

  it('is reported in these words', async () => {
    const root = project({ ...configFile(prod), '.env': 'OTHER=1' })
    const error = await errorOf(load(root, { env: 'prod' }))
    expect(error).toMatchObject({ code: 'GW_VARIABLE_MISSING', exit: 2, at: 'godwit.config.ts:4: environments.prod.database' })
    expect(error.message).toBe('${DATABASE_URL} is not set for environment prod.')
    expect(error.hint).toBe(
      'Looked in: process environment, .env.prod (not there), .env (no such key)\nPut it in .env.prod or export it. Its value will never be printed.',
    )
  })

  it('is missing when empty, and hides what comes later', async () => {
    const root = project({ ...configFile(prod), '.env': 'DATABASE_URL=postgres://h/db' })
    const error = await errorOf(load(root, { env: 'prod', processEnv: { DATABASE_URL: '' } }))
    expect(error.hint).toContain(
      'Looked in: process environment (set, but empty), .env.prod (not there), .env (has it, but process environment comes first)',
    )
  })

  it('is reported together with all others', async () => {
    const error = await errorOf(loaded("{ database: 'postgres://${DB_USER}:${DB_PASSWORD}@h/${DB_USER}', runAs: '${ROLE}' }"))
    expect(error.message).toBe('${DB_USER}, ${DB_PASSWORD} and ${ROLE} are not set.')
    expect(error.hint.split('\n')).toEqual([
      '${DB_USER}, for database, looked in: process environment, .env (not there)',
      '${DB_PASSWORD}, for database, looked in: process environment, .env (not there)',
      '${ROLE}, for runAs, looked in: process environment, .env (not there)',
      'Put them in .env or export them. Their values will never be printed.',
    ])
  })

  it.each(['constructor', '__proto__', 'toString'])('is missing if it is called %s', async (name) => {
    expect((await errorOf(loaded(`{ database: '\${${name}}' }`))).message).toBe(`\${${name}} is not set.`)
  })
})

describe('putting in', () => {
  it.each([
    ['${A}', { A: '1' }, '1'],
    ['<${A}|${B}>', { A: '1', B: '2' }, '<1|2>'],
    ['${A:-no}', {}, 'no'],
    ['${A:-no}', { A: '' }, 'no'],
    ['${A:-no}', { A: 'yes' }, 'yes'],
    ['${A:-}', {}, ''],
    ['${A:-a:-b}', {}, 'a:-b'],
    ['$${A}', { A: '1' }, '${A}'],
    ['$$${A}', { A: '1' }, '$${A}'],
    ['$A $ {A} $', { A: '1' }, '$A $ {A} $'],
    ['${A}', { A: '$& $1 $$' }, '$& $1 $$'],
  ])('%j with %j is %j', (template, values, text) => {
    expect(put(template, values)).toBe(text)
  })

  it('happens once: what a value holds is not looked up', () => {
    expect(put('${A}', { A: '${B} $${B} ${B:-x}', B: 'secret' })).toBe('${B} $${B} ${B:-x}')
    expect(put('${A}{B}', { A: '$', B: 'secret' })).toBe('${B}')
  })

  it.each(['${', '${}', '${1A}', '${A', '${A-x}', '${A:?x}', '${A:=x}', '${ A }', '${A.b}', '${A:-${B}}'])(
    'refuses %j',
    async (template) => {
      expect(templateProblem(template)).toBeTypeOf('string')
      const error = await errorOf(loaded(`{ database: '${template}' }`, { processEnv: { A: 'embedded', B: 'embedded' } }))
      expect(error).toMatchObject({ code: 'GW_CONFIG_INVALID', at: 'godwit.config.ts:1' })
    },
  )

  it.each(['$${', '${A}', '${A:-b}', '$', 'a'])('has nothing against %j', (template) => {
    expect(templateProblem(template)).toBeUndefined()
  })

  it('happens in database and runAs', async () => {
    const found = await loaded("{ database: '${A}', runAs: '${B:-writer}' }", { processEnv: { A: 'postgres://h/db' } })
    expect(found).toMatchObject({ runAs: 'writer' })
    expect(found.database.reveal()).toBe('postgres://h/db')
  })

  it.each([
    ["{ schema: '${A}.ts' }", 'schema'],
    ["{ migrations: ['a.ts', '${A}'] }", 'migrations[1]'],
    ["{ environments: { qa: { owns: { schemas: ['${A}'] } } } }", 'environments.qa.owns.schemas[0]'],
  ])('is refused elsewhere: %s', async (config, key) => {
    expect((await errorOf(loaded(config, { processEnv: { A: 'x' } }))).message).toBe(
      `${key} cannot hold \${…}: only database, workshop, backup.scratch, sources, runAs, channels and keys can.`,
    )
  })
})

describe('.env', () => {
  it.each([
    ['A=1\nB=2', { A: '1', B: '2' }],
    ['\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['export A=1\n  export\tB = 2 ', { A: '1', B: '2' }],
    ['# A=0\n\n   # x\nA=1 # one', { A: '1' }],
    ['A=pass#word\nB=#x\nC= # none', { A: 'pass#word', B: '#x', C: '' }],
    ['A=\'1 # 2\' # three\nB="x y"', { A: '1 # 2', B: 'x y' }],
    ["A='it\\n${B}'", { A: 'it\\n${B}' }],
    ['A="a\\nb\\t\\"c\\" \\\\ \\x"', { A: 'a\nb\t"c" \\ \\x' }],
    ['A="one\r\ntwo"\r\nB=3', { A: 'one\ntwo', B: '3' }],
    ["A=it's\nB=2", { A: "it's", B: '2' }],
    ['A=a=b==\nA=2', { A: '2' }],
    ['A=postgres://u:p%20@h/db?x=1&y=${Z}', { A: 'postgres://u:p%20@h/db?x=1&y=${Z}' }],
    ['__proto__=1\nconstructor=2', { ['__proto__']: '1', constructor: '2' }],
    ['A=', { A: '' }],
    ['', {}],
  ])('%j', (text, values) => {
    expect([...parseDotenv(text, '.env')]).toEqual(Object.entries(values))
  })

  it.each([
    ['A=1\nhunter22', 'Line 2 of .env is not NAME=value.', '.env:2'],
    ['1A=hunter22', 'Line 1 of .env is not NAME=value.', '.env:1'],
    ['A=1\nB="hunter22\nC=3', 'Line 2 of .env opens a quote that is never closed.', '.env:2'],
    ["A='1'hunter22", 'Line 1 of .env has text behind the closing quote.', '.env:1'],
  ])('%j is refused without being shown', async (text, message, at) => {
    const error = await errorOf(load(project({ ...configFile('{}'), '.env': text })))
    expect(error).toMatchObject({ code: 'GW_CONFIG_UNREADABLE', exit: 2, message, at })
    expect(said(error)).not.toContain('hunter22')
  })

  it('that cannot be read is not taken for one that is not there', async () => {
    const root = project(configFile('{}'))
    mkdirSync(join(root, '.env'))
    expect((await errorOf(load(root))).message).toBe('.env is there but cannot be read (EISDIR).')
  })
})
