// The example's own checks, asked of a target that is right and of targets that are wrong in one way each: without the engine,
// so that a check that cannot fail is found as that.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../examples/pad/checks.ts'
import { split } from '../../examples/pad/migration.ts'
import { postgres } from '../../src/dialects/postgres.ts'
import type { Question } from '../../src/steps/step.ts'
import type { FreshDatabase } from '../support/postgres.ts'
import { given, padDatabase } from './database.ts'
import { expectedOf } from './oracle.ts'
import { writeExpected } from './write.ts'

// A matrix is asked by the plan, and no-orphans needs the schema: both are tested with the engine.
const questions: Question[] = checks(split)
  .filter((step) => step.kind === 'none' || step.kind === 'same')
  .map((step) => step.ask!({ sql: postgres, schema: undefined as never, migration: 'pad-history' }))

let db: FreshDatabase
let client: pg.Client
beforeAll(async () => {
  db = await padDatabase()
  await writeExpected(db.url, expectedOf(await given(db.url)))
  client = new pg.Client(db.config)
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await db?.drop()
})

/** The titles of the checks that say no after this harm, which is then undone. */
async function failingAfter(harm: string): Promise<string[]> {
  await client.query('begin')
  try {
    await client.query(harm)
    const failed: string[] = []
    for (const q of questions) if ((await client.query(q.wrong)).rows.length > 0) failed.push(q.title)
    return failed
  } finally {
    await client.query('rollback')
  }
}

test('all pass on what is right, and each has looked at something', async () => {
  expect(await failingAfter('select')).toEqual([])
  for (const { title, examined, vacuous } of questions) {
    const { rows } = await client.query({ text: examined, rowMode: 'array' })
    expect([title, Number(rows[0]?.[0]) > 0, vacuous]).toEqual([title, true, undefined])
  }
})

const legacy = (id: number) => `reference_id = 'LEG-${String(id).padStart(6, '0')}'`
const idOf = (id: number) => `(select id from pad.pad_request where ${legacy(id)})`

test.each([
  [
    'a request is lost with its children',
    `delete from pad.audit_log where request_id = ${idOf(1)}; delete from pad.pad_request where ${legacy(1)}`,
    'what can go has gone, and nothing else has',
  ],
  [
    'a request goes that should not',
    `insert into pad.pad_request(reference_id, created_at, updated_at, employee_id, security_id, direction, quantity, estimated_value, status) select 'LEG-002021', created_at, updated_at, employee_id, security_id, direction, quantity, estimated_value, 'pending_manager' from pad.pad_request where ${legacy(2006)}`,
    'what can go has gone, and nothing else has',
  ],
  [
    'a value is another',
    `update pad.pad_request set estimated_value = estimated_value + 0.01 where ${legacy(7)}`,
    'value asked for, in all',
  ],
  [
    'two values are exchanged',
    `update pad.pad_request q set estimated_value = (select estimated_value from pad.pad_request o where o.id <> q.id and (o.${legacy(7)} or o.${legacy(8)})) where ${legacy(7)} or ${legacy(8)}`,
    'value and size are what the source row says',
  ],
  ['a size loses its thousands', `update pad.pad_request set quantity = 1 where ${legacy(2006)}`, 'size asked for, in all'],
  [
    'a price is another',
    `update pad.pad_execution set execution_price = execution_price + 0.001 where request_id = ${idOf(15)}`,
    'the price is the value over the size, and the size is the whole of it',
  ],
  [
    'a security is another',
    `update pad.pad_request set security_id = security_id % 10 + 1 where ${legacy(15)}`,
    'the security is the only one that can be meant',
  ],
  [
    'a security is misnamed',
    `update pad.security set bloomberg = 'TK37 LN Equity' where ref_id = 5037`,
    'securities are named as the reference names them',
  ],
  [
    'an audit row is there twice',
    `insert into pad.audit_log(timestamp, action_type, action_status, actor_type, actor_id, entity_type, entity_id, request_id, details) select timestamp, action_type, action_status, actor_type, actor_id, entity_type, entity_id, request_id, details from pad.audit_log where request_id = ${idOf(3)}`,
    'one audit row for each request and each decided approval',
  ],
  [
    'an audit row names another actor',
    `update pad.audit_log set actor_id = actor_id + 1 where request_id = ${idOf(3)} and action_type = 'approval_manager'`,
    'who did what, and when',
  ],
  [
    'an audit row is about nothing',
    `update pad.audit_log set request_id = 999999 where request_id = ${idOf(3)} and action_type = 'approval_manager'`,
    'audit rows are about requests that are there',
  ],
  [
    'a time is off by an hour',
    `update pad.pad_request set created_at = created_at + interval '1 hour' where ${legacy(3)}`,
    'times are those of the source, read as UTC',
  ],
  [
    'a deleted one is not deleted',
    `update pad.pad_request set deleted_at = null where ${legacy(50)}`,
    'times are those of the source, read as UTC',
  ],
  [
    'a manager has looked at the restricted list',
    `update pad.pad_approval set restricted_check = false where approval_type = 'manager' and request_id = ${idOf(15)}`,
    'a manager was asked for no checks',
  ],
  [
    'an assessment says no where nobody was asked',
    `update pad.pad_request set compliance_assessment = jsonb_set(compliance_assessment, '{restricted}', 'false') where ${legacy(1)}`,
    'the assessment says what the flags say',
  ],
  [
    'ids were given past the sequence',
    `insert into pad.pad_execution(id, request_id, executed_at, execution_price, execution_quantity) values (100000, 1, now(), 1, 1)`,
    'the next ids are still free',
  ],
])('%s', async (_, harm, title) => expect(await failingAfter(harm)).toContain(title))
