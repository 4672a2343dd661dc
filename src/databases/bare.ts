// A table of which no more is read than its columns and its key: how engines other than Postgres tell of theirs.
import type { LiveTable } from '../schema/schema.ts'

export const bareTable = (t: Pick<LiveTable, 'id' | 'schema' | 'name' | 'kind' | 'owner' | 'columns' | 'primaryKey'>): LiveTable => ({
  ...t,
  uniques: t.primaryKey.length
    ? [{ name: `${t.name}_pkey`, columns: t.primaryKey, deferrable: false, nullsNotDistinct: false, primary: true }]
    : [],
  checks: [],
  foreignKeys: [],
  exclusions: [],
  triggers: [],
  estimate: -1,
  bytes: 0,
  rowSecurity: false,
})
