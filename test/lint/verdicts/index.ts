// All of them, by the file that they stand in.
import { type Case, shop, type Where } from './case.ts'
import { columns } from './columns.ts'
import { constraints } from './constraints.ts'
import { indexes } from './indexes.ts'
import { more } from './more.ts'
import { odd } from './odd.ts'
import { removals } from './removals.ts'
import { rows } from './rows.ts'
import { transactions } from './transactions.ts'
import { types } from './types.ts'

export interface Verdict extends Where {
  readonly sql: string
  readonly dangerous: boolean
  readonly history: readonly string[]
}

const verdict = ([sql, dangerous, where = {}]: Case): Verdict => ({
  ...where,
  sql,
  dangerous,
  history: [where.schema ?? shop, where.there ?? ''].filter(Boolean),
})

export const verdicts: readonly Verdict[] = [columns, constraints, indexes, more, odd, removals, rows, transactions, types]
  .flat()
  .map(verdict)
