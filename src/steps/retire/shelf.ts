// Where what is retired stands: under another name, out of everybody's way, with all that it has. How that is said differs from engine to engine.
import type { LookedFor, Shelf } from './engine.ts'
import { mariadb } from './mariadb.ts'
import { postgres } from './postgres.ts'
import { sqlite } from './sqlite.ts'

const shelves: Readonly<Record<string, Shelf>> = { postgres, sqlite, mariadb }
export const shelfOf = (engine: string): Shelf => shelves[engine]!

export const shown = ({ table, column }: LookedFor): string => (column === undefined ? table : `${table}.${column}`)
