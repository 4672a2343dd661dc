// A whole undo where mappings ask what was retired since: what is late is taken back first, and then the rows.
import { describe, expect, test } from 'vitest'
import { bigint, command, fill, int, into, lookup, mapping, migration, retire, table, text } from '../../src/index.ts'
import { engines } from '../targets/engines.ts'
import { type Kind, type Opened, place } from '../targets/place.ts'

const setup = ({ drawn, word }: Kind) => `
  create table milestone (id int primary key, type int not null, name ${word} not null);
  create table section (id ${drawn}, type int not null, name ${word} not null);
  create table task (id int primary key, milestone int, name ${word} not null, type int);
  insert into milestone values (1, 4, 'one'), (2, 5, 'two');
  insert into section (type, name) values (9, 'its own');
  insert into task values (1, 1, 'a', null), (2, 2, 'b', null), (3, 1, 'c', 7)`

function sections({ schema }: Kind) {
  const milestone = table(`${schema}.milestone`, { id: int().key(), type: int(), name: text() })
  const section = table(`${schema}.section`, { id: bigint().key().default(), type: int(), name: text() })
  const task = table(`${schema}.task`, { id: int().key(), milestone: int().null(), name: text(), type: int().null() })
  const made = mapping(milestone, (r) => into(section, { type: r.type, name: r.name }), { name: 'sections' })
  const tasks = mapping(task, (r) => fill(task, { type: lookup(milestone, { id: r.milestone.required() }).type }), {
    name: 'tasks',
    ignore: { type: 'filled', name: 'stays' },
  })
  return migration('sections', made, tasks, {
    cutover: [command('switch', { run: ['true'], undo: ['true'] })],
    contract: [retire([milestone, task])],
  })
}

async function at(open: () => Promise<Opened>, between?: string) {
  const p = await place(open, setup)
  const m = sections(p.kind)
  const before = await p.rows('section', 'task', 'milestone')
  if (between !== undefined) {
    await p.run(m, { to: 'cutover' })
    await p.app.sql(between)
    await p.again()
  }
  expect((await p.run(m)).state).toBe('finished')
  await expect(p.app.sql('select * from task')).rejects.toThrow()
  await p.again()
  return { p, m, before, [Symbol.asyncDispose]: () => p[Symbol.asyncDispose]() }
}

describe.each(engines)('%s', { timeout: 240_000 }, (_, open) => {
  test('all of it goes back in one go', async () => {
    await using here = await at(open)
    const undone = await here.p.undo(here.m)
    expect(undone.view.steps.filter((s) => s.state !== 'undone').map((s) => s.title)).toEqual([])
    expect(undone.digest.before).toBe(undone.digest.after)
    expect(await here.p.rows('section', 'task', 'milestone')).toEqual(here.before)
  })

  test('what was filled and changed since keeps it from going back; the cutover is back by then, and that is said', async () => {
    await using here = await at(open, 'update task set type = 8 where id = 1')
    const { p, m } = here
    await expect(p.undo(m)).rejects.toMatchObject({
      code: 'GW_UNDO_REFUSED',
      message: expect.stringMatching(/filled into 1 row of \S*task was changed by others/),
      hint: expect.stringContaining('The cutover has been taken back'),
    })
    expect(await p.rows('milestone', 'task')).toHaveLength(5)
    await p.again()
    await p.undo(m, { loseChanges: true })
    expect(await p.rows('section', 'milestone')).toHaveLength(3)
  })

  test('rows that came since are refused before anything is taken back', async () => {
    await using here = await at(open)
    await here.p.app.sql(`insert into section (type, name) values (3, 'came since')`)
    await here.p.again()
    await expect(here.p.undo(here.m)).rejects.toMatchObject({
      code: 'GW_UNDO_REFUSED',
      message: expect.stringContaining('came since the cutover'),
    })
    await expect(here.p.app.sql('select * from milestone')).rejects.toThrow()
  })
})
