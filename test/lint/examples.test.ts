// Every rule's own examples: the bad one is found by the rule, the good one is not.
import { beforeAll, expect, test } from 'vitest'
import { judge } from '../../src/lint/judge.ts'
import { ready } from '../../src/lint/read.ts'
import type { Example } from '../../src/lint/rule.ts'
import { rules } from '../../src/lint/rules/index.ts'

beforeAll(ready)

const found = (e: Example) =>
  judge({ sql: e.sql, pg: e.pg ?? 18, inTransaction: e.transaction, zone: e.zone, history: [e.schema], closed: false, applied: e.applied })
    .findings

test.each(rules)('$id', (rule) => {
  expect(found(rule.bad).map((f) => f.rule)).toContain(rule.id)
  expect(found(rule.good).map((f) => f.rule)).not.toContain(rule.id)
})

test.each(rules)('$id: what is good is not dangerous by any other rule', (rule) => {
  const others = found(rule.good).filter((f) => f.dangerous)
  expect(others).toEqual([])
})

test('each rule has a name of its own', () => expect(new Set(rules.map((r) => r.id)).size).toBe(rules.length))
