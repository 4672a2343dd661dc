// kill -9 at several moments of each migration (I8): the next run comes to what one that nobody disturbed comes to.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import type { Migration } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { copyOf, type FreshDatabase, query } from '../support/postgres.ts'
import { before, last, leaves, migrate, objections, people, uuidDatabase, workflow } from './engine.ts'

vi.setConfig({ testTimeout: 600_000 })

const started = (url: string, m: Migration): ChildProcess =>
  spawn(process.execPath, [fileURLToPath(new URL('./child.ts', import.meta.url)), url, m.name], { stdio: ['ignore', 'ignore', 'inherit'] })

/** Killed as soon as it stands there; false where it came to its end before somebody looked. */
async function killedAt(url: string, m: Migration, there: string): Promise<boolean> {
  const child = started(url, m)
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  while (child.exitCode === null && (await query(url, `select (${there})::text`))[0]![0] !== 'true')
    await new Promise((r) => setTimeout(r, 5))
  child.kill('SIGKILL')
  await ended
  return child.signalCode === 'SIGKILL'
}

const column = (table: string, name: string) =>
  `exists (select from pg_attribute where attrelid = to_regclass('${table}') and attname = '${name}' and not attisdropped)`
const named = (what: string) => `exists (select from ${what})`

const moments: readonly (readonly [Migration, string, string])[] = [
  [people, 'at its beginning', `to_regclass('godwit.keys_of_t_users') is not null`],
  [people, 'with some columns', column('t.reports', 'godwit_owner_id_new')],
  [
    people,
    'in mid-backfill',
    `${column('t.login_events', 'godwit_user_id_new')} and exists (select from t.users where to_jsonb(users) ->> 'godwit_user_id_new' is not null)`,
  ],
  [people, 'with some indexes', named(`pg_class where relname like 'godwit_%ix_tc%' or relname like 'godwit_%user_roles_pkey'`)],
  [people, 'when the first have changed places', column('t.users', '_retired_user_id')],
  [workflow, 'when the last have changed places', column('t.planning_attributes', '_retired_id')],
  [last, 'with some columns', column('t.test_cases', 'godwit_evidence_new')],
  [last, 'when they have changed places', column('t.audit_logs', 'legacy_record_id')],
]

const templates = new Map<string, { readonly from: FreshDatabase; readonly whole: readonly string[] }>()
const order = [leaves, people, workflow, last]
/** Keys of its own that no rule gives are others each time. */
const steady = (lines: readonly string[]) => lines.filter((l) => !l.startsWith('next value'))

test('each', async () => {
  await using first = await uuidDatabase()
  const was = await before(first.url)
  let from: FreshDatabase = first
  for (const m of order) {
    for (const [, when, there] of moments.filter(([of]) => of === m)) {
      await using db = await copyOf(from)
      const killed = await killedAt(db.url, m, there)
      expect([m.name, when, killed]).toEqual([m.name, when, true])
      await migrate(db.url, m)
      if (m === last) expect(await objections(db.url, was, true), when).toEqual([])
      else {
        await using other = await copyOf(from)
        const whole = templates.get(m.name)?.whole ?? steady((await migrate(other.url, m), await dumpOf(other.url)))
        templates.set(m.name, { from, whole })
        expect(steady(await dumpOf(db.url)), when).toEqual(whole)
      }
    }
    from = await copyOf(from)
    await migrate(from.url, m)
  }
})
