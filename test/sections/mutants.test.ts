// SEEDS §4, row A4, and more of its kind: a right migration with one line made wrong. Verification has to see each of them: not the engine's
// own comparison of rows with the mapping, which agrees with whatever the mapping says, but the example's checks, which were written without it.
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { checks } from '../../examples/sections/checks.ts'
import { instances, sections, tasks, templates } from '../../examples/sections/migration.ts'
import { ddl, type Migration, migration } from '../../src/index.ts'
import { Application } from './application.ts'
import { endOf, migrate, objections, rowsOf, wrong } from './engine.ts'

const original = fileURLToPath(new URL('../../examples/sections/migration.ts', import.meta.url))

interface Mutant {
  readonly name: string
  readonly from: string
  readonly to: string
  /** Of the checks that say no, one. */
  readonly seenBy: string
}
const names = 'each milestone is one section, and no two of a type have one name'
const once = 'a project has each of its tasks once, from the row that stays'
const moment = 'a template is due at the moment that its row says, as a number'
const heirs = 'an instance belongs to the template of its task, or to none'
const offset = 'days from the start are whole: enough, and not one more'
const merged = `(r) =>
        lookup(survivors, { projectId: r.projectId, taskId: r.taskId }).id.is(r.id),`

const mutants: Mutant[] = [
  {
    name: '40 tasks of one name are merged',
    from: merged,
    to: `(r) =>
        before(r.id, { by: [r.projectId, lookup(db.tasks, { id: r.taskId }).name], order: [r.id] }).isNull(),`,
    seenBy: once,
  },
  {
    name: '40 a day as text is compared as a number',
    from: `const due = ms(r.dueDate)`,
    to: "const due = sql(bigint())`substring(${r.dueDate} from '^-?[0-9]+')::bigint`",
    seenBy: moment,
  },
  // beyond the list
  {
    name: 'the section of the row, not of the task',
    from: 'sectionId: sections.keyOf(task.milestoneId),',
    to: 'sectionId: sections.keyOf(lookup(db.projectMilestoneTasks, { id: r.id }).milestoneId),',
    seenBy: 'a template is in the section of its task, whatever the row says',
  },
  {
    name: 'only the second of two names carries its code',
    from: 'before(r.id, alike).notNull().or(after(r.id, alike).notNull())',
    to: 'before(r.id, alike).notNull()',
    seenBy: names,
  },
  {
    name: 'two names are exchanged',
    from: `[['Part Approval', 'PA2'], 'First Article'],`,
    to: `[['Part Approval', 'PA2'], 'Production Trial'],`,
    seenBy: 'code → name',
  },
  {
    name: 'the earliest row stays, under whichever milestone',
    from: `(p."milestoneId" = t."milestoneId") desc nulls last, `,
    to: '',
    seenBy: once,
  },
  {
    name: 'due before it was made is due at once',
    from: 'ceil((${due} - ${ms(r.createdAt)})::numeric / ${day})',
    to: 'greatest(0, ceil((${due} - ${ms(r.createdAt)})::numeric / ${day}))',
    seenBy: offset,
  },
  {
    name: 'what cannot be merged is merged',
    from: '.must(r.projectMilestoneTaskId.is(survivor).or(isAlone), ',
    to: '.must(survivor.notNull().or(isAlone), ',
    seenBy: heirs,
  },
]

test.each(mutants)('$name: is seen', async ({ from, to, seenBy }) => {
  using app = Application.smaller()
  const { end, objections: said } = await endOf(app.url, await mutated(from, to))
  expect(end).toBe('GW_VERIFY_NO, exit 4')
  expect(said.filter((a) => a.verdict === 'failed').map((a) => a.title)).toContain(seenBy)
})

/** The migration with that text, loaded from a file beside it, because it imports its neighbours. */
async function mutated(from: string, to: string): Promise<Migration> {
  const text = readFileSync(original, 'utf8')
  expect(text.split(from)).toHaveLength(2)
  const file = original.replace(/\.ts$/, `.mutant-${randomBytes(4).toString('hex')}.ts`)
  writeFileSync(
    file,
    text.replace(from, () => to),
  )
  try {
    return rowsOf(await import(/* @vite-ignore */ pathToFileURL(file).href))
  } finally {
    rmSync(file)
  }
}

// ── 40 a table is rebuilt with its cascades on ───────────────────────────────────────────────

const columns = 'id, milestoneId, name, description, sequence, isRequired, taskTypeId, sectionId, parentTaskId'
const rebuild = `create table tasks_anew (id text primary key, milestoneId text not null references milestones(id) on delete cascade, name text not null,
    description text, sequence integer not null, isRequired boolean not null default 1, taskTypeId text references task_types(id),
    sectionId text references task_type_sections(id) on delete set null, parentTaskId text references tasks(id), unique(milestoneId, name));
  insert into tasks_anew (${columns}) select ${columns} from tasks; drop table tasks; alter table tasks_anew rename to tasks`

const hanging = ['project_milestone_tasks', 'supplier_task_instances'] as const

// What is asked for here is passed over inside of a transaction; the engine has references off before it begins.
test('40 a step rebuilds a table with its cascades on: it takes no row with it', async () => {
  using app = Application.smaller()
  const before = hanging.map((name) => app.all(name).length)
  const again = ddl('tasks rebuilt', { forward: `pragma foreign_keys = on; ${rebuild}`, back: { irreversible: 'it says the same' } })
  const rebuilt = migration('sections', sections, tasks, templates, instances, { expand: [again], verify: checks(sections) })
  expect(await endOf(app.url, rebuilt)).toEqual({ end: 'finished', objections: [] })
  expect(hanging.map((name) => app.all(name).length)).toEqual(before)
  expect(wrong(app)).toEqual([])
})

test('40 a table is rebuilt past the engine, with its cascades on: is seen', async () => {
  using app = Application.smaller()
  await migrate(app.url)
  app.exec(`begin; ${rebuild}; commit`)
  expect([...hanging, 'project_task_templates'].map((name) => app.all(name).length)).toEqual([0, 1, 0])
  expect(await objections(app.url)).toEqual(
    expect.arrayContaining([
      'a project has the types of its tasks: failed',
      `${once}: not verified`,
      expect.stringMatching(/^books of templates.*: failed$/),
    ]),
  )
})
