import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configFile, errorOf, load, project, said } from './project.ts'

describe('where the configuration is', () => {
  it('is looked for upwards', async () => {
    const root = project({ ...configFile("{ runAs: 'r', schema: 's.ts' }"), 'a/b/x': '' })
    expect(await load(join(root, 'a/b'))).toMatchObject({
      root,
      runAs: 'r',
      schema: join(root, 's.ts'),
      file: join(root, 'godwit.config.ts'),
    })
  })

  it('is the nearest one', async () => {
    const root = project({ ...configFile("{ runAs: 'far' }"), 'a/godwit.config.ts': "export default { runAs: 'near' }" })
    expect(await load(join(root, 'a'))).toMatchObject({ runAs: 'near', root: join(root, 'a') })
  })

  it('is not looked for above the repository', async () => {
    const root = project({ ...configFile('{}'), 'repo/.git/HEAD': '' })
    expect(await errorOf(load(join(root, 'repo')))).toMatchObject({ code: 'GW_CONFIG_NOT_FOUND' })
  })

  it('is in the folder that -C names, and messages name it from here', async () => {
    const root = project({ 'examples/pad/godwit.config.ts': 'export default { run: { workers: 0 } }', ...configFile('{}') })
    expect((await errorOf(load(root, { folder: 'examples/pad' }))).at).toBe('examples/pad/godwit.config.ts:1')
  })

  it('is not above the folder that -C names', async () => {
    const root = project({ ...configFile('{}'), 'a/x': '' })
    expect((await errorOf(load(root, { folder: 'a' }))).message).toBe(`There is no godwit.config.ts in ${join(root, 'a')}.`)
    expect((await errorOf(load(root, { folder: 'b' }))).message).toBe(`There is no folder ${join(root, 'b')}.`)
  })
})

describe('without a configuration', () => {
  it('says godwit init', async () => {
    const root = project({ 'a/x': '' })
    const error = await errorOf(load(join(root, 'a')))
    expect(error).toMatchObject({
      code: 'GW_CONFIG_NOT_FOUND',
      exit: 2,
      message: `There is no godwit.config.ts in ${join(root, 'a')} or above it.`,
    })
    expect(error.hint).toContain('godwit init')
    expect(error.hint).toContain(`Looked in: ${join(root, 'a')}, ${root}\n`)
  })

  it.each([
    ['DATABASE_URL', {}, { DATABASE_URL: 'postgres://app@h/db' }, 'app@h/db', 0],
    ['DATABASE_URL in .env', { '.env': 'DATABASE_URL=postgres://app@h/db' }, {}, 'app@h/db', 0],
    ['a migration.ts', { 'migration.ts': '' }, {}, 'embedded', 1],
  ])('works with %s', async (_, files, processEnv, where, migrations) => {
    const found = await load(project(files), { processEnv })
    expect(found).toMatchObject({ file: undefined, name: 'default' })
    expect(found.address.describe()).toBe(where)
    expect(found.migrations).toHaveLength(migrations)
  })

  it('does not work with an empty DATABASE_URL', async () => {
    expect(await errorOf(load(project({}), { processEnv: { DATABASE_URL: '' } }))).toMatchObject({ code: 'GW_CONFIG_NOT_FOUND' })
  })

  it('has no environments', async () => {
    const error = await errorOf(load(project({ 'migration.ts': '' }), { env: 'prod' }))
    expect(error).toMatchObject({ code: 'GW_ENV_UNKNOWN', message: "There is no environment 'prod'." })
    expect(error.hint).toContain('There is no configuration here')
  })
})

