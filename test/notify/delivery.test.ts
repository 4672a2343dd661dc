// From what happens in a run to what arrives: once for each channel, in order, later where nobody is there, and never in the run's way.
import { beforeEach, describe, expect, test } from 'vitest'
import { connect, type Database, plan, run, undo } from '../../src/api.ts'
import { retryNow } from '../../src/notify/by-hand.ts'
import type { Channel } from '../../src/notify/channel.ts'
import { slack } from '../../src/notify/channels/slack.ts'
import { webhook } from '../../src/notify/channels/webhook.ts'
import { deliver, type Office } from '../../src/notify/deliver.ts'
import { occasions } from '../../src/notify/notice.ts'
import { notifier } from '../../src/notify/notifier.ts'
import { entries, put } from '../../src/notify/outbox.ts'
import { isSigned } from '../../src/notify/signature.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { type Receiver, receiver } from '../support/receiver.ts'
import { gate, gated, people } from './migration.ts'
import { logicalClock, notice } from './notices.ts'

const key = '0123456789abcdef'
const minute = 60_000

const channelTo = (to: Receiver, more: Partial<Channel> = {}): Channel => ({
  ...webhook.open({ webhook: `${to.url}/godwit`, key }, { root: '.' }),
  name: 'records',
  kind: 'webhook',
  on: new Set(occasions),
  ...more,
})
const bodies = (of: Receiver) =>
  of.calls.map((c) => JSON.parse(c.body) as { id: string; occasion: string; title: string; run: string; next: string[] })
const signal = new AbortController().signal

interface Place extends AsyncDisposable {
  readonly db: Database
  readonly url: string
}

async function place(rows = 20): Promise<Place> {
  const fresh = await freshDatabase()
  await people(fresh.url, rows)
  const db = await connect(fresh.url)
  return {
    db,
    url: fresh.url,
    [Symbol.asyncDispose]: async () => {
      await db.close()
      await fresh.drop()
    },
  }
}

/** A migration carried out, with people told of it. */
async function told(db: Database, channels: readonly Channel[], migration = gated) {
  const telling = notifier(db, { channels, environment: 'qa' })
  const outcome = await run(await plan(migration, db), db, { observe: telling.observe }).catch((error: unknown) => error as Error)
  return { outcome, unsent: await telling.settle() }
}

beforeEach(() => gate.shut())

