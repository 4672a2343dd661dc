// The whole life of the example, over weeks of a clock that is set: each gate below and at its limit, the old application writing until the
// cutover, the new one after it, and the way back from each phase.
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answer, type Endpoint, type Model } from '../../examples/sections/application.ts'
import { keepExported, newWrites, type View } from '../../src/api.ts'
import { migration, none, snapshot } from '../../src/index.ts'
import { Application, differences } from './application.ts'
import { rows, wrong } from './engine.ts'
import { addTask, setDue } from './models.ts'
import { Project } from './project.ts'

const day = 86_400_000
const gate = (view: View) => [view.state, view.gate?.step, view.gate?.why]
const waitsAt = (step: string, why: string | RegExp) => ['waiting', step, expect.stringMatching(why)]

let small: Application
let before: string[]
beforeAll(() => {
  small = Application.smaller()
  before = small.dump()
})
afterAll(() => small[Symbol.dispose]())

/** What one model answers and the other does not say, of instances that both know. */
function disagreement(app: Application, endpoint: Endpoint, now: number): string[] {
  using db = new DatabaseSync(app.file)
  const told = (model: Model) => answer(db, endpoint, model, now).map((row) => JSON.stringify(row))
  const known = new Set(answer(db, 'DUE_DATES', 'v2', now).map((row) => row['id']))
  const old = told('v1').filter((text) => known.has(JSON.parse(text).id))
  expect(old.length).toBeGreaterThan(0)
  return differences(old, told('v2'))
}

const times = [1_755_000_000_000, 1_758_000_000_000, 1_800_000_000_000]

test('from the audit to the end of the old model, in eight weeks', async () => {
  using app = small.copy()
  using p = new Project(app)

  expect(gate(await p.run())).toEqual(waitsAt('cutover.1', /may suppliers be answered by the new model\? \(needs somebody of owner\)/))
  expect(wrong(app)).toEqual([])
  expect(readdirSync(path.join(p.root, '.godwit/backups'))).toHaveLength(1)
  for (const now of times) for (const e of ['DUE_DATES', 'OVERDUE'] as const) expect(disagreement(app, e, now)).toEqual([])
  expect(p.ask('DUE_DATES').model).toBe('v1')

  // W2, W3: weeks go by, and the old application writes
  p.clock.pass(14 * day)
  const [nine] = app.rows('select projectMilestoneTaskId as id from supplier_task_instances group by 1 having count(*) = 9 order by 1')
  addTask(app, 't990', 'm03', 'p1')
  setDue(app, nine!['id'] as string, 1_767_225_600_001n)
  expect(gate(await p.run({ to: 'verify' }))[0]).toBe('paused')
  expect(wrong(app)).toEqual([])
  for (const now of times) expect(disagreement(app, 'DUE_DATES', now)).toEqual([])

  await expect(p.approve('eve')).rejects.toMatchObject({ code: 'GW_PERSON_UNKNOWN' })
  await p.approve()
  expect(gate(await p.run())).toEqual(waitsAt('contract.1', /^30 days of 30 days are left/))
  expect(p.env).toMatch(/DUE_DATES=v2\nOVERDUE=v2\n/)
  expect(p.ask('DUE_DATES').model).toBe('v2')

  p.clock.pass(30 * day - 1)
  expect(gate(await p.run())).toEqual(waitsAt('contract.1', /^1 ms of 30 days/))
  p.clock.pass(1)
  // a report of the old application that nobody thought of
  p.readOld('OVERDUE')
  expect(gate(await p.run())).toEqual(waitsAt('contract.2', /does not hold yet, last: .* 1 wrong of 3/))
  for (const held of ['0 ms', '3 days', '6 days']) {
    p.clock.pass(3 * day)
    p.ask('OVERDUE')
    expect(gate(await p.run())).toEqual(waitsAt('contract.2', new RegExp(`has held for ${held} of 7 days`)))
  }
  p.clock.pass(day - 1)
  expect(gate(await p.run())).toEqual(waitsAt('contract.2', /has held for 6 days/))
  p.clock.pass(1)
  expect(gate(await p.run())).toEqual(waitsAt('contract.4', /may the old model go out of sight\?/))
  expect(
    app.rows(`select name from sqlite_schema where name in ('milestones', 'project_milestone_tasks', 'task_templates_old')`),
  ).toHaveLength(3)

  await p.approve()
  const instances = app.rows('select count(*) as n from supplier_task_instances')
  expect((await p.run()).state).toBe('finished')
  expect(app.rows(`select name from sqlite_schema where name like '\\_retired%' escape '\\' order by name`).map((r) => r['name'])).toEqual([
    '_retired_milestones',
    '_retired_project_milestone_tasks',
    '_retired_task_templates_old',
  ])
  expect(app.rows('select count(*) as n from supplier_task_instances')).toEqual(instances)
  // the new model needs nothing of the old one: a task, its template, and an instance
  app.exec(`insert into tasks (id, name, sequence, taskTypeId, sectionId) values ('n1', 'all new', 1, 'tt1', 'sec_m01')`)
  expect(p.ask('OVERDUE')).toMatchObject({ model: 'v2' })
  expect((await p.run()).state).toBe('finished')
}, 300_000)

