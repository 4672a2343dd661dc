// A flag in a row of a table of the target.
import { flagMissing } from '../../errors/cutover.ts'
import type { Table } from '../../schema/table.ts'
import { type EngineWords, wordsOf } from '../engine-words.ts'
import type { Hands } from '../hands.ts'
import type { FlagPlace } from './store.ts'

export function flagRow(
  table: Table | string,
  { where, column }: { readonly where: Readonly<Record<string, string | number>>; readonly column: string },
): FlagPlace {
  const id = typeof table === 'string' ? table : table.id
  const meant = (w: EngineWords) =>
    Object.entries(where)
      .map(([name, value]) => `${w.quote(name)} = ${w.literal(String(value))}`)
      .join(' and ')
  const read = async (flag: string, hands: Hands): Promise<string | null> => {
    const w = wordsOf(hands.target.engine)
    const rows = await hands.target.ask(`select ${w.asText(w.quote(column))} as value from ${w.table(id)} where ${meant(w)}`)
    if (rows.length !== 1) throw flagMissing({ flag, place: id, why: `has ${rows.length} rows where ${describe(where)}, and one is meant` })
    return rows[0]!['value']!
  }
  return {
    says: `${id}.${column}`,
    params: { table: id, where, column },
    canUnset: true,
    get: read,
    set: (_, value, hands) => {
      const w = wordsOf(hands.target.engine)
      const to = value === null ? 'null' : w.literal(value)
      return hands.target.change([`update ${w.table(id)} set ${w.quote(column)} = ${to} where ${meant(w)}`])
    },
  }
}

const describe = (where: Readonly<Record<string, string | number>>): string =>
  Object.entries(where)
    .map(([name, value]) => `${name} = ${value}`)
    .join(' and ')
