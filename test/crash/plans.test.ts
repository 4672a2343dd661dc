// The small plans themselves: what is broken off elsewhere does here what it is there for.
import { expect, test } from 'vitest'
import { freshDatabase, query } from '../support/postgres.ts'
import { plans } from './plans.ts'
import { once } from './process.ts'
import { broken } from './state.ts'

const books = `select mapping, migrated > 0, quarantined > 0, read from godwit.books order by 1`

test.each(plans)('G1: $name: some rows go, some do not, and each is counted once', async (small) => {
  await using db = await freshDatabase()
  await query(db.url, small.setup)
  const { error } = await once('run', small, db.url, {})
  expect(error).toBeUndefined()
  const counted = await query(db.url, books)
  expect(counted.length).toBe(small.migration.mappings.length)
  for (const [mapping, some, others] of counted) expect([mapping, some, others]).toEqual([mapping, 't', 't'])
  expect(await broken(db.url)).toEqual([])
})
