// Flyway's scripts.
import { expect, test } from 'vitest'
import { analysed } from '../../../../test/stage/piles.ts'

test('versions by their numbers across folders, undo beside them, what is run anew at the end', async () => {
  const { judged, pile } = await analysed({
    'versions/b/V13_1__more.sql': 'ALTER TABLE t ADD COLUMN y int;',
    'versions/a/V2__first.sql': 'CREATE TABLE t (x int);',
    'versions/a/V13__next.sql': 'CREATE TABLE u (x int);',
    'versions/a/U13__next.sql': 'DROP TABLE u;',
    'versions/R__views.sql': 'CREATE OR REPLACE VIEW v AS SELECT x FROM t;',
  })
  expect([pile.format, pile.faults]).toEqual(['flyway', []])
  expect(judged.map(({ migration: m }) => [m.id, m.parents, m.title, m.back])).toEqual([
    ['2', [], 'first', 'none'],
    ['13', ['2'], 'next', 'real'],
    ['13.1', ['13'], 'more', 'none'],
    ['R__views', ['13.1'], 'views', 'none'],
  ])
  expect(judged[3]!.reasons).toEqual(expect.arrayContaining(['it is run anew whenever it changes']))
})

test('placeholders stand for what is not known', async () => {
  const { judged } = await analysed({
    'versions/V1__a.sql': 'CREATE TABLE t (x int);',
    'versions/V2__b.sql': "UPDATE ${schema}.t SET x = 1 WHERE x = '${flyway:user}';",
  })
  expect([judged[1]!.class, judged[1]!.certainty, judged[1]!.migration.up[0]!.holes]).toEqual(['data-migration', 'medium', true])
})

test('a version that is there twice, and a script that is no SQL', async () => {
  const { judged, pile } = await analysed({
    'versions/V1__a.sql': 'SELECT 1',
    'versions/V1__b.sql': 'SELECT 1',
    'versions/V2__c.java': 'class V2__c {}',
  })
  expect([pile.faults, judged[2]!.certainty, judged[2]!.class]).toEqual([['1 is the id of more than one file'], 'low', 'caution'])
})
