// Broken off in every way, and gone on with: nothing is half done, and one who comes second is told who is there.
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { freshDatabase, query } from '../support/postgres.ts'
import { fill, godwit, jsonOf, project, start } from './godwit.ts'

/** Units so small and so slow that there is time to break in: the target's trigger waits a little for each row. */
async function slow(rows = 400, seconds = 0.02) {
  const db = await freshDatabase()
  await fill(db.url, rows)
  await query(
    db.url,
    `create function public.dawdle() returns trigger language plpgsql as $$ begin perform pg_catalog.pg_sleep(${seconds}); return new; end $$;
    create trigger dawdle before insert on customer for each row execute function public.dawdle()`,
  )
  const where = { cwd: project(), env: { DATABASE_URL: db.url } }
  return { db, where, url: db.url, [Symbol.asyncDispose]: db.drop }
}

const run = ['run', '--chunk', '20', '--workers', '1', '--json']
const moved = async (url: string) => Number((await query(url, `select count(*) from customer where full_name like 'Name %'`))[0]![0])
const booked = async (url: string) => Number((await query(url, 'select migrated from godwit.books'))[0]![0])
const hurry = (url: string) => query(url, 'drop trigger dawdle on customer')

const wholeAgain = async (here: Awaited<ReturnType<typeof slow>>) => {
  await hurry(here.url)
  const again = await godwit(['run', '--json'], here.where)
  expect(again.code, again.all).toBe(0)
  expect(jsonOf(again)).toMatchObject({ run: { resumed: true, state: 'finished' } })
  expect(await moved(here.url)).toBe(397)
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s lets the unit in hand finish, and says how to go on',
  async (signal) => {
    await using here = await slow()
    const going = start(['run', '--chunk', '20', '--workers', '1', '--env', 'dev'], here.where)
    await going.said(/run r\d+ {2}plan/)
    while ((await moved(here.url)) === 0) await new Promise((done) => setTimeout(done, 50))
    going.kill(signal)
    const { code, stderr } = await going.ended
    expect(stderr).toMatch(
      /finishing the unit in hand \(once more within 5 s drops it\)[\s\S]*Stopped after \d+ rows\. Nothing is half done\.\nResume: godwit run --env dev/,
    )
    expect(code).toBe(130)
    expect(await moved(here.url)).toBe(await booked(here.url))
    expect(await moved(here.url)).toBeLessThan(397)
    await wholeAgain(here)
  },
  120_000,
)

test('SIGINT twice drops the unit in hand, and its sessions with it', async () => {
  await using here = await slow()
  const going = start(['run', '--chunk', '200', '--workers', '1'], here.where)
  await going.said(/run r\d+ {2}plan/)
  await new Promise((done) => setTimeout(done, 600))
  going.kill('SIGINT')
  await going.said(/finishing the unit in hand/)
  going.kill('SIGINT')
  const { code, stderr } = await going.ended
  expect(stderr).toMatch(/Dropped: the unit in hand was rolled back, nothing is half done\.\nResume: godwit run/)
  expect(code).toBe(130)
  expect(
    await query(here.url, `select count(*) from pg_stat_activity where application_name = 'godwit run pid ${going.child.pid}'`),
  ).toEqual([['0']])
  expect(await moved(here.url)).toBe(await booked(here.url))
  await wholeAgain(here)
}, 120_000)

test('kill -9, and on from the last unit', async () => {
  await using here = await slow()
  const going = start(run, here.where)
  await going.said(/run\.started/)
  while ((await moved(here.url)) === 0) await new Promise((done) => setTimeout(done, 50))
  going.kill('SIGKILL')
  await going.ended
  const status = await godwit(['status'], here.where)
  expect(status.stdout).toMatch(/killed\?|works here/)
  await wholeAgain(here)
}, 120_000)

test('one who comes second is told who is there: exit 5; unlock asks, and then fences the other out', async () => {
  // eight other commands come and go meanwhile
  await using here = await slow(400, 0.1)
  const first = start(run, here.where)
  await first.said(/step\.progress/)
  const second = await godwit(['run'], here.where)
  expect(second.code).toBe(5)
  expect(second.stderr).toMatch(
    new RegExp(
      `GW_LOCKED {2}Another Godwit works on this database: run r\\d+, host\\s+${hostname()}, pid\\s+${first.child.pid}, heartbeat`,
    ),
  )
  expect(second.stderr).toMatch(/godwit unlock r\d+/)
  expect((await godwit(['undo', '--yes'], here.where)).code).toBe(5)
  while ((await booked(here.url)) === 0) await new Promise((done) => setTimeout(done, 50)) // row 3 is in the first unit
  expect((await godwit(['quarantine', 'retry', '3'], here.where)).code).toBe(5)
  // to look is always allowed
  expect((await godwit(['status'], here.where)).stdout).toMatch(
    new RegExp(`works here: r\\d+, this host, pid ${first.child.pid}, heartbeat \\d+ s ago`),
  )
  expect((await godwit(['plan'], here.where)).code).toBe(0)

  expect((await godwit(['unlock'], here.where)).stderr).toMatch(/GW_NOT_CONFIRMED/)
  expect((await godwit(['unlock', 'r99', '--yes'], here.where)).stderr).toMatch(/GW_RUN_UNKNOWN/)
  const freed = await godwit(['unlock', '--yes'], here.where)
  expect(freed.stdout).toMatch(/Held by r\d+, this host, pid \d+, heartbeat \d+ s ago\.\n✓ Free\./)
  const end = await first.ended
  expect(end.code, end.all).not.toBe(0)
  expect(await moved(here.url)).toBe(await booked(here.url))
  await wholeAgain(here)
}, 120_000)
