// The frame of a run's life: phases in their order, gates that are waited at, a cutover that begins once and can be taken back.
import { describe, expect, test } from 'vitest'
import { plan, undoCutover } from '../../src/api.ts'
import { ddl, into, mapping, migration, none } from '../../src/index.ts'
import { parts, place as postgresPlace } from '../guarantees/engine.ts'
import { engines } from '../targets/engines.ts'
import { openPostgresPlace, place, postgresKind } from '../targets/place.ts'
import { setup, step, tables, things, World } from './doors.ts'

const titles = (view: { steps: readonly { title: string; state: string }[] }, state: string) =>
  view.steps.filter((s) => s.state === state).map((s) => s.title)

describe.each(engines)('%s', (_, open) => {
  test('a shut gate is waited at, by one process after another; then the cutover is made once', async () => {
    await using p = await place(open, setup)
    const world = new World()
    const m = things(p.kind, world)
    const first = await p.run(m)
    expect(first).toMatchObject({ state: 'waiting', pass: 1, gate: { step: 'cutover.1', why: 'the door is shut', next: ['open it'] } })
    await p.again()
    expect(await p.run(m)).toMatchObject({ state: 'waiting', pass: 1, resumed: true })
    expect(world.isOn).toBe(false)
    world.open = true
    await p.again()
    const last = await p.run(m)
    expect(last).toMatchObject({ state: 'finished', pass: 1 })
    expect(titles(last, 'done')).toContain('the switch')
    await p.again()
    expect(await p.run(m)).toMatchObject({ state: 'finished', pass: 1 })
    expect(world.said).toEqual(['asked the door', 'asked the door', 'asked the door', 'on'])
  })

  test('what has changed while it waited is seen before anything is cut over, and brought over when that is asked for', async () => {
    await using p = await place(open, setup)
    const world = new World()
    const m = things(p.kind, world)
    await p.run(m)
    await p.app.sql(`update old_thing set name = 'renamed' where id = 3`)
    world.open = true
    await p.again()
    await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_VERIFY_NO' })
    expect(world.isOn).toBe(false)
    await p.again()
    expect(await p.run(m, { to: 'verify' })).toMatchObject({ state: 'paused', pass: 2 })
    expect(await p.rows('thing')).toContainEqual(expect.stringContaining('renamed'))
    expect(await p.run(m)).toMatchObject({ state: 'finished', pass: 2 })
    expect(world.isOn).toBe(true)
  })

  test('after the cutover rows are not gone over again; taken back, they are', async () => {
    await using p = await place(open, setup)
    const world = new World()
    world.open = true
    const m = things(p.kind, world)
    await p.run(m)
    await p.app.sql(`update old_thing set name = 'too late' where id = 3`)
    await expect(p.run(m, { to: 'verify' })).rejects.toMatchObject({ code: 'GW_CUT_OVER' })
    expect(await p.run(m)).toMatchObject({ state: 'finished', pass: 1 })
    expect((await p.rows('thing')).join()).not.toContain('too late')
    const db = await p.again()
    expect(await undoCutover(await p.plan(m), db)).toMatchObject({ steps: ['the switch'] })
    expect(world.isOn).toBe(false)
    await expect(undoCutover(await p.plan(m), db)).rejects.toMatchObject({ code: 'GW_NOT_CUT_OVER' })
    expect(await p.run(m, { to: 'verify' })).toMatchObject({ state: 'paused', pass: 2 })
    expect((await p.rows('thing')).join()).toContain('too late')
    expect(await p.run(m)).toMatchObject({ state: 'finished' })
    expect(world.said).toEqual(['asked the door', 'on', 'off', 'asked the door', 'on'])
  })

  test('a change of the schema cuts over as well', async () => {
    await using p = await place(open, setup)
    const { old, made } = tables(p.kind)
    const later = `${p.kind.schema}.later`
    const rows = mapping(old, (r) => into(made, { name: r['name']! as never }), { name: 'things' })
    const m = migration('things', rows, {
      cutover: [ddl('a table', { forward: `create table ${later} (id int)`, back: `drop table ${later}` })],
    })
    await p.run(m)
    await expect(p.run(m, { to: 'verify' })).rejects.toMatchObject({ code: 'GW_CUT_OVER' })
    const db = await p.again()
    expect(await undoCutover(await p.plan(m), db)).toMatchObject({ steps: ['a table'] })
    expect(await p.run(m, { to: 'verify' })).toMatchObject({ state: 'paused' })
  })

  test('a rule says that it does not hold: the cutover is taken back, and the rows stay', async () => {
    await using p = await place(open, setup)
    const world = new World()
    world.open = true
    world.rollBack = '3 failed runs one after another'
    const m = things(p.kind, world)
    await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_ROLLED_BACK', exit: 4, message: expect.stringContaining('3 failed runs') })
    expect(world.isOn).toBe(false)
    expect(await p.rows('thing')).toHaveLength(13)
    world.rollBack = undefined
    await p.again()
    expect(await p.run(m)).toMatchObject({ state: 'finished' })
    expect(world.said).toEqual(['asked the door', 'on', 'off', 'asked the door', 'on'])
  })

  test.each(['before', 'after'] as const)(
    'broken off %s its work, a step is done by the next process, or taken back by an undo',
    async (when) => {
      await using p = await place(open, setup)
      const world = new World()
      world.open = true
      world.breaks = when
      const m = things(p.kind, world)
      const rows = await p.rows('thing')
      await expect(p.run(m)).rejects.toThrow('broken off')
      await p.again()
      await expect(p.run(m)).rejects.toThrow('broken off')
      world.breaks = undefined
      await p.again()
      expect(await p.run(m)).toMatchObject({ state: 'finished' })
      expect(world.isOn).toBe(true)
      await p.undo(m)
      expect(world.isOn).toBe(false)
      world.breaks = when
      await p.again()
      await expect(p.run(m)).rejects.toThrow('broken off')
      await p.again()
      await p.undo(m)
      expect(world.isOn).toBe(false)
      expect(await p.rows('thing')).toEqual(rows)
    },
  )
})