describe('the way back', () => {
  test.each(['assess', 'backup', 'backfill', 'verify'] as const)(
    'after %s: the file is as it was',
    async (phase) => {
      using app = small.copy()
      using p = new Project(app)
      expect((await p.run({ to: phase })).state).toBe('paused')
      await p.undo()
      expect(differences(before, app.dump())).toEqual([])
      expect(p.env).toMatch(/DUE_DATES=v1\nOVERDUE=v1\n/)
    },
    120_000,
  )

  test('after the cutover: refused until what came since is kept, then all that was there is as it was, the flags too', async () => {
    using app = small.copy()
    using p = new Project(app)
    await p.run()
    await p.approve()
    await p.run()
    app.exec(`insert into project_task_templates (id, projectId, taskId, dueDate, createdAt, updatedAt)
      values ('new1', 'p9', 't001', 1760000000000, 1758000000000, 1758000000000)`)
    await expect(p.undo()).rejects.toMatchObject({
      code: 'GW_UNDO_REFUSED',
      message: expect.stringContaining('1 row of main.project_task_templates came since the cutover'),
    })
    await p.as(async (plan, db) => {
      const writes = await newWrites(plan, db)
      const kept = writes.map(({ query: _, ...w }) => ({ ...w, file: 'new.csv', sha256: '0'.repeat(64) }))
      await keepExported(plan, db, kept)
    })
    await p.undo()
    expect(p.env).toMatch(/DUE_DATES=v1\nOVERDUE=v1\n/)
    expect(app.rows('select id from project_task_templates')).toEqual([{ id: 'new1' }])
    app.exec(`delete from project_task_templates; delete from model_reads`)
    expect(differences(before, app.dump())).toEqual([])
  }, 120_000)

  test('a new way that does not answer takes the cutover back, and no row', async () => {
    using app = small.copy()
    using p = new Project(app)
    await p.run()
    await p.approve()
    const migrated = app.dump()
    writeFileSync(path.join(p.root, 'application.ts'), '')
    await expect(p.run()).rejects.toMatchObject({ code: 'GW_ROLLED_BACK', exit: 4 })
    expect(p.env).toMatch(/DUE_DATES=v1\nOVERDUE=v1\n/)
    expect(differences(migrated, app.dump())).toEqual([])
  }, 120_000)

  test('after contract there is none, and it says why before anything is touched', async () => {
    using app = small.copy()
    using p = new Project(app)
    await p.toTheEnd()
    const ended = app.dump()
    const refused = { code: 'GW_UNDO_REFUSED', message: expect.stringContaining('a reference that was taken off comes back by hand') }
    await expect(p.undo()).rejects.toMatchObject(refused)
    await expect(p.undoCutover()).rejects.toMatchObject(refused)
    expect(differences(ended, app.dump())).toEqual([])
  }, 240_000)
})

describe('drills', () => {
  test('a backup taken after the first write is no way back', async () => {
    using app = small.copy()
    using early = new Project(app, rows)
    await early.run({ to: 'verify' })
    const late = migration('sections', ...rows.mappings, { backup: [snapshot.database()], verify: [] })
    using p = new Project(app, late)
    await expect(p.run()).rejects.toMatchObject({ code: 'GW_BACKUP_LATE' })
    expect(existsSync(path.join(p.root, '.godwit/backups'))).toBe(false)
  }, 120_000)

  test('so is a baseline', async () => {
    using app = small.copy()
    using early = new Project(app, rows)
    await early.run({ to: 'verify' })
    using p = new Project(app)
    await expect(p.run()).rejects.toMatchObject({ code: 'GW_BASELINE_LATE' })
  }, 120_000)

  test('a check that cannot fail is refused (A4v)', async () => {
    using app = small.copy()
    const vacuous = none('sections are there', {
      of: 'select count(*) from main.task_type_sections',
      rows: 'select 1 from main.task_type_sections having count(*) < 0',
    })
    using p = new Project(app, migration('sections', ...rows.mappings, { verify: [vacuous] }))
    await expect(p.run()).rejects.toMatchObject({
      code: 'GW_VERIFY_NO',
      message: expect.stringContaining('it cannot fail: no count is ever below zero'),
    })
  }, 120_000)
})
