// What a person at a terminal sees: colours, a line that moves, questions. Elsewhere none of that.
import { spawnSync } from 'node:child_process'
import picocolors from 'picocolors'
import { describe, expect, test, vi } from 'vitest'
import { csvCell } from '../../src/cli/quarantine-export.ts'
import { cut, oneLine, table, widthOf, wrapped } from '../../src/cli/terminal/layout.ts'
import { showProgress } from '../../src/cli/terminal/progress.ts'
import { locksOf } from '../../src/plan/locks.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { fill, godwit, project, terminalMaker } from './godwit.ts'

const hasScript = spawnSync(terminalMaker, ['--version']).status === 0

describe.skipIf(!hasScript)('at a terminal', () => {
  test('a line is drawn over and over, and cleared; steps stay', async () => {
    await using db = await freshDatabase()
    await fill(db.url, 600)
    await query(
      db.url,
      `create function public.dawdle() returns trigger language plpgsql as $$ begin perform pg_catalog.pg_sleep(0.003); return new; end $$;
      create trigger dawdle before insert on customer for each row execute function public.dawdle()`,
    )
    const { code, stdout } = await godwit(['run', '--chunk', '50', '--workers', '1'], {
      cwd: project(),
      env: { DATABASE_URL: db.url, TERM: 'xterm-256color' },
      terminal: true,
    })
    expect(code, stdout).toBe(0)
    expect(stdout).toContain('\r\u001b[2K')
    const plain = stdout.replace(/\u001b\[[0-9;]*m/g, '')
    expect(plain).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] backfill +old_customer +\d+ % +[\d,]+ \/ 600 +[\d,]+ rows\/s +quarantined 3 +ETA \d/)
    expect(plain).toMatch(/✓ backfill +old_customer +[\d.]+ s\r\n +read 600 = migrated 597 \+ quarantined 3/)
    // no times before the lines: who sits there knows what time it is
    expect(plain).not.toMatch(/\d{4}-\d\d-\d\dT/)
  }, 60_000)

  test('NO_COLOR and --no-color take the colours, and no more', async () => {
    const run = (args: string[], env: Record<string, string>) =>
      godwit([...args, 'explain', 'GW_LOCKED'], { env: { TERM: 'xterm', ...env }, terminal: true })
    expect((await run([], {})).stdout).toContain('\u001b[1m')
    expect((await run([], { NO_COLOR: '1' })).stdout).not.toContain('\u001b')
    expect((await run(['--no-color'], {})).stdout).not.toContain('\u001b')
  })
})

test('FORCE_COLOR gives colours without a terminal, but no line that moves', async () => {
  const { stdout } = await godwit(['explain', 'GW_LOCKED'], { env: { FORCE_COLOR: '1' } })
  expect(stdout).toContain('\u001b[1m')
  expect(stdout).not.toContain('\u001b[2K')
})

test('data cannot drive the terminal', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  await query(db.url, `update old_customer set state = E'\\x1b]0;owned\\x07\\r\\nX' where id = 3`)
  const where = { cwd: project(), env: { DATABASE_URL: db.url } }
  await godwit(['run'], where)
  for (const args of [['quarantine'], ['quarantine', 'show', '3', '--raw'], ['try', '3'], ['verify', 'show']]) {
    const { stdout } = await godwit(args, where)
    // eslint-disable-next-line no-control-regex
    expect(stdout, args.join(' ')).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  }
}, 60_000)

test('nothing is wider than a hundred columns', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const where = { cwd: project(), env: { DATABASE_URL: db.url } }
  for (const args of [
    ['plan'],
    ['run'],
    ['quarantine'],
    ['status'],
    ['doctor'],
    ['explain'],
    ['try', '3'],
    ['verify'],
    ['--help'],
    ['run', '--help'],
  ]) {
    const { all } = await godwit(args, where)
    expect(
      all.split('\n').filter((line) => widthOf(line) > 100 && !line.includes('REVOKE') && !/^\d{4}-/.test(line)),
      args.join(' '),
    ).toEqual([])
  }
}, 60_000)

