// The server itself is asked: which locks the examples and the verdicts really take, what they read and write anew, whether they are refused.
import { beforeAll, expect, test } from 'vitest'
import { traceSql } from '../../src/databases/postgres/lint-trace/trace.ts'
import { type Asked, judge } from '../../src/lint/judge.ts'
import { ready } from '../../src/lint/read.ts'
import type { Example } from '../../src/lint/rule.ts'
import { rules } from '../../src/lint/rules/index.ts'
import { disagreements } from '../../src/lint/seen.ts'
import { freshDatabase } from '../support/postgres.ts'
import { verdicts } from './verdicts/index.ts'

beforeAll(ready)

async function compare(asked: Asked): Promise<void> {
  const { findings } = judge(asked)
  const traced = await traceSql(freshDatabase, asked)
  expect(disagreements(traced.seen, findings).map((d) => d.message)).toEqual([])
}

/** What cannot be asked: another version, another tablespace, what is only known when it runs. */
const askable = (id: string, e: Example) => (e.pg ?? 18) === 18 && !['not-read'].includes(id)
const examples = rules.flatMap((r) => [r.bad, r.good].filter((e) => askable(r.id, e)).map((e) => ({ id: r.id, ...e })))
const zone = 'Europe/Berlin'

test.each(examples)('$id: $sql', (e) =>
  compare({ sql: e.sql, pg: 18, inTransaction: e.transaction, zone: e.zone ?? zone, history: [e.schema], closed: false }),
)

const shown = verdicts.filter((v) => !v.pg && !v.notHere && v.schema !== '')

test.each(shown)('$sql $there', (v) =>
  compare({ sql: v.sql, pg: 18, inTransaction: v.tx, zone: v.zone ?? zone, history: v.history, closed: true }),
)
