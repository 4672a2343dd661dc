import { defineConfig } from 'godwit/config'

export default defineConfig({
  // The database of the environment, or with none a private one that is loaded with the example's rows.
  database: '${DATABASE_URL:-embedded}',
  load: ['source.sql', 'target.sql'],
  // The application goes on writing these while and after the migration runs.
  owns: { readOnly: ['public.organization', 'public.compliance_report', 'public.final_supply_equipment'], schemas: ['public'] },
  // One row in seventy of the example is dirt, on purpose.
  run: { budget: { rows: 50, percent: 5 } },
})
