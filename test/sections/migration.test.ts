// SEEDS §3.7, A4: milestones into sections in the application's SQLite file. What is expected comes from the oracle, which knows nothing of
// the engine.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Application, asText, differences, tables } from './application.ts'
import { bookedFor, migrate, objections, takeBack, waiting, wrong } from './engine.ts'
import { addTask, answers, setDue, v1, v2 } from './models.ts'
import { expectedOf } from './oracle.ts'

let small: Application
let before: string[]
beforeAll(async () => {
  small = Application.smaller()
  before = small.dump()
  await migrate(small.url)
})
afterAll(() => small[Symbol.dispose]())

const ofTables = (dump: readonly string[], names: readonly string[]) => dump.filter((line) => names.includes(line.split(' ')[0]!))
const ledger = (app: Application) =>
  app
    .rows(`select name from sqlite_schema where type = 'table' and name like 'godwit\\_%' escape '\\' order by name`)
    .map((t) => t['name'] as string)

describe('one run', () => {
  let migrated: Application
  let before: string[]
  let done: Awaited<ReturnType<typeof migrate>>
  beforeAll(async () => {
    migrated = Application.withFixture()
    before = migrated.dump()
    done = await migrate(migrated.url)
  })
  afterAll(() => migrated[Symbol.dispose]())

  test('every row goes where the oracle says, and the books close (I1, I2, I3)', async () => {
    const should = expectedOf(migrated)
    expect(wrong(migrated, should)).toEqual([])
    expect(done.waits).toEqual(waiting(should))
    expect(waiting(should)).toEqual(['instances d4b_i1 RULE', 'instances d5a LOOKUP_MISS', 'instances d5b LOOKUP_MISS'])
    const filtered = [...should.fates.templates].filter(([, fate]) => fate === 'merged').map(([key]) => key)
    expect(filtered).toEqual(['d4b', 'd4c'])
    expect(bookedFor(done.view)).toEqual({
      sections: { read: 14, migrated: 14, quarantined: 0, filtered: 0, warned: 0 },
      tasks: { read: 64, migrated: 64, quarantined: 0, filtered: 0, warned: 0 },
      templates: { read: 323, migrated: 321, quarantined: 0, filtered: 2, warned: 0 },
      instances: { read: 3363, migrated: 3360, quarantined: 3, filtered: 0, warned: 0 },
    })
    expect([should.task_type_sections.length, should.project_task_templates.length, should.project_task_types.length]).toEqual([
      14, 321, 40,
    ])
    expect(await objections(migrated.url)).toEqual([])
  })

  test('what is only read is as it was, and so is the schema with its indexes (I12, I13)', () => {
    const after = migrated.dump()
    expect(differences(ofTables(before, tables.read), ofTables(after, tables.read))).toEqual([])
    expect(ofTables(after, ['task_templates_old'])).toHaveLength(1)
    const made = (dump: readonly string[]) => dump.filter((line) => line.startsWith('{'))
    expect(made(after)).toEqual(made(before))
    expect(made(after).filter((line) => line.includes('"type":"index"')).length).toBeGreaterThan(10)
  })

  test('of tasks and instances no other column has changed, to the storage class', () => {
    using fresh = Application.withFixture()
    for (const [name, filled] of [
      ['tasks', ['taskTypeId', 'sectionId']],
      ['supplier_task_instances', ['projectTaskTemplateId']],
    ] as const) {
      const others = fresh.columns(name).filter((c) => !filled.includes(c as never))
      expect(migrated.printed(name, others)).toEqual(fresh.printed(name, others))
    }
    // the dirt among it: days as text, text that is no JSON, four bytes for one sign
    const dirt = migrated.rows(
      `select dueDate, submissionFiles from supplier_task_instances where typeof(dueDate) = 'text' or submissionFiles = '{"broken":'`,
    )
    expect(dirt.map(asText)).toEqual([
      '{"dueDate":"2025-09-15T00:00:00.000Z","submissionFiles":null}',
      expect.stringContaining('(integer)'),
    ])
  })

  test('no reference points at nothing that did not before (I4)', () => {
    using fresh = Application.withFixture()
    const dangling = (app: Application) =>
      app.rows('select "table", parent, fkid from pragma_foreign_key_check order by 1, 2, 3').map(asText)
    expect(dangling(migrated)).toEqual(dangling(fresh))
    expect(dangling(fresh)).toHaveLength(2)
    expect(migrated.rows('pragma integrity_check').map(asText)).toEqual(['{"integrity_check":"ok"}'])
  })

  // the first is the very moment at which some are due: they are not overdue yet
  test.each([1_755_993_600_000n, 1_758_000_000_000n, 1_800_000_000_000n])(
    'both models say of every instance when it is due, and whether it is overdue at %i',
    (now) => {
      const [old, anew] = [answers(migrated, v1, now), answers(migrated, v2, now)]
      const missing = [...old.keys()].filter((key) => !anew.has(key))
      expect([old.size, anew.size, missing]).toEqual([3361, 3360, ['d4b_i1']])
      expect([...anew].filter(([key, says]) => old.get(key) !== says)).toEqual([])
      expect(new Set([...anew.values()].map((says) => says.endsWith('overdue'))).size).toBe(2)
    },
  )

  test('a second run writes nothing (I7)', async () => {
    using again = migrated.copy()
    const first = again.dump()
    await migrate(again.url)
    expect(differences(first, again.dump())).toEqual([])
  })
})