describe('a run', () => {
  test('tells of its phases, its gate once, its end and its undo', async () => {
    await using there = await place()
    await using records = await receiver()
    const channels = [channelTo(records)]
    for (let times = 0; times < 3; times++) await told(there.db, channels)
    expect(bodies(records).map((b) => [b.occasion, b.title])).toEqual([
      ['phase', 'expand done'],
      ['phase', 'backfill done: 19 of 20 rows migrated, 1 in quarantine'],
      ['phase', 'verify done'],
      ['waiting', 'waits at cutover.1: the door is shut'],
    ])
    gate.open()
    await told(there.db, channels)
    const telling = notifier(there.db, { channels, environment: 'qa' })
    await undo(await plan(gated, there.db), there.db, { observe: telling.observe })
    expect(await telling.settle()).toEqual([])
    expect(
      bodies(records)
        .slice(4)
        .map((b) => [b.occasion, b.title]),
    ).toEqual([
      ['phase', 'cutover done'],
      ['finished', 'done'],
      ['undone', 'taken back'],
    ])
    expect(new Set(bodies(records).map((b) => b.id)).size).toBe(7)
  })

  test('is signed, and a message caught on the way is of no use later or changed', async () => {
    await using there = await place()
    await using records = await receiver()
    await told(there.db, [channelTo(records)])
    const [call] = records.calls
    const { body, headers } = call!
    const at = Number(headers['godwit-timestamp']) * 1000
    expect(isSigned(key, { headers, body, now: at })).toBe(true)
    expect(headers['idempotency-key']).toBe(bodies(records)[0]!.id)
    expect([300_000, 300_001, -300_000, -300_001].map((later) => isSigned(key, { headers, body, now: at + later }))).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(isSigned('another-key-of-16', { headers, body, now: at })).toBe(false)
    expect(isSigned(key, { headers, body: body.replace('qa', 'prod'), now: at })).toBe(false)
    expect(isSigned(key, { headers: { ...headers, 'godwit-timestamp': String(at / 1000 + 1) }, body, now: at })).toBe(false)
    expect(isSigned(key, { headers: {}, body, now: at })).toBe(false)
  })

  test('that fails is told of by its code, without values of rows', async () => {
    await using there = await place()
    await using records = await receiver()
    await query(
      there.url,
      `alter table person add constraint long_enough check (length(full_name) > 3) not valid; create function no() returns trigger language plpgsql as $$ begin raise exception 'no "Secret Name" here' using errcode = '57P05'; end $$; create trigger no before insert on person for each row execute function no()`,
    )
    const { outcome } = await told(there.db, [channelTo(records, { on: new Set(['failed']) })])
    expect(outcome).toBeInstanceOf(Error)
    expect(bodies(records)).toMatchObject([{ occasion: 'failed', title: expect.stringMatching(/^stopped with GW_/) }])
    expect(records.calls[0]!.body).not.toContain('Secret Name')
  })

  test('is not stopped, and hardly held up, by a channel where nobody is', async () => {
    await using there = await place()
    await using records = await receiver()
    records.up = false
    gate.open()
    const { outcome, unsent } = await told(there.db, [channelTo(records)])
    expect(outcome).toMatchObject({ state: 'finished' })
    expect(unsent.map((u) => u.title)).toEqual(expect.arrayContaining(['expand done', 'cutover done']))
    records.up = true
    const office: Office = { db: there.db, channels: [channelTo(records)], clock: logicalClock(Date.now() + 90 * minute), scrub: (t) => t }
    expect(await deliver(office, signal)).toEqual({ sent: unsent.length, failed: 0 })
    expect(bodies(records).at(-1)!.occasion).toBe('finished')
  })

  test('is not stopped by one that breaks in a way that nobody thought of', async () => {
    await using there = await place()
    gate.open()
    const broken = {
      to: 'nowhere',
      secrets: [],
      name: 'broken',
      kind: 'broken',
      on: new Set(occasions),
      send: () => Promise.reject(new TypeError('oh')),
    }
    const { outcome, unsent } = await told(there.db, [broken])
    expect(outcome).toMatchObject({ state: 'finished' })
    expect(unsent[0]).toMatchObject({ channel: 'broken', error: 'TypeError: oh' })
  })
})

