// Whatever is given, there is an answer: never an exception.
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { judgeLine } from '../../src/lint/batch.ts'
import { judge } from '../../src/lint/judge.ts'
import { ready } from '../../src/lint/read.ts'
import { rules } from '../../src/lint/rules/index.ts'
import { verdicts } from './verdicts/index.ts'

beforeAll(ready)

const corpus = rules.flatMap((r) => [r.bad.sql, r.good.sql, r.bad.schema, r.good.schema]).filter(Boolean)
const asked = (sql: string, schema = '') => ({ sql, pg: 15, inTransaction: undefined, zone: undefined, history: [schema], closed: true })
const words = [
  ...new Set(corpus.flatMap((sql) => sql.split(/\s+/))),
  "'",
  '"',
  '$$',
  '/*',
  '*/',
  '--',
  '\n',
  ';',
  '(',
  ')',
  'é',
  '\u{1f600}',
  '\0',
  '\\.',
  '\\copy',
]
const soup = fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((w) => w.join(' '))

test('words of SQL in any order', () =>
  fc.assert(
    fc.property(soup, soup, (sql, schema) => void judge(asked(sql, schema))),
    { numRuns: 300 },
  ))

test('statements that break off', () => {
  const cut = fc.tuple(fc.constantFrom(...corpus), fc.nat(200)).map(([sql, n]) => sql.slice(0, n))
  fc.assert(
    fc.property(cut, (sql) => void judge(asked(sql))),
    { numRuns: 300 },
  )
})

test('verdicts of one place at another', () => {
  const one = fc.constantFrom(...verdicts)
  fc.assert(
    fc.property(one, one, one, (a, b, c) => {
      judge({ sql: `${a.sql}; ${b.sql}`, pg: b.pg ?? 18, inTransaction: c.tx, zone: a.zone, history: [...c.history, c.sql], closed: true })
    }),
    { numRuns: 300 },
  )
})

test('other dialects', () => {
  const dialect = fc.constantFrom('mysql', 'mariadb', 'sqlite')
  fc.assert(
    fc.property(dialect, soup, (name, sql) => void judgeLine({ id: 1, dialect: name, sql, context: { schema: sql } })),
    { numRuns: 300 },
  )
})

test('lines that say nothing', () => {
  for (const line of [{}, { id: null, sql: null, context: null }, { sql: '', context: { schema: null } }])
    expect(judgeLine(line)).toMatchObject({ dangerous: false, categories: ['safe'] })
})

test('SQL that cannot be read is one finding, and the others are judged all the same', () => {
  const { findings } = judge(asked('ALTER TABEL a ADD b int; DROP TABLE c;', 'CREATE TABLE c (x int)'))
  expect(findings.map((f) => [f.rule, f.categories[0]])).toEqual([
    ['syntax', 'fails'],
    ['drop-table', 'destructive'],
  ])
})

test.each([`SELECT ${'1+'.repeat(5000)}1`, `SELECT ${'('.repeat(20_000)}`, `DO $$ BEGIN ${'IF a THEN '.repeat(2000)} END $$`])(
  'SQL that is as deep as it is long',
  (sql) => {
    expect(judge(asked(sql)).statements).toBe(1)
  },
)
