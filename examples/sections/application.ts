// The application in small: two of its questions, each in the words of both models. Which model answers is a line in application.env.
//   node application.ts DUE_DATES | OVERDUE [--look]
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

export type Model = 'v1' | 'v2'
export type Endpoint = 'DUE_DATES' | 'OVERDUE'
export type Row = Readonly<Record<string, unknown>>

/** Where an instance finds its project, its task and the day that these are due. */
const behind = {
  v1: `join project_milestone_tasks x on x.id = i.projectMilestoneTaskId`,
  v2: `join project_task_templates x on x.id = i.projectTaskTemplateId`,
}

/** Milliseconds, also where a day was written as text. */
const ms = (at: string) =>
  `case typeof(${at}) when 'text' then cast(strftime('%s', ${at}) as integer) * 1000 + cast(substr(${at}, 21, 3) as integer) else ${at} end`

/** `due`: when it is due. `told`: when it would be, were the day of its task set anew as it is. */
const instances = (model: Model) => `select i.id, s.supplierId as supplier, x.projectId as project, x.taskId as task, i.status,
    ${ms('coalesce(i.actualDueDate, i.dueDate)')} as due,
    case when i.status <> 'completed' and i.actualDueDate is null then ${ms('x.dueDate')} else ${ms('coalesce(i.actualDueDate, i.dueDate)')} end as told
  from supplier_task_instances i join supplier_project_instances s on s.id = i.supplierProjectInstanceId ${behind[model]}`

const questions: { readonly [E in Endpoint]: (model: Model) => string } = {
  DUE_DATES: (model) => `select id, supplier, project, task, due, told from (${instances(model)}) where :now is not null order by id`,
  OVERDUE: (model) =>
    `select id, supplier, project, task, due from (${instances(model)}) where status <> 'completed' and due < :now order by id`,
}

export const answer = (db: DatabaseSync, endpoint: Endpoint, model: Model, now: number): Row[] =>
  db.prepare(questions[endpoint](model)).all({ now })

export const modelOf = (endpoint: Endpoint, env: string): Model =>
  new RegExp(`^${endpoint}=v2$`, 'm').test(readFileSync(env, 'utf8')) ? 'v2' : 'v1'

export interface Asked {
  readonly env: string
  readonly now: number
  /** It is no supplier who asks. */
  readonly onlyLooks?: boolean
}

/** Whichever model it is answers, and it is written down that it did. */
export function ask(db: DatabaseSync, endpoint: Endpoint, { env, now, onlyLooks = false }: Asked) {
  const model = modelOf(endpoint, env)
  const rows = answer(db, endpoint, model, now)
  if (onlyLooks) return { endpoint, model, rows: rows.length }
  db.prepare('insert into model_reads values (?, ?, ?) on conflict do update set askedAt = excluded.askedAt').run(endpoint, model, now)
  return { endpoint, model, rows: rows.length }
}

if (process.argv[1] === import.meta.filename) {
  using db = new DatabaseSync((process.env.DATABASE_URL ?? '.godwit/app.db').replace(/^(sqlite|file):/, ''), { timeout: 5000 })
  const onlyLooks = process.argv.includes('--look')
  console.log(JSON.stringify(ask(db, process.argv[2] as Endpoint, { env: 'application.env', now: Date.now(), onlyLooks })))
}
