// Postgres: a table set aside in a schema that nobody searches, under its whole name; its sequences, indexes and grants go with it.
import { postgres } from '../../dialects/postgres.ts'
import { partsOf } from '../engine-words.ts'
import { cut } from './names.ts'

const { quote } = postgres
const nameOf = (table: string): string => cut(table, 63)

export const asideIn = (schema: string) => ({
  made: `create schema if not exists ${quote(schema)}`,
  named: (table: string): string => `${quote(schema)}.${quote(nameOf(table))}`,
  put: (table: string): readonly string[] => [
    `alter table ${postgres.table(table)} rename to ${quote(nameOf(table))}`,
    `alter table ${quote(partsOf(table).schema)}.${quote(nameOf(table))} set schema ${quote(schema)}`,
  ],
  back: (table: string): readonly string[] => [
    `alter table ${quote(schema)}.${quote(nameOf(table))} set schema ${quote(partsOf(table).schema)}`,
    `alter table ${quote(partsOf(table).schema)}.${quote(nameOf(table))} rename to ${quote(partsOf(table).name)}`,
  ],
  /** Gives a row where it is there and holds nothing any more. */
  empty: `select 1 as one from pg_namespace n where nspname = ${postgres.literal(schema)} and not exists (select from pg_class where relnamespace = n.oid)`,
  gone: `drop schema ${quote(schema)}`,
})
