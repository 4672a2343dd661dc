// What a protected environment wants to see before anything is cut over, at each limit and beside it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { acceptQuarantine, quarantineWaive, type RunOptions } from '../../src/api.ts'
import { approve, bigint, into, mapping, migration, snapshot, table, text } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { setup, step, World } from '../life/doors.ts'
import { openPostgresPlace, type Place, place } from '../targets/place.ts'
import { day, HandClock, hour, minute, people, second } from './doors.ts'

const old = table('old_thing', { id: bigint().key(), name: text() })
const made = table('thing', { id: bigint().key().default(), name: text() })
/** Rows 3 and 10 to 12 can be kept from going. */
const moved = (world: World, gates: readonly Step[], without: 'nothing' | 'one' | 'four' = 'nothing', late: readonly Step[] = []) =>
  migration(
    'things',
    mapping(
      old,
      (r) => {
        const one = r.name.isNot('thing 3')
        const rule = without === 'one' ? one : without === 'four' ? one.and(r.id.lessThan(10)) : r.name.isNot('')
        return into(made, { name: r.name.must(rule, 'not now') })
      },
      { name: 'things' },
    ),
    { backup: [], cutover: [...gates, world.switch()], contract: late },
  )

const protection = { verifiedWithinMs: 30 * minute, backup: { withinMs: day, needed: false } }

