// What godwit.config.ts says of lint, and who has the last word.
import { expect, test } from 'vitest'
import { folder, godwit } from '../cli/godwit.ts'

const sql = {
  'schema.sql': 'CREATE TABLE a (x timestamp, y int);',
  'migrations/1.sql': 'ALTER TABLE a ADD COLUMN z int;',
  'migrations/2.sql': 'ALTER TABLE a ALTER COLUMN x TYPE timestamptz;',
  'migrations/3.sql': 'ALTER TABLE a DROP COLUMN y;',
}
const config = (lint: string) => ({ ...sql, 'godwit.config.ts': `export default { lint: ${lint} }\n` })
const lint = (files: Record<string, string>, ...args: string[]) => godwit(['lint', ...args], { cwd: folder(files) })

const whole = `{ files: ['migrations/*.sql'], schema: 'schema.sql', tz: 'UTC', pg: 15, ignore: { 'drop-column': 'nobody reads y', 'missing-lock-timeout': 'set by the role' } }`

test('files, schema, version, zone and what is ignored come from it', async () => {
  const ended = await lint(config(whole))
  expect([ended.code, ended.stdout]).toEqual([
    0,
    expect.stringContaining('3 files, 3 statements: 0 dangerous, 0 caution. 4 findings ignored for a reason.'),
  ])
})

test.each([
  ['--tz', 'Europe/Berlin'],
  ['--pg', '11'],
])('%s %s goes before it', async (...args) => {
  const ended = await lint(config(whole), ...args)
  expect([ended.code, ended.stdout]).toEqual([4, expect.stringContaining('column-type-rewrite')])
})

test('files that are named are judged, and no others', async () =>
  expect((await lint(config(whole), 'migrations/1.sql')).stdout).toContain('1 file, 1 statement'))

test('what ran before, and files that run outside of a transaction', async () => {
  const given = `{ files: ['migrations/3.sql'], prior: ['schema.sql', 'migrations/[12].sql'], transaction: false }`
  const files = {
    ...config(given),
    'migrations/3.sql': 'CREATE INDEX CONCURRENTLY i ON a (z); ALTER TABLE a ALTER COLUMN x TYPE timestamptz;',
  }
  expect((await lint(files)).code).toBe(0)
})

test.each([
  [`{ ignore: { 'drop-colum': 'why' } }`, "there is no rule 'drop-colum'"],
  [`{ ignore: { 'drop-column': '' } }`, 'must be a reason'],
  [`{ pg: 9 }`, 'a whole number from 11 to 18'],
  [`{ rules: [] }`, 'rules'],
  [`{ files: ['none/*.sql'] }`, 'there is no such file'],
])('%s is refused', async (given, why) => {
  const ended = await lint(config(given), ...(given.includes('files') ? [] : ['migrations/1.sql']))
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(why)])
})

test('a configuration whose database is not there stops nobody', async () => {
  const files = { ...sql, 'godwit.config.ts': "export default { database: '${NOT_SET}', lint: { pg: 15 } }\n" }
  expect((await lint(files, 'migrations/1.sql')).code).toBe(0)
})
