import { defineConfig } from 'godwit/config'

export default defineConfig({
  // The application's own file, or with none one that is made of the example's rows.
  database: '${DATABASE_URL:-sqlite:.godwit/app.db}',
  load: ['source.sql', 'target.sql', 'readers.sql'],
  // What the old model keeps is only read: the application goes on with it until the cutover.
  owns: {
    readOnly: [
      'main.task_types',
      'main.milestones',
      'main.projects',
      'main.project_milestone_tasks',
      'main.suppliers',
      'main.supplier_project_instances',
      'main.task_templates_old',
    ],
    schemas: ['main'],
  },
  people: { olga: { roles: ['owner'] } },
})
