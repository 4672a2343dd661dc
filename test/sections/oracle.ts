// What the sections migration should come to, worked out row by row in plain TypeScript, from the words of the specification and from
// nothing in src/ or in the example: it reads the file as the application does.
import type { Application, Raw, Row } from './application.ts'

export interface Expected {
  readonly task_type_sections: readonly Row[]
  readonly project_task_types: readonly Row[]
  readonly project_task_templates: readonly Row[]
  /** By task. */
  readonly tasks: ReadonlyMap<string, { readonly taskTypeId: Raw; readonly sectionId: Raw }>
  /** By instance. */
  readonly instances: ReadonlyMap<string, Raw>
  /** What becomes of each row that is read, by mapping: migrated, merged, or why it waits. */
  readonly fates: Readonly<Record<'sections' | 'tasks' | 'templates' | 'instances', ReadonlyMap<string, string>>>
}

const id = (row: Row): string => row['id'] as string
const byId = (rows: readonly Row[]): Map<Raw, Row> => new Map(rows.map((r) => [id(r), r]))

export function expectedOf(app: Application): Expected {
  const milestones = app.all('milestones')
  const tasks = app.all('tasks')
  const templates = templatesOf(app, byId(tasks))
  const heirs = heirsOf(app, templates)
  const types = byId(milestones)
  return {
    task_type_sections: sectionsOf(milestones, byId(app.all('task_types'))),
    project_task_templates: templates.rows,
    project_task_types: projectTypesOf(templates.rows, byId(tasks), types),
    tasks: new Map(
      tasks.map((t) => [id(t), { taskTypeId: types.get(t['milestoneId']!)!['taskTypeId']!, sectionId: `sec_${t['milestoneId']}` }]),
    ),
    instances: heirs.templates,
    fates: {
      sections: new Map(milestones.map((m) => [id(m), 'migrated'])),
      tasks: new Map(tasks.map((t) => [id(t), 'migrated'])),
      templates: templates.fates,
      instances: heirs.fates,
    },
  }
}

// ── sections ─────────────────────────────────────────────────────────────────────────────────

const renamed: Readonly<Record<string, string>> = {
  'Part Approval PA2': 'First Article',
  'Part Approval PA3': 'Production Trial',
  'NMR NMR1': 'Documentation',
  'NMR NMR2': 'Testing',
}

function sectionsOf(milestones: readonly Row[], types: ReadonlyMap<Raw, Row>): Row[] {
  const name = (m: Row) => renamed[`${types.get(m['taskTypeId']!)!['name']} ${m['code']}`] ?? (m['name'] as string).trim()
  return milestones.map((m) => {
    const alike = milestones.filter((other) => other['taskTypeId'] === m['taskTypeId'] && name(other) === name(m))
    return {
      id: `sec_${id(m)}`,
      taskTypeId: m['taskTypeId']!,
      name: alike.length > 1 ? `${name(m)} (${m['code']})` : name(m),
      sequence: m['sequence']!,
      description: m['description']!,
    }
  })
}

// ── templates ────────────────────────────────────────────────────────────────────────────────

interface Templates {
  readonly rows: readonly Row[]
  readonly fates: ReadonlyMap<string, string>
  /** By project and task: the row that stays. */
  readonly survivors: ReadonlyMap<string, Row>
}

const day = 86_400_000n
const pair = (row: Row): string => `${row['projectId']} ${row['taskId']}`

/** Undefined where the value is neither a number nor a day that there is. */
export function moment(value: Raw): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return undefined
  return new Date(value).toISOString() === value ? BigInt(Date.parse(value)) : undefined
}

function templatesOf(app: Application, tasks: ReadonlyMap<Raw, Row>): Templates {
  const own = (row: Row) => row['milestoneId'] === tasks.get(row['taskId']!)!['milestoneId']
  const fates = new Map<string, string>()
  const survivors = new Map<string, Row>()
  const rows: Row[] = []
  for (const [key, group] of Map.groupBy(app.all('project_milestone_tasks'), pair)) {
    const [first, ...others] = group.toSorted((a, b) => Number(own(b)) - Number(own(a)) || earlier(a, b) || (id(a) < id(b) ? -1 : 1))
    survivors.set(key, first!)
    for (const other of others) fates.set(id(other), 'merged')
    const template = templateOf(first!, tasks)
    fates.set(id(first!), template ? 'migrated' : 'DATE_INVALID')
    if (template) rows.push(template)
  }
  return { rows, fates, survivors }
}

function earlier(a: Row, b: Row): number {
  const [left, right] = [moment(a['createdAt']!)!, moment(b['createdAt']!)!]
  return left < right ? -1 : left > right ? 1 : 0
}

function templateOf(row: Row, tasks: ReadonlyMap<Raw, Row>): Row | undefined {
  const [due, created] = [moment(row['dueDate']!), moment(row['createdAt']!)]
  if (due === undefined || created === undefined) return undefined
  const days = (due - created) / day
  return {
    id: `tpl_${id(row)}`,
    projectId: row['projectId']!,
    taskId: row['taskId']!,
    sectionId: `sec_${tasks.get(row['taskId']!)!['milestoneId']}`,
    dueDate: due,
    owner: row['responsibleParties']!,
    notes: row['notes']!,
    isActive: row['isActive']!,
    anchor: 'PROJECT_START',
    // division of whole numbers leaves off what is behind the point
    offsetDays: days * day < due - created ? days + 1n : days,
    createdAt: row['createdAt']!,
    updatedAt: row['updatedAt']!,
  }
}

function projectTypesOf(templates: readonly Row[], tasks: ReadonlyMap<Raw, Row>, milestones: ReadonlyMap<Raw, Row>): Row[] {
  const found = new Map<string, Row>()
  for (const { projectId, taskId } of templates as readonly { projectId: string; taskId: string }[]) {
    const taskTypeId = milestones.get(tasks.get(taskId)!['milestoneId']!)!['taskTypeId']!
    const key = `ptt_${projectId}_${taskTypeId}`
    found.set(key, { id: key, projectId, taskTypeId })
  }
  return [...found.values()]
}

// ── instances ────────────────────────────────────────────────────────────────────────────────

function heirsOf(app: Application, { survivors, fates: made }: Templates) {
  const projectTasks = byId(app.all('project_milestone_tasks'))
  const suppliers = byId(app.all('supplier_project_instances'))
  const instances = app.all('supplier_task_instances')
  const survivorOf = (i: Row) => {
    const row = projectTasks.get(i['projectMilestoneTaskId']!)
    return row && survivors.get(pair(row))
  }
  const together = Map.groupBy(instances, (i) => `${i['supplierProjectInstanceId']} ${survivorOf(i)?.['id']}`)
  const fate = (i: Row): string => {
    const survivor = survivorOf(i)
    if (!survivor || !suppliers.has(i['supplierProjectInstanceId']!)) return 'LOOKUP_MISS'
    if (made.get(id(survivor)) !== 'migrated') return 'PARENT_QUARANTINED'
    const alone = together.get(`${i['supplierProjectInstanceId']} ${id(survivor)}`)!.length === 1
    return alone || i['projectMilestoneTaskId'] === id(survivor) ? 'migrated' : 'RULE'
  }
  const fates = new Map(instances.map((i) => [id(i), fate(i)]))
  const templates = new Map(
    instances.map((i): [string, Raw] => [id(i), fates.get(id(i)) === 'migrated' ? `tpl_${id(survivorOf(i)!)}` : null]),
  )
  return { fates, templates }
}
