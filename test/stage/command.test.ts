// godwit stage as people and programs run it.
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { folder, godwit } from '../cli/godwit.ts'
import { before, revision } from './piles.ts'

const files = {
  ...before,
  ...revision('b2', `op.drop_column('orders', 'note')`, { parent: 'a1' }),
  ...revision('c3', `op.add_column('orders', sa.Column('x', sa.Integer()))`, { parent: 'b2' }),
}

test('analyze says what each does, for people', async () => {
  const ended = await godwit(['stage', 'analyze', 'versions'], { cwd: folder(files) })
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('b2  destructive-breaking  contract, risk high')])
  expect(ended.stdout).toContain('3 migrations: 2 safe-additive, 1 destructive-breaking.')
})

test('plan is one object for programs, and exit 4 where the files cannot ship in that order', async () => {
  const ended = await godwit(['stage', 'plan', 'versions', '--json'], { cwd: folder(files) })
  expect(ended.code).toBe(4)
  expect(JSON.parse(ended.stdout)).toMatchObject({
    format: 'alembic',
    inversions: [{ from: 'c3', to: 'b2' }],
    phases: [
      { name: 'expand', parts: [{ migration: 'a1' }, { migration: 'c3' }] },
      { name: 'contract', parts: [{ migration: 'b2' }] },
    ],
    migrations: [
      { id: 'a1', phase: 'expand', down_revision: null },
      {
        id: 'b2',
        file: 'versions/b2.py',
        class: 'destructive-breaking',
        classes: ['destructive-breaking'],
        phase: 'contract',
        risk: 'high',
        certainty: 'high',
        down_revision: 'a1',
        ops: [{ kind: 'drop_column', sql: expect.any(String) }],
        reasons: expect.any(Array),
      },
      { id: 'c3', phase: 'expand' },
    ],
  })
})

test('against a branch: what is new, what was edited since, what is gone', async () => {
  const cwd = folder({ ...files, ...revision('gone', 'pass', { parent: 'a1' }) })
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@x.test', ...words], { cwd, stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-q', '-m', 'x')
  rmSync(path.join(cwd, 'versions/gone.py'))
  for (const [file, text] of Object.entries({ ...revision('b2', 'pass', { parent: 'a1' }), ...revision('d4', 'pass', { parent: 'c3' }) }))
    writeFileSync(path.join(cwd, file), text)
  const ended = await godwit(['stage', 'plan', 'versions', '--base', 'main', '--json'], { cwd })
  expect(JSON.parse(ended.stdout)).toMatchObject({
    compared: { added: ['d4'], edited: ['b2'], vanished: ['gone'] },
    migrations: [{ id: 'd4' }],
  })
  expect((await godwit(['stage', 'plan', 'versions', '--base', 'nowhere'], { cwd })).stderr).toContain('GW_STAGE_BASE')
})

test.each([
  [['stage', 'plan', 'nowhere'], 'GW_STAGE_FOLDER'],
  [['stage', 'plan', 'empty'], 'GW_STAGE_FORMAT'],
  [['stage', 'plan', 'versions', '--settings', 'no.yaml'], 'GW_STAGE_SETTINGS'],
])('%j is refused', async (words, code) => {
  const ended = await godwit(words, { cwd: folder({ ...files, 'empty/a.txt': 'x' }) })
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(code)])
})
