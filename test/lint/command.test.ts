// godwit lint as people and programs run it.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { folder, godwit } from '../cli/godwit.ts'

const bin = path.resolve(import.meta.dirname, '../../bin/godwit.mjs')
const files = {
  'a.sql': 'CREATE TABLE a (x int);',
  'b.sql': 'DROP TABLE a;',
  'schema.sql': 'CREATE TABLE c (x int);',
  'd.sql': 'ALTER TABLE c DROP COLUMN y;',
}

test('what is dangerous is exit 4, with the line and what to write instead', async () => {
  const cwd = folder({ 'i.sql': '-- é\nCREATE INDEX i ON a (x);' })
  const ended = await godwit(['lint', 'i.sql', '--no-transaction'], { cwd })
  expect([ended.code, ended.stdout]).toEqual([4, expect.stringContaining('create-index-blocking  i.sql:2:1')])
  expect(ended.stdout).toContain('+ CREATE INDEX CONCURRENTLY i ON a (x);')
})

test('what is not is exit 0', async () => expect((await godwit(['lint', 'a.sql'], { cwd: folder(files) })).code).toBe(0))

test('a schema that is given whole tells what is not there', async () => {
  const ended = await godwit(['lint', 'd.sql', '--schema', 'schema.sql'], { cwd: folder(files) })
  expect(ended.stdout).toContain('c has no column y')
})

test('a file that is not there is told', async () => {
  const ended = await godwit(['lint', 'z.sql'], { cwd: folder(files) })
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('there is no such file')])
})

test('a rule is explained', async () => expect((await godwit(['explain', 'drop-table'])).stdout).toContain('Rename it, wait'))

test('questions line by line', () => {
  const input = [
    '{"id":"a","sql":"DROP TABLE x","context":{"pg_version":"15.2"}}',
    '',
    '{"id":2,"dialect":"mysql","sql":"SELECT 1"}',
    'no',
    '{"id":3,"dialect":"oracle","sql":"SELECT 1"}',
    '{"id":4,"sql":"SELECT 1"}',
  ].join('\n')
  const ended = spawnSync(process.execPath, [bin, 'lint', '--stdin-jsonl'], { input, encoding: 'utf8' })
  const answers = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(answers).toMatchObject([
    { id: 'a', dangerous: true, categories: ['destructive', 'breaking'] },
    { id: 2, dangerous: false, categories: ['safe'] },
    { id: null, line: 4, error: 'is no JSON object' },
    { id: 3, line: 5, error: expect.stringContaining('"oracle"') },
    { id: 4, dangerous: false, categories: ['safe'] },
  ])
  expect([ended.status, ended.stderr]).toEqual([2, expect.stringContaining('Line 4 is no JSON object, and 1 more could not be judged')])
})
