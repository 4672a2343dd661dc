// SEEDS §4, rows A2, and more of their kind: the right migrations with one line made wrong. What says no is named: the checks of the example and of the
// steps, or what these tests look at besides.
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Migration } from '../../src/index.ts'
import { copyOf, type FreshDatabase, query } from '../support/postgres.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })
vi.stubEnv('UUID_WAY', 'offline')
const { asWritten, before, last, leaves, migrate, objections, people, uuidDatabase, workflow, writing } = await import('./engine.ts')

let start: FreshDatabase
let after: FreshDatabase
let was: Awaited<ReturnType<typeof before>>
beforeAll(async () => {
  start = await uuidDatabase()
  was = await before(start.url)
  after = await copyOf(start)
  for (const m of [leaves, people, workflow]) await migrate(after.url, m)
})
afterAll(async () => {
  await after.drop()
  await start.drop()
})

const file = (name: string) => fileURLToPath(new URL(`../../examples/uuid/migrations/${name}.ts`, import.meta.url))

async function mutated<T>(name: string, from: string, to: string, work: (m: Migration) => Promise<T>): Promise<T> {
  const text = readFileSync(file(name), 'utf8')
  expect(text.split(from)).toHaveLength(2)
  const path = file(`${name}.mutant-${randomBytes(4).toString('hex')}`)
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
  try {
    return await work(((await import(/* @vite-ignore */ pathToFileURL(path).href)) as { default: Migration }).default)
  } finally {
    rmSync(path)
  }
}

/** What the run says, or what is found afterwards. */
async function told(url: string, m: Migration): Promise<string> {
  const end = await migrate(url, m).then(
    () => '',
    (problem: Error) => problem.message,
  )
  return end || (await objections(url, was, true)).join('; ') || JSON.stringify(await writing(url))
}

const inLast: readonly (readonly [string, string, string, RegExp])[] = [
  ['34 documents left out', `'$.assigned_to': 't.users', `, '', /documents name the rows/],
  ['34 elements that are objects left out', `, '$[*].test_case_id': 't.test_cases'`, '', /documents name the rows/],
  [
    '34 a pair of columns left out',
    `    byType('t.audit_logs.record_id', { type: 'table_name', of: mapped, keep: 'legacy_record_id' }),\n`,
    '',
    /legacy_record_id/,
  ],
  ['34 words left out', `    inText('t.notifications.user_ref', { '^(?:user:)?(\\\\d+)$': 't.users' }),\n`, '', /_retired_user_ref/],
  ['only words with a name before them', `'^(?:user:)?(\\\\d+)$'`, `'^user:(\\\\d+)$'`, /notices are for the users/],
  ['keys of another table', `'$.report_id': 't.reports'`, `'$.report_id': 't.lobs'`, /documents name the rows/],
  ['a name of a table forgotten', `  reports: 't.reports',\n`, '', /the log is about the rows/],
  [
    'two tables changed for each other',
    `reports: 't.reports',\n  test_cases: 't.test_cases'`,
    `reports: 't.test_cases',\n  test_cases: 't.reports'`,
    /the log is about the rows/,
  ],
  ['35 keys of no row lost', `keep: 'legacy_record_id'`, `dangling: 'null'`, /legacy_record_id/],
  ['a path misspelt', `'$.reviewer_id'`, `'$.reviewer'`, /nothing stands at \$\.reviewer in any row/],
  [
    '36 a foreign key without its rule',
    `on delete cascade not valid'`,
    `not valid'`,
    /gone: constraint t\.workflow_phases wp_cr_fk .*ON DELETE CASCADE/,
  ],
  [
    'the pair may be there twice',
    `      online.unique('t.cycle_reports', ['cycle_id', 'report_id'], { name: 'cycle_reports_once' }),\n`,
    '',
    /no unique constraint|cycle_reports/,
  ],
  [
    '37 a trigger on the old column',
    `      online.validate(`,
    `      ddl('x', { forward: ['drop trigger users_touch on t.users', 'create trigger users_touch after update of _retired_lob_id on t.users for each row execute function t.touch()'], back: [] }),\n      online.validate(`,
    /users_touch/,
  ],
  [
    'a trigger that fires and fails',
    `{ forward: touch.plain, back: touch.either }`,
    `{ forward: touch.plain.replace('new.user_id,new', 'new._retired_user_id,new'), back: touch.either }`,
    /function touch/,
  ],
  ['a function of numbers', `t.phase_owner(p uuid) returns uuid`, `t.phase_owner(p int) returns uuid`, /operator does not exist/],
]

describe('the last', () => {
  test('as it is', async () => {
    await using db = await copyOf(after)
    expect(await told(db.url, last)).toBe(JSON.stringify(asWritten))
  })
  test.each(inLast)('%s', async (_, from, to, says) => {
    await using db = await copyOf(after)
    expect(await mutated('4-what-no-foreign-key-tells', from, to, (m) => told(db.url, m))).toMatch(says)
  })
})

test('33 other keys on a second run', async () => {
  await using db = await copyOf(start)
  const said = await mutated('1-leaves', `rekey('t.test_cases', decided)`, `rekey('t.test_cases', { ...decided, ids: 'v4' })`, (m) =>
    told(db.url, m),
  )
  expect(said).toMatch(/(^|; )test_cases: 2400 of 2400 rows/)
})

test('a column without a foreign key that nobody has decided', async () => {
  await using db = await copyOf(start)
  await migrate(db.url, leaves)
  const said = await mutated(
    '2-people',
    `rekey('t.users', decided)`,
    `rekey('t.users', { ...decided, not: ['t.audit_logs.record_id'] })`,
    (m) => told(db.url, m),
  )
  expect(said).toMatch(/t\.notifications\.user_ref: 80 of 400 values are keys of t\.users/)
})

test('a function that nobody has looked at', async () => {
  await using db = await copyOf(start)
  await migrate(db.url, leaves)
  const said = await mutated('2-people', `rekey('t.users', decided)`, `rekey('t.users', { ...decided, looked: [] })`, (m) =>
    told(db.url, m),
  )
  expect(said).toMatch(/t\.touch\(\) names users\.user_id/)
})

test('without the index taken out, the index is named and stays', async () => {
  await using db = await copyOf(start)
  const said = await mutated('1-leaves', `forward: 'drop index t.ix_rep_expr'`, `forward: 'select 1'`, async (m) => {
    await migrate(db.url, m)
    return told(db.url, people)
  })
  expect(said).toMatch(/index ix_rep_expr of t\.reports cannot be over uuid/)
  expect(await query(db.url, `select count(*) from pg_class where relname = 'ix_rep_expr'`)).toEqual([['1']])
})

test('I14 over no rows nothing is proved', async () => {
  await using db = await copyOf(after)
  await query(
    db.url,
    `truncate godwit.keys_of_t_users, godwit.keys_of_t_reports, godwit.keys_of_t_test_cases, godwit.keys_of_t_planning_attributes, godwit.keys_of_t_workflow_phases; truncate t.users, t.lobs cascade; truncate t.audit_logs, t.dq_results, t.notifications`,
  )
  expect(await told(db.url, last)).toMatch(/^not verified|Not verified/i)
})