describe('a message', () => {
  async function office(there: Place, channels: readonly Channel[]) {
    await run(await plan(gated, there.db), there.db)
    const clock = logicalClock()
    return { db: there.db, channels, clock, scrub: (t: string) => t } satisfies Office
  }
  const write = (o: Office, ...keys: string[]) =>
    o.db.session(async (s) => {
      for (const k of keys)
        await put(
          s,
          notice({ run: 'r1', key: k, title: k, at: new Date(o.clock.now()).toISOString() }),
          o.channels.map((c) => c.name),
          o.clock.now(),
        )
    })
  const states = async (o: Office) => (await o.db.session(entries)).map((e) => [e.channel, e.title, e.state])

  test('whose receiver is down for an hour arrives once after it', async () => {
    await using there = await place()
    await using records = await receiver()
    const o = await office(there, [channelTo(records)])
    records.up = false
    await write(o, 'one', 'two')
    for (let at = 0; at < 60; at++) {
      await deliver(o, signal)
      await o.clock.sleep(minute)
    }
    expect(records.calls).toEqual([])
    const tries = (await o.db.session(entries))[0]!.attempts
    expect(tries).toBeGreaterThan(4)
    expect(tries).toBeLessThan(12)
    records.up = true
    for (let at = 0; at < 60; at++) {
      await deliver(o, signal)
      await o.clock.sleep(minute)
    }
    expect(bodies(records).map((b) => b.title)).toEqual(['one', 'two'])
  })

  test('that was sent but never marked is sent again under the same id', async () => {
    await using there = await place()
    await using records = await receiver()
    const o = await office(there, [channelTo(records)])
    await write(o, 'one')
    // the process ends between the answer and the mark
    const gone = { ...o, db: { ...o.db, name: '', session: breaksAfter(o.db, 1) } as unknown as Database }
    await expect(deliver(gone, signal)).rejects.toThrow('gone')
    expect(await deliver(o, signal)).toEqual({ sent: 0, failed: 0 })
    await o.clock.sleep(2 * minute)
    expect(await deliver(o, signal)).toEqual({ sent: 1, failed: 0 })
    expect(records.calls).toHaveLength(2)
    expect(new Set(bodies(records).map((b) => b.id)).size).toBe(1)
  })

  test('is written down once, however often it is told, and sent by one of two that send', async () => {
    await using there = await place()
    await using records = await receiver()
    const o = await office(there, [channelTo(records)])
    await Promise.all([write(o, 'one', 'two', 'three'), write(o, 'one', 'two', 'three')])
    await Promise.all([deliver(o, signal), deliver(o, signal)])
    expect(
      bodies(records)
        .map((b) => b.title)
        .toSorted(),
    ).toEqual(['one', 'three', 'two'])
  })

  test('that is refused for good is given up at once, and sent when somebody says so', async () => {
    await using there = await place()
    await using records = await receiver()
    const o = await office(there, [channelTo(records)])
    await o.db.session((s) =>
      s.query(`insert into godwit.notice (run, key, channel, id, state, due) values (1, 'watched', 'records', '', 'watched', now())`),
    )
    await write(o, 'one')
    records.status = 410
    await deliver(o, signal)
    expect(await o.db.session(entries)).toMatchObject([{ state: 'failed', error: expect.stringContaining('HTTP 410'), attempts: 1 }])
    await o.clock.sleep(600 * minute)
    expect(await deliver(o, signal)).toEqual({ sent: 0, failed: 0 })
    records.status = 204
    const { sent, left } = await retryNow(o, { environment: 'qa', database: 'x' }, signal)
    expect([sent, left]).toEqual([1, []])
  })

  test('waits as long as the receiver asks for', async () => {
    await using there = await place()
    await using records = await receiver()
    const o = await office(there, [channelTo(records)])
    await write(o, 'one')
    records.status = 429
    records.headers = { 'retry-after': '600' }
    await deliver(o, signal)
    records.status = 200
    await o.clock.sleep(10 * minute - 1)
    expect(await deliver(o, signal)).toEqual({ sent: 0, failed: 0 })
    await o.clock.sleep(1)
    expect(await deliver(o, signal)).toEqual({ sent: 1, failed: 0 })
  })

  test('is no news after three days', async () => {
    await using there = await place()
    await using records = await receiver()
    const o = await office(there, [channelTo(records)])
    records.up = false
    await write(o, 'one')
    const day = 24 * 60 * minute
    await o.clock.sleep(3 * day)
    await deliver(o, signal)
    expect(await states(o)).toEqual([['records', 'one', 'waiting']])
    await o.clock.sleep(day)
    await deliver(o, signal)
    expect(await states(o)).toEqual([['records', 'one', 'failed']])
  })

  test('to one channel is not held up by another', async () => {
    await using there = await place()
    await using records = await receiver()
    await using team = await receiver()
    const o = await office(there, [
      channelTo(records),
      { ...slack.open({ slack: `${team.url}/hook` }, { root: '.' }), name: 'team', kind: 'slack', on: new Set(occasions) },
    ])
    records.status = 503
    await write(o, 'one')
    expect(await deliver(o, signal)).toEqual({ sent: 1, failed: 1 })
    expect(team.calls).toHaveLength(1)
  })

  const breaksAfter = (db: Database, good: number) => {
    let n = 0
    return ((work: Parameters<Database['session']>[0]) =>
      n++ < good ? db.session(work) : Promise.reject(new Error('gone'))) as Database['session']
  }
})

describe('what nobody came to tell', () => {
  test('is told by the next process', async () => {
    await using there = await place()
    await using records = await receiver()
    const channels = [channelTo(records)]
    await told(there.db, channels)
    // as if the process had ended after the events were kept and before anything was written down
    await query(there.url, `delete from godwit.notice where key <> 'watched'; update godwit.notice set since = since - interval '1 hour'`)
    const { unsent } = await told(there.db, channels)
    expect(unsent).toEqual([])
    const titles = bodies(records).map((b) => b.title)
    expect(titles.slice(4)).toEqual(titles.slice(0, 4))
  })

  test('is no news to a channel that was not there then', async () => {
    await using there = await place()
    await using records = await receiver()
    await using late = await receiver()
    await told(there.db, [channelTo(records)])
    gate.open()
    await told(there.db, [channelTo(records), channelTo(late, { name: 'late' })])
    expect(bodies(late).map((b) => b.title)).toEqual(['cutover done', 'done'])
  })
})
