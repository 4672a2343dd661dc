// Sources by their engine. A new kind of database adds its line here.

import type { FileTables } from './files/declared.ts'
import { openFilesSource } from './files/source.ts'
import { openMariadbSource } from './mariadb/source.ts'
import { openMariadbTarget } from './mariadb/target/target.ts'
import { openPostgresSource } from './postgres/source.ts'
import type { Source } from './source.ts'
import { openSqliteSource } from './sqlite/source.ts'
import { type Backups, openSqliteTarget } from './sqlite/target/target.ts'
import type { TargetEngine } from './workshop/engine.ts'

export interface SourceAddress {
  readonly engine: string
  /** The URL, or the file. */
  readonly at: string
  /** For people. */
  readonly shown?: string
  readonly applicationName?: string
  readonly statementTimeout?: number
  /** Of a folder of files: which of them are tables. */
  readonly tables?: FileTables | undefined
}

export interface TargetAddress extends SourceAddress {
  /** Where a file is backed up before it is first written to; left out, it is not. */
  readonly backups?: Backups
}

const engines: Readonly<Record<string, (address: SourceAddress) => Promise<Source>>> = {
  postgres: ({ at, shown, applicationName, statementTimeout }) =>
    openPostgresSource({ url: at, ...(shown ? { name: shown } : {}), applicationName, statementTimeout }),
  mariadb: ({ at, shown }) => openMariadbSource(at, shown ?? new URL(at).host),
  sqlite: ({ at, shown }) => openSqliteSource(at, shown ?? at),
  files: ({ at, shown, tables }) => openFilesSource(at, shown ?? at, tables),
}

export const openSource = (address: SourceAddress): Promise<Source> => engines[address.engine]!(address)

/** Targets that are worked on in a workshop, by their engine. */
const targets: Readonly<Record<string, (address: TargetAddress) => Promise<TargetEngine>>> = {
  sqlite: ({ at, shown, backups }) => openSqliteTarget(at, shown ?? at, backups),
  mariadb: ({ at, shown }) => openMariadbTarget(at, shown ?? new URL(at).host),
}

/** Nothing where the engine is Postgres, which needs none. */
export const openTarget = (address: TargetAddress): Promise<TargetEngine> | undefined => targets[address.engine]?.(address)

/** Opened when it is first asked for anything: what does not need it works without it. */
export function openLater(name: string, open: () => Promise<Source>): Source {
  let opened: Promise<Source> | undefined
  const source = () => (opened ??= open())
  return {
    name,
    schema: async (only) => (await source()).schema(only),
    extent: async (table, key) => (await source()).extent(table, key),
    contents: async (table) => (await source()).contents?.(table),
    send: async (what, here, streams) => (await source()).send(what, here, streams),
    looking: async (tables) => (await source()).looking?.(tables),
    close: async () => {
      await opened?.then((s) => s.close()).catch(() => undefined)
    },
  }
}
