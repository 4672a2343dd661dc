// The example, as far as foreign keys lead, with all tables written anew: every row is what the oracle says, and nothing else is another.
import { expect, test, vi } from 'vitest'
import { query } from '../support/postgres.ts'

vi.stubEnv('UUID_WAY', 'offline')
const { asWritten, before, leaves, migrate, objections, people, uuidDatabase, workflow, writing } = await import('./engine.ts')

test('by foreign keys', async () => {
  await using db = await uuidDatabase()
  const was = await before(db.url)
  expect(was.catalogue.filter((l) => / FOREIGN KEY /.test(l))).toHaveLength(33)
  for (const m of [leaves, people, workflow]) expect((await migrate(db.url, m)).state).toBe('finished')
  expect(await objections(db.url, was, false)).toEqual([])
  expect(await writing(db.url)).toEqual(asWritten)
  // sentinels have their keys, and old ones are still known
  expect(
    await query(
      db.url,
      `select count(*) from t.users where _retired_user_id in (-1, 0, 2147483647) and user_id = godwit.new_key_of_t_users(_retired_user_id)`,
    ),
  ).toEqual([['3']])
})