async function guarded() {
  const p = await place(openPostgresPlace, setup)
  const folder = mkdtempSync(path.join(tmpdir(), 'godwit-protected-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const clock = new HandClock()
  const world = new World()
  const options: RunOptions = { clock, protection, folder }
  const run = async (m: Parameters<Place['run']>[0], more: RunOptions = {}) => {
    await p.again()
    return p.run(m, { ...options, ...more })
  }
  return { p, clock, world, run, folder, [Symbol.asyncDispose]: () => p[Symbol.asyncDispose]() }
}

/** It takes its time within one process, so that nobody verifies anew because the process is another one. */
const slow = (clock: HandClock, ms: number) => step('slow', { says: [], gate: true, do: async () => (clock.pass(ms), { done: 'slow' }) })

test.each([
  ['just within its time', 30 * minute - 1, 1],
  ['at the end of it', 30 * minute, 2],
  ['after it', 30 * minute + 1, 2],
])('a verification %s', async (_, ms, times) => {
  await using g = await guarded()
  let verified = 0
  const observe: RunOptions['observe'] = (e) => {
    if (e.type === 'step.done' && e.step === 'verify.0') verified++
  }
  expect(await g.run(moved(g.world, [slow(g.clock, ms)]), { observe })).toMatchObject({ state: 'finished' })
  expect(verified).toBe(times)
  expect(g.world.isOn).toBe(true)
})

test('what has changed since an old verification keeps it from being cut over', async () => {
  await using g = await guarded()
  const meddle = step('meddle', {
    says: [],
    gate: true,
    do: async () => {
      await g.p.app.sql(`update public.thing set name = 'x' where name = 'thing 5'`)
      g.clock.pass(30 * minute)
      return { done: 'x' }
    },
  })
  await expect(g.run(moved(g.world, [meddle]))).rejects.toMatchObject({ code: 'GW_VERIFY_NO' })
  expect(g.world.isOn).toBe(false)
})

test('rows in quarantine: accepted by their number, bound to the plan', async () => {
  await using g = await guarded()
  const m = moved(g.world, [], 'one')
  const no = { code: 'GW_PROTECTED', exit: 4 }
  await expect(g.run(m)).rejects.toMatchObject({
    ...no,
    message: expect.stringContaining('1 row is in quarantine'),
    hint: expect.stringContaining('--accept-quarantine 1'),
  })
  const accept = async (rows: number) => acceptQuarantine(await g.p.again(), rows, { run: 'r1', by: 'ada', people, clock: g.clock })
  await expect(accept(2)).rejects.toMatchObject({ code: 'GW_QUARANTINE_COUNT', message: expect.stringContaining('1 row is in quarantine') })
  await expect(accept(0)).rejects.toMatchObject({ code: 'GW_QUARANTINE_COUNT' })
  expect(await accept(1)).toMatchObject({ answer: { person: 'ada', proof: 'signed' } })
  expect(g.world.isOn).toBe(false)
  // three more than were accepted, by another plan: what was said before is of the plan before
  const more = moved(g.world, [], 'four')
  await expect(g.run(more)).rejects.toMatchObject({ ...no, message: expect.stringMatching(/4 rows are in quarantine$/) })
  await accept(4)
  expect(await g.run(more)).toMatchObject({ state: 'finished' })
})

test('one row more than was accepted is one too many; fewer are not', async () => {
  await using g = await guarded()
  let open = false
  const gate = step('shut', { says: [], gate: true, do: async () => (open ? { done: 'open' } : { waits: 'shut', next: [] }) })
  const m = moved(g.world, [gate], 'four')
  await g.run(m)
  await acceptQuarantine(await g.p.again(), 4, { run: 'r1', by: 'bob', clock: g.clock })
  open = true
  await g.p.app.sql(`insert into public.old_thing values (13, 'one more that does not go')`)
  await g.run(m, { to: 'verify' })
  await expect(g.run(m)).rejects.toMatchObject({
    code: 'GW_PROTECTED',
    message: expect.stringContaining('5 rows are in quarantine, and 4 were accepted'),
  })
  await g.p.app.sql(`delete from public.old_thing where id in (12, 13)`)
  await g.run(m, { to: 'verify' })
  expect(await g.run(m)).toMatchObject({ state: 'finished' })
})

test('a row that was waived with a reason needs no other word', async () => {
  await using g = await guarded()
  const m = moved(g.world, [], 'one')
  await expect(g.run(m)).rejects.toMatchObject({ code: 'GW_PROTECTED' })
  await quarantineWaive(await g.p.plan(m), await g.p.again(), { keys: ['3'] }, 'ada', 'a test entry')
  expect(await g.run(m)).toMatchObject({ state: 'finished' })
})

test('without protection none of it is asked', async () => {
  await using g = await guarded()
  expect(await g.run(moved(g.world, [slow(g.clock, day)], 'one'), { protection: undefined })).toMatchObject({ state: 'finished' })
})

test('where a backup is asked for it has to be there', async () => {
  await using g = await guarded()
  const needed = { protection: { ...protection, backup: { withinMs: day, needed: true } } }
  await expect(g.run(moved(g.world, []), needed)).rejects.toMatchObject({
    code: 'GW_PROTECTED',
    message: expect.stringContaining('no backup of this database that was proven'),
  })
})

test.each([
  ['just within its time', day - second, undefined],
  ['at the end of it', day, 'GW_PROTECTED'],
  ['of a time that has not come', -second, 'GW_PROTECTED'],
])('a proven backup %s', async (_, age, code) => {
  await using g = await guarded()
  let open = false
  const gate = step('shut', { says: [], gate: true, do: async () => (open ? { done: 'open' } : { waits: 'shut', next: [] }) })
  const m = moved(g.world, [gate])
  const backed = { ...m, steps: [{ phase: 'backup' as const, step: snapshot(old) }, ...m.steps] }
  const [[now]] = (await g.p.app.sql(`select (extract(epoch from clock_timestamp()) * 1000)::bigint::text`)) as [[string]]
  g.clock.pass(Number(now) - g.clock.now())
  await g.run(backed)
  const { backupsIn } = await import('../../src/backup/folder.ts')
  const [taken] = backupsIn(path.join(g.folder, 'backups')) as unknown as [{ manifest: { moment: { at: string } } }]
  g.clock.pass(Date.parse(taken.manifest.moment.at) + age - g.clock.now())
  open = true
  const came = g.run(backed)
  await (code
    ? expect(came).rejects.toMatchObject({ code, message: expect.stringContaining('the last backup that was proven') })
    : expect(came).resolves.toMatchObject({ state: 'finished' }))
  expect(g.world.isOn).toBe(code === undefined)
})

test('what is taken away long after the cutover is looked at again', async () => {
  await using g = await guarded()
  const drop = step('drop it', { says: [], do: async () => ({ done: 'dropped' }) })
  const soak = approve('has it settled?')
  await g.run(moved(g.world, [], 'nothing', [soak, drop]))
  expect(g.world.isOn).toBe(true)
  const { approve: yes } = await import('../../src/api.ts')
  await yes(await g.p.again(), { run: 'r1', by: 'ada', clock: g.clock })
  g.clock.pass(30 * day + hour)
  const needed = { protection: { ...protection, backup: { withinMs: day, needed: true } } }
  await expect(g.run(moved(g.world, [], 'nothing', [soak, drop]), needed)).rejects.toMatchObject({
    code: 'GW_PROTECTED',
    message: expect.stringContaining('drop it'),
  })
  expect(await g.run(moved(g.world, [], 'nothing', [soak, drop]))).toMatchObject({ state: 'finished' })
})
