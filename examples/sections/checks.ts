// What must be true when all is done, asked of the tables alone. None of it is derived from migration.ts: where both say the same
// rule, they say it in other words, so that a slip in one is not a slip in the other.
import { matrix, none, noOrphans } from 'godwit'
import type { sections as milestones } from './migration.ts'
import * as db from './schema.ts'

const aMonth = `[1-9]\\d{3}-(0[1-9]|1[0-2])`
const aTime = `([01]\\d|2[0-3])(:[0-5]\\d){2}[.]\\d{3}Z`
const lastDay = (text: string) => `extract(day from to_date(substr(${text}, 1, 7), 'YYYY-MM') + interval '1 month - 1 day')`

/** In milliseconds, as a number says it or as a day and a time do; null where it is neither, or no day of any calendar. */
const moment = (text: string) => `case when ${text} ~ '^-?\\d{1,15}$' then ${text}::numeric
    when ${text} ~ '^${aMonth}-(0[1-9]|[12]\\d|3[01])T${aTime}$' then
      case when substr(${text}, 9, 2)::int <= ${lastDay(text)} then extract(epoch from ${text}::timestamptz) * 1000 end
    end`

/** All tasks of projects, and those among them that have none before them in the same project. */
const tables = `told as materialized (
    select p.*, t."milestoneId" as own, m."taskTypeId" as type, ${moment('p."dueDate"')} as due, coalesce(${moment('p."createdAt"')}, 'infinity') as created
    from main.project_milestone_tasks p join main.projects o on o.id = p."projectId"
    join main.tasks t on t.id = p."taskId" join main.milestones m on m.id = t."milestoneId"
  ), stays as materialized (
    select * from told a where not exists (
      select from told b where (b."projectId", b."taskId") = (a."projectId", a."taskId")
        and (b."milestoneId" <> b.own, b.created, b.id collate "C") < (a."milestoneId" <> a.own, a.created, a.id collate "C")
    )
  ), can as materialized (select * from stays where due is not null and created < 'infinity'
  ), pairs as (select can.*, t."sectionId", t."dueDate" as has_due, t."offsetDays", t.owner, t.notes as has_notes, t."isActive" as has_active,
      t.anchor, t."createdAt" as has_created, t."updatedAt" as has_updated
    from can join main.project_task_templates t on t.id = 'tpl_' || can.id
  )`
const ask = (question: string) => `with ${tables}${question.startsWith(',') ? '' : ' '}${question}`

/** The section of each milestone: a name that is not the only one of its type carries the code. */
const named = `renamed (type, code, name) as (
    values ('Part Approval', 'PA2', 'First Article'), ('Part Approval', 'PA3', 'Production Trial'), ('NMR', 'NMR1', 'Documentation'), ('NMR', 'NMR2', 'Testing')
  ), plain as (
    select m.*, coalesce(r.name, btrim(m.name)) as told from main.milestones m
    join main.task_types t on t.id = m."taskTypeId" left join renamed r on (r.type, r.code) = (t.name, m.code)
  ), due as (
    select 'sec_' || p.id as id, p."taskTypeId", p.sequence, p.description, p.told || case
        when (select count(*) from plain q where (q."taskTypeId", q.told) = (p."taskTypeId", p.told)) > 1 then format(' (%s)', p.code) else '' end as name
    from plain p
  )`

