// SQL that a check is made of: as text, or as a function that is given names for tables, those of other databases among them.
import { cannotPlan } from '../errors/plan.ts'
import type { SqlWords } from '../expr/node.ts'
import { isTable, type Table } from '../schema/table.ts'

export type Asking = string | ((named: (t: Table) => string) => string)

export interface Asked {
  /** What the plan's id is made of. */
  readonly says: string
  /** The tables that it names. */
  readonly reads: readonly Table[]
  sql(words: Pick<SqlWords, 'table'>): string
}

export function asked(asking: Asking, title: string, at: string | undefined): Asked {
  if (typeof asking === 'string') return { says: asking, reads: [], sql: () => asking }
  const reads: Table[] = []
  const says = asking((t) => {
    if (!isTable(t)) throw notATable(title, t, at)
    reads.push(t)
    return t.id
  })
  return { says, reads, sql: (words) => asking((t) => words.table(t.id)) }
}

/** Whether SQL looks at rows at all: a name behind FROM or JOIN that is no function's. A constant agrees with everything. */
export const asksTable = (sql: string): boolean =>
  /\b(from|join)\s+(only\s+)?("(?:[^"]|"")+"|`[^`]+`|[\p{L}_][\p{L}\p{N}_$]*|@[^\s()]+)(?![\p{L}\p{N}_$]|\s*\()/iu.test(sql)

const notATable = (title: string, t: Table, at: string | undefined) =>
  cannotPlan({
    what: `the check "${title}"`,
    why: `looks at ${t.id}, which is a query of the migration's own`,
    hint: 'Ask the tables themselves, in other words than the mapping: a check that reads what the mapping reads finds nothing.',
    at,
  })
