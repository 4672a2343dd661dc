// On every engine: what is told of gates, of a cutover that turns back and comes again; and of a ledger that is out of reach.
import { describe, expect, test } from 'vitest'
import { undoCutover } from '../../src/api.ts'
import type { Database } from '../../src/databases/database.ts'
import { openChannel } from '../../src/notify/channels/index.ts'
import { notifier } from '../../src/notify/notifier.ts'
import { entries } from '../../src/notify/outbox.ts'
import { setup, things, World } from '../life/doors.ts'
import { receiver } from '../support/receiver.ts'
import { engines } from '../targets/engines.ts'
import { openPostgresPlace, place } from '../targets/place.ts'

const key = '0123456789abcdef'
const records = (url: string) => openChannel('records', { webhook: url, key }, '.')

describe.each(engines)('%s', (_, open) => {
  test('a gate that is come to again after the cutover was taken back is told of again, and only then', { timeout: 240_000 }, async () => {
    await using there = await receiver()
    await using p = await place(open, setup)
    const world = new World()
    const m = things(p.kind, world)
    const said = () => there.calls.splice(0).map((c) => JSON.parse(c.body).title as string)
    const go = async () => {
      const told = notifier(await p.again(), { channels: [records(there.url)], environment: 'qa' })
      await p.run(m, { observe: told.observe }).catch(() => undefined)
      expect(await told.settle()).toEqual([])
      return said()
    }
    const waits = 'waits at cutover.1: the door is shut'
    expect(await go()).toEqual(['backfill done: 12 of 12 rows migrated', 'verify done', waits])
    expect(await go()).toEqual([])
    world.open = true
    world.rollBack = 'it is too slow'
    expect(await go()).toEqual(['the cutover was taken back'])
    world.open = false
    world.rollBack = undefined
    expect(await go()).toContain(waits)
    expect(await go()).toEqual([])
    world.open = true
    expect((await go()).at(-1)).toMatch(/^done/)
    expect(await go()).toEqual([])
    const db = await p.again()
    const told = notifier(db, { channels: [records(there.url)], environment: 'qa' })
    await undoCutover(await p.plan(m), db, { observe: told.observe })
    await told.settle()
    expect(said()).toEqual(['the cutover was taken back'])
    expect((await (await p.again()).session(entries)).filter((e) => e.state !== 'sent')).toEqual([])
  })
})

test('that the database is gone is told although nothing can be written down', async () => {
  await using there = await receiver()
  await using p = await place(openPostgresPlace, setup)
  const db = await p.again()
  let gone = false
  const away = {
    name: db.name,
    session: (work: Parameters<Database['session']>[0]) => (gone ? Promise.reject(new Error('gone')) : db.session(work)),
  } as Database
  const told = notifier(away, { channels: [records(there.url)], environment: 'qa' })
  gone = true
  told.observe({ type: 'run.started', seq: 1, at: 1, run: 'r1', migration: 'things', plan: 'p', pass: 1, resumed: false, steps: [] })
  told.observe({ type: 'run.failed', seq: 2, at: 2, error: { code: 'GW_DATABASE_AWAY', message: 'away', hint: 'wait' } })
  expect(await told.settle()).toEqual([])
  expect(there.calls.map((c) => JSON.parse(c.body).title)).toEqual(['stopped with GW_DATABASE_AWAY'])
})
