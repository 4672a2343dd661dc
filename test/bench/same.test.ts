// The comparison of what two ways have made must be able to fail; else their times would be held against each other for nothing.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateByHand } from '../../bench/pad/by-hand.ts'
import { type Digest, differences, digestOf, rejectedBy } from '../../bench/pad/same.ts'
import { makeSource } from '../../bench/pad/source.ts'
import { freshTarget } from '../../bench/pad/target.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'

let db: FreshDatabase
let client: pg.Client
let whole: Digest

beforeAll(async () => {
  db = await freshDatabase()
  client = new pg.Client(db.config)
  await client.connect()
  await makeSource(client, 1000)
  await freshTarget(client)
  await migrateByHand(client, 'none')
  whole = await digestOf(client, rejectedBy.hand)
})
afterAll(async () => {
  await client.end()
  await db.drop()
})

const after = async (change: string): Promise<string[]> => {
  await client.query('begin')
  await client.query(change)
  const digest = await digestOf(client, rejectedBy.hand)
  await client.query('rollback')
  return differences({ name: 'before', digest: whole }, { name: 'after', digest }).map((line) => line.split(':')[0]!)
}

test('the same rows under other ids are the same', async () => {
  expect(await after('update app.pad_approval set id = id + 1000000')).toEqual([])
})

test.each([
  ['a value', `update app.pad_request set currency = 'CHF' where id = 10`, ['pad_request']],
  ['a null', 'update app.pad_execution set executed_at = null where id = 3', ['pad_execution']],
  [
    'two values changed for each other',
    'update app.pad_approval set approver_id = case id when 1 then (select approver_id from app.pad_approval where id = 2) else (select approver_id from app.pad_approval where id = 1) end where id in (1, 2)',
    ['pad_approval'],
  ],
  ['a row that points at another', 'update app.audit_log set request_id = 11, entity_id = 11 where id = 10', ['audit_log']],
  ['a row too few', 'delete from app.pad_execution where id = 3', ['pad_execution']],
  [
    'a row twice',
    'insert into app.pad_approval (request_id, approval_type, approver_id) select request_id, approval_type, approver_id from app.pad_approval where id = 1',
    ['pad_approval'],
  ],
  ['a reject of another row', 'update app.reject set source_id = source_id + 1', ['rejected']],
])('%s is found', async (_, change, found) => {
  expect(await after(change)).toEqual(found)
})