export const checks = (sections: typeof milestones) => [
  none('each milestone is one section, and no two of a type have one name', {
    of: db.milestones,
    rows: `with ${named} select id, due.name as should, s.name as has from due
      full join (select * from main.task_type_sections where id like 'sec\\_%') s using (id)
      where (due."taskTypeId", due.name, due.sequence, due.description) is distinct from (s."taskTypeId", s.name, s.sequence, s.description)`,
  }),
  // The codes that there are. A new one shows up here, and somebody has to look at the name that it got.
  matrix('code → name', db.milestones, sections.out, {
    from: (r) => [r.code],
    to: (r) => [r.name],
    cells: [
      [['PA1'], ['Document Review']],
      [['PA2'], ['First Article']],
      [['PA3'], ['Production Trial']],
      [['PR1'], ['Capacity']],
      [['PR2'], ['Run at Rate']],
      [['PR3'], ['Empty A']],
      [['B1'], ['Build (B1)']],
      [['B2'], ['Build (B2)']],
      [['G1'], ['Onboarding (G1)']],
      [['G3'], ['Onboarding (G3)']],
      [['X-77'], ['Misc']],
      [['NMR1'], ['Documentation']],
      [['NMR2'], ['Testing (NMR2)']],
      [['NMR9'], ['Testing (NMR9)']],
    ],
  }),

  none('a task has the type and the section of its own milestone', {
    of: db.tasks,
    rows: `select t.id, t."taskTypeId", t."sectionId", t."milestoneId" from main.tasks t join main.milestones m on m.id = t."milestoneId"
      where (t."taskTypeId", t."sectionId") is distinct from (m."taskTypeId", 'sec_' || m.id)`,
  }),

  none('a project has each of its tasks once, from the row that stays', {
    of: db.projectMilestoneTasks,
    rows: ask(`select "projectId", "taskId", can.id as stays, t.id as has from can
      full join (select * from main.project_task_templates where id like 'tpl\\_%') t using ("projectId", "taskId")
      where t.id is distinct from 'tpl_' || can.id`),
  }),
  none('a template is due at the moment that its row says, as a number', {
    of: ask('select count(*) from pairs'),
    rows: ask(
      `select id, "dueDate" as said, has_due as has from pairs where has_due is distinct from trunc(due)::text or due <> trunc(due)`,
    ),
  }),
  none('days from the start are whole: enough, and not one more', {
    of: ask('select count(*) from pairs'),
    rows: ask(`select id, "offsetDays", due, created from pairs
      where not coalesce("offsetDays"::numeric * 86400000 >= due - created and ("offsetDays"::numeric - 1) * 86400000 < due - created, false)`),
  }),
  none('a template is in the section of its task, whatever the row says', {
    of: ask('select count(*) from pairs'),
    rows: ask(`select id, "sectionId", own as milestone from pairs where "sectionId" is distinct from 'sec_' || own`),
  }),
  none('a template says all else that its row says', {
    of: ask('select count(*) from pairs'),
    rows: ask(`select id from pairs where anchor <> 'PROJECT_START'
      or (owner, has_notes, has_active, has_created, has_updated) is distinct from ("responsibleParties", notes, "isActive", "createdAt", "updatedAt")`),
  }),
  none('a project has the types of its tasks', {
    of: ask('select count(*) from can'),
    rows: ask(`select "projectId", type, t.id from (select distinct "projectId", type from can) c
      full join (select id, "projectId", "taskTypeId" as type from main.project_task_types where id like 'ptt\\_%') t using ("projectId", type)
      where c.type is null or t.id is distinct from 'ptt_' || "projectId" || '_' || type`),
  }),

  // One whose supplier or task is gone belongs to none, and neither does one of several that would become the same thing.
  none('an instance belongs to the template of its task, or to none', {
    of: db.supplierTaskInstances,
    rows: ask(`, heirs as (
        select i.id, i."projectMilestoneTaskId" = can.id as its_own, 'tpl_' || can.id as template,
          count(*) over (partition by i."supplierProjectInstanceId", can.id) as together
        from main.supplier_task_instances i join main.supplier_project_instances s on s.id = i."supplierProjectInstanceId"
        join main.project_milestone_tasks p on p.id = i."projectMilestoneTaskId" join can on (can."projectId", can."taskId") = (p."projectId", p."taskId")
      )
      select i.id, i."projectTaskTemplateId" as has, h.template as should from main.supplier_task_instances i
      left join heirs h on h.id = i.id and (h.its_own or h.together = 1)
      where i."projectTaskTemplateId" is distinct from h.template`),
  }),
  none('both models tell suppliers the same, at three times', {
    of: `select count(*) from main.supplier_task_instances where "projectTaskTemplateId" is not null`,
    rows: `with told as materialized (
        select i.id, i.status, i."projectMilestoneTaskId" as old, i."projectTaskTemplateId" as new,
          i.status <> 'completed' and i."actualDueDate" is null as follows, ${moment('coalesce(i."actualDueDate", i."dueDate")')} as due
        from main.supplier_task_instances i where i."projectTaskTemplateId" = 'tpl_' || i."projectMilestoneTaskId"
      ), v1 as (
        select a.*, p."projectId", p."taskId", case when follows then ${moment('p."dueDate"')} else due end as would from told a
        join main.project_milestone_tasks p on p.id = a.old
      ), v2 as (
        select a.*, p."projectId", p."taskId", case when follows then ${moment('p."dueDate"')} else due end as would from told a
        join main.project_task_templates p on p.id = a.new
      ), at (now) as (values (1756000000000), (1758000000000), (1760000000000))
      select at.now, id, v1.would as old, v2.would as new from v1 full join v2 using (id) cross join at
      where (v1."projectId", v1."taskId", v1.due, v1.would, v1.status <> 'completed' and v1.would < now)
        is distinct from (v2."projectId", v2."taskId", v2.due, v2.would, v2.status <> 'completed' and v2.would < now)`,
  }),
  noOrphans(db.taskTypeSections, db.tasks, db.projectTaskTypes, db.projectTaskTemplates),
]
