// Where the piles of each dialect are proved.
import type { Engine } from './engine.ts'
import { mariadbEngine } from './mariadb/engine.ts'
import { postgresEngine } from './postgres/engine.ts'
import { sqliteEngine } from './sqlite/engine.ts'

export const engines: Readonly<Record<Engine['dialect'], (server: string) => Promise<Engine>>> = {
  postgres: postgresEngine,
  mysql: mariadbEngine,
  sqlite: sqliteEngine,
}
