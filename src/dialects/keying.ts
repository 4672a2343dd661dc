// How an output's target keys come about, decided once and then kept, so that no run ever hands out another.

import { cannotPlan } from '../errors/plan.ts'
import type { Output } from '../mapping/mapping.ts'
import type { LiveTable } from '../schema/schema.ts'
import { column } from '../schema/schema.ts'
import { isInteger, type SqlType } from '../schema/type.ts'

/**
 * reserved: key = base + (source key − low). A stretch of the sequence is set aside; nothing is stored for a row.
 * drawn:    the next numbers of a reserved stretch, in the order of the source keys; stored in the ledger.
 * given:    the mapping says the key; stored in the ledger, because whose row it is cannot be seen from it.
 * derived:  a UUID made of mapping, output and source key; stored in the ledger likewise.
 * grouped:  one row for a group of source rows; stored by the group's values.
 */
export type Keying = 'reserved' | 'drawn' | 'given' | 'derived' | 'grouped'

export interface KeyPlan {
  readonly keying: Keying
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[]
  /** Where numbers come from: quoted and qualified. */
  readonly sequence?: string
}

const listed = (names: readonly string[]) => names.join(', ')

/** `dense`: the source keys are whole numbers that lie close enough together to set aside a number for each. */
export function keyPlan(output: Output, table: LiveTable, dense: boolean): KeyPlan {
  const names = table.primaryKey.length
    ? table.primaryKey
    : (table.uniques.find((u) => u.columns.length && !u.where && u.columns.every((c) => !column(table, c)!.nullable))?.columns ?? [])
  if (!names.length)
    throw cannotPlan({
      what: table.id,
      why: 'has no primary key and no unique key without nulls, so a row of it could not be told from another',
      hint: 'Give it a key, or map into a table that has one.',
      at: output.at,
    })
  const columns = names.map((name) => ({ name, type: column(table, name)!.type }))
  const missing = names.filter((n) => output.values[n] === undefined)
  if (missing.length && output.per) {
    const only = column(table, names[0]!)!
    if (names.length > 1 || !only.sequence)
      throw cannotPlan({
        what: `${table.id}.${listed(missing)}`,
        why: 'is not mapped, and no sequence fills it',
        hint: 'Map it, for instance with uuidOf(…).',
        at: output.at,
      })
    return { keying: 'grouped', columns, sequence: only.sequence }
  }
  if (output.per) return { keying: 'grouped', columns }
  if (!missing.length) return { keying: 'given', columns }
  const only = column(table, names[0]!)!
  if (names.length > 1)
    throw cannotPlan({
      what: `${table.id} has the key (${listed(names)})`,
      why: `${listed(missing)} is not mapped`,
      hint: 'Map all columns of the key.',
      at: output.at,
    })
  if (only.sequence && isInteger(only.type)) return { keying: dense ? 'reserved' : 'drawn', columns, sequence: only.sequence }
  if (only.type.name === 'uuid') return { keying: 'derived', columns }
  throw cannotPlan({
    what: `${table.id}.${only.name}`,
    why: 'is the key, is not mapped, and neither a sequence nor a UUID',
    hint: 'Map it.',
    at: output.at,
  })
}
