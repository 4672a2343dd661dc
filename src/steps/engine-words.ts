// The few words that a step needs of a target where it speaks to it directly.
import { postgres } from '../dialects/postgres.ts'

export interface EngineWords {
  quote(name: string): string
  /** `schema.name` */
  table(id: string): string
  literal(text: string): string
  asText(sql: string): string
}

export const partsOf = (id: string): { readonly schema: string; readonly name: string } => ({
  schema: id.slice(0, id.indexOf('.')),
  name: id.slice(id.indexOf('.') + 1),
})

const sqliteQuote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const mariadbQuote = (name: string): string => `\`${name.replaceAll('`', '``')}\``

const words: Readonly<Record<string, EngineWords>> = {
  postgres: { quote: postgres.quote, table: postgres.table, literal: postgres.literal, asText: (sql) => `(${sql})::text` },
  sqlite: {
    quote: sqliteQuote,
    table: (id) => `${sqliteQuote(partsOf(id).schema)}.${sqliteQuote(partsOf(id).name)}`,
    literal: (text) => `'${text.replaceAll("'", "''")}'`,
    asText: (sql) => `cast(${sql} as text)`,
  },
  mariadb: {
    quote: mariadbQuote,
    table: (id) => `${mariadbQuote(partsOf(id).schema)}.${mariadbQuote(partsOf(id).name)}`,
    // what a backslash or a quote means depends on the server's mode
    literal: (text) => (/[\\']/.test(text) ? `convert(x'${Buffer.from(text).toString('hex')}' using utf8mb4)` : `'${text}'`),
    asText: (sql) => `cast(${sql} as char)`,
  },
}

export const wordsOf = (engine: string): EngineWords => words[engine]!