test('what was asked and answered holds for its plan: another plan asks again', async () => {
  await using p = await place(openPostgresPlace, setup)
  const world = new World()
  const [door, second] = [world.gate('the first door'), world.gate('the second door')]
  world.open = true
  const shut = step('never yet', { says: [], gate: true, do: async () => ({ waits: 'not yet', next: [] }) })
  const rules = (n: number) => step('the rules', { says: [], gate: true, do: async () => ({ done: 'read' }) }, { n })
  await p.run(things(p.kind, world, { gates: [rules(1), door, second, shut] }))
  await p.run(things(p.kind, world, { gates: [rules(1), door, second, shut] }))
  expect(world.said).toEqual(['asked the first door', 'asked the second door'])
  await p.run(things(p.kind, world, { gates: [rules(2), door, second, shut] }))
  expect(world.said).toEqual(['asked the first door', 'asked the second door', 'asked the first door', 'asked the second door'])
})

test('phases come in their order, and --to stops after one; nothing is written before assess and backup are through', async () => {
  await using p = await place(openPostgresPlace, setup)
  const seen: string[] = []
  const told = (title: string) =>
    step(title, {
      says: [],
      do: async ({ target }) => {
        const there = await target.ask(
          `select count(*) as n from pg_class where relnamespace = 'godwit'::regnamespace and relname like 'map%'`,
        )
        seen.push(`${title}: ${(await target.ask('select count(*) as n from public.thing'))[0]!['n']} rows, ${there[0]!['n']} of ours`)
        return { done: title }
      },
    })
  const { old, made } = tables(p.kind)
  const m = migration(
    'phases',
    {
      contract: [told('contract')],
      cutover: [told('cutover')],
      expand: [told('expand')],
      backup: [told('backup')],
      assess: [told('assess')],
    },
    mapping(old, (r) => into(made, { name: r['name']! as never }), { name: 'things' }),
  )
  for (const to of ['assess', 'backup', 'expand', 'backfill', 'verify', 'cutover'] as const)
    expect(await p.run(m, { to })).toMatchObject({ state: 'paused', note: `stopped after ${to}, as asked` })
  expect(await p.run(m)).toMatchObject({ state: 'finished' })
  expect(seen.map((s) => s.split(':')[0])).toEqual(['assess', 'backup', 'expand', 'cutover', 'contract'])
  expect(seen[0]).toBe('assess: 1 rows, 0 of ours')
  expect(seen[1]).toBe('backup: 1 rows, 0 of ours')
})

test('before anything was written another plan is as good; a check in assess that says no keeps it so', async () => {
  await using p = await place(openPostgresPlace, setup)
  const world = new World()
  const { made } = tables(p.kind)
  const wrong = none('nothing is there yet', { of: made, rows: `select id from public.thing` })
  await expect(p.run(things(p.kind, world, { assess: [wrong] }))).rejects.toMatchObject({ code: 'GW_VERIFY_NO', exit: 4 })
  expect(await p.rows('thing')).toHaveLength(1)
  const empty = none('over nothing', { of: 'select 0', rows: 'select 1 where false' })
  await expect(p.run(things(p.kind, world, { assess: [empty] }))).rejects.toMatchObject({ code: 'GW_VERIFY_NO' })
  expect(await p.run(things(p.kind, world, { assess: [] }))).toMatchObject({ state: 'waiting' })
})

test('a step that cannot be taken back keeps the undo from taking anything back', async () => {
  await using p = await postgresPlace(setup(postgresKind))
  const world = new World()
  world.open = true
  const mail = step('the mail', { says: [], do: async () => ({ done: 'sent' }), undo: { irreversible: 'a mail that was sent stays sent' } })
  const m = things(postgresKind, world, { late: [mail] })
  await p.run(m)
  const before = await p.dump()
  await expect(p.undo(m)).rejects.toMatchObject({
    code: 'GW_UNDO_REFUSED',
    message: expect.stringContaining('a mail that was sent stays sent'),
  })
  expect(await parts(before, await p.dump())).toBeUndefined()
  expect(world.isOn).toBe(true)
})

test('migrations in order: none before the one that it comes after is through, and none taken back under another', async () => {
  await using p = await place(openPostgresPlace, setup)
  const world = new World()
  const first = things(p.kind, world)
  const second = migration('second', { after: [first], expand: [step('a word', { says: [], do: async () => ({ done: 'said' }) })] })
  await expect(p.run(second)).rejects.toMatchObject({ code: 'GW_AFTER', message: expect.stringContaining('not begun') })
  await p.run(first)
  await expect(p.run(second)).rejects.toMatchObject({ code: 'GW_AFTER', message: expect.stringContaining('waiting') })
  world.open = true
  await p.run(first)
  expect(await p.run(second)).toMatchObject({ state: 'finished' })
  await expect(p.undo(first)).rejects.toMatchObject({ code: 'GW_LATER_THERE' })
  await p.undo(second)
  await p.undo(first)
  expect((await plan(second, p.db)).after).toEqual(['things'])
})
