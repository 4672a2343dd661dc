// Files: places, ignores, what one leaves for the next, and what is written for programs.
import { beforeAll, expect, test } from 'vitest'
import { lintFiles, type Settings, totals } from '../../src/lint/file.ts'
import { formats } from '../../src/lint/formats/index.ts'
import { ready } from '../../src/lint/read.ts'

beforeAll(ready)

const settings: Settings = { dialect: 'postgres', pg: 18, inTransaction: false, zone: undefined, history: [], closed: false }
const lint = (...texts: string[]) =>
  lintFiles(
    texts.map((sql, i) => ({ file: `${i + 1}.sql`, sql })),
    settings,
  )
const dangers = (...texts: string[]) => lint(...texts).map((f) => f.findings.filter((x) => x.dangerous).map((x) => x.rule))

test('a place counts characters, and not bytes', () => {
  const [file] = lint("SELECT 'é\u{1f600}'; /* ü */ DROP TABLE a;\n  -- é\n  DROP TABLE b;")
  expect(file!.findings.map((f) => [f.rule, f.line, f.column])).toEqual([
    ['drop-table', 1, 22],
    ['drop-table', 3, 3],
  ])
})

test('what a file makes is new for it, and old for the next', () => {
  expect(dangers('CREATE TABLE a (x int); CREATE INDEX i ON a (x);', 'CREATE INDEX j ON a (x);')).toEqual([[], ['create-index-blocking']])
})

test('a check that an earlier file validated is known', () => {
  const earlier =
    'CREATE TABLE a (x int); ALTER TABLE a ADD CONSTRAINT c CHECK (x IS NOT NULL) NOT VALID; ALTER TABLE a VALIDATE CONSTRAINT c;'
  expect(dangers(earlier, 'ALTER TABLE a ALTER COLUMN x SET NOT NULL;')).toEqual([[], []])
})

test('a finding is ignored for a reason, in the statement behind it and no other', () => {
  const [file] = lint('-- godwit-lint-ignore drop-table: nobody reads it since May\nDROP TABLE a;\nDROP TABLE b;')
  expect(file!.findings.map((f) => f.line)).toEqual([3])
  expect(file!.ignored).toBe(1)
})

test.each([
  ['-- godwit-lint-ignore drop-table:\nDROP TABLE a;', 'without a reason'],
  ['-- godwit-lint-ignore drop-tabel: why\nDROP TABLE a;', 'did you mean drop-table'],
])('%s is refused', (sql, why) => expect(() => lint(sql)).toThrow(why))

test('a file that asks for no transaction has none', () => {
  const run = (sql: string) =>
    lintFiles([{ file: 'a.sql', sql }], { ...settings, inTransaction: true })[0]!.findings.filter((f) => f.dangerous)
  expect(run('CREATE INDEX CONCURRENTLY i ON a (x);')).toHaveLength(1)
  expect(run('-- +goose NO TRANSACTION\nCREATE INDEX CONCURRENTLY i ON a (x);')).toEqual([])
})

test('rows tell how long', () => {
  const history = ['CREATE TABLE orders (x int);\n-- rows orders 4200000']
  const [file] = lintFiles([{ file: 'a.sql', sql: 'ALTER TABLE orders ALTER COLUMN x SET NOT NULL;' }], { ...settings, history })
  expect(file!.findings[0]!.message).toBe('ACCESS EXCLUSIVE on orders while 4.2 M rows are read (~ 8 s)')
})

test('what to write instead says a name as SQL has to', () => {
  const [file] = lint('ALTER TABLE "Order" ADD COLUMN "fullName" text NOT NULL; ALTER TABLE "order" ALTER COLUMN total SET NOT NULL;')
  const lines = file!.findings.flatMap((f) => f.instead ?? [])
  expect(lines).toContain('ALTER TABLE "Order" ALTER COLUMN "fullName" SET NOT NULL;')
  expect(lines).toContain('ALTER TABLE "order" ALTER COLUMN total SET NOT NULL;')
})

test('a timeout that is missing is told once', () => {
  const [file] = lint('ALTER TABLE a ADD COLUMN x int; ALTER TABLE a ADD COLUMN y int;')
  expect(file!.findings.map((f) => f.rule)).toEqual(['missing-lock-timeout'])
})

test('statements are counted, each once', () => {
  expect(totals(lint('DROP TABLE a CASCADE; SELECT 1;', 'SELECT 2;'))).toMatchObject({ files: 2, statements: 3, dangerous: 1 })
})

test('MySQL and SQLite by their own words', () => {
  const judged = (dialect: Settings['dialect'], sql: string) =>
    lintFiles([{ file: 'a.sql', sql }], {
      ...settings,
      dialect,
      history: ['CREATE TABLE a (x varchar(20), y int); CREATE INDEX i ON a (y)'],
    })[0]!.findings.map((f) => f.rule)
  expect(judged('mysql', 'ALTER TABLE a ADD INDEX i (x)')).toEqual([])
  expect(judged('mysql', 'ALTER TABLE `a` MODIFY x varchar(60)')).toEqual([])
  expect(judged('mysql', 'ALTER TABLE a MODIFY x varchar(64)')).toEqual(['column-type-rewrite'])
  expect(judged('sqlite', 'ALTER TABLE a ADD COLUMN z int NOT NULL')).toEqual(['add-required-column'])
  expect(judged('sqlite', 'ALTER TABLE a DROP COLUMN y')).toEqual(expect.arrayContaining(['drop-column', 'drop-column-indexed']))
  const rebuild = (columns: string) =>
    `CREATE TABLE b (x, y); INSERT INTO b SELECT ${columns} FROM a; DROP TABLE a; ALTER TABLE b RENAME TO a`
  expect(judged('sqlite', rebuild('x'))).toEqual(['rebuild-leaves-column'])
  expect(judged('sqlite', rebuild('x, y'))).toEqual([])
  expect(judged('sqlite', 'WIBBLE')).toEqual(['not-read'])
})

test.each(['json', 'sarif', 'github', 'junit'])('%s names rule and line', (name) => {
  const text = formats[name]!(lint('SELECT 1;\nDROP TABLE "a<b";'))
  expect(text).toContain('drop-table')
  if (name === 'json' || name === 'sarif') expect(JSON.stringify(JSON.parse(text))).toMatch(/"(line|startLine)":2/)
  else expect(text).toMatch(/line=2,|drop-table 2:1/)
  if (name === 'junit') expect(text).not.toContain('a<b')
})
