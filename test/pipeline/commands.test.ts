// The example as its README tells it.
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { godwit } from '../cli/godwit.ts'
import { example, pipelineDatabase } from './database.ts'

vi.setConfig({ testTimeout: 400_000 })

test('from plan to undo', async () => {
  await using db = await pipelineDatabase()
  const cwd = mkdtempSync(path.join(tmpdir(), 'pipeline-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  cpSync(example, cwd, { recursive: true, filter: (from) => !/[/\\](\.godwit|configuration)$/.test(from) })
  // a project in another folder has no package that its configuration could be typed by
  writeFileSync(
    path.join(cwd, 'godwit.config.ts'),
    `export default { database: '\${DATABASE_URL}', owns: { readOnly: ['v1'], schemas: ['analytics'] } }\n`,
  )
  const say = (...args: string[]) => godwit(args, { cwd, env: { DATABASE_URL: db.url } })

  expect(await say('plan')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('waits for 24 pairs in a row that hold, one every 1 hour'),
  })
  const shown = await say('consolidate')
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('18 files → configuration/master.yml and 3 overrides') })
  const waiting = await say('run')
  expect(waiting).toMatchObject({ code: 3, all: expect.stringContaining('1 of 24 pairs hold') })
  expect(waiting.all).toContain('read 4,004 = migrated 4,001 + quarantined 3 + filtered 0')
  expect((await say('shadow')).stdout).toMatch(/CollectionRate +< 1 %/)
  expect(await say('consolidate', 'verify')).toMatchObject({ code: 0 })
  expect((await say('quarantine')).stdout).toContain('LOOKUP_MISS')
  expect((await say('verify')).code).toBe(0)
  expect(await say('undo', '--yes')).toMatchObject({ code: 0 })
})

test('two days in a minute', async () => {
  await using db = await pipelineDatabase()
  const { stdout } = await promisify(execFile)(process.execPath, [`${example}rehearse.ts`], {
    env: { ...process.env, DATABASE_URL: db.url },
  })
  for (const line of ['23 of 24 pairs hold', 'waiting for approval', 'was taken back', '3 failed in a row, 2 are borne'])
    expect(stdout).toContain(line)
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('Five minutes later: v1 completed 25, v2 failed 3, v2 superseded 27.')
})
