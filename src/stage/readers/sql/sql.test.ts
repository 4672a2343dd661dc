// Plain SQL, however its ways up and down are kept apart.
import { expect, test } from 'vitest'
import { analysed, type Files } from '../../../../test/stage/piles.ts'

const read = async (files: Files) =>
  (await analysed(files)).judged.map(({ migration: m }) => [
    m.id,
    m.parents,
    m.up.map((o) => `${o.line} ${o.sql}`),
    m.down.map((o) => o.sql),
    m.back,
  ])

test.each<[string, Files]>([
  ['two files', { 'versions/001_a.up.sql': 'CREATE TABLE a (x int);', 'versions/001_a.down.sql': 'DROP TABLE a;' }],
  ['two files in a folder', { 'versions/001_a/up.sql': 'CREATE TABLE a (x int);', 'versions/001_a/down.sql': 'DROP TABLE a;' }],
])('%s', async (_, files) => expect(await read(files)).toEqual([['001_a', [], ['1 CREATE TABLE a (x int)'], ['DROP TABLE a'], 'real']]))

test.each([
  ['goose', '-- +goose Up\nCREATE TABLE a (x int);\n-- +goose Down\nDROP TABLE a;'],
  ['dbmate', '-- migrate:up\nCREATE TABLE a (x int);\n\n-- migrate:down\nDROP TABLE a;'],
  ['sql-migrate', '-- +migrate Up\nCREATE TABLE a (x int);\n-- +migrate Down\nDROP TABLE a;'],
])('marks of %s', async (_, text) =>
  expect(await read({ 'versions/001_a.sql': text })).toEqual([['001_a', [], ['2 CREATE TABLE a (x int)'], ['DROP TABLE a'], 'real']]),
)

test('numbers by their size, a way back that is empty, and none', async () => {
  const files = {
    'versions/10_c.sql': 'SELECT 1',
    'versions/2_b.up.sql': 'SELECT 1',
    'versions/2_b.down.sql': '-- nothing',
    'versions/seed.sql': 'DROP TABLE a',
  }
  expect(await read(files)).toEqual([
    ['2_b', [], ['1 SELECT 1'], [], 'empty'],
    ['10_c', ['2_b'], ['1 SELECT 1'], [], 'none'],
  ])
})

test('a number that is there twice', async () => {
  expect((await analysed({ 'versions/001_a.sql': 'SELECT 1', 'versions/001_b.sql': 'SELECT 1' })).pile.faults).toEqual([
    '001 is the id of more than one file',
  ])
})

test('the schema that the files before leave', async () => {
  const { judged } = await analysed({
    'versions/1_a.sql': 'CREATE TABLE a (x int, y text);',
    'versions/2_b.sql': 'CREATE INDEX i ON a (x);',
    'versions/3_c.sql': 'CREATE TABLE b (x int); CREATE INDEX j ON b (x);',
  })
  expect(judged.map((j) => j.class)).toEqual(['safe-additive', 'lock-heavy', 'safe-additive'])
})

test.each([
  [
    'mysql',
    'CREATE TABLE `a` (x int) ENGINE=InnoDB;',
    ['ALTER TABLE `a` ADD COLUMN y int;', 'safe-additive'],
    ['ALTER TABLE `a` DROP COLUMN y;', 'destructive-breaking'],
    ['UPDATE `a` SET x = 1 WHERE x = 2;', 'data-migration'],
  ],
  [
    'sqlite',
    'CREATE TABLE a (x integer primary key autoincrement);',
    ['ALTER TABLE a ADD COLUMN y int;', 'safe-additive'],
    ['DROP TABLE a;', 'destructive-breaking'],
    ['INSERT INTO a VALUES (1);', 'data-migration'],
  ],
] as [string, string, ...string[][]][])(
  '%s is told by its words',
  async (dialect: string, made: string, ...cases: (readonly string[])[]) => {
    for (const [sql = '', wanted] of cases) {
      const { judged } = await analysed({ 'versions/1_a.sql': made, 'versions/2_b.sql': sql })
      expect([judged[1]!.class, judged[1]!.migration.dialect]).toEqual([wanted, dialect])
    }
  },
)

test('COPY from the file and commands of psql are no SQL', async () => {
  const [[, , up]] = (await read({
    'versions/1_a.sql': '\\set x 1\nCREATE TABLE a (x int);\nCOPY a FROM stdin;\n1;2\n\\.\nSELECT 1;',
  })) as [[unknown, unknown, string[]]]
  expect(up).toEqual(['2 CREATE TABLE a (x int)', '3 COPY a FROM stdin', '6 SELECT 1'])
})
