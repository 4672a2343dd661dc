// Where tools write down what they have run: no part of what is compared.
export const versionTables = [
  'alembic_version',
  'flyway_schema_history',
  '_prisma_migrations',
  'django_migrations',
  'schema_migrations',
  'ar_internal_metadata',
] as const

export const isVersions = (table: string): boolean => versionTables.some((v) => table.replace(/["`]/g, '').split('.').at(-1) === v)
