// Due dates and overdue tasks as the two models of the application answer them, and what the old one writes.
import type { Application, Raw, Row } from './application.ts'
import { moment } from './oracle.ts'

interface Model {
  /** Where an instance finds its project, its task and the day that these are due. */
  readonly table: 'project_milestone_tasks' | 'project_task_templates'
  readonly column: 'projectMilestoneTaskId' | 'projectTaskTemplateId'
}
export const v1: Model = { table: 'project_milestone_tasks', column: 'projectMilestoneTaskId' }
export const v2: Model = { table: 'project_task_templates', column: 'projectTaskTemplateId' }

const instancesOf = (app: Application, { table, column }: Model): Row[] =>
  app.rows(`select i.*, s."supplierId", x."projectId", x."taskId", x."dueDate" as "nowDue" from supplier_task_instances i
    join supplier_project_instances s on s.id = i."supplierProjectInstanceId" join ${table} x on x.id = i.${column} order by i.id`)

const isOpen = (i: Row): boolean => i['status'] !== 'completed'

/** When it is due, by its own words. */
const dueOf = (i: Row): bigint => moment(i['actualDueDate'] ?? i['dueDate']!)!
/** When it would be due, were the day of its task set anew as it is: what is done, or has a day of its own, keeps it. */
const toldOf = (i: Row): bigint => (isOpen(i) && i['actualDueDate'] === null ? moment(i['nowDue']!)! : dueOf(i))

/** For each instance that the model can reach: whose it is, when it is due, and whether it is overdue at that time. */
export const answers = (app: Application, model: Model, now: bigint): Map<string, string> =>
  new Map(
    instancesOf(app, model).map((i) => [
      i['id'] as string,
      `${i['supplierId']} ${i['projectId']} ${i['taskId']} due ${dueOf(i)} or ${toldOf(i)}${isOpen(i) && dueOf(i) < now ? ', overdue' : ''}`,
    ]),
  )

// ── what the old application writes ──────────────────────────────────────────────────────────

/** Sets the day of a project's task, and of all open instances that have none of their own. */
export function setDue(app: Application, projectTask: string, due: Raw): void {
  const value = typeof due === 'string' ? `'${due}'` : String(due)
  app.exec(`begin; update project_milestone_tasks set dueDate = ${value}, updatedAt = updatedAt + 1 where id = '${projectTask}';
    update supplier_task_instances set dueDate = ${value} where projectMilestoneTaskId = '${projectTask}' and status <> 'completed' and actualDueDate is null;
    commit`)
}

/** A new task, in a project, for every supplier of it. */
export const addTask = (app: Application, task: string, milestone: string, project: string): void =>
  app.exec(`begin; insert into tasks (id, milestoneId, name, sequence) values ('${task}', '${milestone}', 'new ${task}', 99);
    insert into project_milestone_tasks (id, projectId, milestoneId, taskId, dueDate, createdAt, updatedAt)
      values ('pmt_${task}', '${project}', '${milestone}', '${task}', 1760000000000, 1758000000001, 1758000000001);
    insert into supplier_task_instances (id, supplierProjectInstanceId, projectMilestoneTaskId, dueDate, createdAt, updatedAt)
      select 'sti_' || id || '_${task}', id, 'pmt_${task}', 1760000000000, 1758000000001, 1758000000001 from supplier_project_instances where projectId = '${project}';
    commit`)
