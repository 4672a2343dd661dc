// What is understood and what is not: help, commands, options, codes.
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { commands } from '../../src/cli/commands/index.ts'
import { wantsColour } from '../../src/cli/terminal/screen.ts'
import { explained } from '../../src/errors/index.ts'
import { filesBelow } from '../support/files.ts'
import { godwit, jsonOf } from './godwit.ts'

test('help comes at once, and names every command', async () => {
  await godwit(['--help'])
  const began = performance.now()
  const { code, stdout } = await godwit(['--help'])
  // printed, not asserted: how fast it is hangs on what else the machine does
  console.log(`godwit --help: ${Math.round(performance.now() - began)} ms`)
  expect(code).toBe(0)
  for (const { name } of commands) expect(stdout).toContain(`  ${name}`)
})

test.each(commands.map((c) => c.name))('%s has help with examples', async (name) => {
  const { code, stdout } = await godwit([name, '--help'])
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`Usage: godwit ${name}[\\s\\S]*Examples:\\n {2}godwit ${name}`))
})

test('the version is the one in package.json', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  expect((await godwit(['--version'])).stdout.trim()).toBe(version)
})

test.each([
  [['plna'], /Unknown command 'plna'\. Did you mean plan\?/],
  [['plan', '--sqll'], /Unknown option '--sqll'\. Did you mean --sql\?/],
  [['run', '--limit', 'x'], /--limit/],
  [['run', '--budget', '5x'], /200, 5%/],
  [['run', 'extra'], /Too many arguments/],
  [['quarantine', 'shwo'], /Did you mean show\?/],
  [['trace'], /Missing required argument 'row'/],
  [['report', '--format', 'pdf'], /text,\s+markdown, json, html/],
  [['explain', 'LOOKUP_MIS'], /Did you mean LOOKUP_MISS\?/],
  [['plan', '-C', '/nowhere/at/all'], /There is no folder/],
])('%j is used wrongly: exit 2, and what was meant', async (args, says) => {
  const { code, stdout, stderr } = await godwit(args)
  expect(stderr).toMatch(says)
  expect(stderr).toMatch(/^error {2}GW_/)
  expect(stdout).toBe('')
  expect(code).toBe(2)
})

test('the same as one object', async () => {
  const ended = await godwit(['plna', '--json'])
  expect(jsonOf(ended)).toMatchObject({ godwit: 1, ok: false, exit: 2, error: { code: 'GW_USAGE' } })
  expect(ended.stderr).toBe('')
})

test('without a command: the help, on stderr', async () => {
  const { code, stdout, stderr } = await godwit([])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Usage: godwit')
})

// ── codes ────────────────────────────────────────────────────────────────────────────────────

test('each code that stands anywhere in the sources is explained', () => {
  const known = new Set(explained.map((e) => e.code))
  const sources = filesBelow(['src']).filter(({ path }) => !path.startsWith('src/errors/index.ts'))
  const errors = sources.flatMap(({ text }) => [...text.matchAll(/'(GW_[A-Z_]+)'/g)].map((m) => m[1]!))
  const reasons = sources
    .filter(({ path }) => /^src\/(expr|dialects|databases\/postgres\/sqlstate|run)/.test(path))
    .flatMap(({ text }) => [...text.matchAll(/(?:code: |=== |must\([^,]+, |: )'([A-Z]{2,}(?:_[A-Z]+)+)'/g)].map((m) => m[1]!))
  const notCodes = new Set(['DATABASE_URL', 'PG_VERSION'])
  expect([...new Set([...errors, ...reasons])].filter((c) => !known.has(c) && !notCodes.has(c))).toEqual([])
  expect(reasons.length).toBeGreaterThan(20)
})

test('each of them can be asked for, and says more than its name', async () => {
  for (const e of explained) expect(e.means.length, e.code).toBeGreaterThan(15)
  const { stdout, code } = await godwit(['explain'])
  expect(code).toBe(0)
  for (const e of explained) expect(stdout).toContain(e.code)
  const one = await godwit(['explain', 'unique_conflict:some_index'])
  expect(one.stdout).toMatch(/UNIQUE_CONFLICT {2}quarantine\n[\s\S]*What to do:/)
})

// ── colour ───────────────────────────────────────────────────────────────────────────────────

test.each([
  [{ isTTY: true }, {}, true, true],
  [{ isTTY: false }, {}, true, false],
  [{ isTTY: true }, { NO_COLOR: '1' }, true, false],
  [{ isTTY: true }, { NO_COLOR: '' }, true, true],
  [{ isTTY: true }, { TERM: 'dumb' }, true, false],
  [{ isTTY: false }, { FORCE_COLOR: '1' }, true, true],
  [{ isTTY: true }, { FORCE_COLOR: '0' }, true, false],
  [{ isTTY: false }, { FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  [{ isTTY: true }, { FORCE_COLOR: '1' }, false, false],
])('colour: %j %j --no-color=%s', (stream, env, flag, expected) => expect(wantsColour(stream, env, flag)).toBe(expected))
