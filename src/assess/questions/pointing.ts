// What one table's columns point at in others of the same database.
import type { LiveTable } from '../../schema/schema.ts'
import { elsewhere } from '../../schema/schema.ts'
import type { Subject } from '../question.ts'

/** The id by which the migration knows a table of the same database. */
export const idThere = ({ place }: Subject, id: string): string => (place.name === undefined ? id : elsewhere(place.name, id))

export function parentOf({ place }: Subject, id: string): { readonly table: LiveTable; readonly named: string } | undefined {
  const table = place.tables.get(id)
  return table && { table, named: place.spelling.sql.table(id) }
}
