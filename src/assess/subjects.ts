// The tables that are asked about, each met with the database that it is in.
import { whereIs } from '../schema/schema.ts'
import { plainText } from '../text.ts'
import type { Unlooked, Volume } from './assessment.ts'
import type { Concern } from './concern.ts'
import type { Place } from './place.ts'
import type { Subject } from './question.ts'
import { countRows, volumeOf } from './volumes.ts'

export interface Subjects {
  readonly subjects: readonly Subject[]
  readonly volumes: readonly Volume[]
  readonly notLookedAt: readonly Unlooked[]
}

export async function subjectsOf({ roles, decided }: Concern, places: readonly Place[], patienceMs: number): Promise<Subjects> {
  const subjects: Subject[] = []
  const volumes: Volume[] = []
  const notLookedAt: Unlooked[] = []
  for (const [id, as] of roles) {
    const place = places.find((p) => p.name === whereIs(id)?.database)
    // a source that could not be opened has been told
    if (!place) continue
    const table = place.tables.get(id)
    if (!table) {
      notLookedAt.push({ what: id, why: as.has('written') ? 'it is not there yet' : `there is no such table in ${place.shown}` })
      continue
    }
    const named = place.spelling.sql.table(id)
    try {
      const counted = await countRows(place, named, table.estimate, patienceMs)
      const known = decided.get(id)
      const subject: Subject = { id, place, table, roles: as, named, rows: counted.rows, ...(known ? { decided: known } : {}) }
      subjects.push(subject)
      volumes.push(volumeOf(subject, counted))
    } catch (problem) {
      notLookedAt.push({ what: id, why: plainText((problem as Error).message.split('\n')[0]!) })
    }
  }
  return { subjects, volumes, notLookedAt }
}
