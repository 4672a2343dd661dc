// Where a table or a column stands: in sight, or under the name that it has out of sight.
import type { TargetHands } from '../hands.ts'
import type { Found, LookedFor } from './engine.ts'
import { awayColumn } from './names.ts'

/** Questions that give a row where the thing is there. */
export interface Places {
  table(table: string): string
  awayTable(table: string): string
  column(table: string, column: string): string
}

export async function foundBy(places: Places, target: TargetHands, { table, column }: LookedFor): Promise<Found> {
  const isThere = async (question: string) => (await target.ask(question)).length > 0
  const [here, away] =
    column === undefined
      ? [places.table(table), places.awayTable(table)]
      : [places.column(table, column), places.column(table, awayColumn(column))]
  return { inSight: await isThere(here), away: await isThere(away) }
}
