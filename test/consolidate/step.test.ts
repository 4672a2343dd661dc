// The step's life in a run: there, again, broken off, back, there; on each database that keeps the ledger.
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Consolidation } from '../../src/consolidate/declaration.ts'
import { copyAt } from '../../src/consolidate/disk.ts'
import { consolidate, migration } from '../../src/index.ts'
import type { Hands } from '../../src/steps/hands.ts'
import type { Step } from '../../src/steps/step.ts'
import { setup } from '../life/doors.ts'
import { engines } from '../targets/engines.ts'
import { openPostgresPlace, place } from '../targets/place.ts'
import { decided, secretValues, texts } from './pipeline.ts'

/** A project with the eighteen files in it, or others. */
function project(files: Readonly<Record<string, string>> = texts): string {
  const root = mkdtempSync(path.join(tmpdir(), 'consolidate-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
  return root
}

/** Every file with its content and its mode, every folder. */
const treeOf = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .map((e) => path.join(e.parentPath, e.name))
    .map((p) => `${path.relative(root, p)} ${statSync(p).mode.toString(8)} ${statSync(p).isFile() ? readFileSync(p, 'utf8') : ''}`)
    .filter((line) => !line.startsWith('.godwit'))
    .toSorted()

const whole = (step: Step = consolidate('one configuration', decided)) => migration('configuration', { cutover: [step] })
const newFiles = ['config/master.yml', ...decided.environments.map((e) => `config/environments/${e}.yml`)]

describe('old files that are pinned', () => {
  const [plain, secret] = ['config/plain.yaml', 'config/secret.yaml']
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const written = { [plain]: 'port: 80\n', [secret]: 'password: not for anybody\n' }
  const pinned = (digests: Readonly<Record<string, string>>): Consolidation => ({
    environments: ['production'],
    files: [plain, secret].map((file) => ({ file, at: '', ...(digests[file] === undefined ? {} : { sha256: digests[file] }) })),
    into: { master: 'config/master.yml', overrides: 'config/{environment}.yml' },
  })
  const step = (digests: Readonly<Record<string, string>>) => whole(consolidate('pinned', pinned(digests)))

  test('as they were they are read; one byte more, or gone, and nothing is written', async () => {
    await using p = await place(openPostgresPlace, setup)
    const root = project(written)
    const m = step({ [plain]: sha(written[plain]!) })
    writeFileSync(path.join(root, plain), 'port: 80 \n')
    const before = treeOf(root)
    const drift = { code: 'GW_CONSOLIDATE_DRIFT', exit: 4, message: expect.stringContaining(plain) }
    await expect(p.run(m, { root })).rejects.toMatchObject(drift)
    expect(treeOf(root)).toEqual(before)
    writeFileSync(path.join(root, plain), written[plain]!)
    expect(await p.run(m, { root })).toMatchObject({ state: 'finished' })
  })

  test('the digest is part of the plan, and of a file with a secret none may be', async () => {
    await using p = await place(openPostgresPlace, setup)
    const ids = [
      (await p.plan(step({}))).id,
      (await p.plan(step({ [plain]: sha('a') }))).id,
      (await p.plan(step({ [plain]: sha('b') }))).id,
    ]
    expect(new Set(ids).size).toBe(3)
    const root = project(written)
    await expect(p.run(step({ [secret]: sha(written[secret]!) }), { root })).rejects.toMatchObject({
      code: 'GW_CONSOLIDATE_DECLARED',
      message: expect.stringContaining(`${secret} holds a secret`),
    })
    expect(() => step({ [plain]: 'abc' })).toThrow('is no SHA-256')
  })
})

describe.each(engines)('%s', (_, open) => {
  test('there, again, back, and there', async () => {
    await using p = await place(open, setup)
    const root = project()
    const before = treeOf(root)
    expect(await p.run(whole(), { root })).toMatchObject({ state: 'finished' })
    const after = treeOf(root)
    expect(after.filter((line) => !before.includes(line)).map((line) => line.split(' ')[0])).toEqual(
      ['config/environments', ...newFiles].toSorted(),
    )
    const times = newFiles.map((f) => statSync(path.join(root, f)).mtimeMs)
    await p.again()
    expect(await p.run(whole(), { root })).toMatchObject({ state: 'finished' })
    expect(newFiles.map((f) => statSync(path.join(root, f)).mtimeMs)).toEqual(times)
    await p.undo(whole(), { root })
    expect(treeOf(root)).toEqual(before)
    await p.again()
    await p.run(whole(), { root })
    expect(treeOf(root)).toEqual(after)
  })

  test('broken off before and after its files are written, it is resumed, or taken back', { timeout: 180_000 }, async () => {
    await using p = await place(open, setup)
    const root = project()
    const before = treeOf(root)
    for (const when of ['kept', 'written'] as const) {
      await expect(p.run(whole(breaking(when)), { root })).rejects.toThrow('broken off')
      await p.again()
      await p.undo(whole(), { root })
      expect(treeOf(root)).toEqual(before)
      await p.again()
      await expect(p.run(whole(breaking(when)), { root })).rejects.toThrow('broken off')
      // as if it had come to the first of them only
      if (when === 'written') rmSync(path.join(root, newFiles[2]!))
      await p.again()
      expect(await p.run(whole(), { root })).toMatchObject({ state: 'finished' })
      expect(treeOf(root)).toHaveLength(before.length + 5)
      await p.undo(whole(), { root })
      expect(treeOf(root)).toEqual(before)
      await p.again()
    }
  })
})

/** The step, of a process that ends when its memory is kept, or when its files are written and nothing is noted of that. */
function breaking(when: 'kept' | 'written'): Step {
  const step = consolidate('one configuration', decided)
  const { doing } = step
  const broken = async (hands: Hands) => {
    const memory = {
      ...hands.memory,
      write: async (what: never) => (await hands.memory.write(what), Promise.reject(new Error('broken off'))),
    }
    await doing!.do(when === 'kept' ? { ...hands, memory } : hands)
    throw new Error('broken off')
  }
  return { ...step, doing: { ...doing!, do: broken } }
}

const small: Consolidation = {
  environments: ['dev', 'prod'],
  files: [
    { file: 'app.yml', at: '' },
    { file: 'prod.env', environments: ['prod'] },
  ],
  into: { master: 'app.yml', overrides: 'conf/{environment}.yml' },
  keys: { 'db.password': { from: { 'prod.env': 'DB_PASSWORD' } } },
}
const smallTexts = { 'app.yml': 'name: loans\npassword: hunter2\n', 'prod.env': 'DB_PASSWORD=hunter3\n' }
const of = (declared: Partial<Consolidation> = {}) => whole(consolidate('one configuration', { ...small, ...declared }))

describe('an old file in whose place the new one stands', () => {
  test('is kept, and stands there again with its mode', async () => {
    await using p = await place(openPostgresPlace, setup)
    const root = project(smallTexts)
    chmodSync(path.join(root, 'app.yml'), 0o640)
    const before = treeOf(root)
    await p.run(of(), { root })
    expect(readFileSync(path.join(root, 'app.yml'), 'utf8')).toContain('password: "${PASSWORD}"')
    const copy = copyAt(path.join(root, '.godwit'), 'configuration', 'one configuration', 'app.yml')
    expect(readFileSync(copy, 'utf8')).toBe(smallTexts['app.yml'])
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    await p.again()
    await p.undo(of(), { root })
    expect(treeOf(root)).toEqual(before)
    expect(() => statSync(copy)).toThrow('ENOENT')
  })

  test('is read from where it is kept when the step is asked again', async () => {
    await using p = await place(openPostgresPlace, setup)
    const root = project(smallTexts)
    const step = consolidate('one configuration', small)
    const twice = { ...step, doing: { ...step.doing!, do: async (hands: Hands) => (await step.doing!.do(hands), step.doing!.do(hands)) } }
    expect(await p.run(whole(twice), { root })).toMatchObject({ state: 'finished' })
    expect(readFileSync(path.join(root, 'conf/prod.yml'), 'utf8')).toContain('password: "${DB_PASSWORD}"')
  })

  test('is not put back from a copy that somebody has touched', async () => {
    await using p = await place(openPostgresPlace, setup)
    const root = project(smallTexts)
    await p.run(of(), { root })
    const after = treeOf(root)
    writeFileSync(copyAt(path.join(root, '.godwit'), 'configuration', 'one configuration', 'app.yml'), 'name: others\n')
    await expect(p.undo(of(), { root })).rejects.toMatchObject({
      code: 'GW_CONSOLIDATE_FILE',
      message: expect.stringContaining('is not what app.yml was'),
    })
    expect(treeOf(root)).toEqual(after)
  })
})

describe('work of others is not lost', () => {
  test('a new file that was edited is not taken back, and neither are the others', async () => {
    await using p = await place(openPostgresPlace, setup)
    const root = project()
    const before = treeOf(root)
    await p.run(whole(), { root })
    const file = path.join(root, 'config/environments/staging.yml')
    const written = readFileSync(file, 'utf8')
    writeFileSync(file, `${written}mine: 1\n`)
    const edited = treeOf(root)
    await expect(p.undo(whole(), { root })).rejects.toMatchObject({
      code: 'GW_CONSOLIDATE_EDITED',
      message: 'config/environments/staging.yml has been edited since Godwit wrote it.',
    })
    expect(treeOf(root)).toEqual(edited)
    writeFileSync(file, written)
    await p.again()
    await p.undo(whole(), { root })
    expect(treeOf(root)).toEqual(before)
  })

  test.each([
    ['a file that is none of the old ones', 'conf/prod.yml', 'is there, and is not one of the old files'],
    ['a link', 'link/prod.yml', 'is a link or a folder'],
    ['a way out', 'out/prod.yml', 'lies outside of the project'],
    ['another folder', '../elsewhere/prod.yml', 'lies outside of the project'],
  ])('%s is in the way', async (_, place_, why) => {
    await using p = await place(openPostgresPlace, setup)
    const root = project({ ...smallTexts, 'conf/prod.yml': 'a: 1\n' })
    mkdirSync(path.join(root, 'link'))
    symlinkSync(path.join(root, 'prod.env'), path.join(root, 'link/prod.yml'))
    symlinkSync(project({}), path.join(root, 'out'))
    const before = treeOf(root)
    const overrides = place_.replace('prod', '{environment}')
    await expect(p.run(of({ into: { master: 'master.yml', overrides } }), { root })).rejects.toMatchObject({
      code: 'GW_CONSOLIDATE_IN_THE_WAY',
      message: expect.stringContaining(why),
    })
    expect(treeOf(root)).toEqual(before)
  })
})

test('an open question writes nothing, and says so', async () => {
  await using p = await place(openPostgresPlace, setup)
  const root = project({ ...smallTexts, 'app.yml': 'name: loans\ndb: {password: hunter4}\n' })
  const before = treeOf(root)
  await expect(p.run(of(), { root })).rejects.toMatchObject({
    code: 'GW_CONSOLIDATE_OPEN',
    exit: 2,
    message: expect.stringContaining('GW_KEY_DISAGREES'),
  })
  expect(treeOf(root)).toEqual(before)
})

test('an old file that is not there, or is not UTF-8, is refused', async () => {
  await using p = await place(openPostgresPlace, setup)
  const root = project({ 'app.yml': 'a: 1\n' })
  await expect(p.run(of(), { root })).rejects.toMatchObject({ code: 'GW_CONSOLIDATE_FILE', message: 'prod.env is not there.' })
  writeFileSync(path.join(root, 'prod.env'), Buffer.from('DB_PASSWORD=\xe4\n', 'latin1'))
  await expect(p.run(of(), { root })).rejects.toMatchObject({ code: 'GW_CONSOLIDATE_FILE', message: 'prod.env is not UTF-8.' })
})

test('the ledger has the record, and no secret', async () => {
  await using p = await place(openPostgresPlace, setup)
  const root = project()
  const view = await p.run(whole(), { root })
  expect(view.steps.find((s) => s.id === 'cutover.1')).toMatchObject({ state: 'done' })
  const tables = await p.app.sql(`select table_name from information_schema.tables where table_schema = 'godwit'`)
  const rows = await Promise.all(tables.map(async ([name]) => JSON.stringify(await p.app.sql(`select t::text from godwit.${name} t`))))
  const ledger = rows.join('\n')
  expect(ledger).toContain('the policy of 2025 says 3 %')
  for (const secret of secretValues) expect(ledger).not.toContain(secret)
  const [[detail]] = (await p.app.sql(`select detail from godwit.mark where step = 'cutover.1'`)) as [[string]]
  const { came: record } = JSON.parse(detail) as { came: { read: { file: string }[]; written: object[]; dropped: object[] } }
  expect(record).toMatchObject({ verdict: 'passed', counts: { files: 18, newKeys: 34 } })
  expect(record.written).toHaveLength(4)
  expect(record.dropped).toHaveLength(4)
  // files with secrets in them are not digested for everybody to try passwords on
  expect(record.read.map((r) => r.file)).not.toContain('.env.production')
  expect(record.read).toHaveLength(14)
})
