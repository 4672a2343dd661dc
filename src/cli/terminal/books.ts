// read 20 = migrated 17 + quarantined 3 + filtered 0: the same words wherever books are shown.
import type { BooksTotals } from '../../events/event.ts'
import { count } from '../../text.ts'

export function booksInWords(t: BooksTotals): string {
  const sum = `read ${count(t.read)} = migrated ${count(t.migrated)} + quarantined ${count(t.quarantined)} + filtered ${count(t.filtered)}`
  return t.warned ? `${sum}      warnings ${count(t.warned)}` : sum
}
