// Milestones become sections of their task type, and the tasks of projects become templates: in the SQLite file that the application uses.
import { after, before, bigint, concat, decide, type Expr, fill, into, lookup, mapping, migration, query, sql, text, when } from 'godwit'
import { checks } from './checks.ts'
import { life } from './life.ts'
import * as db from './schema.ts'

/** DATETIME is a number of milliseconds, as the application writes it; a few are ISO text. What is neither is in quarantine. */
const ms = (at: Expr<string>): Expr<bigint> =>
  when(at.matches('^-?[0-9]{1,15}$'), sql(bigint())`${at.asInt()}::bigint`).when(
    at.matches('^[0-9-]{10}T[0-9:]{8}[.][0-9]{3}Z$'),
    sql(
      bigint(),
    )`(extract(epoch from ${at.slice(0, 19).asTimestamp('YYYY-MM-DDTHH24:MI:SS')}) * 1000 + ${at.slice(20, 3).asInt()})::bigint`,
  )

const day = 86_400_000

// ── milestones → sections ────────────────────────────────────────────────────────────────────

export const sections = mapping(
  db.milestones,
  (r) => {
    const name = decide(
      [lookup(db.taskTypes, { id: r.taskTypeId }).name, r.code],
      [
        [['Part Approval', 'PA2'], 'First Article'],
        [['Part Approval', 'PA3'], 'Production Trial'],
        [['NMR', 'NMR1'], 'Documentation'],
        [['NMR', 'NMR2'], 'Testing'],
      ],
      r.name.trim(),
    )
    // the new table wants names that differ within a type; nobody can say which of two deserves the plain one, so neither gets it
    const alike = { by: [r.taskTypeId, name], order: [r.id] }
    const isTwice = before(r.id, alike).notNull().or(after(r.id, alike).notNull())
    return into(db.taskTypeSections, {
      id: concat('sec_', r.id),
      taskTypeId: r.taskTypeId,
      name: when(isTwice, concat(name, ' (', r.code, ')')).otherwise(name),
      sequence: r.sequence,
      description: r.description,
    })
  },
  { name: 'sections', ignore: { isRequired: 'a section is neither required nor not: its tasks say so themselves' } },
)

// ── tasks know their type and their section ──────────────────────────────────────────────────

export const tasks = mapping(
  db.tasks,
  (r) =>
    fill(db.tasks, {
      taskTypeId: lookup(db.milestones, { id: r.milestoneId }).taskTypeId,
      sectionId: sections.keyOf(r.milestoneId),
    }),
  { name: 'tasks' },
)

// ── a project's tasks → its templates ────────────────────────────────────────────────────────

/** A number of milliseconds in the words of the ISO text, so that whichever was earlier comes first. */
const inWords = (at: string) => `case when ${at} ~ '^[0-9]{1,14}$'
      then to_char(to_timestamp(${at}::numeric / 1000) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') else ${at} end`

/** A project may have a task once; it had it under several milestones. The one under the task's own milestone stays, then the earliest. */
const survivors = query(
  'survivors',
  { projectId: text().key(), taskId: text().key(), id: text() },
  (named) => `select distinct on (p."projectId", p."taskId") p."projectId", p."taskId", p.id
    from ${named(db.projectMilestoneTasks)} p left join ${named(db.tasks)} t on t.id = p."taskId"
    order by p."projectId", p."taskId", (p."milestoneId" = t."milestoneId") desc nulls last, ${inWords('p."createdAt"')} collate "C", p.id collate "C"`,
)

export const templates = mapping(
  db.projectMilestoneTasks,
  (r) => {
    const task = lookup(db.tasks, { id: r.taskId })
    const type = lookup(db.milestones, { id: task.milestoneId }).taskTypeId
    const due = ms(r.dueDate)
    return {
      type: into(
        db.projectTaskTypes,
        { id: concat('ptt_', r.projectId, '_', type), projectId: r.projectId, taskTypeId: type },
        { per: ['projectId', 'taskTypeId'] },
      ),
      template: into(db.projectTaskTemplates, {
        id: concat('tpl_', r.id),
        projectId: r.projectId,
        taskId: r.taskId,
        sectionId: sections.keyOf(task.milestoneId),
        dueDate: due.asText(),
        owner: r.responsibleParties,
        notes: r.notes,
        isActive: r.isActive,
        anchor: 'PROJECT_START',
        offsetDays: sql(bigint())`ceil((${due} - ${ms(r.createdAt)})::numeric / ${day})::bigint`,
        createdAt: r.createdAt,
        updatedAt: r.updatedAt,
      }),
    }
  },
  {
    name: 'templates',
    ignore: { milestoneId: 'the section is that of the task, whatever the row says' },
    only: {
      'merged into the row of the same project and task': (r) =>
        lookup(survivors, { projectId: r.projectId, taskId: r.taskId }).id.is(r.id),
    },
  },
)

// ── what suppliers have done belongs to the template ─────────────────────────────────────────

export const instances = mapping(
  db.supplierTaskInstances,
  (r) => {
    const old = lookup(db.projectMilestoneTasks, { id: r.projectMilestoneTaskId })
    const survivor = lookup(survivors, { projectId: old.projectId, taskId: old.taskId }).id
    const supplier = lookup(db.supplierProjectInstances, { id: r.supplierProjectInstanceId }).id
    // two of one supplier would become the same thing: the one that was there under the survivor stays, any other waits for a decision
    const together = { by: [r.supplierProjectInstanceId, survivor], order: [r.id] }
    const isAlone = before(r.id, together).isNull().and(after(r.id, together).isNull())
    return fill(db.supplierTaskInstances, {
      projectTaskTemplateId: templates.template
        .keyOf(survivor)
        .must(supplier.notNull(), 'belongs to no supplier of a project')
        .must(r.projectMilestoneTaskId.is(survivor).or(isAlone), 'cannot be merged: the supplier has another one for the same task'),
    })
  },
  { name: 'instances' },
)

export default migration(
  'sections',
  sections,
  tasks,
  templates,
  instances,
  { reads: [db.suppliers, db.projects, db.taskTemplatesOld], verify: checks(sections) },
  life,
)
