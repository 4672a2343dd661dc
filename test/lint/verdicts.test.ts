// What is dangerous to a database that people use, and what only looks it: the verdicts, case by case.
import { beforeAll, expect, test } from 'vitest'
import { judge } from '../../src/lint/judge.ts'
import { ready } from '../../src/lint/read.ts'
import { cases, otherCases, otherSchema, schema } from './cases.ts'
import { verdicts } from './verdicts/index.ts'

beforeAll(ready)

const all = [
  ...cases.map(([sql, dangerous, where = {}]) => ({ ...where, sql, dangerous, history: [schema], closed: false })),
  ...otherCases.map(([sql, dangerous, where = {}]) => ({ ...where, sql, dangerous, history: [otherSchema], closed: false })),
  ...verdicts.map((v) => ({ ...v, closed: v.schema !== '' })),
]

test.each(all)('$sql $there: $dangerous', ({ sql, dangerous, pg = 18, tx, zone, history, closed }) => {
  const judged = judge({ sql, pg, inTransaction: tx, zone, history, closed })
  expect([judged.dangerous, judged.findings.filter((f) => f.dangerous).map((f) => f.rule)]).toEqual([
    dangerous,
    dangerous ? expect.anything() : [],
  ])
})
