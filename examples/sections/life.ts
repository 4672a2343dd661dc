// What comes before the rows and what comes after them: the old model looked at and kept, the questions switched one by one, weeks of both, the end.
import {
  approve,
  assessment,
  baseline,
  ddl,
  envFile,
  flags,
  hold,
  none,
  retire,
  retireColumns,
  since,
  smoke,
  snapshot,
  unread,
  wait,
} from 'godwit'
import { untied } from './rebuild.ts'
import * as db from './schema.ts'

const projectTasks = baseline('tasks of projects', (t) => `select count(*) from ${t(db.projectMilestoneTasks)}`, { unit: 'rows' })
const instances = baseline('instances of suppliers', (t) => `select count(*) from ${t(db.supplierTaskInstances)}`, { unit: 'rows' })
const days = baseline('all moments of change', (t) => `select sum("updatedAt") from ${t(db.supplierTaskInstances)}`, { unit: 'ms' })

const answers = (endpoint: string) =>
  smoke(`${endpoint} is answered by the new model`, {
    command: ['node', 'application.ts', endpoint, '--look'],
    expect: { prints: `"endpoint":"${endpoint}","model":"v2"` },
  })
const question = (name: string) => ({ name, to: 'v2', in: envFile('application.env'), smoke: answers(name) })

/** In the last three days of those on which anybody asked anything. */
const nobodyAsks = none('nobody asks the old model', {
  of: db.modelReads,
  rows: (t) => `select endpoint, "askedAt" from ${t(db.modelReads)} r
    where model = 'v1' and "askedAt" > (select max("askedAt") from ${t(db.modelReads)}) - 3 * 86400000`,
})
const old = [db.milestones, db.projectMilestoneTasks, db.taskTemplatesOld]

export const life = {
  assess: [assessment(), projectTasks, instances, days],
  backup: [snapshot.database()],
  // the old application writes on until the cutover, so a little more is no fault
  verify: [
    since('templates, but for what was merged', projectTasks, (t) => `select count(*) from ${t(db.projectTaskTemplates)}`, {
      within: '0.05',
    }),
    since('no instance was lost', instances, (t) => `select count(*) from ${t(db.supplierTaskInstances)}`, { within: '0.05' }),
    since('no moment of change was set', days, (t) => `select sum("updatedAt"::numeric) from ${t(db.supplierTaskInstances)}`, {
      within: '0.05',
    }),
  ],
  cutover: [approve('may suppliers be answered by the new model?', { by: ['owner'] }), ...flags(['DUE_DATES', 'OVERDUE'].map(question))],
  contract: [
    wait('30 days', { since: 'cutover', why: 'a month has each kind of day in it once' }),
    hold(nobodyAsks, { for: '7 days', every: '3 days' }),
    unread(old, { for: '7 days', unless: 'SQLite counts no readers; the application counts its own, which was held for a week' }),
    approve('may the old model go out of sight?', { by: ['owner'] }),
    ddl('tasks and instances do without the old model', {
      forward: untied,
      back: { irreversible: 'a reference that was taken off comes back by hand: one row pointed at nothing already' },
    }),
    retireColumns(db.tasks, ['milestoneId'], { keep: '90 days' }),
    retireColumns(db.supplierTaskInstances, ['projectMilestoneTaskId'], { keep: '90 days' }),
    retire(old, { keep: '90 days' }),
  ],
}
