import { defineConfig } from 'godwit/config'

export default defineConfig({
  // A database that has the tables already, or with none a private one that is made of the example's rows.
  database: '${DATABASE_URL:-embedded}',
  load: ['source.sql'],
})
