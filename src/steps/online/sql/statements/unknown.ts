// What nothing is known of that would be safe: refused, with what lint says of it.
import { judge } from '../../../../lint/judge.ts'
import { newestPostgres } from '../../../../lint/scene.ts'
import type { Compile, Here } from '../here.ts'

const byHand = 'Write it as ddl(…) with its way back, in a window in which nobody works.'

export const unknown: Compile = (here) => {
  const findings = judge({
    sql: here.wording.text,
    history: [],
    closed: false,
    pg: newestPostgres,
    inTransaction: undefined,
    zone: undefined,
  }).findings.filter((f) => f.dangerous)
  return here.refuse(
    findings.length
      ? findings.map((f) => f.message).join('; ')
      : 'there is no way known to do it beside an application, and to take it back',
    findings.flatMap((f) => f.instead ?? []).join(' ') || byHand,
  )
}

/** Rows are changed with books, a few at a time. */
export const rows: Compile = (here) => here.refuse('it changes rows', 'Say which rows become what in a mapping, or with fill.')

/** Code, of which only those who run it know what it does. */
export const code: Compile = (here: Here) => here.refuse('nobody can see what it does', byHand)