test('in small units, two at once, it comes to the same (I8)', async () => {
  using app = Application.smaller()
  await migrate(app.url, { chunk: 50, workers: 2 })
  expect(differences(small.dump(), app.dump())).toEqual([])
})

describe('the old application writes on (I9)', () => {
  test('W2, W3: a task, its project task and instances come, and a day is set for nine instances', async () => {
    using app = small.copy()
    const templates = new Set(app.all('project_task_templates').map((t) => t['id']))
    const [nine] = app.rows('select projectMilestoneTaskId as id from supplier_task_instances group by 1 having count(*) = 9 order by 1')
    addTask(app, 't990', 'm03', 'p1')
    setDue(app, nine!['id'] as string, 1_767_225_600_001n)
    const told = answers(app, v1, 0n)
    await migrate(app.url)
    expect(wrong(app)).toEqual([])
    const [changed] = app.rows(`select dueDate, offsetDays from project_task_templates where id = 'tpl_${nine!['id']}'`)
    expect(changed!['dueDate']).toBe(1_767_225_600_001n)
    for (const now of [1_758_000_000_000n, 1_767_225_600_001n, 1_800_000_000_000n]) {
      const old = answers(app, v1, now)
      expect([...answers(app, v2, now)].filter(([key, says]) => old.get(key) !== says)).toEqual([])
    }
    expect(answers(app, v2, 0n).size).toBe(told.size - 1)
    expect(
      app
        .all('project_task_templates')
        .filter((t) => !templates.has(t['id']))
        .map((t) => t['id']),
    ).toEqual(['tpl_pmt_t990'])
    expect(app.rows(`select count(*) as n from supplier_task_instances where projectTaskTemplateId = 'tpl_pmt_t990'`)).toEqual([{ n: 9n }])
  })

  test('the row that stayed is removed, and the other takes its place, with its instance', async () => {
    using app = small.copy()
    app.exec(`delete from project_milestone_tasks where id in ('pmt_p1_t001', 'pmt_p2_t005')`)
    const { waits } = await migrate(app.url)
    expect(wrong(app)).toEqual([])
    expect(app.rows(`select projectTaskTemplateId as t from supplier_task_instances where id = 'd4b_i1'`)).toEqual([{ t: 'tpl_d4b' }])
    expect(waits).toEqual(waiting(expectedOf(app)))
  })

  test('a day that there is not: the template goes, its instances wait, and come back with it', async () => {
    using app = small.copy()
    const whole = app.dump()
    const [{ dueDate }] = app.rows(`select dueDate from project_milestone_tasks where id = 'pmt_p2_t003'`) as [{ dueDate: bigint }]
    app.exec(`update project_milestone_tasks set dueDate = '2025-02-31T00:00:00.000Z' where id = 'pmt_p2_t003'`)
    const { waits } = await migrate(app.url, { budget: { rows: 50, percent: 10 } })
    expect(wrong(app)).toEqual([])
    expect(waits).toEqual(waiting(expectedOf(app)))
    expect(waits).toContain('templates pmt_p2_t003 DATE_INVALID')
    app.exec(`update project_milestone_tasks set dueDate = ${dueDate} where id = 'pmt_p2_t003'`)
    await migrate(app.url)
    expect(differences(whole, app.dump())).toEqual([])
  })

  test('while it runs: what it changes is not written over, and what it adds goes with the next run', async () => {
    using app = Application.smaller()
    let wrote = false
    await migrate(app.url, {
      observe: (event) => {
        if (event.type !== 'step.progress' || wrote) return
        wrote = true
        app.exec(`update supplier_task_instances set status = 'completed', completedAt = 1758000000000 where id = 'sti_spi_s4_p1_t001'`)
        addTask(app, 't991', 'm07', 'p2')
      },
    }).catch((error: { code?: string }) => expect(error.code).toBe('GW_VERIFY_NO'))
    expect(wrote).toBe(true)
    await migrate(app.url)
    expect(wrong(app)).toEqual([])
    expect(app.rows(`select status from supplier_task_instances where id = 'sti_spi_s4_p1_t001'`)).toEqual([{ status: 'completed' }])
  })
})

describe('taken back (I10)', () => {
  test('all is as it was, but for the ledger, and it can be run again', async () => {
    using app = small.copy()
    await takeBack(app.url)
    expect(differences(before, app.dump())).toEqual([])
    expect(ledger(app)).toContain('godwit_run')
    await migrate(app.url)
    expect(differences(small.dump(), app.dump())).toEqual([])
  })

  test('not where the new application has put something on it', async () => {
    using app = small.copy()
    app.exec(`update project_task_templates set owner = 'somebody new' where id = 'tpl_pmt_p1_t003'`)
    const first = app.dump()
    await expect(takeBack(app.url)).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED' })
    expect(differences(first, app.dump())).toEqual([])
    await takeBack(app.url, { loseChanges: true })
    expect(differences(before, app.dump())).toEqual([])
  })
})

// SQLite takes no null for another: of tasks without a parent this keeps none apart.
test('a unique index with a null in it does not bind, before or after (I12)', async () => {
  using app = Application.withFixture('create unique index alike on tasks (taskTypeId, name, parentTaskId)')
  await migrate(app.url)
  expect(wrong(app)).toEqual([])
  const [twice] = app.rows('select count(*) as n from (select 1 from tasks group by taskTypeId, name having count(*) > 1)')
  expect(twice!['n']).toBeGreaterThan(0n)
  expect(app.rows(`select "unique" as u from pragma_index_list('tasks') where name = 'alike'`)).toEqual([{ u: 1n }])
})
