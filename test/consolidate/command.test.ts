// `godwit consolidate`, as people run it: what it shows before, between and after a run.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConfiguration } from '../../src/api.ts'
import { type Ended, godwit } from '../cli/godwit.ts'
import { freshDatabase } from '../support/postgres.ts'

const old = {
  'app.yml': 'name: loans\nlimit: 3.0\ntoken: hunter2\n',
  'app.prod.yml': 'limit: 4.0\n',
  'risk.yml': 'limit: 5.0\nunused: 1\n',
}

const migrationWith = (decide: string): string => `import { consolidate, migration } from 'godwit'
export default migration('configuration', {
  cutover: [
    consolidate('one configuration', {
      environments: ['dev', 'prod'],
      files: [{ file: 'app.yml', at: '' }, { file: 'app.prod.yml', at: '', environments: ['prod'], over: 'app.yml' }, { file: 'risk.yml' }],
      into: { master: 'app.yml', overrides: 'conf/{environment}.yml' },
      keys: { limit: { from: { 'risk.yml': 'limit' } } },
      dropped: { 'risk.yml': { unused: 'nobody reads it' } },
      ${decide}
    }),
  ],
})
`
const decided = migrationWith(`decide: { limit: { from: 'app.yml', why: 'the policy says so', by: 'risk' } },`)

/** Where a line is broken is not what is asked here. */
const inOneLine = (ended: Ended) => ({ ...ended, words: ended.all.replace(/\s+/g, ' ') })

function project(migration: string): string {
  const root = mkdtempSync(path.join(tmpdir(), 'consolidate-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [file, text] of Object.entries({ ...old, 'migration.ts': migration })) writeFileSync(path.join(root, file), text)
  writeFileSync(path.join(root, 'godwit.config.ts'), `export default { database: '\${DATABASE_URL}' }\n`)
  mkdirSync(path.join(root, 'conf'))
  return root
}

test('asks, shows, is run, and compares what stands there', { timeout: 180_000 }, async () => {
  await using db = await freshDatabase()
  const cwd = project(migrationWith(''))
  const env = { DATABASE_URL: db.url }
  const say = async (...args: string[]) => inOneLine(await godwit(args, { cwd, env }))

  const open = await say('consolidate')
  expect(open).toMatchObject({ code: 2 })
  expect(open.words).toContain('GW_KEY_DISAGREES limit is 3.0 (decimal) in app.yml:2 limit and 5.0 (decimal) in risk.yml:1 limit (dev).')

  writeFileSync(path.join(cwd, 'migration.ts'), decided)
  const shown = await say('consolidate', '--all')
  expect(shown).toMatchObject({ code: 0 })
  expect(shown.stdout).toContain(
    'one configuration  3 files → app.yml and 2 overrides\n✓ 2 values equal, 2 as declared, 2 secrets by name\n',
  )
  expect(shown.stdout).toMatch(/limit +3\.0 +4\.0\n +declared: risk: the policy says so\n +from app\.yml:2 limit, risk\.yml:1 limit/)
  expect(shown.stdout).toContain('nobody reads it')
  expect(readFileSync(path.join(cwd, 'app.yml'), 'utf8')).toBe(old['app.yml'])
  const object = JSON.parse((await say('consolidate', '--json')).stdout) as { consolidations: { verdict: string; cells: object[] }[] }
  expect(object.consolidations[0]).toMatchObject({ verdict: 'passed', counts: { files: 3, oldKeys: 6, newKeys: 3, secrets: 1 } })
  expect(await say('consolidate', 'verify')).toMatchObject({ code: 2, words: expect.stringContaining('conf/dev.yml is not there') })

  expect(await say('run', '-y')).toMatchObject({ code: 0 })
  expect(await say('consolidate', 'verify')).toMatchObject({
    code: 0,
    words: expect.stringContaining('✓ one configuration: 3 new files against 3 old ones'),
  })
  expect(await say('consolidate')).toMatchObject({ code: 0 })
  expect(await say('consolidate', 'show', 'prod')).toMatchObject({ code: 2, words: expect.stringContaining('TOKEN is not set (token)') })
  expect(await say('consolidate', 'show', 'prd')).toMatchObject({ code: 2, words: expect.stringContaining("Did you mean 'prod'?") })
  const start = await godwit(['consolidate', 'show', 'prod'], { cwd, env: { ...env, TOKEN: 'hunter3' } })
  expect(start).toMatchObject({ code: 0, stdout: expect.stringMatching(/limit +4\.0/) })
  expect(start.stdout).toContain('${TOKEN}')

  const override = path.join(cwd, 'conf/prod.yml')
  const written = readFileSync(override, 'utf8')
  writeFileSync(override, written.replace('4.0', '4'))
  const wrong = await say('consolidate', 'verify')
  expect(wrong).toMatchObject({ code: 4 })
  expect(wrong.words).toContain('limit in prod is 4, and was 4.0 (decimal) and 5.0 (decimal)')
  expect(await say('undo', '-y')).toMatchObject({ code: 1, words: expect.stringContaining('GW_CONSOLIDATE_EDITED') })
  writeFileSync(override, written)

  const at = { root: cwd, master: 'app.yml', overrides: 'conf/{environment}.yml' }
  expect({ ...(await readConfiguration({ ...at, environment: 'prod', variables: { TOKEN: 'hunter3' } })) }).toEqual({
    name: 'loans',
    limit: 4,
    token: 'hunter3',
  })
  await expect(readConfiguration({ ...at, environment: undefined })).rejects.toMatchObject({ code: 'GW_START_REFUSED' })
  await expect(readConfiguration({ ...at, environment: 'staging' })).rejects.toMatchObject({
    code: 'GW_START_REFUSED',
    message: 'conf/staging.yml is not there.',
  })
  await expect(readConfiguration({ ...at, environment: 'prod', variables: {} })).rejects.toMatchObject({ code: 'GW_START_REFUSED' })

  expect(await say('undo', '-y')).toMatchObject({ code: 0 })
  expect(readFileSync(path.join(cwd, 'app.yml'), 'utf8')).toBe(old['app.yml'])
  for (const ended of [open, shown, wrong, start]) expect(ended.all).not.toMatch(/hunter/)
})

test('a migration without such a step says so', async () => {
  const cwd = project(
    `import { migration, none } from 'godwit'\nexport default migration('m', { verify: [none('x', { rows: 'select 1', of: 'select 1' })] })\n`,
  )
  expect(inOneLine(await godwit(['consolidate'], { cwd, env: { DATABASE_URL: 'postgres://127.0.0.1:1/none' } }))).toMatchObject({
    code: 2,
    words: expect.stringContaining('GW_CONSOLIDATE_NONE'),
  })
})
