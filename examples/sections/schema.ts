// Written by `godwit pull`; `godwit pull --check` tells when it is out of date.
import { bigint, bool, table, text } from 'godwit'

export const milestones = table('main.milestones', {
  id: text().key(),
  taskTypeId: text().references('main.task_types.id'),
  code: text(),
  name: text(),
  description: text().null(),
  sequence: bigint(),
  isRequired: bool().default(),
})

export const modelReads = table('main.model_reads', {
  endpoint: text().key(),
  model: text().key(),
  askedAt: bigint(),
})

export const projectMilestoneTasks = table('main.project_milestone_tasks', {
  id: text().key(),
  projectId: text().references('main.projects.id'),
  milestoneId: text().references('main.milestones.id'),
  taskId: text().references('main.tasks.id'),
  dueDate: text(),
  isActive: bool().default(),
  notes: text().null(),
  responsibleParties: text().null(),
  createdAt: text(),
  updatedAt: text(),
})

export const projectTaskTemplates = table('main.project_task_templates', {
  id: text().key(),
  projectId: text().references('main.projects.id'),
  taskId: text().references('main.tasks.id'),
  sectionId: text().null().references('main.task_type_sections.id'),
  dueDate: text(),
  owner: text().null(),
  notes: text().null(),
  isActive: bool().default(),
  anchor: text().default(),
  offsetDays: bigint().null(),
  createdAt: text(),
  updatedAt: text(),
})

export const projectTaskTypes = table('main.project_task_types', {
  id: text().key(),
  projectId: text().references('main.projects.id'),
  taskTypeId: text().references('main.task_types.id'),
})

export const projects = table('main.projects', {
  id: text().key(),
  name: text(),
  createdAt: text(),
})

export const supplierProjectInstances = table('main.supplier_project_instances', {
  id: text().key(),
  supplierId: text().references('main.suppliers.id'),
  projectId: text().references('main.projects.id'),
})

export const supplierTaskInstances = table('main.supplier_task_instances', {
  id: text().key(),
  supplierProjectInstanceId: text().references('main.supplier_project_instances.id'),
  projectMilestoneTaskId: text().references('main.project_milestone_tasks.id'),
  status: text().default(),
  dueDate: text(),
  actualDueDate: text().null(),
  isApplied: bool().default(),
  completedAt: text().null(),
  notes: text().null(),
  submissionFiles: text().null(),
  createdAt: text(),
  updatedAt: text(),
  projectTaskTemplateId: text().null().references('main.project_task_templates.id'),
  owner: text().null(),
  blockedReason: text().null(),
})

export const suppliers = table('main.suppliers', {
  id: text().key(),
  name: text(),
})

export const taskTemplatesOld = table('main.task_templates_old', {
  id: text().key(),
  payload: text().null(),
})

export const taskTypeSections = table('main.task_type_sections', {
  id: text().key(),
  taskTypeId: text().references('main.task_types.id'),
  name: text(),
  sequence: bigint(),
  description: text().null(),
})

export const taskTypes = table('main.task_types', {
  id: text().key(),
  name: text(),
  category: text(),
  description: text().null(),
  createdAt: text(),
})

export const tasks = table('main.tasks', {
  id: text().key(),
  milestoneId: text().references('main.milestones.id'),
  name: text(),
  description: text().null(),
  sequence: bigint(),
  isRequired: bool().default(),
  taskTypeId: text().null().references('main.task_types.id'),
  sectionId: text().null().references('main.task_type_sections.id'),
  parentTaskId: text().null().references('main.tasks.id'),
})
