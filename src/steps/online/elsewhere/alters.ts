// Engines that have words of their own for a change of the schema. Postgres has moves.
import type { Alters } from './engine.ts'
import { mariadb } from './mariadb.ts'
import { sqlite } from './sqlite.ts'

const alters: Readonly<Record<string, Alters>> = { mariadb, sqlite }
export const altersOf = (engine: string): Alters | undefined => alters[engine]