describe('a configuration that cannot be loaded', () => {
  it('throws: says what, where, and keeps the cause', async () => {
    const error = await errorOf(load(project({ 'godwit.config.ts': "const a = 1\nthrow new TypeError('boom')\nexport default {}" })))
    expect(error).toMatchObject({ code: 'GW_CONFIG_UNREADABLE', exit: 2, message: 'godwit.config.ts cannot be loaded: TypeError: boom' })
    expect(error.at).toBe('godwit.config.ts:2')
    expect(error.cause).toMatchObject({ name: 'TypeError', message: 'boom' })
  })

  it.each(["throw 'text'", 'throw undefined', 'throw Object.create(null)'])('survives %s', async (statement) => {
    expect(await errorOf(load(project({ 'godwit.config.ts': `${statement}\nexport default {}` })))).toMatchObject({
      code: 'GW_CONFIG_UNREADABLE',
    })
  })

  it('does not repeat secrets that it threw', async () => {
    const url = 'postgres://app:kangaroo-77@h/db'
    const processEnv = { SOME_URL: url, API_TOKEN: 'wombat-88' }
    const text = `throw new Error('no ${url} nor ' + encodeURIComponent('${url}') + ' nor kangaroo-77 nor wombat-88')\nexport default {}`
    const error = await errorOf(load(project({ 'godwit.config.ts': text }), { processEnv }))
    const cause = error.cause as Error
    expect(error.message).toContain('‹secret›')
    expect([said(error), cause.message, cause.stack].join('\n')).not.toMatch(/kangaroo|wombat/)
  })

  it('has no default export', async () => {
    const error = await errorOf(load(project({ 'godwit.config.ts': 'export const config = {}' })))
    expect(error).toMatchObject({ code: 'GW_CONFIG_UNREADABLE', message: 'godwit.config.ts has no default export.' })
    expect(error.hint).toContain('export default defineConfig({ … })')
  })

  it('is a folder', async () => {
    const root = project({})
    mkdirSync(join(root, 'godwit.config.ts'))
    expect((await errorOf(load(root))).message).toContain('EISDIR')
  })

  // the rest as Node itself loads it: the test runner has a loader of its own
  it.each([
    ['a syntax error', 'export default {\n  a: 1\n  b: 2,\n}', 'godwit.config.ts:3', 'Mend the syntax'],
    ['an enum', '\nenum A { b }\nexport default {}', 'godwit.config.ts:2', 'no enum'],
    ['an import without extension', "import './more'\nexport default {}", 'godwit.config.ts', 'need their extension'],
    [
      'a syntax error in what it imports',
      "import './broken.ts'\nexport default {}",
      'broken.ts:2, imported by godwit.config.ts',
      'Mend the syntax',
    ],
  ])('has %s', (_, text, at, hint) => {
    const root = project({ 'package.json': '{"type":"module"}', 'godwit.config.ts': text, 'broken.ts': 'const a = {\n  b c\n}' })
    const error = natively(root)
    expect(error).toMatchObject({ code: 'GW_CONFIG_UNREADABLE', at })
    expect(error.hint).toContain(hint)
    expect(error.stack).not.toContain('b: 2') // Node's stack quotes the source, and a secret may stand there
  })

  it('loads as Node loads it', () => {
    const root = project({
      'package.json': '{"type":"module"}',
      'godwit.config.ts': "const role: string = 'r'\nexport default { runAs: role, database: 'postgres://a:kangaroo-77@h/db' }",
    })
    const found = natively(root)
    expect(found).toMatchObject({ runAs: 'r', database: '‹secret›', address: 'a@h/db' })
    expect(JSON.stringify(found)).not.toContain('kangaroo')
  })
})

/** What a Node process of its own gets: the configuration, or the error with its cause's stack. */
function natively(root: string): Record<string, string> {
  const script = `
    import { loadConfig } from ${JSON.stringify(resolve('src/config/index.ts'))}
    const show = (x) => console.log(JSON.stringify(x))
    await loadConfig({ cwd: ${JSON.stringify(root)}, processEnv: {} }).then(show, (e) => show({ code: e.code, message: e.message, at: e.at, hint: e.hint, stack: e.cause?.stack }))`
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env: {} }))
}
