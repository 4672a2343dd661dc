// The benchmarks as programs: what they say, and that one of them still measures what it says, on a handful of rows.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../bench/bench.ts'
import { serverUrl } from '../support/postgres.ts'

const main = fileURLToPath(new URL('../../bench/main.ts', import.meta.url))

async function bench(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return benchWith({}, ...args)
}

async function benchWith(more: Readonly<Record<string, string>>, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, ...more, BENCH_DATABASE_URL: serverUrl() }
  const ended = promisify(execFile)(process.execPath, [main, ...args], { env })
  return ended.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (e: { code: number; stdout: string; stderr: string }) => ({ code: e.code, out: e.stdout, err: e.stderr }),
  )
}

describe('used wrongly', () => {
  test.each([
    [['pda'], 'Did you mean pad?'],
    [['pad', '--rows', 'many'], '--rows wants a whole number above zero'],
    [['pad', '--rows', '0'], '--rows wants a whole number above zero'],
    [['pad', 'plan'], 'One benchmark at a time.'],
    [['pad', '--row', '5'], '--row'],
  ])('%j', async (args, said) => {
    const { code, out, err } = await bench(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(said)
  })

  test('without a name it says which there are', async () => {
    const { code, out } = await bench()
    expect(code).toBe(2)
    expect(out).toMatch(/pad .*plan /s)
  })
})

test('--help', async () => {
  const { code, out } = await bench('--help')
  expect(code).toBe(0)
  expect(out).toContain('BENCH_DATABASE_URL')
})

test('pad: every way makes the same rows, and one object is printed', async () => {
  const { code, out, err } = await bench('pad', '--rows', '1200', '--json')
  expect(err).not.toContain('Error')
  expect(code).toBe(0)
  const outcome = JSON.parse(out) as Outcome
  expect(outcome).toMatchObject({ bench: 'pad', rows: 1200 })
  expect(outcome.results.map((r) => r.name)).toContain('Godwit, 2 workers')
  for (const r of outcome.results) expect(r).toMatchObject({ wall_s: expect.any(Number), ratio: expect.any(Number) })
  expect(outcome.goals).toHaveLength(4)
  for (const g of outcome.goals) expect(typeof g.met).toMatch(/boolean|object/)
})

test('tfrs: the script and Godwit make the same rows', async () => {
  const { code, out, err } = await bench('tfrs', '--scale', '1', '--json')
  expect(err).not.toContain('Error')
  expect(code).toBe(0)
  const outcome = JSON.parse(out) as Outcome
  expect(outcome).toMatchObject({ bench: 'tfrs', rows: 2667 })
  expect(outcome.results.map((r) => r.name)).toEqual(['Godwit, 2 workers', 'Godwit, 1 worker', 'row by row'])
  for (const r of outcome.results) expect(r).toMatchObject({ wall_s: expect.any(Number), ratio: expect.any(Number) })
})

test('plan: a small schema', async () => {
  const { code, out } = await bench('plan', '--tables', '8', '--json')
  expect(code).toBe(0)
  expect((JSON.parse(out) as Outcome).results.length).toBeGreaterThanOrEqual(2)
})

test('copy: rows of every engine arrive, and what is not here is named', async () => {
  // without the peers: they take their time, and what they do is not ours to test
  const { code, out, err } = await benchWith({ PATH: '/nowhere' }, 'copy', '--rows', '300', '--json')
  expect(err).not.toContain('Error')
  expect(code).toBe(0)
  const outcome = JSON.parse(out) as Outcome
  expect(outcome.results.map((r) => r.name)).toEqual(expect.arrayContaining(['SQLite: Godwit', 'Postgres: Godwit, 2 streams']))
  for (const r of outcome.results) expect(r.verify_s).toEqual(expect.any(Number))
  expect(outcome.absent).toContain('SQLite: pgloader: pgloader is not on PATH')
})
