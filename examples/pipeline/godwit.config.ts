import { defineConfig } from 'godwit/config'

export default defineConfig({
  // The database of the environment, or with none a private one that is loaded with the example's rows and its two engines.
  database: '${DATABASE_URL:-embedded}',
  load: ['source.sql', 'target.sql', 'engines.sql'],
  // The old pipeline goes on until the last of its readers has gone.
  owns: { readOnly: ['v1'], schemas: ['analytics'] },
})
