import { defineConfig } from 'godwit/config'

export default defineConfig({
  // Two servers. Without their URLs two private databases are made and filled with the example's rows.
  database: '${DATABASE_URL:-embedded}',
  load: ['target.sql'],
  sources: { tfrs: { database: '${SOURCE_URL:-embedded}', load: ['source.sql'] } },
  // What the new application has for itself; its own reports stand in the tables that are written, and stay as they are.
  owns: { readOnly: ['lcfs.organization', 'lcfs.compliance_period', 'lcfs.fuel_type'], schemas: ['lcfs'] },
  // One row in thirty of the example is dirt, on purpose.
  run: { budget: { rows: 200, percent: 10 } },
})
