// Roles that can do what a migration needs, and nothing else.
import { pulledTables } from '../../schema/pull.ts'
import type { LiveSchema, LiveTable } from '../../schema/schema.ts'
import type { Concern } from './doctor-tables.ts'
import { ident, qualifiedIdent } from './names.ts'

export interface GrantsOptions extends Concern {
  /** The user that connects. */
  readonly login?: string | undefined
}

/** SQL to read, to change where needed, and to run as an administrator. */
export function grantsScript(schema: LiveSchema, options: GrantsOptions): string {
  const sources = pulledTables(schema, options.readOnly)
  const targets = pulledTables(schema, options.writes)
  const login = ident(options.login ?? 'godwit')
  const database = ident(schema.database)
  return [
    '-- The least that Godwit needs here. Run it as an administrator; run it again after new tables have come.',
    '-- No superuser, no pg_read_all_data, no BYPASSRLS: where a policy hides rows, Godwit stops instead of missing them.',
    '',
    '-- To look: assess, plan, verify, status.',
    ...role('godwit_reader'),
    `grant connect on database ${database} to godwit_reader;`,
    ...usage([...sources, ...targets], 'godwit_reader'),
    ...[...sources, ...targets].map((t) => `grant select on ${name(t)} to godwit_reader;`),
    '',
    '-- To run: the ledger, and rows of the tables that the migration writes. It cannot write what it only reads.',
    ...role('godwit_writer'),
    'grant godwit_reader to godwit_writer;',
    'create schema if not exists godwit authorization godwit_writer;',
    ...schemasOf(targets).map((s) => `grant create on schema ${ident(s)} to godwit_writer;`),
    ...targets.map((t) => `grant insert, update, delete on ${name(t)} to godwit_writer;`),
    ...sequencesOf(targets).map((s) => `grant usage, select, update on sequence ${s} to godwit_writer;`),
    '',
    '-- To change existing tables (expand, cutover, contract): only their owner may. Grant it for that hour, and revoke it after.',
    ...role('godwit_cutover'),
    'grant godwit_writer to godwit_cutover;',
    ...[...new Set(targets.map((t) => t.owner))].toSorted().map((owner) => commented(`grant ${ident(owner)} to godwit_cutover;`)),
    '',
    '-- To watch: the console. It sees the ledger and no table of yours.',
    ...role('godwit_console'),
    `grant connect on database ${database} to godwit_console;`,
    'grant usage on schema godwit to godwit_console, godwit_reader;',
    'grant select on all tables in schema godwit to godwit_console, godwit_reader;',
    'alter default privileges for role godwit_writer in schema godwit grant select on tables to godwit_console, godwit_reader;',
    '',
    `-- Whoever connects takes one of these roles: runAs: 'godwit_writer'.`,
    commented(`create role ${login} login noinherit;`),
    commented(`grant connect on database ${database} to ${login};`),
    commented(`grant godwit_reader, godwit_writer to ${login};`),
    '',
  ].join('\n')
}

// CREATE ROLE knows no IF NOT EXISTS
const role = (name: string): string[] => [`do $$ begin create role ${name} nologin; exception when duplicate_object then null; end $$;`]
/** Line by line: a name may hold a line break, and what is behind it would be a statement. */
const commented = (sql: string): string =>
  sql
    .split(/\r\n|\n|\r/)
    .map((line) => `-- ${line}`)
    .join('\n')
const name = (t: LiveTable): string => qualifiedIdent(t.schema, t.name)
const schemasOf = (tables: readonly LiveTable[]): string[] => [...new Set(tables.map((t) => t.schema))].toSorted()
const usage = (tables: readonly LiveTable[], to: string): string[] =>
  schemasOf(tables).map((s) => `grant usage on schema ${ident(s)} to ${to};`)
const sequencesOf = (tables: readonly LiveTable[]): string[] =>
  [...new Set(tables.flatMap((t) => t.columns.flatMap((c) => (c.sequence === undefined ? [] : [c.sequence]))))].toSorted()
