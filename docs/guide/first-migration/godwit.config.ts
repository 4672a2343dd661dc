import type { Config } from 'godwit/api'

export default {
  // A private Postgres in .godwit/, filled once. With a server of your own: database: '${DATABASE_URL}'
  database: 'embedded',
  load: ['old.sql'],
  owns: { readOnly: ['public.old_customer'] },
} satisfies Config
