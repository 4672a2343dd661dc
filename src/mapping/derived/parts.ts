// What several kinds of derived relations need.
import { cannotPlan } from '../../errors/plan.ts'
import type { Table } from '../../schema/table.ts'

export function onlyKey(t: Table, name: string, at: string | undefined): string {
  if (t.key.length === 1) return t.key[0]!
  throw cannotPlan({
    what: `"${name}"`,
    why: `is made of ${t.id}, ${t.key.length ? `whose key has ${t.key.length} columns` : 'which has no key'}; it takes one column that tells the rows apart`,
    hint: 'Make one in a query(), and begin with that.',
    at,
  })
}

export function refuseTaken(name: string, taken: readonly string[], added: readonly string[], at: string | undefined): void {
  const twice = added.find((c) => taken.includes(c))
  if (twice === undefined) return
  throw cannotPlan({
    what: `"${name}"`,
    why: `adds a column ${twice}, and its rows have one of that name already`,
    hint: `Give theirs another name in a query().`,
    at,
  })
}