test('without a terminal: one line a phase, and one every ten seconds', () => {
  let now = Date.parse('2026-11-21T09:14:03Z')
  const lines: string[] = []
  const paint = picocolors.createColors(false)
  const screen = {
    json: false,
    live: false,
    paint,
    paintBeside: paint,
    width: 100,
    canAsk: false,
    say: (t = '') => void lines.push(t),
    note: () => {},
    event: () => {},
    object: () => {},
    raw: () => {},
    draw: () => {},
    ask: async () => undefined,
  }
  vi.useFakeTimers()
  const progress = showProgress(screen, () => now)
  const tell = (body: object) => progress.observe({ seq: 1, at: now, ...body } as never)
  const pass = (seconds: number) => {
    now += seconds * 1000
    vi.advanceTimersByTime(seconds * 1000)
  }
  tell({
    type: 'run.started',
    run: 'r4',
    migration: 'm',
    plan: 'abc',
    pass: 1,
    resumed: false,
    steps: [{ id: 'backfill.1', phase: 'backfill', title: 'a → b', rows: 100_000 }],
  })
  tell({ type: 'step.started', step: 'backfill.1' })
  for (let i = 0; i <= 25; i++) {
    tell({ type: 'step.progress', step: 'backfill.1', done: i * 1000, of: 100_000, quarantined: i })
    pass(1)
  }
  tell({ type: 'step.waiting', step: 'backfill.1', why: 'a: deadlock detected (40P01); trying again' })
  pass(10)
  // gone over again, from the first row on
  for (const done of [0, 2000]) {
    tell({ type: 'step.progress', step: 'backfill.1', done, of: 100_000, quarantined: 0 })
    pass(5)
  }
  tell({ type: 'step.done', step: 'backfill.1' })
  progress.stop()
  vi.useRealTimers()
  expect(lines).toEqual([
    '2026-11-21T09:14:03.000Z  m  run r4  plan abc',
    expect.stringMatching(
      /^2026-11-21T09:14:13\.000Z {4}backfill {2}a {3}9 % {3}9,000 \/ 100,000 {3}\d+ rows\/s {3}quarantined 9 {3}ETA \d+/,
    ),
    expect.stringMatching(
      /^2026-11-21T09:14:23\.000Z {4}backfill {2}a {3}19 % {3}19,000 \/ 100,000 {3}\d+ rows\/s {3}quarantined 19 {3}ETA \d+/,
    ),
    expect.stringMatching(/^2026-11-21T09:14:3\d\.000Z {4}backfill {2}a: deadlock detected \(40P01\); trying again/),
    expect.stringMatching(/^2026-11-21T09:14:4\d\.000Z {4}backfill {2}a {3}2 % {3}2,000 \/ 100,000 {3}\d+ rows\/s {3}ETA \d+/),
    expect.stringMatching(/^2026-11-21T09:14:49\.000Z {2}✓ backfill {2}a {3}46 s/),
  ])
})

// ── pieces ───────────────────────────────────────────────────────────────────────────────────

test('width is what a terminal shows', () => {
  expect([widthOf('abc'), widthOf('\u001b[31mabc\u001b[39m'), widthOf('日本'), widthOf('é'), widthOf('👍')]).toEqual([3, 3, 4, 1, 2])
})

test('lines are broken at spaces, cut where they must be, and kept on one line', () => {
  expect(wrapped('one two three', '  ', 9)).toBe('  one two\n    three')
  expect(cut('abcdef', 4)).toBe('abc…')
  expect(
    table(
      [
        ['a', '1'],
        ['bbb', '22'],
      ],
      { right: [1] },
    ),
  ).toEqual(['a     1', 'bbb  22'])
  expect(oneLine('a\nb\tc\u001b[0m\u202e')).toBe('a\\nb\\tc\\u001b[0m\\u202e')
})

test.each([
  ['=1+1', `'=1+1`],
  ['+x', `'+x`],
  ['-x', `'-x`],
  ['@x', `'@x`],
  ['\tx', `'\tx`],
  [' =1', `' =1`],
  ['-12.5', '-12.5'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['', '""'],
  ['=a,b', `"'=a,b"`],
])('in CSV %j is %j', (value, cell) => expect(csvCell(value)).toBe(cell))

const schema = {
  serverVersion: 180000,
  database: 'd',
  user: 'u',
  tables: new Map([['public.a', { id: 'public.a', foreignKeys: [{ to: 'public.b' }] }]]),
} as never
test.each([
  ['insert into "public"."a" select * from public.c', ['ROW EXCLUSIVE on public.a', 'ROW SHARE on public.b', 'ACCESS SHARE on public.c']],
  ['update public.a t set x = 1', ['ROW EXCLUSIVE on public.a', 'ROW SHARE on public.b']],
  ['delete from public.a', ['ROW EXCLUSIVE on public.a']],
  ['alter table public.a add x int', ['ACCESS EXCLUSIVE on public.a']],
  ['alter table public.a validate constraint c', ['SHARE UPDATE EXCLUSIVE on public.a']],
  ['alter table public.a add constraint c foreign key (x) references public.b', ['SHARE ROW EXCLUSIVE on public.a, public.b']],
  ['create index concurrently i on public.a (x)', ['SHARE UPDATE EXCLUSIVE on public.a']],
  ['create unique index i on public.a (x)', ['SHARE on public.a']],
  ['truncate public.a', ['ACCESS EXCLUSIVE on public.a']],
  [`select 'delete from public.a'`, []],
  ['select * from pg_temp.x', []],
])('%s', (sql, locks) => expect(locksOf(sql, schema)).toEqual(locks))
