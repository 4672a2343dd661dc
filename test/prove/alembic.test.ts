// Alembic itself, where it is installed with a driver: it and Godwit's reading come to the same result.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { alembic } from '../../src/prove/runners/alembic.ts'
import { mixed, proven } from './proving.ts'

const tool = alembic.installed('.')

test.skipIf(tool === undefined)('a pile that was cut is run by alembic, up, down one and up again', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'gw-root-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const c = await proven(mixed, { runner: (order) => tool!.runner(order, root, 'postgres'), smoke: 'SELECT id FROM orders' })
  expect([c.proved, c.runner, c.claims]).toEqual([true, expect.stringMatching(/^alembic \d/), expect.any(Array)])
  expect(c.statements).toEqual({ original: 4, staged: 4 })
  expect(c.phases.map((p) => p.back.result)).toEqual(['proved', 'not proved', 'not proved'])
})

test('where it is not installed, nothing is run', () => {
  const { PATH } = process.env
  onTestFinished(() => void Object.assign(process.env, { PATH }))
  process.env['PATH'] = ''
  expect(alembic.installed('.')).toBeUndefined()
})
