// SQLite cannot take a reference or a NOT NULL from a column: the table is made anew, filled and put in its place. Godwit has references off
// before its transaction begins, where SQLite still listens, and counts the rows around it.

const rebuilt = (table: string, columns: readonly string[]): string[] => {
  const names = columns.map((c) => c.split(' ')[0]).join(', ')
  return [
    `create table ${table}_anew (${columns.join(', ')})`,
    `insert into ${table}_anew (${names}) select ${names} from ${table}`,
    `drop table ${table}`,
    `alter table ${table}_anew rename to ${table}`,
  ]
}

/** The columns of the old model stay, with what is in them, and need no value any more. */
export const untied: readonly string[] = [
  ...rebuilt('tasks', [
    'id text primary key',
    'milestoneId text',
    'name text not null',
    'description text',
    'sequence integer not null',
    'isRequired boolean not null default 1',
    'taskTypeId text references task_types(id)',
    'sectionId text references task_type_sections(id) on delete set null',
    'parentTaskId text references tasks(id)',
  ]),
  ...rebuilt('supplier_task_instances', [
    'id text primary key',
    'supplierProjectInstanceId text not null references supplier_project_instances(id) on delete cascade',
    'projectMilestoneTaskId text',
    "status text not null default 'not_started'",
    'dueDate datetime not null',
    'actualDueDate datetime',
    'isApplied boolean not null default 1',
    'completedAt datetime',
    'notes text',
    'submissionFiles text',
    'createdAt datetime not null',
    'updatedAt datetime not null',
    'projectTaskTemplateId text references project_task_templates(id) on delete cascade',
    'owner text',
    'blockedReason text',
  ]),
]
