// godwit lint --trace: run on a copy, and held against what the rules say.
import { beforeAll, expect, test } from 'vitest'
import { traceSql } from '../../src/databases/postgres/lint-trace/trace.ts'
import type { Finding } from '../../src/lint/judge.ts'
import { ready } from '../../src/lint/read.ts'
import { disagreements, type Seen } from '../../src/lint/seen.ts'
import { folder, godwit } from '../cli/godwit.ts'
import { freshDatabase, query, serverUrl } from '../support/postgres.ts'

beforeAll(ready)

const files = {
  'schema.sql':
    'CREATE TABLE users (id bigint PRIMARY KEY, name text); CREATE TABLE orders (id bigint, user_id bigint); CREATE VIEW v AS SELECT id, name FROM users;',
  'key.sql': 'ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id);',
  'two.sql': "SET lock_timeout = '1s'; ALTER TABLE orders ADD COLUMN note text; COMMENT ON TABLE orders IS 'x';",
  // no rule knows where a sum may stand
  'view.sql': 'CREATE VIEW w AS SELECT id FROM users WHERE count(*) > 1;',
  'broken.sql': 'CREATE TABLE a (x nothing);',
  'alone.sql': 'CREATE INDEX CONCURRENTLY i ON orders (user_id);',
}

const lint = (...args: string[]) => godwit(['lint', ...args], { cwd: folder(files) })

test('what was locked and read is told, and agrees', async () => {
  const ended = await lint('key.sql', '--schema', 'schema.sql', '--trace', serverUrl())
  expect(ended.stdout).toContain('SHARE ROW EXCLUSIVE on orders and users · read orders and users')
  expect([ended.code, ended.stdout]).toEqual([4, expect.stringContaining('1 statement run on a copy: as the rules say.')])
})

test('without a server it brings its own', async () => {
  const ended = await lint('two.sql', '--schema', 'schema.sql', '--trace')
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('ACCESS EXCLUSIVE on orders')])
})

test('what harms nobody is exit 0', async () => {
  const ended = await lint('two.sql', '--schema', 'schema.sql', '--trace', serverUrl())
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('3 statements run on a copy: as the rules say.')])
})

test('where the server says otherwise, it is told and is exit 4', async () => {
  const ended = await lint('view.sql', '--schema', 'schema.sql', '--trace', serverUrl(), '--json')
  const { traced } = JSON.parse(ended.stdout)
  expect([ended.code, traced[0].seen[0].disagrees]).toEqual([
    4,
    [expect.stringMatching(/refused it, and no rule said so: aggregate functions/)],
  ])
})

test('what runs in no transaction is run in none', async () => {
  const ended = await lint('alone.sql', '--schema', 'schema.sql', '--no-transaction', '--trace', serverUrl())
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('its locks were gone before anybody could look')])
})

test('a schema that cannot be built is told', async () => {
  const ended = await lint('key.sql', '--schema', 'broken.sql', '--trace', serverUrl())
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('GW_LINT_HISTORY')])
  expect(ended.stderr).toContain('type "nothing" does not exist')
})

test.each([
  [['--format', 'sarif'], 'not told as sarif'],
  [['--dialect', 'mysql'], 'Only Postgres is traced'],
  [['view.sql'], 'the URL of a Postgres, or nothing'],
])('%j is refused', async (args, why) => {
  const ended = await lint('key.sql', '--trace', ...args)
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(why)])
})

test.each(['CREATE TABLE a (x int)', 'CREATE TABLE a (x nothing)'])('a copy is dropped: %s', async (there) => {
  const names: string[] = []
  const fresh = async () => {
    const database = await freshDatabase()
    names.push(database.name)
    return database
  }
  const asked = { sql: 'SELECT 1', pg: 18, inTransaction: false, zone: undefined, history: [there], closed: true }
  await traceSql(fresh, asked).catch(() => undefined)
  expect(names).toHaveLength(1)
  expect(await query(serverUrl(), 'select from pg_database where datname = $1', names)).toEqual([])
})

const seen: Seen = { from: 0, to: 9, refused: undefined, locks: [{ table: 'a', mode: 'ACCESS EXCLUSIVE' }], rewritten: [], scanned: [] }
const finding: Finding = { rule: 'r', categories: ['lock-heavy'], message: 'm', dangerous: true, from: 0, to: 9 }
const lock = { mode: 'ACCESS EXCLUSIVE', on: ['a'], work: 'w' }

test.each<[string, Partial<Seen>, Partial<Finding>, RegExp | undefined]>([
  ['as said', {}, {}, undefined],
  ['refused, as said', { refused: 'no' }, { categories: ['fails'] }, undefined],
  ['refused, and not said', { refused: 'no' }, {}, /no rule said so: no/],
  ['said to fail, and ran', {}, { categories: ['fails'] }, /r said that it fails, and it ran/],
  ['said to be lost later', {}, { categories: ['fails'], beyondOneRun: true }, undefined],
  ['written anew, as said', { rewritten: ['a'] }, { categories: ['rewrite'] }, undefined],
  ['written anew, and not said', { rewritten: ['a'] }, {}, /a was written anew, and no rule/],
  ['said to be written anew', {}, { categories: ['rewrite'] }, /r said that the table is written anew/],
  ['read, as said', { scanned: ['a'] }, { lock: { ...lock, scans: true } }, undefined],
  ['read, and not said', { scanned: ['a'] }, {}, /every row of a was read/],
  ['read, and only a moment said', { scanned: ['a'] }, { lock }, /every row of a was read/],
  ['said to be read', {}, { lock: { ...lock, scans: true } }, /rows are read under a lock, and none were/],
  ['said to be read under a lock that stops nobody', {}, { lock: { ...lock, mode: 'ACCESS EXCLUSIVE' } }, undefined],
  ['another lock', {}, { lock: { ...lock, mode: 'SHARE' } }, /r said SHARE/],
  ['nobody could look', { locks: undefined }, { lock: { ...lock, mode: 'SHARE' } }, undefined],
  ['another file, and nothing read', { scanned: ['a'] }, { lock, newFile: true }, undefined],
])('%s', (_, s, f, differs) => {
  const found = disagreements([{ ...seen, ...s }], [{ ...finding, ...f }]).map((d) => d.message)
  if (differs) expect(found).toEqual([expect.stringMatching(differs)])
  else expect(found).toEqual([])
})
